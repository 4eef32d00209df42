"""Logging in, being found by a secret, and ending sessions."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import AuditEntry, Session, User
from resolvers.caller import Caller
from resolvers.sessions import end_session, end_sessions, find_session, log_in, log_out, reauthenticate
from rules.denials import NotFound, Unauthenticated
from rules.events import AccountAction
from rules.policy import Policy
from rules.refusals import InvalidCredentials, InvalidCurrentPassword, InvalidInput
from rules.viewer import Viewer
from server.passwords import Argon2Passwords, HashingCost
from tests.resolvers.people import (
    CHEAP,
    NOW,
    PASSWORD,
    CountingPasswords,
    InterruptedPasswords,
    add_person,
    later,
    sign_in,
    stranger,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
POLICY = Policy()


async def test_logging_in_opens_a_session_whose_secret_is_found_again() -> None:
    """USR1: an e-mail address and one password; however the address is written."""
    user = await add_person("Anna@Example.com")

    opened = await log_in(stranger(), email=" anna@EXAMPLE.com ", password=PASSWORD, application="Desk")
    found = await find_session(opened.secret, NOW, POLICY)

    assert re.fullmatch(r"mgs_[A-Za-z0-9_-]{43}", opened.secret)
    session = await Session.get()
    assert (user.login, session.application) == ("Anna@example.com", "Desk")
    assert found == Viewer(user.id, session.id, user.locale, proved_at=NOW)
    assert await AuditEntry.filter(user_id=user.id, action=AccountAction.LOGGED_IN).count() == 1


async def test_secrets_are_stored_as_hashes_only() -> None:
    await add_person()

    opened = await log_in(stranger(), email="anna@example.com", password=PASSWORD)

    assert opened.secret not in str(await Session.all().values())


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anna@example.com", "not the password"),
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("gone@example.com", PASSWORD),
    ],
)
async def test_every_failed_log_in_is_refused_alike_and_costs_one_hash(email: str, password: str) -> None:
    """USR10: wrong password, unknown login, malformed login, closed account."""
    await add_person()
    gone = await add_person("gone@example.com")
    await User.filter(id=gone.id).update(closed_at=NOW)
    passwords = CountingPasswords(CHEAP)

    with pytest.raises(InvalidCredentials) as refusal:
        await log_in(replace(stranger(), passwords=passwords), email=email, password=password)

    assert refusal.value.path == ()
    assert passwords.hashes == 1
    assert await Session.all().count() == 0


@pytest.mark.parametrize(
    "change", [{"password_hash": "another"}, {"login_key": "moved@example.com"}, {"closed_at": NOW}]
)
async def test_what_changes_while_the_password_is_checked_counts(change: dict[str, Any]) -> None:
    """R5: decided behind the lock."""
    user = await add_person()
    passwords = InterruptedPasswords(lambda: User.filter(id=user.id).update(**change))

    with pytest.raises(InvalidCredentials):
        await log_in(replace(stranger(), passwords=passwords), email="anna@example.com", password=PASSWORD)

    assert await Session.all().count() == 0


async def test_a_hash_of_another_cost_is_made_again_at_log_in() -> None:
    user = await add_person()
    dearer = replace(stranger(), passwords=Argon2Passwords(HashingCost(memory_kibibytes=16, iterations=1)))

    await log_in(dearer, email="anna@example.com", password=PASSWORD)

    renewed = await User.get(id=user.id)
    assert renewed.password_hash != user.password_hash
    assert "m=16," in renewed.password_hash
    await log_in(dearer, email="anna@example.com", password=PASSWORD)
    assert (await User.get(id=user.id)).password_hash == renewed.password_hash


async def test_the_name_of_an_application_is_one_short_line() -> None:
    with pytest.raises(InvalidInput):
        await log_in(stranger(), email="anna@example.com", password=PASSWORD, application="a\nb")


@pytest.mark.parametrize("spoil", [str.upper, str.lower, lambda secret: secret[:-1], lambda secret: secret[4:]])
async def test_only_the_very_secret_is_found(spoil: Callable[[str], str]) -> None:
    await add_person()
    opened = await log_in(stranger(), email="anna@example.com", password=PASSWORD)

    assert await find_session(spoil(opened.secret), NOW, POLICY) is None


async def test_a_session_ends_unless_it_is_used_and_after_its_lifetime_in_any_case() -> None:
    """USR9: idle after 14 days, over after 30."""
    await add_person()
    secret = (await log_in(stranger(), email="anna@example.com", password=PASSWORD)).secret

    for days in (13, 26, 29.9):
        assert await find_session(secret, NOW + timedelta(days=days), POLICY) is not None
    assert await find_session(secret, NOW + timedelta(days=30), POLICY) is None

    idle = (await log_in(stranger(), email="anna@example.com", password=PASSWORD)).secret
    assert await find_session(idle, NOW + timedelta(days=14), POLICY) is None


async def test_use_is_noted_at_most_once_a_minute() -> None:
    await add_person()
    secret = (await log_in(stranger(), email="anna@example.com", password=PASSWORD)).secret

    await find_session(secret, NOW + timedelta(seconds=59), POLICY)
    assert (await Session.get()).last_used_at == NOW

    await find_session(secret, NOW + timedelta(seconds=60), POLICY)
    assert (await Session.get()).last_used_at == NOW + timedelta(seconds=60)


async def test_sessions_of_a_closed_account_are_dead() -> None:
    user = await add_person()
    secret = (await log_in(stranger(), email="anna@example.com", password=PASSWORD)).secret

    await User.filter(id=user.id).update(closed_at=NOW)

    assert await find_session(secret, NOW, POLICY) is None


async def test_logging_out_ends_the_session_at_once() -> None:
    """USR9."""
    user = await add_person()
    caller = await sign_in(user)

    await log_out(caller)

    assert (await Session.get()).ended_at == NOW
    assert await AuditEntry.filter(action=AccountAction.LOGGED_OUT, user_id=user.id).count() == 1
    with pytest.raises(Unauthenticated):
        await log_out(caller)


async def test_one_session_is_ended_by_its_id_and_only_by_its_owner() -> None:
    """USR9: another's session, and one that is over, do not exist."""
    anna, ben = await add_person(), await add_person("ben@example.com")
    desk, phone, foreign = await sign_in(anna), await sign_in(anna), await sign_in(ben)

    ended = await end_session(desk, session_id=phone.session_id)

    assert ended.ended_at == NOW
    for session_id in (phone.session_id, foreign.session_id):
        with pytest.raises(NotFound):
            await end_session(desk, session_id=session_id)
    assert await Session.filter(ended_at=None).count() == 2


async def test_all_other_sessions_are_ended_and_the_current_one_if_asked() -> None:
    """USR9: one by one, or all."""
    anna, ben = await add_person(), await add_person("ben@example.com")
    desk = await sign_in(anna)
    for _ in range(3):
        await sign_in(anna)
    await sign_in(ben)

    assert await end_sessions(desk) == 3
    assert await Session.filter(user_id=anna.id, ended_at=None).values_list("id", flat=True) == [desk.session_id]
    assert await end_sessions(desk, including_current=True) == 1
    assert await Session.filter(ended_at=None).values_list("user_id", flat=True) == [ben.id]


async def test_a_recent_proof_is_given_with_the_password() -> None:
    """USR13."""
    caller = later(await sign_in(await add_person()), hours=2)

    with pytest.raises(InvalidCurrentPassword) as refusal:
        await reauthenticate(caller, password="not the password")
    session = await reauthenticate(caller, password=PASSWORD)

    assert refusal.value.path == ("password",)
    assert session.proved_at == caller.now
    assert await AuditEntry.filter(action=AccountAction.REAUTHENTICATED).count() == 1


@pytest.mark.parametrize(
    "act",
    [
        log_out,
        end_sessions,
        lambda caller: end_session(caller, session_id=caller.session_id),
        lambda caller: reauthenticate(caller, password=PASSWORD),
    ],
)
async def test_a_session_that_was_ended_meanwhile_does_nothing_more(
    act: Callable[[Caller], Coroutine[Any, Any, object]],
) -> None:
    """MEM7 in spirit: what was taken away has no effect any more."""
    caller = await sign_in(await add_person())
    await Session.filter(id=caller.session_id).update(ended_at=NOW)

    with pytest.raises(Unauthenticated):
        await act(caller)
    with pytest.raises(Unauthenticated):
        await act(stranger())
