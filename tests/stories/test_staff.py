"""STA1: staff is named by the command line, needs a second factor, and is no customer's administrator."""

import pyotp
import pytest

from models import AuditEntry, Organization, User
from resolvers.caller import Nobody
from resolvers.staff import list_staff, set_staff
from rules.denials import NotFound
from rules.names import sort_key
from server.demo.people import PASSWORD, SUPPORT, SUPPORT_AUTHENTICATOR
from server.demo.small import equip_support_agent, load_small_world
from server.vault import FernetVault
from tests.books import Books
from tests.world import World, id_of

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


async def test_staff_finds_a_customer_by_name_or_by_an_invoice(books: Books) -> None:
    """STA2: so that money that waits, or credit, can be given to somebody; nothing else of the customer is shown."""
    world = books.world
    bakery, gone = [
        await world.add_organization(await world.add_user(), name) for name in ("Bäckerei 100% Süß", "Bäckerei Alt")
    ]
    await Organization.filter(id=gone.id).update(deleted_at=world.clock.now())
    invoice = await books.owe(1_000)
    staff = await world.sign_in_staff()

    async def found(search: str) -> list[dict[str, str]]:
        answer = await staff.ask("query Q($s: String!) { staff { customers(search: $s) { id name } } }", s=search)
        customers: list[dict[str, str]] = answer.data["staff"]["customers"]
        return customers

    shown = {"id": id_of(bakery), "name": bakery.name}
    payer = {"id": id_of(books.organization), "name": books.organization.name}
    assert [await found(search) for search in ("BACKEREI", "00% su", "100_", "nobody")] == [[shown], [shown], [], []]
    assert await found(f" {invoice.number} ") == [payer]
    assert await found("x" * 100_000) == []
    assert await found("") == sorted((shown, payer), key=lambda each: sort_key(each["name"], 420))


async def test_nobody_else_finds_customers(books: Books) -> None:
    stranger = books.world.stranger()

    answers = [
        await client.ask('{ staff { customers(search: "a") { id name } } }') for client in (books.client, stranger)
    ]

    assert [(each.body["data"], each.codes) for each in answers] == [
        ({"staff": None}, ["FORBIDDEN"]),
        ({"staff": None}, ["UNAUTHENTICATED"]),
    ]


async def test_the_demos_support_agent_logs_in_with_the_authenticator(world: World) -> None:
    now = world.clock.now()
    await load_small_world(world.passwords, now)
    await equip_support_agent(FernetVault(world.settings.secret_key), now)

    alone = await world.stranger().do("logIn", email=SUPPORT, password=PASSWORD)
    code = pyotp.TOTP(SUPPORT_AUTHENTICATOR).at(now)
    entered = await world.stranger().do("logIn", email=SUPPORT, password=PASSWORD, secondFactorCode=code)

    assert alone.refused() == "SECOND_FACTOR_REQUIRED"
    assert entered.result()["__typename"] == "LogInSuccess"
