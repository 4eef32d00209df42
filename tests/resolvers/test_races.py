"""Two at once: one finds the other's outcome, whoever was first."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from typing import Any

import pytest

from models import Invitation, Membership, Organization
from resolvers.closing import close_account
from resolvers.invitation_answers import NewAccount, accept_invitation
from resolvers.invitations import expire_invitations, invite_member, revoke_invitation
from resolvers.memberships import (
    Access,
    ContactPreferences,
    leave_organization,
    remove_member,
    update_membership,
)
from rules.letters import LetterKind
from rules.locales import Locale
from rules.rights import Role
from tests.resolvers.companies import Member, counts, events, found, join
from tests.resolvers.people import PASSWORD, add_person, last_secret, later, sign_in, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
ROUNDS = 5


async def outcomes(*attempts: Awaitable[Any]) -> Counter[str]:
    """How attempts that run at once end: DONE, or the name of what they met."""
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter(type(answer).__name__ if isinstance(answer, BaseException) else "DONE" for answer in answers)


async def invite(inviter: Member, organization: Organization, email: str = "new@example.com") -> Invitation:
    return await invite_member(
        inviter.caller,
        organization_id=organization.id,
        email=email,
        access=Access(Role.COLLABORATOR, False, ()),
        preferences=ContactPreferences(),
    )


async def truth(organization: Organization) -> tuple[int, int]:
    """Members and legal representatives, counted."""
    rows = await Membership.filter(organization_id=organization.id)
    return len(rows), sum(row.role is Role.LEGAL_REPRESENTATIVE for row in rows)


async def test_of_two_legal_representatives_who_demote_each_other_one_succeeds() -> None:
    """MEM3."""
    for turn in range(ROUNDS):
        organization, first = await found(f"first{turn}@example.com")
        second = await join(organization, Role.LEGAL_REPRESENTATIVE, f"second{turn}@example.com")

        ended = await outcomes(
            update_membership(first.caller, membership_id=second.membership.id, role=Role.ADMINISTRATOR),
            update_membership(second.caller, membership_id=first.membership.id, role=Role.ADMINISTRATOR),
        )

        assert ended == {"DONE": 1, "RoleNotGrantable": 1}
        assert await counts(organization) == await truth(organization) == (2, 1)


async def test_of_two_legal_representatives_who_leave_one_stays() -> None:
    """ORG8, MEM3."""
    for turn in range(ROUNDS):
        organization, first = await found(f"first{turn}@example.com")
        second = await join(organization, Role.LEGAL_REPRESENTATIVE, f"second{turn}@example.com")

        ended = await outcomes(
            leave_organization(first.caller, organization_id=organization.id),
            leave_organization(second.caller, organization_id=organization.id),
        )

        assert ended == {"DONE": 1, "LastMember": 1}
        assert await counts(organization) == await truth(organization) == (1, 1)


async def test_accepting_many_times_at_once_makes_one_membership() -> None:
    """MEM6."""
    organization, founder = await found()
    await invite(founder, organization)
    secret = await last_secret(LetterKind.INVITATION)
    caller = await sign_in(await add_person("new@example.com"))

    ended = await outcomes(*(accept_invitation(caller, secret=secret) for _ in range(ROUNDS)))

    assert ended == {"DONE": 1, "LinkExpired": ROUNDS - 1}
    assert await counts(organization) == await truth(organization) == (2, 1)


async def test_accepting_with_a_new_account_many_times_at_once_makes_one_account() -> None:
    """MEM6, MSG3."""
    organization, founder = await found()
    await invite(founder, organization)
    secret = await last_secret(LetterKind.INVITATION)
    account = NewAccount(password=PASSWORD, first_name="Nora", last_name="Frei", locale=Locale.EN)

    ended = await outcomes(*(accept_invitation(stranger(), secret=secret, new_account=account) for _ in range(3)))

    assert ended["DONE"] == 1
    assert ended["LinkExpired"] + ended["Unauthenticated"] == 2
    assert await counts(organization) == await truth(organization) == (2, 1)


async def test_two_invitations_to_one_address_in_two_organizations_accepted_at_once_make_one_account() -> None:
    """MEM6: whoever comes second is told to log in with the account that the first one made."""
    secrets = []
    for login in ("a@example.com", "b@example.com"):
        organization, founder = await found(login)
        await invite(founder, organization)
        secrets.append(await last_secret(LetterKind.INVITATION))
    account = NewAccount(password=PASSWORD, first_name="Nora", last_name="Frei", locale=Locale.EN)

    ended = await outcomes(*(accept_invitation(stranger(), secret=each, new_account=account) for each in secrets))

    assert ended == {"DONE": 1, "Unauthenticated": 1}


async def test_one_address_is_invited_once() -> None:
    """MEM6: INVITATION_ALREADY_PENDING for everybody else."""
    organization, founder = await found()
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")

    ended = await outcomes(*(invite(member, organization) for member in (founder, admin, founder, admin)))

    assert ended == {"DONE": 1, "InvitationAlreadyPending": 3}
    assert await Invitation.filter(organization_id=organization.id).count() == 1


async def test_an_inviter_who_is_removed_while_the_guest_accepts() -> None:
    """MEM6, MEM7: either the guest was faster, or the link is dead; never a guest of nobody's right."""
    for turn in range(ROUNDS):
        organization, founder = await found(f"founder{turn}@example.com")
        admin = await join(organization, Role.ADMINISTRATOR, f"admin{turn}@example.com")
        await invite(admin, organization, f"new{turn}@example.com")
        secret = await last_secret(LetterKind.INVITATION)
        guest = await sign_in(await add_person(f"new{turn}@example.com"))

        ended = await outcomes(
            remove_member(founder.caller, membership_id=admin.membership.id),
            accept_invitation(guest, secret=secret),
        )

        assert ended in ({"DONE": 2}, {"DONE": 1, "LinkExpired": 1})
        order = await events(organization)
        assert ended["DONE"] == 1 or order.index("INVITATION_ACCEPTED") < order.index("MEMBER_REMOVED")
        assert await counts(organization) == await truth(organization)


async def test_an_invitation_ends_once() -> None:
    """MEM6: accepted, revoked or expired, and one event that says which."""
    organization, founder = await found()
    guest = later(await sign_in(await add_person("new@example.com")), days=6)
    invitation = await invite(founder, organization)
    secret = await last_secret(LetterKind.INVITATION)

    await outcomes(
        accept_invitation(guest, secret=secret),
        revoke_invitation(founder.caller, invitation_id=invitation.id),
        expire_invitations(later(guest, days=2).now),
        expire_invitations(later(guest, days=2).now),
    )

    endings = {"INVITATION_ACCEPTED", "INVITATION_REVOKED", "INVITATION_EXPIRED"}
    assert len([kind for kind in await events(organization) if kind in endings]) == 1
    assert await counts(organization) == await truth(organization)


async def test_an_account_that_is_closed_while_it_accepts_belongs_to_nobody() -> None:
    """USR14, MEM6: no membership of a closed account, and counts that are true."""
    for turn in range(ROUNDS):
        organization, founder = await found(f"founder{turn}@example.com")
        await invite(founder, organization, f"new{turn}@example.com")
        secret = await last_secret(LetterKind.INVITATION)
        guest = await sign_in(await add_person(f"new{turn}@example.com"))

        ended = await outcomes(accept_invitation(guest, secret=secret), close_account(guest, password=PASSWORD))

        assert ended in ({"DONE": 2}, {"DONE": 1, "Unauthenticated": 1})
        assert await counts(organization) == await truth(organization) == (1, 1)
