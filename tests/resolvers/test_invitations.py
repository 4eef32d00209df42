"""Inviting, sending again, revoking, and invitations that run out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import Invitation, InvitationGrant, InvitationState, Organization
from resolvers.caller import Caller, Once
from resolvers.idempotency import AlreadyDone
from resolvers.invitations import expire_invitations, invite_member, resend_invitation, revoke_invitation
from resolvers.memberships import Access, ContactPreferences
from resolvers.secrets import hash_secret
from rules.denials import Forbidden, NotFound, RateLimited
from rules.grants import Grant
from rules.kinds import ProductKind
from rules.letters import LetterKind
from rules.locales import Locale
from rules.policy import Policy
from rules.refusals import (
    AlreadyMember,
    IdempotencyKeyReused,
    InvalidInput,
    InvitationAlreadyPending,
    InvitationNotPending,
    ProblemCode,
    RoleNotGrantable,
)
from rules.rights import AccessLevel, Right, Role
from tests.resolvers.companies import add_product, events, found, join, last_event
from tests.resolvers.people import NOW, add_person, last_secret, later, letters, letters_to

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
COLLABORATOR = Access(Role.COLLABORATOR, False, ())


async def invite(
    caller: Caller, organization: Organization, email: str = "new@example.com", access: Access = COLLABORATOR
) -> Invitation:
    return await invite_member(
        caller, organization_id=organization.id, email=email, access=access, preferences=ContactPreferences()
    )


async def test_an_invitation_fixes_the_rights_and_is_sent_by_mail() -> None:
    """MEM6, MEM1: role, products, billing right and contact preferences; the link is stored as a hash only."""
    organization, founder = await found()
    product = await add_product(organization)
    access = Access(Role.COLLABORATOR, True, [Grant(AccessLevel.MANAGE, product_id=product.id)])

    invitation = await invite_member(
        founder.caller,
        organization_id=organization.id,
        email=" New@Example.COM ",
        access=access,
        preferences=ContactPreferences(billing_reminders=False),
    )

    assert (invitation.state, invitation.expires_at) == (InvitationState.PENDING, NOW + timedelta(days=7))
    assert (invitation.address, invitation.billing_reminders) == ("New@example.com", False)
    assert await InvitationGrant.get(invitation_id=invitation.id).values_list("product_id", "level") == (
        product.id,
        AccessLevel.MANAGE,
    )
    (letter,) = [letter for letter in await letters() if letter.kind is LetterKind.INVITATION]
    secret = letter.facts.pop("secret")
    assert letter.recipient == "New@example.com"
    assert letter.facts == {
        "organization": "Lakeside Works",
        "inviter": "Flora Keller",
        "role": "COLLABORATOR",
        "expires_at": (NOW + timedelta(days=7)).isoformat(),
    }
    assert invitation.secret_hash == hash_secret(secret)
    kind, data = await last_event(organization)
    assert (kind, data["address"]) == ("INVITATION_SENT", "New@example.com")
    assert secret not in str(data)


async def test_people_with_an_account_are_invited_in_their_language() -> None:
    """USR11."""
    organization, founder = await found()
    await add_person("new@example.com", locale=Locale.FR)

    await invite(founder.caller, organization)

    assert (await letters())[-1].locale is Locale.FR


async def test_one_pending_invitation_per_organization_and_address() -> None:
    """MEM6: INVITATION_ALREADY_PENDING, naming it; however the address is written. Another organization may ask."""
    organization, founder = await found()
    other, other_founder = await found("other@example.com")
    first = await invite(founder.caller, organization)

    with pytest.raises(InvitationAlreadyPending) as refused:
        await invite(founder.caller, organization, "NEW@example.com.")
    await invite(other_founder.caller, other)

    assert refused.value.invitation_id == first.id


async def test_an_invitation_that_ran_out_makes_room_for_a_new_one() -> None:
    """MEM6: PENDING → EXPIRED, although nobody wrote it down before."""
    organization, founder = await found()
    first = await invite(founder.caller, organization)

    second = await invite(later(founder.caller, days=7), organization)

    assert (await Invitation.get(id=first.id)).state is InvitationState.EXPIRED
    assert (second.state, second.id != first.id) == (InvitationState.PENDING, True)
    assert (await events(organization))[-2:] == ["INVITATION_EXPIRED", "INVITATION_SENT"]


async def test_members_are_not_invited_again() -> None:
    """MEM6: ALREADY_MEMBER; their rights are changed, not invited."""
    organization, founder = await found()
    await join(organization, Role.EXTERNAL, "external@example.com")

    with pytest.raises(AlreadyMember):
        await invite(founder.caller, organization, "External@Example.com")


async def test_nobody_grants_more_than_they_hold() -> None:
    """MEM3, MEM6, MEM10."""
    organization, founder = await found()
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    member = await join(organization, Role.COLLABORATOR, "colleague@example.com", billing=True)
    _, other = await found("other@example.com")
    legal = Access(Role.LEGAL_REPRESENTATIVE, True, ())

    with pytest.raises(RoleNotGrantable):
        await invite(admin.caller, organization, access=legal)
    with pytest.raises(Forbidden) as refused:
        await invite(member.caller, organization)
    with pytest.raises(NotFound):
        await invite(other.caller, organization)
    invitation = await invite(founder.caller, organization, access=legal)
    with pytest.raises(RoleNotGrantable):
        await resend_invitation(admin.caller, invitation_id=invitation.id)

    assert refused.value.right is Right.MEMBERS


@pytest.mark.parametrize(
    ("access", "path"),
    [
        (Access(Role.EXTERNAL, True, ()), ("billing",)),
        (Access(Role.LEGAL_REPRESENTATIVE, False, ()), ("billing",)),
        (Access(Role.ADMINISTRATOR, True, [Grant(AccessLevel.VIEW, kind=ProductKind.KDRIVE)]), ("grants",)),
    ],
)
async def test_what_does_not_fit_the_role_is_refused(access: Access, path: tuple[str, ...]) -> None:
    """MEM2."""
    organization, founder = await found()

    with pytest.raises(InvalidInput) as refused:
        await invite(founder.caller, organization, access=access)

    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(path, ProblemCode.NOT_ALLOWED)]


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "two@example.com, three@example.com", "x\r\nBcc: y@example.com"]
)
async def test_malformed_addresses_are_refused(email: str) -> None:
    organization, founder = await found()

    with pytest.raises(InvalidInput):
        await invite(founder.caller, organization, email)


async def test_products_of_other_organizations_cannot_be_granted() -> None:
    """ORG4."""
    organization, founder = await found()
    other, _ = await found("other@example.com")
    foreign = await add_product(other)

    with pytest.raises(NotFound):
        access = Access(Role.EXTERNAL, False, [Grant(AccessLevel.VIEW, product_id=foreign.id)])
        await invite(founder.caller, organization, access=access)

    assert await Invitation.all().count() == 0


async def test_members_and_invitations_are_limited_together() -> None:
    organization, founder = await found()
    caller = replace(founder.caller, policy=Policy(memberships_maximum=2))
    await invite(caller, organization, "first@example.com")

    with pytest.raises(InvalidInput) as refused:
        await invite(caller, organization, "second@example.com")

    assert refused.value.problems[0].limit == 2


async def test_an_address_is_not_flooded() -> None:
    organization, founder = await found()
    caller = replace(founder.caller, policy=Policy(mails_per_address_and_hour=2))
    invitation = await invite(caller, organization)
    await resend_invitation(caller, invitation_id=invitation.id)

    with pytest.raises(RateLimited):
        await resend_invitation(caller, invitation_id=invitation.id)
    await resend_invitation(later(caller, hours=1), invitation_id=invitation.id)

    assert await letters_to("new@example.com") == [LetterKind.INVITATION] * 3


async def test_sending_again_kills_the_old_link_and_starts_a_new_term() -> None:
    """MEM6: whoever sends it again becomes the inviter."""
    organization, founder = await found()
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    invitation = await invite(founder.caller, organization)
    old = await last_secret(LetterKind.INVITATION)

    again = await resend_invitation(later(admin.caller, days=3), invitation_id=invitation.id)

    assert again.secret_hash == hash_secret(await last_secret(LetterKind.INVITATION)) != hash_secret(old)
    assert (again.expires_at, again.inviter_id) == (NOW + timedelta(days=10), admin.user.id)
    assert (await events(organization))[-1] == "INVITATION_RESENT"


async def test_only_pending_invitations_are_sent_again_or_revoked() -> None:
    """MEM6: PENDING → REVOKED is final, and so is running out."""
    organization, founder = await found()
    revoked = await invite(founder.caller, organization)
    overdue = await invite(founder.caller, organization, "slow@example.com")

    await revoke_invitation(founder.caller, invitation_id=revoked.id)

    for caller, invitation in [(founder.caller, revoked), (later(founder.caller, days=7), overdue)]:
        with pytest.raises(InvitationNotPending):
            await revoke_invitation(caller, invitation_id=invitation.id)
        with pytest.raises(InvitationNotPending):
            await resend_invitation(caller, invitation_id=invitation.id)
    stored = await Invitation.get(id=revoked.id)
    assert (stored.state, stored.settled_at) == (InvitationState.REVOKED, NOW)
    assert (await events(organization))[-1] == "INVITATION_REVOKED"


async def test_invitations_of_other_organizations_are_not_found() -> None:
    """ORG4."""
    organization, founder = await found()
    _, other = await found("other@example.com")
    invitation = await invite(founder.caller, organization)

    with pytest.raises(NotFound):
        await revoke_invitation(other.caller, invitation_id=invitation.id)
    with pytest.raises(NotFound):
        await resend_invitation(other.caller, invitation_id=invitation.id)


async def test_time_ends_pending_invitations_once() -> None:
    """MEM6: PENDING → EXPIRED after 7 days, with an event and an audit entry of nobody."""
    organization, founder = await found()
    first = await invite(founder.caller, organization)
    second = await invite(later(founder.caller, days=1), organization, "second@example.com")
    answered = await invite(founder.caller, organization, "third@example.com")
    await revoke_invitation(founder.caller, invitation_id=answered.id)

    counted = [await expire_invitations(NOW + timedelta(days=days)) for days in (6, 7, 7, 8)]

    assert counted == [0, 1, 0, 1]
    states = {row.id: row.state for row in await Invitation.all()}
    assert states[first.id] is states[second.id] is InvitationState.EXPIRED
    assert states[answered.id] is InvitationState.REVOKED
    assert (await events(organization)).count("INVITATION_EXPIRED") == 2


async def test_a_key_invites_once() -> None:
    """The same key answers the first outcome; other arguments are refused; a refusal is not remembered."""
    organization, founder = await found()

    def keyed(fingerprint: str) -> Any:
        return replace(founder.caller, once=Once(organization.id.hex, "invite_member", "key-1", fingerprint))

    with pytest.raises(InvalidInput):
        await invite(keyed("wrong"), organization, "nobody")
    invitation = await invite(keyed("a"), organization)
    with pytest.raises(AlreadyDone) as done:
        await invite(keyed("a"), organization)
    with pytest.raises(IdempotencyKeyReused):
        await invite(keyed("b"), organization, "second@example.com")

    assert done.value.reference == f"ivt_{invitation.id.hex}"
    assert await Invitation.all().count() == 1
