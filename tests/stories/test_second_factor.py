"""USR12: switching a second factor on, logging in with it, losing the authenticator, and switching it off."""

from datetime import timedelta

import pyotp
import pytest

from models import RecoveryCode, SecondFactor
from models.accounts import User
from rules.letters import LetterKind
from tests.world import PASSWORD, Client, World

pytestmark = pytest.mark.anyio


def code_of(secret: str, world: World) -> str:
    """What the authenticator shows now."""
    return pyotp.TOTP(secret).at(world.clock.now())


async def switch_on(world: World, client: Client) -> tuple[str, list[str]]:
    """The authenticator's secret and the recovery codes, once it is on."""
    secret = await client.ask("mutation { enableSecondFactor { ... on EnableSecondFactorSuccess { secret uri } } }")
    shared = secret.result()["secret"]
    assert secret.result()["uri"].startswith("otpauth://totp/")
    done = await client.do(
        "confirmSecondFactor", "... on ConfirmSecondFactorSuccess { recoveryCodes }", code=code_of(shared, world)
    )
    return shared, done.result()["recoveryCodes"]


async def log_in(world: World, user: User, code: str | None = None) -> str:
    """How a log-in with the right password ends: the code of its refusal, or the type of its success."""
    extra = {} if code is None else {"secondFactorCode": code}
    answer = await world.stranger().do("logIn", email=user.login, password=PASSWORD, **extra)
    result = answer.result()
    return str(result.get("code") or result["__typename"])


async def test_logging_in_asks_for_a_code_once_it_is_on(world: World) -> None:
    ada = await world.add_user()
    client = await world.sign_in(ada)
    assert (await client.ask("{ viewer { secondFactor { confirmedAt } } }")).data["viewer"]["secondFactor"] is None

    secret, codes = await switch_on(world, client)

    assert len(set(codes)) == 10
    assert await log_in(world, ada) == "SECOND_FACTOR_REQUIRED"
    assert await log_in(world, ada, "000000") == "SECOND_FACTOR_INVALID"
    world.clock.move(seconds=30)
    code = code_of(secret, world)
    assert await log_in(world, ada, code) == "LogInSuccess"
    assert await log_in(world, ada, code) == "SECOND_FACTOR_INVALID", "a code is taken once"
    assert LetterKind.SECOND_FACTOR_ON in [letter.kind for letter in await world.letters()]


async def test_nothing_secret_lies_readable_in_the_database(world: World) -> None:
    client = await world.sign_in(await world.add_user())

    secret, codes = await switch_on(world, client)

    factor = await SecondFactor.get()
    assert secret not in factor.secret_encrypted
    hashes = await RecoveryCode.all().values_list("code_hash", flat=True)
    assert not set(codes) & set(hashes)


async def test_a_recovery_code_stands_in_once(world: World) -> None:
    ada = await world.add_user()
    _, codes = await switch_on(world, await world.sign_in(ada))

    assert await log_in(world, ada, codes[0].upper()) == "LogInSuccess"
    assert await log_in(world, ada, codes[0]) == "SECOND_FACTOR_INVALID"
    assert await log_in(world, ada, codes[1]) == "LogInSuccess"


async def test_fresh_recovery_codes_void_the_old_ones(world: World) -> None:
    ada = await world.add_user()
    client = await world.sign_in(ada)
    _, codes = await switch_on(world, client)

    fresh = await client.do(
        "regenerateRecoveryCodes", "... on RegenerateRecoveryCodesSuccess { recoveryCodes }", code=codes[0]
    )

    assert await log_in(world, ada, codes[1]) == "SECOND_FACTOR_INVALID"
    assert await log_in(world, ada, fresh.result()["recoveryCodes"][0]) == "LogInSuccess"


async def test_nobody_switches_it_off_without_it(world: World) -> None:
    ada = await world.add_user()
    client = await world.sign_in(ada)
    _, codes = await switch_on(world, client)

    assert (await client.do("disableSecondFactor", code="123456")).refused() == "SECOND_FACTOR_INVALID"
    assert await log_in(world, ada) == "SECOND_FACTOR_REQUIRED"
    assert (await client.do("disableSecondFactor", code=codes[3])).result()[
        "__typename"
    ] == "DisableSecondFactorSuccess"
    assert await log_in(world, ada) == "LogInSuccess"
    assert (await client.do("disableSecondFactor", code="123456")).refused() == "SECOND_FACTOR_NOT_ON"


async def test_it_is_not_replaced_and_not_confirmed_twice(world: World) -> None:
    client = await world.sign_in(await world.add_user())
    secret, _ = await switch_on(world, client)

    again = await client.ask("mutation { enableSecondFactor { ... on UserError { code } } }")

    assert again.refused() == "SECOND_FACTOR_ALREADY_ON"
    confirmed = await client.do("confirmSecondFactor", code=code_of(secret, world))
    assert confirmed.refused() == "SECOND_FACTOR_ALREADY_ON"


async def test_a_recent_proof_is_asked_for(world: World) -> None:
    """USR13: the second factor is a dangerous operation."""
    client = await world.sign_in(await world.add_user())
    world.clock.move(minutes=16)

    answer = await client.ask("mutation { enableSecondFactor { __typename } }")

    assert answer.codes == ["REAUTHENTICATION_REQUIRED"]


async def test_staff_keep_it(world: World) -> None:
    ada = await world.add_user()
    client = await world.sign_in(ada)
    _, codes = await switch_on(world, client)
    await User.filter(id=ada.id).update(is_staff=True)

    assert (await client.do("disableSecondFactor", code=codes[0])).refused() == "SECOND_FACTOR_NEEDED_BY_STAFF"


async def test_codes_are_throttled(world: World) -> None:
    ada = await world.add_user()
    client = await world.sign_in(ada)
    await switch_on(world, client)

    answers = [await client.do("regenerateRecoveryCodes", code=f"{number:06}") for number in range(12)]

    assert answers[-1].codes == ["RATE_LIMITED"]
    world.clock.present += timedelta(minutes=16)
