"""The few functions through which everything that changes an organization passes: lock it, and ask the right again.

Rights are asked before an operation starts and once more here, inside its transaction and behind the lock, so that a
right that was taken away in between has no effect any more (MEM7).
"""

from uuid import UUID

from tortoise.expressions import Q

from models import Membership, Organization, Product, ProductGrant
from models.statements import find, lock
from resolvers.caller import Caller
from rules.denials import Forbidden, NotFound
from rules.refusals import NamedOrganization
from rules.rights import Right, levels_with
from rules.viewer import Standing


async def lock_organization(organization_id: UUID) -> Organization:
    """Lock the row of a live organization until the transaction ends, and read it as it is now.

    Whoever changes memberships, grants or counts holds this lock. Refuses a deleted or unknown one with NotFound.
    """
    for row in await lock(Organization, "id = ? AND deleted_at IS NULL", organization_id):
        return row
    raise NotFound


async def standing_of(user_id: UUID, organization: Organization) -> Standing | None:
    """What a user is in an organization, read now; None for somebody who does not belong to it."""
    for row in await find(Membership, "organization_id = ? AND user_id = ?", organization.id, user_id):
        return Standing(
            organization=NamedOrganization(organization.id, organization.name),
            membership_id=row.id,
            role=row.role,
            billing=row.billing,
            member_count=organization.member_count,
            legal_representative_count=organization.legal_representative_count,
        )
    return None


async def require(caller: Caller, organization: Organization, right: Right) -> Standing:
    """Answer the caller's standing in a locked organization.

    Strangers are refused with NotFound, members without the right with Forbidden, naming the right.
    """
    standing = await standing_of(caller.user_id, organization)
    if standing is None:
        raise NotFound
    if right not in standing.rights:
        raise Forbidden(right)
    return standing


async def rights_on_product(caller: Caller, organization: Organization, product: Product) -> frozenset[Right]:
    """The caller's rights on one product of a locked organization, grants included (MEM4).

    Strangers, and members who may not know of the product, are refused with NotFound.
    """
    standing = await standing_of(caller.user_id, organization)
    if standing is None or product.organization_id != organization.id:
        raise NotFound
    grants = await ProductGrant.filter(membership_id=standing.membership_id).filter(
        Q(product_id=product.id) | Q(kind=product.kind)
    )
    granted = {right for right in (Right.VIEW, Right.MANAGE) for grant in grants if grant.level in levels_with(right)}
    rights = standing.rights | granted
    if Right.VIEW not in rights:
        raise NotFound
    return rights
