"""Who sees a product, and by which right (MEM9)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tortoise.expressions import Q

from models import Membership, Product, ProductGrant
from rules.rights import AccessLevel, Right, Role, roles_with


class AccessSource(StrEnum):
    """Where an access comes from."""

    ROLE = "ROLE"
    PRODUCT_GRANT = "PRODUCT_GRANT"
    KIND_GRANT = "KIND_GRANT"


@dataclass(frozen=True)
class EffectiveAccess:
    """One way by which one member reaches a product; a member with two grants has two."""

    membership: Membership
    level: AccessLevel
    through: AccessSource


# Roles that reach all products of their organization, with the level they reach them at.
LEVEL_OF_ROLE: dict[Role, AccessLevel] = {
    **dict.fromkeys(roles_with(Right.VIEW), AccessLevel.VIEW),
    **dict.fromkeys(roles_with(Right.MANAGE), AccessLevel.MANAGE),
}


async def effective_access(products: Collection[Product]) -> dict[UUID, list[EffectiveAccess]]:
    """Who reaches each of these products, by role or by grant, in the order in which the members joined (MEM9).

    Two statements for any number of products. Who may ask is decided before: members with MEMBERS.
    """
    ids = [product.id for product in products]
    organizations = {product.organization_id for product in products}
    by_role = await Membership.filter(organization_id__in=organizations, role__in=list(LEVEL_OF_ROLE)).order_by("id")
    grants = (
        await ProductGrant.filter(organization_id__in=organizations)
        .filter(Q(product_id__in=ids) | Q(kind__in={product.kind for product in products}))
        .select_related("membership")
        .order_by("membership_id", "id")
    )
    answer: dict[UUID, list[EffectiveAccess]] = {}
    for product in products:
        found = [
            EffectiveAccess(member, LEVEL_OF_ROLE[member.role], AccessSource.ROLE)
            for member in by_role
            if member.organization_id == product.organization_id
        ]
        for grant in grants:
            if grant.organization_id == product.organization_id and grant.product_id == product.id:
                found.append(EffectiveAccess(grant.membership, grant.level, AccessSource.PRODUCT_GRANT))
            elif grant.organization_id == product.organization_id and grant.kind == product.kind:
                found.append(EffectiveAccess(grant.membership, grant.level, AccessSource.KIND_GRANT))
        answer[product.id] = sorted(found, key=lambda access: access.membership.id)
    return answer
