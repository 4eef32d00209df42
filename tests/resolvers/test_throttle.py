"""Attempts are counted for all processes, and nobody is locked out of their own account."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from models import Session, ThrottleCounter
from resolvers.caller import Caller
from resolvers.sessions import find_session, log_in, reauthenticate
from resolvers.throttle import admit_log_in, admit_mail, admit_stranger, forget_old_counters, forgive
from rules.denials import RateLimited
from rules.networks import network_of
from rules.policy import Policy
from rules.refusals import InvalidCredentials, InvalidCurrentPassword
from tests.resolvers.people import HOME, NOW, PASSWORD, add_person, later, sign_in, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
STRICT = Policy(
    sign_in_attempts_per_account=3, sign_in_attempts_per_account_from_everywhere=6, sign_in_attempts_per_address=20
)
LOGIN = "anna@example.com"


async def fail(caller: Caller, times: int = 1, email: str = LOGIN) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await log_in(caller, email=email, password="not the password")


async def seconds_refused(attempt: Awaitable[object]) -> int:
    with pytest.raises(RateLimited) as denial:
        await attempt
    return denial.value.retry_after_seconds


async def test_too_many_wrong_passwords_are_not_looked_at_until_the_window_ends() -> None:
    """USR2, USR10: not even the right one, and known and unknown logins alike."""
    await add_person()
    caller = stranger(policy=STRICT)
    await fail(caller, 3)
    await fail(caller, 3, email="nobody@example.com")

    waits = [
        await seconds_refused(log_in(later(caller, minutes=5), email=email, password=PASSWORD))
        for email in (LOGIN, "nobody@example.com")
    ]

    assert waits == [10 * 60 + 1] * 2
    await log_in(later(caller, minutes=15), email=LOGIN, password=PASSWORD)


async def test_open_sessions_go_on_while_their_account_is_attacked() -> None:
    await add_person()
    opened = await log_in(stranger(policy=STRICT), email=LOGIN, password=PASSWORD)
    await fail(stranger(policy=STRICT, address="203.0.113.1"), 3)

    assert await find_session(opened.secret, NOW, STRICT) is not None


async def test_a_log_in_that_succeeds_takes_its_failures_back() -> None:
    await add_person()
    caller = stranger(policy=STRICT)

    for _ in range(3):
        await fail(caller, 2)
        await log_in(caller, email=LOGIN, password=PASSWORD)

    assert await Session.all().count() == 3


async def test_an_attack_from_everywhere_does_not_lock_out_the_owner() -> None:
    """Beyond the account's own limit, only networks that it was used from lately are heard."""
    await add_person()
    await log_in(stranger(policy=STRICT), email=LOGIN, password=PASSWORD)
    for number in range(3):
        await fail(stranger(policy=STRICT, address=f"203.0.113.{number}"), 2)

    owner, elsewhere = stranger(policy=STRICT), stranger(policy=STRICT, address="192.0.2.1")

    await log_in(owner, email=LOGIN, password=PASSWORD)
    assert await seconds_refused(log_in(elsewhere, email=LOGIN, password=PASSWORD)) > 0


async def test_an_account_under_attack_answers_wrong_passwords_as_an_unknown_login_does() -> None:
    """USR10: even on the owner's own network."""
    await add_person()
    await log_in(stranger(policy=STRICT), email=LOGIN, password=PASSWORD)
    answers = []

    for email in (LOGIN, "nobody@example.com"):
        for number in range(3):
            await fail(stranger(policy=STRICT, address=f"203.0.113.{number}"), 2, email=email)
        answers.append(await seconds_refused(log_in(stranger(policy=STRICT), email=email, password="wrong password")))

    assert answers[0] == answers[1]


async def test_one_network_cannot_try_many_accounts() -> None:
    """IPv6 networks are counted as a whole."""
    await add_person()
    for number in range(20):
        address = f"2001:db8:0:1::{number:x}"
        await fail(stranger(policy=STRICT, address=address), email=f"nobody{number}@example.com")

    neighbour, other = stranger(policy=STRICT, address="2001:db8:0:1:ffff::1"), stranger(policy=STRICT)

    assert await seconds_refused(log_in(neighbour, email=LOGIN, password=PASSWORD)) > 0
    assert await seconds_refused(admit_stranger(neighbour)) > 0
    await log_in(other, email=LOGIN, password=PASSWORD)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (HOME, HOME),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:198.51.100.7", HOME),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
async def test_the_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_attempts_that_come_at_once_are_all_counted() -> None:
    """S2: the count is taken before the password is looked at, by rows that all processes share."""
    await add_person()

    tries = [log_in(stranger(policy=STRICT), email=LOGIN, password="wrong password") for _ in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["InvalidCredentials"] * 3 + ["RateLimited"] * 5


async def test_the_current_password_cannot_be_guessed_within_a_session() -> None:
    """USR2: throttled; another session of the user is not affected."""
    user = await add_person()
    stolen, own = await sign_in(user, policy=STRICT), await sign_in(user, policy=STRICT)
    for _ in range(3):
        with pytest.raises(InvalidCurrentPassword):
            await reauthenticate(stolen, password="not the password")

    assert await seconds_refused(reauthenticate(stolen, password=PASSWORD)) == 15 * 60 + 1
    await reauthenticate(own, password=PASSWORD)


async def test_an_address_gets_only_so_many_mails_an_hour() -> None:
    caller = stranger(policy=Policy(mails_per_address_and_hour=2))

    assert [await admit_mail(caller, LOGIN) for _ in range(3)] == [True, True, False]
    assert await admit_mail(caller, "ben@example.com")
    assert await admit_mail(later(caller, hours=1), LOGIN)


async def test_counters_are_hashes_and_forgotten_when_they_are_over() -> None:
    attempt = await admit_log_in(stranger(), LOGIN)
    await forgive(attempt)

    rows = await ThrottleCounter.all()

    assert {row.attempts for row in rows} == {0}
    assert all(len(row.key) == 64 for row in rows)
    assert await forget_old_counters(NOW + timedelta(minutes=75)) == 0
    assert await forget_old_counters(NOW + timedelta(minutes=76)) == 3
