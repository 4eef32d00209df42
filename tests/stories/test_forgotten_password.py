"""A forgotten password."""

import pytest

from models import User
from rules.letters import LetterKind
from tests.resolvers.people import last_secret, letters_to
from tests.world import PASSWORD, Answer, Client, World

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "seven quiet lanterns"
SENT = "... on ConfirmationSent { address expiresAt }"


async def forget(client: Client, email: str) -> Answer:
    return await client.do("requestPasswordReset", SENT, email=email)


async def test_a_new_password_is_set_through_the_recovery_address(world: World) -> None:
    """USR10, USR4: once that address is confirmed; the reset ends all sessions."""
    user = await world.add_user("ada@example.org")
    client, stranger = await world.sign_in(user), world.stranger()
    await client.do("changeRecoveryEmail", email="ada@elsewhere.example")
    await forget(stranger, "ada@example.org")
    await client.do("confirmRecoveryEmail", secret=await last_secret(LetterKind.RECOVERY_EMAIL))
    await forget(stranger, "ada@example.org")

    secret = await last_secret(LetterKind.PASSWORD_RESET)
    weak = await stranger.do("resetPassword", secret=secret, newPassword="password1234")
    reset = await stranger.do(
        "resetPassword", "... on ResetPasswordSuccess { login }", secret=secret, newPassword=NEW_PASSWORD
    )

    assert (await letters_to("ada@example.org")).count(LetterKind.PASSWORD_RESET) == 1
    assert (await letters_to("ada@elsewhere.example")).count(LetterKind.PASSWORD_RESET) == 1
    assert weak.refused() == "PASSWORD_TOO_WEAK"
    assert reset.result()["login"] == "ada@example.org"
    assert (await client.ask("{ viewer { user { login } } }")).codes == ["UNAUTHENTICATED"]
    entered = await stranger.do("logIn", email="ada@example.org", password=NEW_PASSWORD)
    assert entered.result()["__typename"] == "LogInSuccess"


async def test_the_link_works_once_for_an_hour_and_not_after_another_change(world: World) -> None:
    """USR10; S10."""
    client, stranger = await world.sign_in(await world.add_user("ada@example.org")), world.stranger()

    async def reset() -> Answer:
        secret = await last_secret(LetterKind.PASSWORD_RESET)
        return await stranger.do("resetPassword", secret=secret, newPassword=NEW_PASSWORD)

    await forget(stranger, "ada@example.org")
    world.clock.move(minutes=60)
    late = await reset()
    await forget(stranger, "ada@example.org")
    await client.do("changePassword", currentPassword=PASSWORD, newPassword="three green bicycles")
    outdated = await reset()
    await forget(stranger, "ada@example.org")
    first, second = await reset(), await reset()

    assert [answer.refused() for answer in (late, outdated, second)] == ["LINK_EXPIRED"] * 3
    assert first.result()["__typename"] == "ResetPasswordSuccess"


async def test_no_answer_tells_whether_an_account_exists(world: World) -> None:
    """USR10: log-in, sign-up and reset, byte for byte, the address apart."""
    gone = await world.add_user("gone@example.org")
    await User.filter(id=gone.id).update(login_key="closed", closed_at=world.clock.now())
    await world.add_user("real@example.org")
    stranger = world.stranger()
    answers: dict[str, set[str]] = {"logIn": set(), "signUp": set(), "requestPasswordReset": set()}

    for email in ("real@example.org", "none@example.org", "gone@example.org"):
        entered = await stranger.do("logIn", email=email, password="wrong password")
        names = {"firstName": "Ada", "lastName": "Meier"}
        signed = await stranger.do("signUp", SENT, email=email, password=NEW_PASSWORD, **names)
        forgotten = await forget(stranger, email)
        for name, answer in zip(answers, (entered, signed, forgotten), strict=True):
            said = {part: answer.body.get(part) for part in ("data", "errors")}
            answers[name].add(f"{answer.status} {said}".replace(email, ""))

    assert {name: len(texts) for name, texts in answers.items()} == {
        "logIn": 1,
        "signUp": 1,
        "requestPasswordReset": 1,
    }
