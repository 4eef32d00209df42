"""The recovery address: another one than the login, and counted once its link was opened."""

import pytest

from models import Confirmation, User
from resolvers.login_changes import confirm_login_change, request_login_change
from resolvers.password_resets import request_password_reset, reset_password
from resolvers.recovery import change_recovery_email, confirm_recovery_email
from rules.denials import RateLimited, ReauthenticationRequired, Unauthenticated
from rules.letters import LetterKind
from rules.policy import Policy
from rules.refusals import InvalidInput, LinkExpired, ProblemCode, SameAsRecoveryEmail
from tests.resolvers.people import (
    NEW_PASSWORD,
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


async def test_a_recovery_address_counts_once_its_own_link_was_opened() -> None:
    """USR4."""
    user = await add_person(LOGIN)
    caller = await sign_in(user)

    change = await change_recovery_email(caller, email="Anna@Elsewhere.example")

    assert change.user.recovery_email is None
    assert change.confirmation is not None
    assert change.confirmation.expires_at == later(caller, hours=24).now
    assert await letters_to("Anna@elsewhere.example") == [LetterKind.RECOVERY_EMAIL]
    confirmed = await confirm_recovery_email(caller, secret=await last_secret(LetterKind.RECOVERY_EMAIL))
    assert (confirmed.recovery_email, confirmed.recovery_key) == ("Anna@elsewhere.example", RECOVERY)
    assert await letters_to(LOGIN) == [LetterKind.RECOVERY_EMAIL_CHANGED]
    assert (await actions_of(user))[-2:] == ["RECOVERY_EMAIL_CHANGE_REQUESTED", "RECOVERY_EMAIL_CHANGED"]


async def test_changing_it_asks_for_a_recent_proof() -> None:
    """USR13."""
    caller = later(await sign_in(await add_person(LOGIN)), minutes=15)

    with pytest.raises(ReauthenticationRequired):
        await change_recovery_email(caller, email=RECOVERY)
    with pytest.raises(ReauthenticationRequired):
        await change_recovery_email(caller, email=None)


async def test_it_must_differ_from_the_login_now_and_when_it_is_confirmed() -> None:
    """USR4: the reverse of the login's rule."""
    caller = await sign_in(await add_person(LOGIN))

    with pytest.raises(SameAsRecoveryEmail) as refusal:
        await change_recovery_email(caller, email="ANNA@example.com")
    assert refusal.value.path == ("email",)

    await change_recovery_email(caller, email=RECOVERY)
    await request_login_change(caller, new_email=RECOVERY, current_password=PASSWORD)
    await confirm_login_change(caller, secret=await last_secret(LetterKind.LOGIN_CHANGE))
    with pytest.raises(SameAsRecoveryEmail):
        await confirm_recovery_email(caller, secret=await last_secret(LetterKind.RECOVERY_EMAIL))


@pytest.mark.parametrize(
    ("email", "code"), [("nonsense", ProblemCode.MALFORMED), ("ANNA@elsewhere.example", ProblemCode.NOT_ALLOWED)]
)
async def test_a_malformed_address_and_the_one_there_is_are_refused(email: str, code: ProblemCode) -> None:
    user = await add_person(LOGIN)
    await User.filter(id=user.id).update(recovery_email=RECOVERY, recovery_key=RECOVERY)
    caller = await sign_in(user)

    with pytest.raises(InvalidInput) as refusal:
        await change_recovery_email(caller, email=email)

    assert [problem.code for problem in refusal.value.problems] == [code]


async def test_a_link_is_over_when_used_replaced_too_old_or_not_ones_own() -> None:
    """USR4."""
    caller, other = await sign_in(await add_person(LOGIN)), await sign_in(await add_person("ben@example.com"))
    await change_recovery_email(caller, email="first@elsewhere.example")
    replaced = await last_secret(LetterKind.RECOVERY_EMAIL)
    await change_recovery_email(caller, email=RECOVERY)
    secret = await last_secret(LetterKind.RECOVERY_EMAIL)

    for tried_by, tried in ((caller, replaced), (other, secret), (later(caller, hours=24), secret), (caller, "")):
        with pytest.raises(LinkExpired):
            await confirm_recovery_email(tried_by, secret=tried)
    with pytest.raises(Unauthenticated):
        await confirm_recovery_email(stranger(), secret=secret)
    await confirm_recovery_email(caller, secret=secret)
    with pytest.raises(LinkExpired):
        await confirm_recovery_email(caller, secret=secret)


async def test_removing_it_tells_both_addresses_and_ends_links_that_went_there() -> None:
    """USR4, USR10."""
    user = await add_person(LOGIN)
    await User.filter(id=user.id).update(recovery_email=RECOVERY, recovery_key=RECOVERY)
    caller = await sign_in(user)
    await request_password_reset(stranger(), email=LOGIN)
    reset = await last_secret(LetterKind.PASSWORD_RESET)
    await change_recovery_email(caller, email="later@elsewhere.example")

    change = await change_recovery_email(caller, email=None)

    assert (change.user.recovery_email, change.confirmation) == (None, None)
    assert await Confirmation.filter(settled_at=None).count() == 0
    told = [letter for letter in await letters() if letter.kind is LetterKind.RECOVERY_EMAIL_CHANGED]
    assert [(letter.recipient, letter.facts["recovery_email"]) for letter in told] == [(LOGIN, None), (RECOVERY, None)]
    with pytest.raises(LinkExpired):
        await reset_password(stranger(), secret=reset, new_password=NEW_PASSWORD)


async def test_removing_what_is_not_there_tells_nobody() -> None:
    caller = await sign_in(await add_person(LOGIN))

    await change_recovery_email(caller, email=None)

    assert await letters() == []


async def test_mails_to_recovery_addresses_are_limited() -> None:
    caller = await sign_in(await add_person(LOGIN), policy=Policy(mails_per_address_and_hour=1))
    await change_recovery_email(caller, email=RECOVERY)

    with pytest.raises(RateLimited):
        await change_recovery_email(caller, email="other@elsewhere.example")
