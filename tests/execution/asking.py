"""What tests say about answers."""

from typing import Any

from strawberry.types import ExecutionResult


def answered(result: ExecutionResult) -> dict[str, Any]:
    """The data of an answer without errors."""
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data


def refused(result: ExecutionResult) -> list[tuple[str, list[str | int], dict[str, Any]]]:
    """Code, path and further extensions of each error of an answer, in the order of their paths."""
    errors = []
    for error in result.errors or []:
        extensions = dict(error.extensions or {})
        errors.append((extensions.pop("code", f"no code: {error!r}"), list(error.path or []), extensions))
    return sorted(errors, key=lambda error: [str(part) for part in error[1]])
