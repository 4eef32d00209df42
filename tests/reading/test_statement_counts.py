"""No list costs a statement for each of its rows: two organizations and twelve cost the same number of statements.

Nor do invoices that are paid together.
"""

import pytest

from models import Invoice
from models.fields import new_id
from rules.kinds import ProductKind
from rules.rights import AccessLevel, Role
from rules.states import InvoiceState
from tests.books import Books
from tests.databases import Database
from tests.world import Client, World

pytestmark = pytest.mark.anyio

QUERIES = {
    "organizations": "{ organizations(first: 20) { totalCount nodes { name currency address { city } } } }",
    "members of each": """{ organizations(first: 20) { nodes { viewerMembership { role }
        members(first: 3) { totalCount nodes { role user { name login } organization { name } } } } } }""",
    "products of each": """{ organizations(first: 20) { nodes { productCounts { kind count }
        products(first: 3) { totalCount nodes { name organization { name }
            mailboxes(first: 2) { nodes { address } } } } } } }""",
    "what may be done": """{ organizations(first: 20) { nodes { viewerCan { update { allowed } leave { allowed } }
        products(first: 3) { nodes { viewerCan { update { allowed reason } } } } } } }""",
    "grants and invitations": """{ organizations(first: 20) { nodes {
        invitations(first: 2) { nodes { address grants { level } inviter { name } } }
        members(first: 3) { nodes { grants { level product { name } } } } } } }""",
    "who has access": """{ organizations(first: 20) { nodes {
        products(first: 3) { nodes { effectiveAccess { through level membership { user { name } } } } } } } }""",
}


async def grow(world: World, organizations: int) -> Client:
    """A user in so many organizations, each with people, products, mailboxes and grants."""
    ada = await world.add_user()
    for _ in range(organizations):
        organization = await world.add_organization(ada)
        products = [await world.add_product(organization, ProductKind.MAIL_SERVICE) for _ in range(3)]
        for product in products:
            await world.add_mailbox(product, f"box-{product.id.hex}@example.org")
        colleague = await world.add_user()
        await world.add_member(
            organization, colleague, Role.COLLABORATOR, products={products[0]: AccessLevel.VIEW}, billing=False
        )
    return await world.sign_in(ada)


@pytest.mark.parametrize("name", QUERIES)
async def test_more_rows_cost_no_more_statements(world: World, database: Database, name: str) -> None:
    few, many = await grow(world, 2), await grow(world, 12)

    with database.count_statements() as for_few:
        assert len((await few.ask(QUERIES[name])).data["organizations"]["nodes"]) == 2
    with database.count_statements() as for_many:
        assert len((await many.ask(QUERIES[name])).data["organizations"]["nodes"]) == 12

    assert for_many.count == for_few.count <= 16, for_many.sent


async def test_invoices_that_are_paid_together_cost_no_more_statements_than_one(
    books: Books, database: Database
) -> None:
    await books.top_up(1_000_000)
    one, many = [await books.owe(10_000)], [await books.owe(10_000) for _ in range(12)]

    with database.count_statements() as for_one:
        assert (await books.pay(one, key="one")).result()["__typename"] == "PayInvoicesSuccess"
    with database.count_statements() as for_many:
        assert (await books.pay(many, key="many")).result()["__typename"] == "PayInvoicesSuccess"

    assert for_many.count == for_one.count <= 24, for_many.sent


async def test_a_stranger_s_invoice_costs_the_same_statements_as_one_that_is_not_there(
    books: Books, database: Database
) -> None:
    """ORG4: how long a refusal takes tells nothing either."""
    stranger = await Books.open(books.world)
    there = await books.owe(10_000)
    not_there = Invoice(id=new_id(), total_minor=there.total_minor)

    with database.count_statements() as for_there:
        refused = await stranger.pay([there])
    with database.count_statements() as for_not_there:
        unknown = await stranger.pay([not_there])

    assert refused.codes == unknown.codes == ["NOT_FOUND"]
    assert for_there.count == for_not_there.count
    assert (await Invoice.get(id=there.id)).state is InvoiceState.OPEN
