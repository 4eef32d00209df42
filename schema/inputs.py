"""Input fields that may be left out: left out means what null means, and neither is printed as a default."""

from typing import Any, TypeVar

import strawberry

T = TypeVar("T")


def optional(description: str) -> Any:
    """Declare an input field that may be left out."""
    return strawberry.field(description=description, default=strawberry.UNSET)


def given(value: T | None, otherwise: Any = None) -> Any:
    """What was given; `otherwise` when the field was left out or null."""
    return otherwise if value is None or value is strawberry.UNSET else value
