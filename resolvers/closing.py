"""Giving up an account: its memberships and sessions end, its address is free again, its traces stay (USR14)."""

from collections.abc import Iterable
from uuid import UUID

from models import ConfirmationKind, Membership, Organization, User
from resolvers.access import lock_organization
from resolvers.accounts import lock_account
from resolvers.caller import Caller
from resolvers.links import withdraw_links
from resolvers.memberships import end_membership
from resolvers.passwords import prove_password
from resolvers.records import post_letter, record_account_action
from resolvers.second_factors import forget_second_factor
from resolvers.sessions import end_sessions_of
from resolvers.transactions import transaction
from rules.denials import NotFound
from rules.events import AccountAction, EventKind
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.refusals import LastLegalRepresentative, LastMember, NamedOrganization
from rules.rights import Role

NO_HASH = "closed"  # no password belongs to it


class JoinedMeanwhile(Exception):
    """The user joined another organization before the account was locked; everything starts again."""


async def close_account(caller: Caller, *, password: str) -> str:
    """Close the caller's account for good; the row stays for the books, without name and address (USR14).

    Answers the login, which is free again. The password is the proof (USR13). Refuses with InvalidCurrentPassword, and
    with LastMember or LastLegalRepresentative, naming the organizations that would be left without people or without
    anybody responsible.
    """
    proven = await prove_password(caller, password, path=("password",))
    while True:
        try:
            async with transaction():
                organizations = await _lock_organizations(proven)
                user = await lock_account(caller, proven_hash=proven.password_hash)
                await _leave_all(caller, user, organizations)
                await _close(caller, user)
                return proven.login
        except JoinedMeanwhile:
            continue


async def _lock_organizations(user: User) -> dict[UUID, Organization]:
    """Lock the live organizations of a user, in the order of their ids."""
    locked: dict[UUID, Organization] = {}
    for member in await Membership.filter(user_id=user.id).order_by("organization_id"):
        try:
            organization = await lock_organization(member.organization_id)
        except NotFound:
            continue
        locked[organization.id] = organization
    return locked


async def _leave_all(caller: Caller, user: User, organizations: dict[UUID, Organization]) -> None:
    members = await Membership.filter(user_id=user.id, organization__deleted_at=None).order_by("organization_id")
    # Behind the lock of the account nobody can add it to an organization any more.
    if not {member.organization_id for member in members} <= organizations.keys():
        raise JoinedMeanwhile
    alone = [organizations[member.organization_id] for member in members]
    if last := [organization for organization in alone if organization.member_count == 1]:
        raise LastMember(organizations=_named(last))
    represented = [organizations[m.organization_id] for m in members if m.role is Role.LEGAL_REPRESENTATIVE]
    if only := [organization for organization in represented if organization.legal_representative_count == 1]:
        raise LastLegalRepresentative(organizations=_named(only))
    for member in members:
        await end_membership(caller, organizations[member.organization_id], member, EventKind.MEMBER_LEFT)


async def _close(caller: Caller, user: User) -> None:
    facts = {"first_name": user.first_name, "login": user.login}
    await post_letter(caller, LetterKind.ACCOUNT_CLOSED, user.login, user.locale, facts)
    await end_sessions_of(caller, user)
    await forget_second_factor(user)
    await withdraw_links(caller, user.id, ConfirmationKind)
    user.login = user.login_key = f"closed:{user.id.hex}"
    user.password_hash = NO_HASH
    user.first_name = user.last_name = user.name = user.name_sort = ""
    user.recovery_email = user.recovery_key = None
    user.closed_at = caller.now
    await user.save()
    await record_account_action(caller, user.id, AccountAction.ACCOUNT_CLOSED, public_id(Prefix.USER, user.id))


def _named(organizations: Iterable[Organization]) -> tuple[NamedOrganization, ...]:
    return tuple(NamedOrganization(each.id, each.name) for each in organizations)
