"""The lists that do not hang on an organization: every order and every page, both ways; searches and filters."""

from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

from execution.tables import public_id
from models import Membership, Organization, PayoutFile, RecoveryCode, Session, User
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.payments import pay_from_wallet
from resolvers.promotional_credit import give_credit
from resolvers.secrets import hash_secret
from resolvers.transactions import transaction
from rules.invoicing import Line
from rules.kinds import ProductKind
from rules.money import Currency
from rules.organizations import OrganizationKind
from rules.policy import Policy
from rules.rights import Role
from rules.states import WithdrawalTarget
from tests.charging import charge_something
from tests.rights.scene import add_invitation
from tests.rights.selecting import SCHEMA
from tests.withdrawals import add_incoming_transfer, add_withdrawal, fill_wallet
from tests.world import Client, World, id_of

pytestmark = pytest.mark.anyio

ROWS = 5
# The way to each of these lists, around what is asked of it.
WAYS = {
    "Query.organizations": "{ %s }",
    "Viewer.organizations": "{ viewer { %s } }",
    "Viewer.sessions": "{ viewer { %s } }",
    "Viewer.recoveryCodes": "{ viewer { %s } }",
    "Product.mailboxes": '{ node(id: "PRODUCT") { ... on Product { %s } } }',
    "Product.charges": '{ node(id: "PRODUCT") { ... on Product { %s } } }',
    "Wallet.entries": '{ node(id: "WALLET") { ... on Wallet { %s } } }',
    "Wallet.withdrawals": '{ node(id: "WALLET") { ... on Wallet { %s } } }',
    "Staff.withdrawals": "{ staff { %s } }",
    "Staff.payoutFiles": "{ staff { %s } }",
    "Staff.incomingTransfers": "{ staff { %s } }",
    "Payment.allocations": '{ node(id: "PAYMENT") { ... on Payment { %s } } }',
}
# Lists that are hardly ever longer than a row or two, and why.
SHORT = {
    "Viewer.confirmations": "one link of a kind is open at a time",
    "Invoice.creditNotes": "an invoice is corrected once, or a few times",
    "Invoice.payments": "the allocations of payments once more, and an invoice is paid by few",
}


def _orders(coordinate: str) -> list[str | None]:
    owner, name = coordinate.split(".")
    shown = SCHEMA.type_map[owner]
    assert isinstance(shown, GraphQLObjectType)
    arguments = shown.fields[name].args
    if "orderBy" not in arguments:
        return [None]
    orders = get_named_type(arguments["orderBy"].type)
    assert isinstance(orders, GraphQLEnumType)
    return [None, *orders.values]


LISTS = [(coordinate, order) for coordinate in WAYS for order in _orders(coordinate)]


async def _well_known(world: World) -> tuple[Client, dict[str, str]]:
    """Somebody with several rows of everything, some made at the same instant; and the ids to begin with."""
    ada = await world.add_user("ada@example.org")
    for number in range(ROWS):
        world.clock.move(seconds=number % 2)
        organization = await world.add_organization(ada, f"{'Éa'[number % 2]} same name")
        if number < ROWS - 1:
            await world.sign_in(ada)
    product = await world.add_product(organization, ProductKind.MAIL_SERVICE)
    for number in range(ROWS):
        await RecoveryCode.create(user_id=ada.id, code_hash=f"code {number}", created_at=world.clock.now())
        await world.add_mailbox(product, f"box{number}@example.org")
        await charge_something(world, product)
    wallet, payment = await _paid(world, organization)
    await _work_of_staff(world, ada, organization)
    client = await world.sign_in(ada)
    await Session.filter(user_id=ada.id).update(second_factor_at=world.clock.now())
    return client, {"PRODUCT": id_of(product), "WALLET": wallet, "PAYMENT": payment}


async def _work_of_staff(world: World, ada: User, organization: Organization) -> None:
    """Somebody who works for the provider, with withdrawals, files and transfers."""
    await User.filter(id=ada.id).update(is_staff=True)
    for number in range(ROWS):
        await add_withdrawal(world, organization, 100)
        await add_incoming_transfer(world, f"B{number}")
        await PayoutFile.create(
            target=WithdrawalTarget.IBAN,
            currency=Currency.CHF,
            message_reference=f"M{number}",
            withdrawal_count=0,
            total_minor=0,
            content="",
            created_at=world.clock.now(),
        )


async def _paid(world: World, organization: Organization) -> tuple[str, str]:
    """A wallet that is moved as often as there are rows, the last time by a payment of as many invoices."""
    acting, line = Nobody(world.clock.now()), Line("Service", 1, 10_000, 810)
    async with transaction():
        await organization.refresh_from_db()
        for _ in range(ROWS - 2):
            wallet = await give_credit(acting, organization, Currency.CHF, 20_000)
        await fill_wallet(acting, wallet, 10_000)
        await wallet.refresh_from_db()
        drafts = [
            await draft_invoice(acting, payer=organization, concerned=organization, lines=[line]) for _ in range(ROWS)
        ]
        invoices = [await issue_invoice(acting, Policy(), draft, organization) for draft in drafts]
        total = sum(invoice.total_minor for invoice in invoices)
        payment = await pay_from_wallet(acting, organization, wallet, invoices, total)
    return public_id(wallet), public_id(payment)


async def _walk(client: Client, way: str, name: str, ordered: str, *, backwards: bool) -> list[str]:
    ids: list[str] = []
    cursor: str | None = None
    size, place = ("last", "before") if backwards else ("first", "after")
    for _ in range(ROWS * 3):
        after = f', {place}: "{cursor}"' if cursor else ""
        page = f"""{name}({size}: 2{ordered}{after}) {{ totalCount nodes {{ id }} edges {{ cursor }}
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"""
        found: Any = (await client.ask(way % page)).data
        while name not in found:
            (found,) = found.values()
        shown, info = found[name], found[name]["pageInfo"]
        here = [each["id"] for each in shown["nodes"]]
        assert [shown["edges"][0]["cursor"], shown["edges"][-1]["cursor"]] == [info["startCursor"], info["endCursor"]]
        ids = here + ids if backwards else ids + here
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            assert shown["totalCount"] == len(ids)
            return ids
        cursor = info["startCursor" if backwards else "endCursor"]
    raise AssertionError("the pages never end")


def test_every_list_of_the_schema_is_walked() -> None:
    lists = {
        f"{shown.name}.{name}"
        for shown in SCHEMA.type_map.values()
        if isinstance(shown, GraphQLObjectType) and shown.name != "Organization"
        for name, field in shown.fields.items()
        if "after" in field.args
    }

    assert lists - SHORT.keys() == WAYS.keys(), "say in WAYS how to get there"


@pytest.mark.parametrize(("coordinate", "order"), LISTS)
async def test_pages_forwards_and_backwards_make_the_same_list(
    world: World, coordinate: str, order: str | None
) -> None:
    client, ids = await _well_known(world)
    name, way = coordinate.split(".")[1], WAYS[coordinate]
    for placeholder, text in ids.items():
        way = way.replace(placeholder, text)
    ordered = f", orderBy: {order}" if order else ""

    forwards = await _walk(client, way, name, ordered, backwards=False)
    backwards = await _walk(client, way, name, ordered, backwards=True)

    assert forwards == backwards
    assert len(set(forwards)) == len(forwards) == ROWS


@pytest.mark.parametrize(
    ("filter_", "kept"),
    [
        ({}, ["Ärzte Zürich", "Boulangerie", "zebra"]),
        ({"search": "arzte zurich"}, ["Ärzte Zürich"]),
        ({"search": "ZÜR"}, ["Ärzte Zürich"]),
        ({"search": "BOULANGERIE"}, ["Boulangerie"]),
        ({"search": "strange"}, []),
        ({"kind": ["ASSOCIATION"]}, ["zebra"]),
        ({"country": ["FR", "DE"]}, ["Boulangerie"]),
        ({"country": ["fr"]}, []),
        ({"kind": ["COMPANY"], "country": ["CH"]}, ["Ärzte Zürich"]),
    ],
)
async def test_organizations_are_found_by_name_kind_and_country(
    world: World, filter_: dict[str, Any], kept: list[str]
) -> None:
    """ORG3, ORG4: among one's own; what others have is not found by any search."""
    ada, stranger = await world.add_user(), await world.add_user()
    await world.add_organization(ada, "Ärzte Zürich")
    bakery, club = await world.add_organization(ada, "Boulangerie"), await world.add_organization(ada, "zebra")
    bakery.country, club.kind = "FR", OrganizationKind.ASSOCIATION
    await bakery.save()
    await club.save()
    await world.add_organization(stranger, "Strange Boulangerie Zürich")
    client = await world.sign_in(ada)

    for way in ("{ %s }", "{ viewer { %s } }"):
        listed = "organizations(filter: $filter) { totalCount nodes { name } }"
        answer = await client.ask(f"query Q($filter: OrganizationFilter) {way % listed}", filter=filter_)
        found = answer.data.get("organizations") or answer.data["viewer"]["organizations"]

        assert [each["name"] for each in found["nodes"]] == kept
        assert found["totalCount"] == len(kept)


async def test_invitations_are_found_by_address_and_state(world: World) -> None:
    legal = await world.add_user()
    organization = await world.add_organization(legal)
    for address in ("bruno@example.org", "carla@example.org"):
        await add_invitation(world, organization, legal, address)
    revoked = await add_invitation(world, organization, legal, "dario@example.org", secret=hash_secret("x"))
    client = await world.sign_in(legal)
    await client.do("revokeInvitation", invitationId=f"ivt_{revoked.id.hex}")
    text = """query Q($id: ID!, $filter: InvitationFilter) { organization(id: $id) {
        invitations(filter: $filter, orderBy: ADDRESS) { totalCount nodes { address } } } }"""

    for filter_, kept in (
        ({"search": "CARLA"}, ["carla@example.org"]),
        ({"state": ["REVOKED"]}, ["dario@example.org"]),
        ({"state": ["PENDING"], "search": "example"}, ["bruno@example.org", "carla@example.org"]),
        ({"state": []}, []),
    ):
        found = (await client.ask(text, id=id_of(organization), filter=filter_)).data["organization"]["invitations"]

        assert [each["address"] for each in found["nodes"]] == kept
        assert found["totalCount"] == len(kept)


async def test_an_external_finds_no_colleague_by_searching(world: World) -> None:
    """MEM2: a search looks among what one sees."""
    legal, external = await world.add_user("flora@example.org"), await world.add_user()
    organization = await world.add_organization(legal)
    await world.add_member(organization, external, Role.EXTERNAL)
    client = await world.sign_in(external)

    answer = await client.ask(
        """query Q($id: ID!) { organization(id: $id) { members(filter: {search: "flora"}) { totalCount nodes { id } }
        legal: members(filter: {role: [LEGAL_REPRESENTATIVE]}) { totalCount } } }""",
        id=id_of(organization),
    )

    assert await Membership.filter(organization_id=organization.id).count() == 2
    assert answer.data["organization"] == {"members": {"totalCount": 0, "nodes": []}, "legal": {"totalCount": 0}}


async def test_sessions_that_are_over_are_not_listed(world: World) -> None:
    """USR9."""
    ada = await world.add_user()
    await world.sign_in(ada)
    await Session.filter(user_id=ada.id).update(ended_at=world.clock.now())
    client = await world.sign_in(ada)

    answer = await client.ask("{ viewer { sessions { totalCount nodes { isCurrent } } } }")

    assert answer.data["viewer"]["sessions"] == {"totalCount": 1, "nodes": [{"isCurrent": True}]}
