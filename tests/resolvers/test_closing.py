"""Giving an account up: nothing is left without people, and the address is free again."""

import asyncio

import pytest

from models import Confirmation, Membership, Organization, ProductGrant, Session, User
from resolvers.closing import close_account
from resolvers.login_changes import request_login_change
from resolvers.memberships import update_membership
from resolvers.organizations import create_organization
from resolvers.sessions import log_in
from rules.denials import RateLimited, Unauthenticated
from rules.grants import Grant
from rules.kinds import ProductKind
from rules.letters import LetterKind
from rules.policy import Policy
from rules.refusals import (
    InvalidCredentials,
    InvalidCurrentPassword,
    LastLegalRepresentative,
    LastMember,
    Remedy,
)
from rules.rights import AccessLevel, Role
from tests.resolvers.companies import DETAILS, counts, events, found, join
from tests.resolvers.people import NOW, PASSWORD, actions_of, add_person, letters_to, sign_in, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
LOGIN = "anna@example.com"


async def test_sessions_and_links_end_and_the_address_is_free_again() -> None:
    """USR14."""
    user = await add_person(LOGIN)
    caller = await sign_in(user)
    await sign_in(user)
    await request_login_change(caller, new_email="anna@new.example", current_password=PASSWORD)

    assert await close_account(caller, password=PASSWORD) == LOGIN

    assert await Session.filter(ended_at=None).count() == 0
    assert await Confirmation.filter(settled_at=None).count() == 0
    assert LetterKind.ACCOUNT_CLOSED in await letters_to(LOGIN)
    with pytest.raises(InvalidCredentials):
        await log_in(stranger(), email=LOGIN, password=PASSWORD)
    with pytest.raises(Unauthenticated):
        await close_account(caller, password=PASSWORD)
    await add_person(LOGIN)


async def test_the_row_stays_without_name_and_address_and_the_audit_log_with_it() -> None:
    """USR14, RES8."""
    user = await add_person(LOGIN)
    await User.filter(id=user.id).update(recovery_email="a@b.example", recovery_key="a@b.example")

    await close_account(await sign_in(user), password=PASSWORD)

    row = await User.get(id=user.id)
    assert row.closed_at == NOW
    assert (row.login, row.name, row.first_name, row.last_name) == (f"closed:{user.id.hex}", "", "", "")
    assert (row.recovery_email, row.recovery_key) == (None, None)
    assert "argon2" not in row.password_hash
    assert (await actions_of(user))[-1] == "ACCOUNT_CLOSED"


async def test_the_password_is_asked_and_throttled() -> None:
    """USR13, USR14."""
    user = await add_person(LOGIN)
    caller = await sign_in(user, policy=Policy(sign_in_attempts_per_account=1))

    with pytest.raises(InvalidCurrentPassword) as refusal:
        await close_account(caller, password="not the password")
    with pytest.raises(RateLimited):
        await close_account(caller, password=PASSWORD)

    assert refusal.value.path == ("password",)
    assert (await User.get(id=user.id)).closed_at is None


async def test_the_last_member_is_refused_with_the_organizations_named() -> None:
    """USR14."""
    organization, founder = await found(LOGIN)
    second = await create_organization(founder.caller, details=DETAILS)

    with pytest.raises(LastMember) as refusal:
        await close_account(founder.caller, password=PASSWORD)

    assert {each.id for each in refusal.value.organizations} == {organization.id, second.id}
    assert refusal.value.remedy is Remedy.DELETE_THE_ORGANIZATION
    assert await Membership.all().count() == 2


async def test_the_only_legal_representative_is_refused_with_the_organizations_named() -> None:
    """USR14: whoever else belongs to them."""
    organization, founder = await found(LOGIN)
    await join(organization, Role.ADMINISTRATOR, "ben@example.com")

    with pytest.raises(LastLegalRepresentative) as refusal:
        await close_account(founder.caller, password=PASSWORD)

    assert [(each.id, each.name) for each in refusal.value.organizations] == [(organization.id, organization.name)]
    assert refusal.value.remedy is Remedy.NAME_ANOTHER_LEGAL_REPRESENTATIVE
    assert await counts(organization) == (2, 1)


async def test_memberships_end_everywhere_with_their_grants() -> None:
    """USR14, MEM7."""
    first, _ = await found("first@example.com")
    second, _ = await found("second@example.com")
    member = await join(
        first, Role.COLLABORATOR, LOGIN, Grant(AccessLevel.VIEW, kind=ProductKind.WEB_HOSTING), billing=True
    )
    guest = await join(second, Role.LEGAL_REPRESENTATIVE, "guest@example.com")
    await Membership.filter(id=guest.membership.id).update(user_id=member.user.id)

    await close_account(member.caller, password=PASSWORD)

    assert await Membership.filter(user_id=member.user.id).count() == 0
    assert await ProductGrant.all().count() == 0
    assert [await counts(organization) for organization in (first, second)] == [(1, 1), (1, 1)]
    assert (await events(first))[-1] == "MEMBER_LEFT"
    assert (await events(second))[-1] == "MEMBER_LEFT"


async def test_a_deleted_organization_holds_nobody_back() -> None:
    """USR14."""
    organization, founder = await found(LOGIN)
    await Organization.filter(id=organization.id).update(deleted_at=NOW)

    assert await close_account(founder.caller, password=PASSWORD) == LOGIN


async def test_of_two_legal_representatives_who_close_their_accounts_at_once_one_stays() -> None:
    """USR14, MEM3; R4."""
    for number in range(3):
        organization, founder = await found(f"founder{number}@example.com")
        other = await join(organization, Role.LEGAL_REPRESENTATIVE, f"other{number}@example.com")

        results = await asyncio.gather(
            *(close_account(member.caller, password=PASSWORD) for member in (founder, other)), return_exceptions=True
        )

        assert sorted(type(result).__name__ for result in results) == ["LastMember", "str"]
        assert await counts(organization) == (1, 1)


async def test_closing_races_being_made_a_legal_representative() -> None:
    """USR14: whichever comes first, an organization keeps one."""
    organization, founder = await found()
    member = await join(organization, Role.ADMINISTRATOR, LOGIN)

    await asyncio.gather(
        close_account(member.caller, password=PASSWORD),
        update_membership(founder.caller, membership_id=member.membership.id, role=Role.LEGAL_REPRESENTATIVE),
        return_exceptions=True,
    )

    assert await counts(organization) == (1, 1)


async def test_closing_races_founding_another_organization() -> None:
    """USR14: either the account is gone, or the organization has it."""
    user = await add_person(LOGIN)
    caller = await sign_in(user)

    results = await asyncio.gather(
        close_account(caller, password=PASSWORD),
        create_organization(caller, details=DETAILS),
        return_exceptions=True,
    )

    closed = (await User.get(id=user.id)).closed_at is not None
    assert closed == (await Membership.filter(user_id=user.id).count() == 0)
    assert [type(result).__name__ for result in results] in (["str", "Unauthenticated"], ["LastMember", "Organization"])
