"""INV10: the invoices of a product are those with a line for it; the filter tells nothing that the lines do not."""

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from models import Event, Invoice, Membership, Organization, Product, User
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.transactions import transaction
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line
from rules.policy import Policy
from rules.rights import AccessLevel, Role
from tests.random_documents.executors import ask_both, planner_of
from tests.world import Answer, Client, World, id_of

pytestmark = pytest.mark.anyio

LISTED = """query Q($id: ID!, $filter: InvoiceFilter, $first: Int, $after: String) { organization(id: $id) {
    invoices(filter: $filter, orderBy: OLDEST, first: $first, after: $after) {
        totalCount nodes { number } pageInfo { hasNextPage endCursor } } } }"""
EXPORTED = "... on ExportBillingSuccess { download { url } }"
UNKNOWN = "prd_" + "0" * 32


@dataclass
class Shop:
    """An organization with two products, and invoices for none, one, or both of them."""

    world: World
    legal: User
    organization: Organization
    client: Client
    tart: Product
    oven: Product
    invoices: list[Invoice] = field(default_factory=list)

    @classmethod
    async def open(cls, world: World) -> "Shop":
        legal = await world.add_user()
        organization = await world.add_organization(legal)
        tart, oven = [await world.add_product(organization) for _ in range(2)]
        shop = cls(world, legal, organization, await world.sign_in(legal), tart, oven)
        shop.invoices = [await shop.owe(*each) for each in ((tart, oven), (tart, tart), (oven,), (None,))]
        return shop

    @property
    def issued(self) -> list[str]:
        """The numbers of the invoices: for both products, for the tart, for the oven, for none."""
        return [each.number for each in self.invoices]

    async def owe(self, *products: Product | None) -> Invoice:
        """An open invoice with a line for each product, or for none, a second after the one before."""
        self.world.clock.move(seconds=1)
        lines = [Line("Service", 1, 1_000, 810, product_id=product.id if product else None) for product in products]
        async with transaction():
            await self.organization.refresh_from_db()
            acting, payer = Nobody(self.world.clock.now()), self.organization
            draft = await draft_invoice(acting, payer=payer, concerned=payer, lines=lines)
            return await issue_invoice(acting, Policy(), draft, payer)

    async def colleague(self, **rights: Any) -> tuple[Membership, Client]:
        user = await self.world.add_user()
        membership = await self.world.add_member(self.organization, user, Role.COLLABORATOR, **rights)
        return membership, await self.world.sign_in(user)

    async def ask(self, product_id: str | None, client: Client | None = None, **more: Any) -> Answer:
        """Ask for the invoices of a product, in both ways; they must agree."""
        filter_ = {"productId": product_id, **more.pop("filter_", {})}
        variables = {"id": id_of(self.organization), "filter": filter_, **more}
        return await ask_both(self.world, client or self.client, LISTED, variables)

    async def numbers(self, product_id: str | None, client: Client | None = None, **more: Any) -> list[str]:
        """The numbers of the invoices of a product; rows and total must agree."""
        found = (await self.ask(product_id, client, **more)).data["organization"]["invoices"]
        assert found["totalCount"] == len(found["nodes"])
        return [each["number"] for each in found["nodes"]]

    async def export(self, product_id: str | None, client: Client | None = None) -> Answer:
        organization_id = id_of(self.organization)
        return await (client or self.client).do(
            "exportBilling", EXPORTED, organizationId=organization_id, productId=product_id
        )

    async def exported(self, product_id: str | None, client: Client | None = None) -> list[str]:
        """The numbers on the lines of an export."""
        answer = await self.export(product_id, client)
        response = await self.world.http.get(answer.result()["download"]["url"])
        file = io.StringIO(response.content.decode("utf-8-sig"), newline="")
        return [row["invoice_number"] for row in csv.DictReader(file)]


@pytest.fixture
async def shop(world: World) -> Shop:
    return await Shop.open(world)


async def test_an_invoice_is_listed_once_for_each_product_on_its_lines(shop: Shop) -> None:
    """INV10: also where two of its lines are for the product."""
    both, tart, oven, none = shop.issued

    assert await shop.numbers(id_of(shop.tart)) == [both, tart]
    assert await shop.numbers(id_of(shop.oven)) == [both, oven]
    assert await shop.numbers(None) == [both, tart, oven, none]
    assert planner_of(shop.world).counts["planned"] == 3, planner_of(shop.world).reasons


async def test_the_product_narrows_together_with_all_else(shop: Shop) -> None:
    tart = id_of(shop.tart)

    both, _, for_oven, _ = shop.issued
    assert await shop.numbers(tart, filter_={"number": both}) == [both]
    assert await shop.numbers(tart, filter_={"number": for_oven}) == []
    assert await shop.numbers(tart, filter_={"state": ["PAID"]}) == []


async def test_pages_and_the_total_are_of_the_product_alone(shop: Shop) -> None:
    first = (await shop.ask(id_of(shop.oven), first=1)).data["organization"]["invoices"]
    after = first["pageInfo"]["endCursor"]
    second = (await shop.ask(id_of(shop.oven), first=1, after=after)).data["organization"]["invoices"]

    assert (first["totalCount"], second["totalCount"]) == (2, 2)
    assert (first["nodes"], second["nodes"]) == ([{"number": shop.issued[0]}], [{"number": shop.issued[2]}])
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_a_product_of_another_organization_is_as_unknown_as_one_of_nobody(shop: Shop) -> None:
    """ORG4, INV10."""
    foreign = await Shop.open(shop.world)

    unknown, other = await shop.ask(UNKNOWN), await shop.ask(id_of(foreign.tart))

    assert unknown.data == other.data
    assert other.data["organization"]["invoices"]["nodes"] == []


async def test_a_product_that_the_viewer_may_not_see_finds_nothing(shop: Shop) -> None:
    """MEM1, MEM5: billing is independent of product access, and the lines do not name the product either."""
    _, client = await shop.colleague(billing=True, products={shop.oven: AccessLevel.VIEW})

    assert await shop.numbers(id_of(shop.tart), client) == await shop.numbers(UNKNOWN, client) == []
    assert await shop.numbers(id_of(shop.oven), client) == [shop.issued[0], shop.issued[2]]
    assert len(await shop.numbers(None, client)) == 4


async def test_whoever_has_no_billing_right_learns_nothing_from_it(shop: Shop) -> None:
    """MEM5: neither a row nor a count nor a date of payment."""
    _, client = await shop.colleague(billing=False, products={shop.tart: AccessLevel.MANAGE})

    answers = [await shop.ask(each, client) for each in (id_of(shop.tart), UNKNOWN, None)]

    assert [answer.body["data"] for answer in answers] == [{"organization": {"invoices": None}}] * 3
    assert [answer.codes for answer in answers] == [["FORBIDDEN"]] * 3


@pytest.mark.parametrize("text", ["org_" + "0" * 32, "prd_1", ""])
async def test_what_is_no_id_of_a_product_is_refused(shop: Shop, text: str) -> None:
    answer = await shop.ask(text)

    assert answer.codes == ["BAD_REQUEST"]
    assert answer.body["data"] == {"organization": {"invoices": None}}


async def test_an_export_is_narrowed_by_product(shop: Shop) -> None:
    """INV10, RES7: whole invoices, line by line."""
    both, tart, _, _ = shop.issued

    assert await shop.exported(id_of(shop.tart)) == [both, both, tart, tart]
    assert len(await shop.exported(None)) == 6
    events = await Event.filter(kind=EventKind.BILLING_EXPORTED).order_by("position")
    assert [json.loads(each.data)["product_id"] for each in events] == [id_of(shop.tart), None]


async def test_an_export_of_a_product_that_is_not_there_for_the_viewer_is_not_found(shop: Shop) -> None:
    """ORG4: foreign, hidden and unknown look the same, and nothing is handed out."""
    foreign = await Shop.open(shop.world)
    _, client = await shop.colleague(billing=True, products={shop.oven: AccessLevel.VIEW})

    for product_id in (UNKNOWN, id_of(foreign.tart), id_of(shop.tart)):
        assert (await shop.export(product_id, client)).codes == ["NOT_FOUND"]
    assert (await shop.export(public_id(Prefix.INVOICE, shop.invoices[0].id), client)).codes == ["BAD_REQUEST"]
    assert not await Event.filter(kind=EventKind.BILLING_EXPORTED).exists()


async def test_nobody_exports_by_a_product_of_another_organization_of_theirs(shop: Shop) -> None:
    other = await shop.world.add_product(await shop.world.add_organization(shop.legal))

    answer = await shop.export(id_of(other))

    assert answer.codes == ["NOT_FOUND"]
    assert not await Event.filter(kind=EventKind.BILLING_EXPORTED).exists()


async def test_a_link_to_an_export_of_a_product_ends_with_the_access_to_it(shop: Shop) -> None:
    """MEM7: rights are asked again when the link is followed."""
    membership, client = await shop.colleague(billing=True, products={shop.oven: AccessLevel.VIEW})
    url = (await shop.export(id_of(shop.oven), client)).result()["download"]["url"]
    assert (await shop.world.http.get(url)).status_code == 200

    await shop.client.do("updateMembership", membershipId=id_of(membership), grants=[])

    assert (await shop.world.http.get(url)).status_code == 404
