"""Who reaches a product, and by which right; a field with code of its own, since no one table holds the answer."""

from typing import Any, cast
from uuid import UUID

import strawberry

import models
from execution.guards import forbidden
from execution.loaders import loader
from execution.predicates import prepare
from permissions.guards import Requires
from resolvers.effective_access import AccessSource
from resolvers.effective_access import effective_access as find_effective_access
from rules.rights import AccessLevel, Right
from schema.context import Info
from schema.types import links


@strawberry.type(description="One way by which one member reaches a product; a member with two grants has two.")
class EffectiveAccess:
    """Shown to those who manage members."""

    membership: links.Membership = strawberry.field(description="Member who reaches the product.")
    level: AccessLevel = strawberry.field(description="Level of the access.")
    through: AccessSource = strawberry.field(description="Where the access comes from.")


async def _effective_access(root: models.Product, info: Info) -> list[EffectiveAccess] | None:
    context = info.context

    async def fetch(products: list[models.Product]) -> dict[models.Product, Any]:
        await context.standings.learn({product.organization_id for product in products})
        may_ask = [row for row in products if context.standings.holds(Right.MEMBERS, row.organization_id)]
        found: dict[UUID, Any] = await find_effective_access(may_ask)
        await prepare([access.membership for ways in found.values() for access in ways], context)
        return {row: found[row.id] for row in may_ask}

    answer = await loader(context, "effective access", fetch).load(root)
    if answer is None:
        raise forbidden(Right.MEMBERS)
    return cast(list[EffectiveAccess], answer)


effective_access = strawberry.field(
    resolver=_effective_access,
    description="Who reaches the product, by role or by grant.",
    directives=[Requires(right=Right.MEMBERS)],
)
