"""Constraints that Tortoise has no word for; they stand in `Meta.constraints` beside its own."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class SameOrganization:
    """The row that `column` names in `table` belongs to the same organization as the row that names it.

    `table` must declare (organization_id, id) unique. An empty column is always right.
    """

    column: str
    table: str
    name: str

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Describe the constraint for a migration."""
        return f"{__name__}.{type(self).__name__}", [], asdict(self)
