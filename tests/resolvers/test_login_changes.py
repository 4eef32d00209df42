"""Changing the login: the password first, then the new address, then nothing of the old one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from models import Confirmation, ConfirmationOutcome, Session, User
from resolvers.caller import Caller
from resolvers.login_changes import confirm_login_change, request_login_change, withdraw_login_change
from resolvers.organizations import create_organization
from resolvers.password_resets import request_password_reset, reset_password
from resolvers.recovery import change_recovery_email, confirm_recovery_email
from resolvers.sessions import log_in
from rules.denials import RateLimited, Unauthenticated
from rules.letters import LetterKind
from rules.policy import Policy
from rules.refusals import (
    InvalidCredentials,
    InvalidCurrentPassword,
    InvalidInput,
    LinkExpired,
    LoginChangeExpired,
    LoginEmailTaken,
    ProblemCode,
    Remedy,
    SameAsRecoveryEmail,
)
from rules.rights import Role
from tests.resolvers.companies import DETAILS, found, join
from tests.resolvers.people import (
    NEW_PASSWORD,
    NOW,
    PASSWORD,
    actions_of,
    add_person,
    last_secret,
    later,
    letters,
    letters_to,
    sign_in,
    stranger,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
OLD, NEW = "anna@example.com", "anna@new.example"


async def ask(caller: Caller, new_email: str = NEW, password: str = PASSWORD) -> str:
    """Request the change, and answer the secret of its link."""
    await request_login_change(caller, new_email=new_email, current_password=password)
    return await last_secret(LetterKind.LOGIN_CHANGE)


async def test_nothing_changes_before_the_link_at_the_new_address_is_confirmed() -> None:
    """USR3: a link to the new address, a notice to the old one."""
    user = await add_person(OLD)
    caller = await sign_in(user)

    waiting = await request_login_change(caller, new_email=" Anna@NEW.example ", current_password=PASSWORD)

    assert (waiting.address, waiting.expires_at) == ("Anna@new.example", NOW + timedelta(hours=24))
    assert (await User.get(id=user.id)).login == OLD
    to_new, to_old = await letters()
    assert (to_new.kind, to_new.recipient) == (LetterKind.LOGIN_CHANGE, "Anna@new.example")
    assert (to_old.kind, to_old.recipient) == (LetterKind.LOGIN_CHANGE_NOTICE, OLD)
    assert "secret" not in to_old.facts


async def test_confirming_changes_the_login_and_ends_other_sessions_and_reset_links() -> None:
    """USR3; S3: both addresses are told, and the old login opens nothing any more."""
    user = await add_person(OLD)
    caller = await sign_in(user)
    await sign_in(user)
    await request_password_reset(stranger(), email=OLD)
    reset = await last_secret(LetterKind.PASSWORD_RESET)
    secret = await ask(caller)

    changed = await confirm_login_change(caller, secret=secret)

    assert changed.login == NEW
    assert [session.id for session in await Session.filter(ended_at=None)] == [caller.session_id]
    assert LetterKind.LOGIN_CHANGED in await letters_to(OLD)
    assert LetterKind.LOGIN_CHANGED in await letters_to(NEW)
    assert (await actions_of(user))[-1] == "LOGIN_CHANGED"
    with pytest.raises(LinkExpired):
        await reset_password(stranger(), secret=reset, new_password=NEW_PASSWORD)
    with pytest.raises(InvalidCredentials):
        await log_in(stranger(), email=OLD, password=PASSWORD)
    await log_in(stranger(), email=NEW, password=PASSWORD)
    await add_person(OLD)


async def test_the_current_password_is_asked_and_throttled() -> None:
    """USR2."""
    caller = await sign_in(await add_person(OLD), policy=Policy(sign_in_attempts_per_account=2))

    for _ in range(2):
        with pytest.raises(InvalidCurrentPassword) as refusal:
            await ask(caller, password="not the password")
        assert refusal.value.path == ("current_password",)
    with pytest.raises(RateLimited):
        await ask(caller)
    assert await letters() == []


@pytest.mark.parametrize(
    ("new_email", "code"),
    [("anna", ProblemCode.MALFORMED), ("ANNA@Example.com", ProblemCode.NOT_ALLOWED)],
)
async def test_the_new_address_must_be_well_formed_and_another_one(new_email: str, code: ProblemCode) -> None:
    """USR3."""
    caller = await sign_in(await add_person(OLD))

    with pytest.raises(InvalidInput) as refusal:
        await ask(caller, new_email)

    assert [(problem.path, problem.code) for problem in refusal.value.problems] == [(("new_email",), code)]


@pytest.mark.parametrize("written", ["anna@bücher.example", "Anna@xn--bcher-kva.EXAMPLE", "\uff41nna@bücher.example"])
async def test_the_new_address_must_differ_from_the_recovery_address_however_it_is_written(written: str) -> None:
    """USR4: compared case-folded and IDN-normalised."""
    user = await add_person(OLD)
    await User.filter(id=user.id).update(
        recovery_email="anna@bücher.example", recovery_key="anna@xn--bcher-kva.example"
    )
    caller = await sign_in(user)

    with pytest.raises(SameAsRecoveryEmail) as refusal:
        await ask(caller, written)

    assert refusal.value.path == ("new_email",)
    assert await letters() == []


async def test_a_recovery_address_that_was_confirmed_meanwhile_counts() -> None:
    """USR4: asked again behind the lock; an address counts once its link was opened."""
    caller = await sign_in(await add_person(OLD))
    await change_recovery_email(caller, email=NEW)
    secret = await ask(caller)
    await confirm_recovery_email(caller, secret=await last_secret(LetterKind.RECOVERY_EMAIL))

    with pytest.raises(SameAsRecoveryEmail):
        await confirm_login_change(caller, secret=secret)


async def test_a_taken_address_is_named_only_after_control_of_it_is_proven() -> None:
    """USR5: with the remedy, and the organizations that need another legal representative."""
    alone, owner = await found("owner@example.com", name="Alone")
    shared = await create_organization(owner.caller, details=replace(DETAILS, name="Shared"))
    await join(shared, Role.LEGAL_REPRESENTATIVE, "other@example.com")
    taken = await ask(owner.caller, "other@example.com")

    with pytest.raises(LoginEmailTaken) as refusal:
        await confirm_login_change(owner.caller, secret=taken)

    assert refusal.value.remedy is Remedy.INVITE_OTHER_ACCOUNT_THEN_CLOSE_THIS_ONE
    assert [(each.id, each.name) for each in refusal.value.only_legal_representative_of] == [(alone.id, "Alone")]
    assert (await User.get(id=owner.user.id)).login == "owner@example.com"


async def test_a_link_still_works_once_the_address_is_given_up_by_the_other_account() -> None:
    """USR5: the remedy leads somewhere."""
    caller, other = await sign_in(await add_person(OLD)), await add_person(NEW)
    secret = await ask(caller)
    with pytest.raises(LoginEmailTaken):
        await confirm_login_change(caller, secret=secret)

    await User.filter(id=other.id).update(login_key="closed", closed_at=NOW)

    assert (await confirm_login_change(caller, secret=secret)).login == NEW


async def test_a_link_is_over_when_used_replaced_withdrawn_or_too_old() -> None:
    """USR3."""
    caller = await sign_in(await add_person(OLD))
    replaced = await ask(caller, "first@new.example")
    withdrawn = await ask(caller, "second@new.example")
    await withdraw_login_change(caller)
    current = await ask(caller)

    for secret in (replaced, withdrawn, current[:-1], ""):
        with pytest.raises(LoginChangeExpired) as refusal:
            await confirm_login_change(caller, secret=secret)
        assert refusal.value.path == ("secret",)
    with pytest.raises(LoginChangeExpired):
        await confirm_login_change(later(caller, hours=24), secret=current)
    await confirm_login_change(later(caller, hours=23.9), secret=current)
    with pytest.raises(LoginChangeExpired):
        await confirm_login_change(caller, secret=current)
    outcomes = [link.outcome for link in await Confirmation.all().order_by("id")]
    assert outcomes == [ConfirmationOutcome.REPLACED, ConfirmationOutcome.WITHDRAWN, ConfirmationOutcome.CONFIRMED]


async def test_a_link_is_bound_to_its_user_and_to_the_login_it_was_asked_with() -> None:
    """USR3: bound to user, old and new address."""
    anna, ben = await add_person(OLD), await add_person("ben@example.com")
    caller, other = await sign_in(anna), await sign_in(ben)
    secret = await ask(caller)

    with pytest.raises(LoginChangeExpired):
        await confirm_login_change(other, secret=secret)
    with pytest.raises(Unauthenticated):
        await confirm_login_change(stranger(), secret=secret)
    await User.filter(id=anna.id).update(login="moved@example.com", login_key="moved@example.com")
    with pytest.raises(LoginChangeExpired):
        await confirm_login_change(caller, secret=secret)


async def test_a_request_is_withdrawn_and_then_there_is_none() -> None:
    """USR3."""
    user = await add_person(OLD)
    caller = await sign_in(user)
    await ask(caller)

    withdrawn = await withdraw_login_change(caller)

    assert (withdrawn.outcome, withdrawn.settled_at) == (ConfirmationOutcome.WITHDRAWN, NOW)
    assert (await actions_of(user))[-1] == "LOGIN_CHANGE_WITHDRAWN"
    with pytest.raises(LoginChangeExpired):
        await withdraw_login_change(caller)


async def test_one_user_cannot_have_mails_sent_to_many_addresses() -> None:
    caller = await sign_in(await add_person(OLD), policy=Policy(mails_per_address_and_hour=2))
    await ask(caller, "first@new.example")
    await ask(caller, "second@new.example")

    with pytest.raises(RateLimited):
        await ask(caller, "third@new.example")


async def test_of_two_accounts_that_confirm_the_same_address_at_once_one_gets_it() -> None:
    """USR5: decided by the database, not by who looked first."""
    for number in range(5):
        callers = [await sign_in(await add_person(f"person{number}{side}@example.com")) for side in "ab"]
        secrets = [await ask(caller, f"both{number}@new.example") for caller in callers]

        results = await asyncio.gather(
            *(confirm_login_change(caller, secret=secret) for caller, secret in zip(callers, secrets, strict=True)),
            return_exceptions=True,
        )

        assert sorted(type(result).__name__ for result in results) == ["LoginEmailTaken", "User"]


async def test_the_same_link_confirmed_twice_at_once_changes_the_login_once() -> None:
    """USR3."""
    caller = await sign_in(await add_person(OLD))
    secret = await ask(caller)

    results = await asyncio.gather(
        *(confirm_login_change(caller, secret=secret) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["LoginChangeExpired"] * 3 + ["User"]
    assert (await letters_to(OLD)).count(LetterKind.LOGIN_CHANGED) == 1


async def test_two_requests_at_once_leave_one_open_link() -> None:
    """USR3: a new one replaces the one before."""
    caller = await sign_in(await add_person(OLD))

    await asyncio.gather(*(ask(caller, f"anna{number}@new.example") for number in range(4)))

    assert await Confirmation.filter(settled_at=None).count() == 1
