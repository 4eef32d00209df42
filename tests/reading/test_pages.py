"""Connections as the schema offers them: every order, forwards and backwards, ends where it should."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, build_schema, get_named_type

from models import Organization
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.ledger import lock_wallet
from resolvers.payments import pay_from_wallet
from resolvers.promotional_credit import give_credit
from resolvers.transactions import transaction
from rules.invoicing import Line
from rules.kinds import ProductKind
from rules.money import Currency
from rules.policy import Policy
from rules.rights import Role
from tests.charging import charge_something
from tests.paying import add_method
from tests.withdrawals import add_withdrawal, fill_wallet
from tests.world import Client, World, id_of

pytestmark = pytest.mark.anyio

SDL = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text("utf-8"))
ROWS = 7


def connections() -> list[tuple[str, str | None]]:
    """Every connection of an organization with each of its orders, and with none."""
    found: list[tuple[str, str | None]] = []
    organization = SDL.type_map["Organization"]
    assert isinstance(organization, GraphQLObjectType)
    for name, field in organization.fields.items():
        if "after" in field.args:
            found.append((name, None))
            if "orderBy" in field.args:
                orders = get_named_type(field.args["orderBy"].type)
                assert isinstance(orders, GraphQLEnumType)
                found += [(name, order) for order in orders.values]
    return found


async def full_house(world: World) -> tuple[Client, str]:
    """An organization with several rows of everything, and its legal representative."""
    legal = await world.add_user()
    organization = await world.add_organization(legal)
    client = await world.sign_in(legal)
    for number in range(ROWS):
        world.clock.move(seconds=number % 3)  # some at the same instant: the key decides
        kind = list(ProductKind)[number % 3]
        product = await world.add_product(
            organization, kind, f"same-{number % 3}-{number}.example", label=f"Étoile {number}"
        )
        await world.add_member(organization, await world.add_user(last_name=f"Person {number % 2}"), Role.COLLABORATOR)
        await client.do(
            "inviteMember",
            organizationId=id_of(organization),
            email=f"guest{number}@example.org",
            role="EXTERNAL",
            idempotencyKey=str(number),
        )
        await bill(world, organization)
        await charge_something(world, product)
        await add_method(world, organization, f"Card {number}")
        await add_withdrawal(world, organization, 100)
    return client, id_of(organization)


async def bill(world: World, organization: Organization) -> None:
    """An invoice that is paid from the wallet."""
    acting = Nobody(world.clock.now())
    async with transaction():
        await organization.refresh_from_db()
        for currency in Currency:
            await give_credit(acting, organization, currency, 50_000)
        wallet = await lock_wallet(acting, organization.id, Currency.CHF)
        await fill_wallet(acting, wallet, 1_000)
        draft = await draft_invoice(
            acting, payer=organization, concerned=organization, lines=[Line("Service", 1, 10_000, 810)]
        )
        invoice = await issue_invoice(acting, Policy(), draft, organization)
        await pay_from_wallet(acting, organization, wallet, [invoice], invoice.total_minor)


async def walk(client: Client, organization: str, name: str, order: str | None, *, backwards: bool) -> list[Any]:
    """All ids of a connection, two at a time, and what each page said of its neighbours."""
    ids: list[str] = []
    cursor: str | None = None
    size, place = ("last", "before") if backwards else ("first", "after")
    ordered = "" if order is None else f", orderBy: {order}"
    for _ in range(50):
        document = f"""query Q($id: ID!, $cursor: String) {{ organization(id: $id) {{
            {name}({size}: 2, {place}: $cursor{ordered}) {{ totalCount nodes {{ id }} edges {{ cursor node {{ id }} }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"""
        page = (await client.ask(document, id=organization, cursor=cursor)).data["organization"][name]
        here = [each["id"] for each in page["nodes"]]
        assert here == [each["node"]["id"] for each in page["edges"]]
        ids = here + ids if backwards else ids + here
        info = page["pageInfo"]
        assert info["hasPreviousPage" if not backwards else "hasNextPage"] == (cursor is not None)
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            assert page["totalCount"] == len(ids)
            return ids
        cursor = info["startCursor" if backwards else "endCursor"]
    raise AssertionError("the pages never end")


@pytest.mark.parametrize(("name", "order"), connections())
async def test_pages_forwards_and_backwards_make_the_same_list(world: World, name: str, order: str | None) -> None:
    client, organization = await full_house(world)

    forwards = await walk(client, organization, name, order, backwards=False)
    backwards = await walk(client, organization, name, order, backwards=True)

    assert forwards == backwards
    assert len(set(forwards)) == len(forwards) >= (len(Currency) if name == "wallets" else ROWS)


async def test_a_page_keeps_its_place_while_rows_come_and_go(world: World) -> None:
    legal = await world.add_user()
    organization = await world.add_organization(legal)
    client = await world.sign_in(legal)
    for letter in "bdfh":
        await world.add_product(organization, name=f"{letter}.example")
    document = """query Q($id: ID!, $after: String) { organization(id: $id) {
        products(first: 2, after: $after) { nodes { name } pageInfo { endCursor } } } }"""
    first = (await client.ask(document, id=id_of(organization), after=None)).data["organization"]["products"]

    await world.add_product(organization, name="a.example")
    await world.add_product(organization, name="e.example")
    second = await client.ask(document, id=id_of(organization), after=first["pageInfo"]["endCursor"])

    assert [each["name"] for each in second.data["organization"]["products"]["nodes"]] == ["e.example", "f.example"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("first: 101", "ARGUMENT"),
        ("first: -1", "ARGUMENT"),
        ("first: 1, last: 1", "ARGUMENT"),
        ('after: "junk"', "CURSOR"),
        ('after: ""', "CURSOR"),
        ('after: "created_at:2026-03-02T09:30:00+00:00~00000000000000000000000000000000"', "CURSOR"),
    ],
)
async def test_a_page_that_cannot_be_meant_is_a_bad_request(world: World, arguments: str, reason: str) -> None:
    legal = await world.add_user()
    organization = await world.add_organization(legal)

    answer = await (await world.sign_in(legal)).ask(
        f"query Q($id: ID!) {{ organization(id: $id) {{ name products({arguments}) {{ totalCount }} }} }}",
        id=id_of(organization),
    )

    assert answer.codes == ["BAD_REQUEST"]
    assert answer.body["errors"][0]["extensions"]["reason"] == reason
    assert answer.body["data"]["organization"] == {"name": organization.name, "products": None}
