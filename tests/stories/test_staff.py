"""STA1: staff is named by the command line, needs a second factor, and is no customer's administrator."""

import pyotp
import pytest

from models import AuditEntry, User
from resolvers.caller import Nobody
from resolvers.staff import list_staff, set_staff
from rules.denials import NotFound
from server.demo.people import PASSWORD, SUPPORT, SUPPORT_AUTHENTICATOR
from server.demo.small import equip_support_agent, load_small_world
from server.vault import FernetVault
from tests.world import World

pytestmark = pytest.mark.anyio


async def test_the_command_line_makes_and_unmakes_staff(world: World) -> None:
    ada = await world.add_user()
    nobody = Nobody(world.clock.now())

    await set_staff(nobody, login=ada.login.upper(), is_staff=True)

    assert [each.login for each in await list_staff()] == [ada.login]
    await set_staff(nobody, login=ada.login, is_staff=False)
    assert await list_staff() == []
    entries = await AuditEntry.filter(user_id=ada.id).order_by("id")
    assert [entry.action for entry in entries] == ["STAFF_ADDED", "STAFF_REMOVED"]


async def test_an_unknown_login_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await set_staff(Nobody(world.clock.now()), login="nobody@example.org", is_staff=True)

    assert not await User.filter(is_staff=True).exists()


async def test_the_demos_support_agent_logs_in_with_the_authenticator(world: World) -> None:
    now = world.clock.now()
    await load_small_world(world.passwords, now)
    await equip_support_agent(FernetVault(world.settings.secret_key), now)

    alone = await world.stranger().do("logIn", email=SUPPORT, password=PASSWORD)
    code = pyotp.TOTP(SUPPORT_AUTHENTICATOR).at(now)
    entered = await world.stranger().do("logIn", email=SUPPORT, password=PASSWORD, secondFactorCode=code)

    assert alone.refused() == "SECOND_FACTOR_REQUIRED"
    assert entered.result()["__typename"] == "LogInSuccess"
