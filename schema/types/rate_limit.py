"""The caller's bucket of points as clients see it."""

from typing import Self

import strawberry

from execution.cost import Cost


@strawberry.type(description="Points that a caller may spend, and what the request costs.")
class RateLimit:
    """Read beside any query, or alone with `dryRun`."""

    requested: int = strawberry.field(description="Points that the request asked for.")
    limit: int = strawberry.field(description="Points that the bucket holds when it is full.")
    remaining: int = strawberry.field(description="Points that are left.")

    @classmethod
    def of(cls, cost: Cost) -> Self:
        """Show what the request was charged."""
        return cls(requested=cost.requested, limit=cost.limit, remaining=cost.remaining)
