"""Who belongs to an organization: roles, grants and contact preferences changed, members removed (MEM, ORG8).

Whoever changes memberships holds the organization's lock and keeps its two counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models import Membership, Organization, ProductGrant, User
from resolvers.access import lock_organization, standing_of
from resolvers.caller import Caller
from resolvers.grants import (
    access_as_data,
    grants_of_membership,
    product_names,
    refuse_foreign_products,
    replace_grants,
)
from resolvers.records import post_letter, record_event
from resolvers.transactions import transaction
from rules.checks import refuse_problems
from rules.denials import NotFound
from rules.events import EventKind
from rules.grants import Grant, check_access, default_billing
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.permitted import (
    refuse,
    why_not_by_right,
    why_not_give_role,
    why_not_leave,
    why_not_remove_member,
    why_not_switch_off_reminders,
    why_not_take_role,
    why_not_update_contact_preferences,
)
from rules.rights import ROLES_WITH_GRANTS, Right, Role
from rules.viewer import Standing


@dataclass(frozen=True)
class Access:
    """What a member is given: a role, the billing right, and grants on products (MEM1)."""

    role: Role
    billing: bool
    grants: Sequence[Grant]

    def differs_from(self, other: "Access") -> bool:
        """Whether the two give different things, the order of grants apart."""
        return (self.role, self.billing, set(self.grants)) != (other.role, other.billing, set(other.grants))


@dataclass(frozen=True)
class ContactPreferences:
    """What a member is written to about (MEM8)."""

    billing_reminders: bool = True
    product_events: bool = True


async def update_membership(
    caller: Caller,
    *,
    membership_id: UUID,
    role: Role | None = None,
    billing: bool | None = None,
    grants: Sequence[Grant] | None = None,
) -> Membership:
    """Change what a member may do; what is left out stays, and `grants` replaces all grants there are (MEM2-MEM4).

    A member who comes to see all products loses the grants that said less. The member gets a summary by mail (MEM7).
    Refuses with InvalidInput, RoleNotGrantable and LastLegalRepresentative; a product of another organization is
    NotFound.
    """
    async with transaction():
        organization, standing, member = await _find_member(caller, membership_id)
        refuse(why_not_by_right(standing, Right.MEMBERS))
        before = Access(member.role, member.billing, await grants_of_membership(member))
        after = _merge(before, role, billing, grants)
        refuse_problems(check_access(after.role, after.billing, after.grants))
        if after.role is not before.role:
            refuse(why_not_take_role(standing, before.role))
        if (after.role, after.billing) != (before.role, before.billing):
            refuse(why_not_give_role(standing, after.role, billing=after.billing))
        await refuse_foreign_products(organization, after.grants)
        if after.differs_from(before):
            await _write_access(caller, organization, member, before, after)
        return member


async def update_contact_preferences(
    caller: Caller,
    *,
    membership_id: UUID,
    billing_reminders: bool | None = None,
    product_events: bool | None = None,
) -> Membership:
    """Change what the caller is written to about in one organization (MEM8).

    Only one's own preferences; the only legal representative keeps the billing reminders (LastLegalRepresentative).
    """
    async with transaction():
        organization, standing, member = await _find_member(caller, membership_id)
        refuse(why_not_update_contact_preferences(own=member.user_id == caller.user_id))
        wanted = ContactPreferences(
            member.billing_reminders if billing_reminders is None else billing_reminders,
            member.product_events if product_events is None else product_events,
        )
        if not wanted.billing_reminders:
            refuse(why_not_switch_off_reminders(standing))
        if wanted != ContactPreferences(member.billing_reminders, member.product_events):
            await _write_preferences(caller, organization, member, wanted)
        return member


async def remove_member(caller: Caller, *, membership_id: UUID) -> Organization:
    """End a membership, at once and with all its grants; the member is told by mail (MEM7). Answers the organization.

    Only a legal representative removes one, and never the last (RoleNotGrantable, LastLegalRepresentative).
    """
    async with transaction():
        organization, standing, member = await _find_member(caller, membership_id)
        refuse(why_not_remove_member(standing, member.role))
        await end_membership(caller, organization, member, EventKind.MEMBER_REMOVED)
        facts = {"first_name": member.user.first_name, "organization": organization.name}
        await post_letter(caller, LetterKind.MEMBER_REMOVED, member.user.login, member.user.locale, facts)
        return organization


async def leave_organization(caller: Caller, *, organization_id: UUID) -> Organization:
    """End the caller's own membership (ORG8). Answers the organization that was left.

    Refuses the last member (LastMember) and the only legal representative (LastLegalRepresentative).
    """
    async with transaction():
        organization = await lock_organization(organization_id)
        standing = await standing_of(caller.user_id, organization)
        if standing is None:
            raise NotFound
        refuse(why_not_leave(standing))
        member = await Membership.get(id=standing.membership_id)
        await end_membership(caller, organization, member, EventKind.MEMBER_LEFT)
        return organization


async def add_member(
    caller: Caller, organization: Organization, user: User, access: Access, preferences: ContactPreferences
) -> Membership:
    """Write a new membership, in the transaction that holds the organization's lock."""
    member = await Membership.create(
        organization_id=organization.id,
        user_id=user.id,
        role=access.role,
        billing=access.billing,
        billing_reminders=preferences.billing_reminders,
        product_events=preferences.product_events,
        created_at=caller.now,
    )
    await replace_grants(caller, member, access.grants)
    await _count(caller, organization, members=1, legal_representatives=_is_legal(access.role))
    data = {"user": public_id(Prefix.USER, user.id), **access_as_data(access.role, access.billing, access.grants)}
    await record_event(caller, organization.id, EventKind.MEMBER_ADDED, _subject(member), data)
    return member


async def end_membership(caller: Caller, organization: Organization, member: Membership, kind: EventKind) -> None:
    """Delete a membership with its grants, in the transaction that holds the organization's lock.

    Whether it may end was decided by the caller; the database itself refuses the last legal representative.
    """
    grants = await grants_of_membership(member)
    await ProductGrant.filter(membership_id=member.id).delete()
    await Membership.filter(id=member.id).delete()
    await _count(caller, organization, members=-1, legal_representatives=-_is_legal(member.role))
    data = {"user": public_id(Prefix.USER, member.user_id), **access_as_data(member.role, member.billing, grants)}
    await record_event(caller, organization.id, kind, _subject(member), data)


async def _find_member(caller: Caller, membership_id: UUID) -> tuple[Organization, Standing, Membership]:
    """Lock the organization of a membership, and read the caller's standing and the membership as they are now."""
    known = await Membership.filter(id=membership_id).first()
    if known is None:
        raise NotFound
    organization = await lock_organization(known.organization_id)
    standing = await standing_of(caller.user_id, organization)
    member = await Membership.filter(id=membership_id).select_related("user").first()
    if standing is None or member is None:
        raise NotFound
    return organization, standing, member


def _merge(before: Access, role: Role | None, billing: bool | None, grants: Sequence[Grant] | None) -> Access:
    """What a member will have: the new where it was given, the old where it fits the new role."""
    new_role = before.role if role is None else role
    if billing is None:
        billing = before.billing if new_role is before.role else default_billing(new_role)
    if grants is None:
        grants = before.grants if new_role in ROLES_WITH_GRANTS else ()
    return Access(new_role, billing, list(grants))


async def _write_access(
    caller: Caller, organization: Organization, member: Membership, before: Access, after: Access
) -> None:
    member.role, member.billing = after.role, after.billing
    await member.save(update_fields=["role", "billing"])
    await replace_grants(caller, member, after.grants)
    await _count(caller, organization, legal_representatives=_is_legal(after.role) - _is_legal(before.role))
    data = {
        "before": access_as_data(before.role, before.billing, before.grants),
        "after": access_as_data(after.role, after.billing, after.grants),
    }
    await record_event(caller, organization.id, EventKind.MEMBERSHIP_UPDATED, _subject(member), data)
    facts = {
        "first_name": member.user.first_name,
        "organization": organization.name,
        "role": after.role,
        "billing": after.billing,
        "products": await product_names(after.role, after.grants),
    }
    await post_letter(caller, LetterKind.ROLE_CHANGED, member.user.login, member.user.locale, facts)


async def _count(
    caller: Caller, organization: Organization, *, members: int = 0, legal_representatives: int = 0
) -> None:
    """Keep the organization's counts, and the reminders of whoever is now its only legal representative (MEM8)."""
    if not members and not legal_representatives:
        return
    organization.member_count += members
    organization.legal_representative_count += legal_representatives
    await organization.save(update_fields=["member_count", "legal_representative_count"])
    if legal_representatives >= 0 or organization.legal_representative_count > 1:
        return
    remaining = await Membership.filter(
        organization_id=organization.id, role=Role.LEGAL_REPRESENTATIVE, billing_reminders=False
    ).first()
    if remaining is not None:
        await _write_preferences(caller, organization, remaining, ContactPreferences(True, remaining.product_events))


async def _write_preferences(
    caller: Caller, organization: Organization, member: Membership, preferences: ContactPreferences
) -> None:
    member.billing_reminders = preferences.billing_reminders
    member.product_events = preferences.product_events
    await member.save(update_fields=["billing_reminders", "product_events"])
    data = {"billing_reminders": member.billing_reminders, "product_events": member.product_events}
    await record_event(caller, organization.id, EventKind.CONTACT_PREFERENCES_UPDATED, _subject(member), data)


def _is_legal(role: Role) -> int:
    return int(role is Role.LEGAL_REPRESENTATIVE)


def _subject(member: Membership) -> str:
    return public_id(Prefix.MEMBERSHIP, member.id)
