"""Reading an invitation by its link, accepting and declining it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import Event, Invitation, InvitationState, Membership, Organization, Session, User
from resolvers.caller import Caller
from resolvers.grants import grants_of_membership
from resolvers.invitation_answers import (
    InvitationPreview,
    NewAccount,
    accept_invitation,
    decline_invitation,
    preview_invitation,
)
from resolvers.invitations import invite_member, resend_invitation, revoke_invitation
from resolvers.memberships import Access, ContactPreferences, remove_member, update_membership
from resolvers.sessions import find_session
from rules.denials import NotFound, Unauthenticated
from rules.grants import Grant
from rules.kinds import ProductKind
from rules.letters import LetterKind
from rules.locales import Locale
from rules.policy import Policy
from rules.refusals import (
    AlreadyMember,
    InvalidInput,
    InvitationForOtherAddress,
    LinkExpired,
    PasswordTooWeak,
    ProblemCode,
)
from rules.rights import AccessLevel, Role
from tests.resolvers.companies import Member, counts, events, found, join
from tests.resolvers.people import NOW, PASSWORD, add_person, last_secret, later, sign_in, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
ACCOUNT = NewAccount(password=PASSWORD, first_name=" Nora ", last_name="Frei", locale=Locale.FR)
HOSTINGS = Grant(AccessLevel.MANAGE, kind=ProductKind.WEB_HOSTING)


async def invited(
    inviter: Member, organization: Organization, access: Access | None = None, email: str = "new@example.com"
) -> tuple[Invitation, str]:
    invitation = await invite_member(
        inviter.caller,
        organization_id=organization.id,
        email=email,
        access=access or Access(Role.COLLABORATOR, True, [HOSTINGS]),
        preferences=ContactPreferences(product_events=False),
    )
    return invitation, await last_secret(LetterKind.INVITATION)


async def session_of(login: str) -> Caller:
    return await sign_in(await add_person(login))


async def test_accepting_gives_what_the_invitation_fixed() -> None:
    """MEM6: role, billing right, grants and contact preferences; PENDING → ACCEPTED."""
    organization, founder = await found()
    invitation, secret = await invited(founder, organization)
    caller = await session_of("New@Example.com")

    accepted = await accept_invitation(caller, secret=secret)

    membership = await Membership.get(id=accepted.membership.id)
    assert (membership.user_id, membership.role, membership.billing) == (caller.user_id, Role.COLLABORATOR, True)
    assert (membership.billing_reminders, membership.product_events) == (True, False)
    assert await grants_of_membership(membership) == [HOSTINGS]
    assert accepted.opened is None
    assert (await Invitation.get(id=invitation.id)).state is InvitationState.ACCEPTED
    assert await counts(organization) == (2, 1)
    assert (await events(organization))[-2:] == ["INVITATION_ACCEPTED", "MEMBER_ADDED"]


async def test_only_the_account_with_the_invited_login_accepts() -> None:
    """MEM6: INVITATION_FOR_OTHER_ADDRESS; the invitation stays."""
    organization, founder = await found()
    _, secret = await invited(founder, organization)
    other = await session_of("other@example.com")

    with pytest.raises(InvitationForOtherAddress):
        await accept_invitation(other, secret=secret)

    assert not await Membership.filter(user_id=other.user_id).exists()
    assert (await preview_invitation(stranger(), secret=secret)).state is InvitationState.PENDING


async def test_a_link_works_once_and_not_for_long() -> None:
    """MEM6: used, replaced, revoked, declined, too old and unknown links answer alike."""
    organization, founder = await found()
    caller = await session_of("new@example.com")
    _, used = await invited(founder, organization)
    await accept_invitation(caller, secret=used)
    again, replaced = await invited(founder, organization, email="b@example.com")
    await resend_invitation(founder.caller, invitation_id=again.id)
    taken_back, revoked = await invited(founder, organization, email="c@example.com")
    await revoke_invitation(founder.caller, invitation_id=taken_back.id)
    _, declined = await invited(founder, organization, email="d@example.com")
    await decline_invitation(stranger(), secret=declined)
    _, old = await invited(founder, organization, email="e@example.com")

    for secret in (used, replaced, revoked, declined, "unknown", "", "\ud800"):
        with pytest.raises(LinkExpired):
            await accept_invitation(caller, secret=secret)
        with pytest.raises(LinkExpired):
            await accept_invitation(stranger(), secret=secret, new_account=ACCOUNT)
        with pytest.raises(LinkExpired):
            await decline_invitation(stranger(), secret=secret)
    with pytest.raises(LinkExpired):
        await accept_invitation(later(stranger(), days=7), secret=old, new_account=ACCOUNT)


async def test_members_keep_their_rights_when_they_accept() -> None:
    """MEM6: a second invitation changes nothing for a member (ALREADY_MEMBER)."""
    organization, founder = await found()
    member = await join(organization, Role.EXTERNAL, "old@example.com")
    _, secret = await invited(founder, organization)
    await User.filter(id=member.user.id).update(login="new@example.com", login_key="new@example.com")

    with pytest.raises(AlreadyMember):
        await accept_invitation(member.caller, secret=secret)

    assert (await Membership.get(id=member.membership.id)).role is Role.EXTERNAL


@pytest.mark.parametrize("loss", ["removed", "demoted"])
async def test_the_inviter_must_still_be_able_to_grant(loss: str) -> None:
    """MEM6: the right is checked again at acceptance; sent again by somebody who has it, the link works."""
    organization, founder = await found()
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    invitation, secret = await invited(admin, organization)
    caller = await session_of("new@example.com")
    if loss == "removed":
        await remove_member(founder.caller, membership_id=admin.membership.id)
    else:
        await update_membership(founder.caller, membership_id=admin.membership.id, role=Role.EXTERNAL)

    with pytest.raises(LinkExpired):
        await accept_invitation(caller, secret=secret)
    await resend_invitation(founder.caller, invitation_id=invitation.id)
    accepted = await accept_invitation(caller, secret=await last_secret(LetterKind.INVITATION))

    assert accepted.membership.role is Role.COLLABORATOR


async def test_a_demoted_legal_representative_makes_no_other_one() -> None:
    """MEM3, MEM6."""
    organization, founder = await found()
    second = await join(organization, Role.LEGAL_REPRESENTATIVE, "second@example.com")
    _, secret = await invited(second, organization, Access(Role.LEGAL_REPRESENTATIVE, True, ()))
    await update_membership(founder.caller, membership_id=second.membership.id, role=Role.ADMINISTRATOR)

    with pytest.raises(LinkExpired):
        await accept_invitation(await session_of("new@example.com"), secret=secret)

    assert await counts(organization) == (2, 1)


async def test_whoever_has_no_account_gets_one_with_the_invitation() -> None:
    """MSG3, MEM6: the link proves the address; account, session and membership come to be together."""
    organization, founder = await found()
    _, secret = await invited(founder, organization)

    accepted = await accept_invitation(stranger(), secret=secret, new_account=ACCOUNT)

    assert accepted.opened is not None
    user = await User.get(login_key="new@example.com")
    assert (user.name, user.locale, accepted.membership.user_id) == ("Nora Frei", Locale.FR, user.id)
    session = await find_session(accepted.opened.secret, NOW, Policy())
    assert session is not None
    assert session.user_id == user.id
    actors = await Event.filter(kind__in=["INVITATION_ACCEPTED", "MEMBER_ADDED"]).values_list("actor_id", flat=True)
    assert actors == [user.id, user.id]


async def test_an_account_that_exists_logs_in_first() -> None:
    """USR10, MSG3: only the holder of the link is told, and no second account is made."""
    organization, founder = await found()
    _, secret = await invited(founder, organization)
    await add_person("new@example.com")

    with pytest.raises(Unauthenticated):
        await accept_invitation(stranger(), secret=secret, new_account=ACCOUNT)
    with pytest.raises(Unauthenticated):
        await accept_invitation(stranger(), secret=secret)

    assert await Session.filter(user__login_key="new@example.com").count() == 0


async def test_a_new_account_is_checked_like_any_other() -> None:
    """USR6; nothing is created, and the link still works."""
    organization, founder = await found()
    _, secret = await invited(founder, organization)

    with pytest.raises(InvalidInput) as missing:
        await accept_invitation(stranger(), secret=secret)
    with pytest.raises(InvalidInput) as nameless:
        await accept_invitation(stranger(), secret=secret, new_account=replace(ACCOUNT, first_name=" "))
    with pytest.raises(PasswordTooWeak) as weak:
        await accept_invitation(stranger(), secret=secret, new_account=replace(ACCOUNT, password="short"))

    assert [(each.path, each.code) for each in missing.value.problems] == [(("new_account",), ProblemCode.REQUIRED)]
    assert [each.path for each in nameless.value.problems] == [("new_account", "first_name")]
    assert weak.value.path == ("new_account", "password")
    assert not await User.filter(login_key="new@example.com").exists()
    await accept_invitation(stranger(), secret=secret, new_account=ACCOUNT)


async def test_whoever_is_signed_in_brings_no_new_account() -> None:
    organization, founder = await found()
    _, secret = await invited(founder, organization)

    with pytest.raises(InvalidInput):
        await accept_invitation(await session_of("new@example.com"), secret=secret, new_account=ACCOUNT)


async def test_declining_needs_no_session_and_names_nobody() -> None:
    """MSG3, MEM6: PENDING → DECLINED, even by somebody who is signed in as another."""
    organization, founder = await found()
    invitation, secret = await invited(founder, organization)

    state = await decline_invitation(await session_of("other@example.com"), secret=secret)

    assert state is InvitationState.DECLINED
    assert (await Invitation.get(id=invitation.id)).settled_at == NOW
    event = await Event.get(kind="INVITATION_DECLINED")
    assert event.actor_id is None


async def test_the_holder_of_the_link_reads_what_it_is_about() -> None:
    """MSG3: without a session, and with whether the address has an account."""
    organization, founder = await found()
    _, secret = await invited(founder, organization)
    expected = InvitationPreview(
        organization_name="Lakeside Works",
        inviter_name="Flora Keller",
        address="new@example.com",
        role=Role.COLLABORATOR,
        state=InvitationState.PENDING,
        expires_at=NOW + timedelta(days=7),
        account_exists=False,
    )

    before = await preview_invitation(stranger(), secret=secret)
    await add_person("new@example.com")
    after = await preview_invitation(stranger(), secret=secret)
    overdue = await preview_invitation(later(stranger(), days=7), secret=secret)

    assert before == expected
    assert after == replace(expected, account_exists=True)
    assert overdue == replace(expected, account_exists=True, state=InvitationState.EXPIRED)
    with pytest.raises(NotFound):
        await preview_invitation(stranger(), secret="unknown")


async def test_an_invitation_to_a_deleted_organization_is_gone() -> None:
    organization, founder = await found()
    _, secret = await invited(founder, organization)
    await Organization.filter(id=organization.id).update(deleted_at=NOW)

    with pytest.raises(LinkExpired):
        await accept_invitation(stranger(), secret=secret, new_account=ACCOUNT)
    with pytest.raises(NotFound):
        await preview_invitation(stranger(), secret=secret)
