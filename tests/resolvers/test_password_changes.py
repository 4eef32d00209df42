"""Changing the password, with or without the mailbox that is the login."""

import asyncio
from dataclasses import replace

import pytest

from models import Mailbox, Membership, Organization, Session, User
from resolvers.caller import Caller
from resolvers.mailboxes import change_mailbox_password
from resolvers.password_changes import change_password
from resolvers.sessions import log_in
from rules.denials import Forbidden, NotFound, RateLimited
from rules.grants import Grant
from rules.kinds import KINDS_WITH_MAILBOXES, ProductKind, ProductState
from rules.letters import LetterKind
from rules.policy import Policy
from rules.refusals import InvalidCredentials, InvalidCurrentPassword, NoLinkedMailbox, PasswordTooWeak
from rules.rights import AccessLevel, Right, Role
from server.passwords import Argon2Passwords
from tests.resolvers.companies import Member, events, found, join
from tests.resolvers.people import (
    CHEAP,
    NEW_PASSWORD,
    PASSWORD,
    PASSWORDS,
    actions_of,
    add_mailbox,
    add_person,
    letters_to,
    sign_in,
    stranger,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
LOGIN = "flora@lakeside.example"


async def opens(mailbox: Mailbox, password: str) -> bool:
    """Whether the mailbox has this password now."""
    return await PASSWORDS.matches(password, (await Mailbox.get(id=mailbox.id)).password_hash)


async def found_with_mailbox() -> tuple[Organization, Member, Mailbox]:
    """A founder whose login is a mailbox of their own organization."""
    organization, founder = await found(LOGIN)
    return organization, founder, await add_mailbox(organization.id, LOGIN, password="the mailbox's own")


async def change(caller: Caller, *, also_mailbox: bool = False) -> None:
    await change_password(caller, current_password=PASSWORD, new_password=NEW_PASSWORD, also_mailbox=also_mailbox)


async def test_other_sessions_end_and_the_current_one_stays() -> None:
    """USR6; S7."""
    user = await add_person(LOGIN)
    caller = await sign_in(user)
    await sign_in(user)

    result = await change_password(caller, current_password=PASSWORD, new_password=NEW_PASSWORD)

    assert (result.ended_sessions, result.linked_mailbox, result.changed_mailbox) == (1, None, False)
    assert [session.id for session in await Session.filter(ended_at=None)] == [caller.session_id]
    assert await letters_to(LOGIN) == [LetterKind.PASSWORD_CHANGED]
    assert (await actions_of(user))[-1] == "PASSWORD_CHANGED"
    with pytest.raises(InvalidCredentials):
        await log_in(stranger(), email=LOGIN, password=PASSWORD)
    await log_in(stranger(), email=LOGIN, password=NEW_PASSWORD)


async def test_the_current_password_is_asked_and_throttled() -> None:
    """USR6, USR2."""
    caller = await sign_in(await add_person(LOGIN), policy=Policy(sign_in_attempts_per_account=1))

    with pytest.raises(InvalidCurrentPassword):
        await change_password(caller, current_password="wrong", new_password=NEW_PASSWORD)
    with pytest.raises(RateLimited):
        await change(caller)


@pytest.mark.parametrize("weak", ["short", "kellerkeller", "qwertyqwerty", LOGIN])
async def test_a_weak_password_is_refused(weak: str) -> None:
    """USR6: common words are those of the owner, too."""
    caller = await sign_in(await add_person(LOGIN, last_name="Keller"))

    with pytest.raises(PasswordTooWeak) as refusal:
        await change_password(caller, current_password=PASSWORD, new_password=weak)

    assert refusal.value.path == ("new_password",)


async def test_one_password_for_login_and_mailbox_is_set_in_one_transaction() -> None:
    """USR7."""
    organization, founder, mailbox = await found_with_mailbox()

    result = await change_password(
        founder.caller, current_password=PASSWORD, new_password=NEW_PASSWORD, also_mailbox=True
    )

    assert result.changed_mailbox
    assert result.linked_mailbox is not None
    assert result.linked_mailbox.id == mailbox.id
    assert await opens(mailbox, NEW_PASSWORD)
    assert (await events(organization))[-1] == "MAILBOX_PASSWORD_CHANGED"


async def test_the_two_passwords_can_be_kept_different() -> None:
    """USR7: the answer still names the mailbox, so that the user can be warned."""
    _, founder, mailbox = await found_with_mailbox()

    result = await change_password(founder.caller, current_password=PASSWORD, new_password=NEW_PASSWORD)

    assert not result.changed_mailbox
    assert result.linked_mailbox is not None
    assert await opens(mailbox, "the mailbox's own")


@pytest.mark.parametrize("kind", sorted(KINDS_WITH_MAILBOXES))
async def test_mailboxes_of_these_kinds_are_linked(kind: ProductKind) -> None:
    """USR7: MAIL_SERVICE, INFOMAIL, KSUITE, FREE_MAIL."""
    organization, founder = await found("Flora@Lakeside.example")
    mailbox = await add_mailbox(organization.id, "flora@LAKESIDE.example", kind=kind)

    await change(founder.caller, also_mailbox=True)

    assert await opens(mailbox, NEW_PASSWORD)


@pytest.mark.parametrize(
    ("kind", "state"),
    [(ProductKind.WEB_HOSTING, ProductState.ACTIVE), (ProductKind.MAIL_SERVICE, ProductState.TERMINATED)],
)
async def test_other_products_and_terminated_ones_hold_no_linked_mailbox(
    kind: ProductKind, state: ProductState
) -> None:
    """USR7: and then nothing changes at all."""
    organization, founder = await found(LOGIN)
    await add_mailbox(organization.id, LOGIN, kind=kind, state=state)

    with pytest.raises(NoLinkedMailbox) as refusal:
        await change(founder.caller, also_mailbox=True)

    assert refusal.value.path == ("also_mailbox",)
    await log_in(stranger(), email=LOGIN, password=PASSWORD)


async def test_a_mailbox_that_one_may_not_manage_is_not_linked() -> None:
    """USR7, ORG4: neither a stranger's nor one that one may only look at."""
    organization, _ = await found()
    mailbox = await add_mailbox(organization.id, LOGIN)
    caller = await sign_in(await add_person(LOGIN))

    with pytest.raises(NoLinkedMailbox):
        await change(caller, also_mailbox=True)
    looking = Grant(AccessLevel.VIEW, kind=ProductKind.MAIL_SERVICE)
    member = await join(organization, Role.EXTERNAL, "guest@example.com", looking)
    await Membership.filter(id=member.membership.id).update(user_id=caller.user_id)
    with pytest.raises(NoLinkedMailbox):
        await change(caller, also_mailbox=True)

    assert await opens(mailbox, PASSWORD)
    result = await change_password(caller, current_password=PASSWORD, new_password=NEW_PASSWORD)
    assert result.linked_mailbox is None


class RightLost(Argon2Passwords):
    """Real passwords; before the new one is hashed, the caller's organization takes the right to its products away."""

    async def hash(self, password: str) -> str:
        await Membership.all().update(role=Role.EXTERNAL, billing=False)
        return await super().hash(password)


async def test_a_right_that_is_lost_meanwhile_leaves_both_passwords_as_they_are() -> None:
    """USR7, MEM7: one transaction."""
    _, founder, mailbox = await found_with_mailbox()

    with pytest.raises(NoLinkedMailbox):
        await change(replace(founder.caller, passwords=RightLost(CHEAP)), also_mailbox=True)

    assert await opens(mailbox, "the mailbox's own")
    await log_in(stranger(), email=LOGIN, password=PASSWORD)


class LoginMoved(Argon2Passwords):
    """Real passwords; before the new one is hashed, the login becomes another address."""

    async def hash(self, password: str) -> str:
        await User.all().update(login_key="moved@example.com")
        return await super().hash(password)


async def test_a_login_that_moves_meanwhile_is_no_mailbox_any_more() -> None:
    """USR7."""
    _, founder, mailbox = await found_with_mailbox()

    with pytest.raises(NoLinkedMailbox):
        await change(replace(founder.caller, passwords=LoginMoved(CHEAP)), also_mailbox=True)

    assert await opens(mailbox, "the mailbox's own")


async def test_a_mailbox_password_is_changed_alone() -> None:
    """USR8: never the login's."""
    organization, founder, mailbox = await found_with_mailbox()

    await change_mailbox_password(founder.caller, mailbox_id=mailbox.id, new_password=NEW_PASSWORD)

    assert await opens(mailbox, NEW_PASSWORD)
    assert (await User.get(id=founder.user.id)).password_hash == founder.user.password_hash
    assert await Session.filter(ended_at=None).count() == 1
    assert (await events(organization))[-1] == "MAILBOX_PASSWORD_CHANGED"


async def test_a_mailbox_password_asks_manage_on_the_product() -> None:
    """USR8, MEM4, MEM10."""
    organization, _, mailbox = await found_with_mailbox()
    _, rival = await found("rival@example.com")
    blind = await join(organization, Role.COLLABORATOR, "blind@example.com", billing=True)
    looking = Grant(AccessLevel.VIEW, product_id=mailbox.product_id)
    viewer = await join(organization, Role.COLLABORATOR, "viewer@example.com", looking)
    managing = Grant(AccessLevel.MANAGE, kind=ProductKind.MAIL_SERVICE)
    manager = await join(organization, Role.EXTERNAL, "manager@example.com", managing)

    for caller in (rival.caller, blind.caller):
        with pytest.raises(NotFound):
            await change_mailbox_password(caller, mailbox_id=mailbox.id, new_password=NEW_PASSWORD)
    with pytest.raises(Forbidden) as denial:
        await change_mailbox_password(viewer.caller, mailbox_id=mailbox.id, new_password=NEW_PASSWORD)
    await change_mailbox_password(manager.caller, mailbox_id=mailbox.id, new_password=NEW_PASSWORD)

    assert denial.value.right is Right.MANAGE
    assert await opens(mailbox, NEW_PASSWORD)


async def test_strangers_learn_nothing_about_mailboxes_from_weak_passwords() -> None:
    """ORG4: foreign and missing ones are refused alike, whatever the rest says."""
    _, _, mailbox = await found_with_mailbox()
    _, rival = await found("rival@example.com")

    for mailbox_id in (mailbox.id, rival.user.id):
        with pytest.raises(NotFound):
            await change_mailbox_password(rival.caller, mailbox_id=mailbox_id, new_password="weak")


async def test_a_mailbox_password_must_be_good_and_not_its_address() -> None:
    """USR6, USR8."""
    _, founder, mailbox = await found_with_mailbox()

    for weak in ("short", "FLORA@lakeside.example"):
        with pytest.raises(PasswordTooWeak):
            await change_mailbox_password(founder.caller, mailbox_id=mailbox.id, new_password=weak)


async def test_of_two_changes_at_once_one_succeeds() -> None:
    """USR6: the other one's current password is in force no more."""
    caller = await sign_in(await add_person(LOGIN))

    results = await asyncio.gather(
        *(
            change_password(caller, current_password=PASSWORD, new_password=f"{NEW_PASSWORD} {number}")
            for number in range(3)
        ),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in results) == ["InvalidCurrentPassword"] * 2 + ["PasswordChange"]
