"""Grants on products: kept beside memberships and invitations, written by whoever changes those (MEM4)."""

from collections.abc import Iterable, Sequence
from typing import Any

from models import Invitation, InvitationGrant, Membership, Organization, Product, ProductGrant
from resolvers.caller import Caller
from rules.denials import NotFound
from rules.grants import Grant
from rules.identifiers import Prefix, public_id
from rules.rights import ROLES_WITH_GRANTS, Role


async def refuse_foreign_products(organization: Organization, grants: Iterable[Grant]) -> None:
    """Refuse with NotFound unless every product that the grants name belongs to the organization."""
    wanted = {grant.product_id for grant in grants if grant.product_id is not None}
    if wanted and await Product.filter(organization_id=organization.id, id__in=wanted).count() != len(wanted):
        raise NotFound


async def grants_of_membership(membership: Membership) -> list[Grant]:
    """The grants of a member, oldest first."""
    return _read(await ProductGrant.filter(membership_id=membership.id).order_by("id"))


async def grants_of_invitation(invitation: Invitation) -> list[Grant]:
    """The grants that an invitation will give, in the order they were asked for."""
    return _read(await InvitationGrant.filter(invitation_id=invitation.id).order_by("id"))


async def replace_grants(caller: Caller, membership: Membership, grants: Sequence[Grant]) -> None:
    """Give a member exactly these grants; those that stay as they are keep their rows."""
    kept: list[Grant] = []
    for row in await ProductGrant.filter(membership_id=membership.id):
        grant = _read([row])[0]
        if grant in grants:
            kept.append(grant)
        else:
            await row.delete()
    await ProductGrant.bulk_create(
        ProductGrant(
            organization_id=membership.organization_id,
            membership_id=membership.id,
            product_id=grant.product_id,
            kind=grant.kind,
            level=grant.level,
            created_at=caller.now,
        )
        for grant in grants
        if grant not in kept
    )


async def attach_grants(invitation: Invitation, grants: Sequence[Grant]) -> None:
    """Write down what a new invitation will give."""
    await InvitationGrant.bulk_create(
        InvitationGrant(
            organization_id=invitation.organization_id,
            invitation_id=invitation.id,
            product_id=grant.product_id,
            kind=grant.kind,
            level=grant.level,
        )
        for grant in grants
    )


def access_as_data(role: Role, billing: bool, grants: Iterable[Grant]) -> dict[str, Any]:
    """Role, billing right and grants as events and the audit log keep them."""
    return {
        "role": role,
        "billing": billing,
        "grants": [
            {
                "level": grant.level,
                "product": grant.product_id and public_id(Prefix.PRODUCT, grant.product_id),
                "kind": grant.kind,
            }
            for grant in grants
        ],
    }


async def product_names(role: Role, grants: Sequence[Grant]) -> list[str] | None:
    """What a member reaches, as a mail says it: names of products and of kinds, or None for all products."""
    if role not in ROLES_WITH_GRANTS:
        return None
    wanted = [grant.product_id for grant in grants if grant.product_id is not None]
    rows = await Product.filter(id__in=wanted).order_by("name_sort") if wanted else []
    return [row.name for row in rows] + sorted(grant.kind for grant in grants if grant.kind is not None)


def _read(rows: Iterable[ProductGrant] | Iterable[InvitationGrant]) -> list[Grant]:
    return [Grant(level=row.level, product_id=row.product_id, kind=row.kind) for row in rows]
