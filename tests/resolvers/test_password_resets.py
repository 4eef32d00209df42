"""A forgotten password: nobody learns who has an account, and the link ends everything that was open."""

import asyncio

import pytest

from models import AuditEntry, Confirmation, OutboxMail, Session, User
from resolvers.login_changes import confirm_login_change, request_login_change
from resolvers.password_changes import change_password
from resolvers.password_resets import request_password_reset, reset_password
from resolvers.sessions import log_in
from rules.denials import RateLimited
from rules.letters import LetterKind
from rules.locales import Locale
from rules.policy import Policy
from rules.refusals import (
    InvalidCredentials,
    InvalidInput,
    LinkExpired,
    LoginChangeExpired,
    PasswordTooWeak,
    PasswordWeakness,
)
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
LOGIN, RECOVERY = "anna@example.com", "anna@elsewhere.example"


async def ask() -> str:
    """Request a link, and answer its secret."""
    await request_password_reset(stranger(), email=LOGIN)
    return await last_secret(LetterKind.PASSWORD_RESET)


async def test_the_link_goes_to_the_login_in_the_users_language() -> None:
    """USR10, USR11."""
    user = await add_person(LOGIN, locale=Locale.FR)

    sent = await request_password_reset(stranger(), email="ANNA@example.com")

    assert (sent.address, sent.expires_at) == ("ANNA@example.com", later(stranger(), minutes=60).now)
    [letter] = await letters()
    assert (letter.kind, letter.recipient, letter.locale) == (LetterKind.PASSWORD_RESET, LOGIN, Locale.FR)
    assert (await actions_of(user))[-1] == "PASSWORD_RESET_REQUESTED"


async def test_the_link_goes_to_the_confirmed_recovery_address_where_there_is_one() -> None:
    """USR10."""
    user = await add_person(LOGIN)
    await User.filter(id=user.id).update(recovery_email=RECOVERY, recovery_key=RECOVERY)

    await ask()

    assert await letters_to(RECOVERY) == [LetterKind.PASSWORD_RESET]
    assert await letters_to(LOGIN) == []


@pytest.mark.parametrize("unknown", ["nobody@example.com", "gone@example.com"])
async def test_an_unknown_login_gets_the_same_answer_for_the_same_work(unknown: str) -> None:
    """USR10: as many rows in every table, and no mail that is sent."""
    await add_person(LOGIN)
    gone = await add_person("gone@example.com")
    await User.filter(id=gone.id).update(login_key="closed", closed_at=NOW)
    tables = (Confirmation, OutboxMail, AuditEntry)
    before = [await table.all().count() for table in tables]
    known = await request_password_reset(stranger(), email=LOGIN)
    between = [await table.all().count() for table in tables]

    foreign = await request_password_reset(stranger(), email=unknown)

    after = [await table.all().count() for table in tables]
    assert [b - a for a, b in zip(before, between, strict=True)] == [1, 1, 1]
    assert [b - a for a, b in zip(between, after, strict=True)] == [1, 1, 1]
    assert foreign.expires_at == known.expires_at
    assert await letters_to(unknown) == []


async def test_a_reset_sets_the_password_and_ends_all_sessions_and_links() -> None:
    """USR10."""
    user = await add_person(LOGIN)
    caller = await sign_in(user)
    await request_login_change(caller, new_email="anna@new.example", current_password=PASSWORD)
    login_change = await last_secret(LetterKind.LOGIN_CHANGE)

    await reset_password(stranger(), secret=await ask(), new_password=NEW_PASSWORD)

    assert await Session.filter(ended_at=None).count() == 0
    assert LetterKind.PASSWORD_CHANGED in await letters_to(LOGIN)
    assert (await actions_of(user))[-1] == "PASSWORD_RESET"
    with pytest.raises(InvalidCredentials):
        await log_in(stranger(), email=LOGIN, password=PASSWORD)
    await log_in(stranger(), email=LOGIN, password=NEW_PASSWORD)
    with pytest.raises(LoginChangeExpired):
        await confirm_login_change(await sign_in(user), secret=login_change)


async def test_a_link_works_once_within_the_hour_and_only_the_newest() -> None:
    """USR10, S10."""
    await add_person(LOGIN)
    replaced, secret = await ask(), await ask()

    for caller, tried in ((stranger(), replaced), (later(stranger(), minutes=60), secret), (stranger(), "x")):
        with pytest.raises(LinkExpired) as refusal:
            await reset_password(caller, secret=tried, new_password=NEW_PASSWORD)
        assert refusal.value.path == ("secret",)
    await reset_password(later(stranger(), minutes=59), secret=secret, new_password=NEW_PASSWORD)
    with pytest.raises(LinkExpired):
        await reset_password(stranger(), secret=secret, new_password=NEW_PASSWORD)


async def test_a_link_is_dead_once_the_password_was_changed_otherwise() -> None:
    """S10."""
    user = await add_person(LOGIN)
    first = await ask()
    await change_password(await sign_in(user), current_password=PASSWORD, new_password=NEW_PASSWORD)
    second = await ask()
    await User.filter(id=user.id).update(password_hash="another")

    for secret in (first, second):
        with pytest.raises(LinkExpired):
            await reset_password(stranger(), secret=secret, new_password="three green bicycles")


async def test_a_weak_password_is_refused_and_leaves_the_link_as_it_is() -> None:
    """USR6."""
    await add_person(LOGIN)
    secret = await ask()

    with pytest.raises(PasswordTooWeak) as refusal:
        await reset_password(stranger(), secret=secret, new_password="Anna@Example.com")
    await reset_password(stranger(), secret=secret, new_password=NEW_PASSWORD)

    assert refusal.value.reasons == (PasswordWeakness.EQUALS_LOGIN,)


async def test_a_malformed_address_is_refused() -> None:
    with pytest.raises(InvalidInput):
        await request_password_reset(stranger(), email="anna")


async def test_requests_are_limited_by_address_silently_and_by_network() -> None:
    """USR10."""
    await add_person(LOGIN)
    caller = stranger(policy=Policy(mails_per_address_and_hour=2, sign_in_attempts_per_address=4))

    answers = [await request_password_reset(caller, email=LOGIN) for _ in range(4)]

    assert len({answer.expires_at for answer in answers}) == 1
    assert len(await letters()) == 2
    with pytest.raises(RateLimited):
        await request_password_reset(caller, email=LOGIN)


async def test_the_owner_of_an_attacked_account_gets_in_again_through_a_link() -> None:
    """S2: from any network."""
    strict = Policy(sign_in_attempts_per_account_from_everywhere=2)
    await add_person(LOGIN)
    for number in range(2):
        with pytest.raises(InvalidCredentials):
            await log_in(stranger(policy=strict, address=f"203.0.113.{number}"), email=LOGIN, password="wrong")
    with pytest.raises(RateLimited):
        await log_in(stranger(policy=strict), email=LOGIN, password=PASSWORD)

    await reset_password(stranger(), secret=await ask(), new_password=NEW_PASSWORD)

    await log_in(stranger(policy=strict), email=LOGIN, password=NEW_PASSWORD)


async def test_of_two_resets_at_once_one_succeeds() -> None:
    """S10."""
    await add_person(LOGIN)
    secret = await ask()

    results = await asyncio.gather(
        *(reset_password(stranger(), secret=secret, new_password=NEW_PASSWORD) for _ in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in results) == ["LinkExpired"] * 3 + ["User"]
