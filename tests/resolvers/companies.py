"""Organizations, members and products for tests, made by the same functions that customers use."""

import json
from dataclasses import dataclass, replace
from typing import Any

from models import Event, Membership, Organization, Product, User
from resolvers.access import lock_organization
from resolvers.caller import Caller
from resolvers.memberships import Access, ContactPreferences, add_member
from resolvers.organizations import create_organization
from resolvers.transactions import transaction
from rules.grants import Grant, default_billing
from rules.kinds import FAMILY_OF, ProductKind, ProductState
from rules.names import sort_key
from rules.organizations import OrganizationDetails, OrganizationKind
from rules.rights import Role
from tests.resolvers.people import NOW, add_person, sign_in

DETAILS = OrganizationDetails(
    kind=OrganizationKind.COMPANY,
    name="Lakeside Works",
    street="Quai du Port 4",
    postal_code="1201",
    city="Geneva",
    country="CH",
)


@dataclass(frozen=True)
class Member:
    """Somebody who belongs to an organization: the account, the membership, and a caller in a session of theirs."""

    user: User
    membership: Membership
    caller: Caller


async def found(login: str = "founder@example.com", **details: Any) -> tuple[Organization, Member]:
    """An organization, and the legal representative who created it."""
    user = await add_person(login, first_name="Flora")
    caller = await sign_in(user)
    organization = await create_organization(caller, details=replace(DETAILS, **details))
    membership = await Membership.get(organization_id=organization.id, user_id=user.id)
    return organization, Member(user, membership, caller)


async def join(
    organization: Organization,
    role: Role,
    login: str,
    *grants: Grant,
    billing: bool | None = None,
    preferences: ContactPreferences | None = None,
) -> Member:
    """A new member of an organization."""
    user = await add_person(login, first_name=login.split("@", maxsplit=1)[0].capitalize())
    caller = await sign_in(user)
    access = Access(role, default_billing(role) if billing is None else billing, grants)
    async with transaction():
        locked = await lock_organization(organization.id)
        membership = await add_member(caller, locked, user, access, preferences or ContactPreferences())
    return Member(user, membership, caller)


async def add_product(
    organization: Organization, name: str = "lakeside.example", kind: ProductKind = ProductKind.WEB_HOSTING
) -> Product:
    """An active product of an organization."""
    return await Product.create(
        organization_id=organization.id,
        kind=kind,
        family=FAMILY_OF[kind],
        state=ProductState.ACTIVE,
        name=name,
        name_sort=sort_key(name, 520),
        label="",
        label_sort="",
        created_at=NOW,
    )


async def counts(organization: Organization) -> tuple[int, int]:
    """Members and legal representatives as the organization counts them."""
    row = await Organization.get(id=organization.id)
    return row.member_count, row.legal_representative_count


async def events(organization: Organization) -> list[str]:
    """The kinds of the organization's events, in the order of their positions."""
    rows = await Event.filter(organization_id=organization.id).order_by("position")
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.kind for row in rows]


async def last_event(organization: Organization) -> tuple[str, Any]:
    """The newest event of an organization: its kind and what it tells."""
    row = await Event.filter(organization_id=organization.id).order_by("-position").first()
    assert row is not None
    return row.kind, json.loads(row.data)
