import pytest

from tests.databases import Database
from tests.execution.asking import answered, refused
from tests.execution.conftest import Ask
from tests.execution.sample.rights import Context
from tests.execution.sample.world import ACME, ANNA, BETA, BOB, GAMMA, invoice, key, org, product

pytestmark = pytest.mark.anyio
MISSING = key(99, 99)


@pytest.mark.parametrize(
    "document",
    [
        '{{ found: node(id: "{}_{}") {{ id }} }}',
        '{{ found: organization(id: "{}_{}") {{ id }} }}',
        '{{ found: nodes(ids: ["{}_{}"]) {{ id }} }}',
    ],
)
async def test_a_foreign_id_and_a_missing_one_answer_alike(ask: Ask, document: str) -> None:
    """ORG4"""
    foreign = await ask(document.format("org", GAMMA.hex))
    missing = await ask(document.format("org", MISSING.hex))

    assert foreign.data == missing.data
    assert [error.formatted for error in foreign.errors or []] == [error.formatted for error in missing.errors or []]
    assert {code for code, _, _ in refused(foreign)} == {"NOT_FOUND"}


@pytest.mark.parametrize("document", ['{{ node(id: "{}") {{ id }} }}', '{{ invoice(id: "{}") {{ id }} }}'])
async def test_a_member_without_the_right_is_told_which_one_and_a_stranger_nothing(ask: Ask, document: str) -> None:
    member = await ask(document.format(invoice(6)), viewer=ANNA)  # Beta's; Anna holds no billing right there
    stranger = await ask(document.format(invoice(9)), viewer=ANNA)
    permitted = await ask(document.format(invoice(6)), viewer=BOB)

    assert [(code, more) for code, _, more in refused(member)] == [("FORBIDDEN", {"requiredRight": "BILLING"})]
    assert [(code, more) for code, _, more in refused(stranger)] == [("NOT_FOUND", {})]
    assert refused(permitted) == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ('{{ node(id: "{}") {{ id }} }}', "org-1"),
        ('{{ node(id: "{}") {{ id }} }}', "xyz_" + "0" * 32),
        ('{{ node(id: "{}") {{ id }} }}', "org_" + "A" * 32),
        ('{{ node(id: "{}") {{ id }} }}', "org_" + "\u0660" * 32),
        ('{{ organization(id: "{}") {{ id }} }}', product(1)),
        ('{{ organization(id: "{}") {{ id }} }}', ""),
        ('{{ nodes(ids: ["{}"]) {{ id }} }}', "usr_1"),
    ],
)
async def test_a_malformed_id_or_one_of_another_type_is_no_id(ask: Ask, document: str, text: str) -> None:
    assert [(code, more) for code, _, more in refused(await ask(document.format(text)))] == [
        ("BAD_REQUEST", {"reason": "ID"})
    ]


async def test_nodes_answer_place_by_place(ask: Ask) -> None:
    ids = [org(ACME), invoice(6), org(GAMMA), product(8), org(ACME)]

    result = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)

    assert result.data == {"nodes": [{"id": org(ACME)}, None, None, {"id": product(8)}, {"id": org(ACME)}]}
    assert [(code, path) for code, path, _ in refused(result)] == [
        ("FORBIDDEN", ["nodes", 1]),
        ("NOT_FOUND", ["nodes", 2]),
    ]


async def test_more_than_a_hundred_nodes_are_refused(ask: Ask) -> None:
    result = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[org(ACME)] * 101)

    assert refused(result) == [("BAD_REQUEST", ["nodes"], {"reason": "ARGUMENT"})]


async def test_what_a_viewer_may_not_know_of_is_in_no_list_and_no_count(ask: Ask) -> None:
    document = """{ node(id: "%s") { ... on Product { organization { name products { totalCount nodes { name } }
        productCount productCounts { kind count } } } } }"""

    granted = answered(await ask(document % product(11), granted=frozenset({key(3, 11)})))
    member = answered(await ask(document % product(11), viewer=BOB))

    assert granted["node"] == {"organization": None}  # a grant opens one product, not its organization
    assert member["node"]["organization"]["productCount"] == 2


async def test_a_grant_opens_one_row_to_a_stranger(ask: Ask) -> None:
    document = f'{{ node(id: "{product(11)}") {{ id ... on Product {{ price {{ amount }} }} }} }}'

    opened = await ask(document, granted=frozenset({key(3, 11)}))
    closed = await ask(document, granted=frozenset({key(3, 12)}))

    assert opened.data == {"node": {"id": product(11), "price": None}}
    assert refused(opened) == [("FORBIDDEN", ["node", "price"], {"requiredRight": "BILLING"})]
    assert refused(closed) == [("NOT_FOUND", ["node"], {})]


async def test_an_edge_that_leaves_the_organization_asks_the_right_there(ask: Ask) -> None:
    """INV11: Beta owes the latest invoice for a product of Acme's; Anna holds the billing right in Acme alone."""
    answer = answered(await ask(f'{{ node(id: "{product(1)}") {{ ... on Product {{ lastInvoice {{ number }} }} }} }}'))

    assert answer["node"] == {"lastInvoice": {"number": "R-2"}}


async def test_a_list_over_organizations_holds_the_permitted_rows_and_counts_them(ask: Ask) -> None:
    document = "{ invoices(first: 100) { totalCount nodes { number organization { name } } } }"

    anna, bob = answered(await ask(document)), answered(await ask(document, viewer=BOB))

    assert {each["organization"]["name"] for each in anna["invoices"]["nodes"]} == {"Acme"}
    assert {each["organization"]["name"] for each in bob["invoices"]["nodes"]} == {"Beta", "Gamma"}
    assert [len(each["invoices"]["nodes"]) for each in (anna, bob)] == [
        each["invoices"]["totalCount"] for each in (anna, bob)
    ]


async def test_each_row_of_a_list_is_asked_by_itself(ask: Ask) -> None:
    result = await ask("{ organizations { nodes { name wallet { id } openInvoiceCount invoices { totalCount } } } }")

    assert [code for code, _, _ in refused(result)] == ["FORBIDDEN"] * 3
    assert {tuple(path[:3]) for _, path, _ in refused(result)} == {("organizations", "nodes", 1)}
    assert result.data is not None
    assert result.data["organizations"]["nodes"][0]["openInvoiceCount"] == 1


async def test_whoever_is_not_signed_in_sees_nothing(ask: Ask) -> None:
    """An absent value is unknown; it never matches an empty column."""
    answer = answered(await ask("{ me { id } organizations { totalCount nodes { id } } }", viewer=None))

    assert answer == {"me": None, "organizations": {"totalCount": 0, "nodes": []}}


async def test_a_request_that_is_not_admitted_is_refused_before_any_row(ask: Ask, small_world: Database) -> None:
    with small_world.count_statements() as statements:
        refusal = await ask("{ myself { name } }", viewer=None)
    admitted = answered(await ask("{ myself { name } }"))

    assert refused(refusal) == [("UNAUTHENTICATED", ["myself"], {})]
    assert statements.count == 0
    assert admitted["myself"] == {"name": "Anna"}


async def test_questions_are_asked_once_for_a_batch(ask: Ask) -> None:
    context = Context(viewer=ANNA)

    answered(await ask("{ organizations { nodes { name products(first: 3) { nodes { name } } } } }", context=context))

    assert context.questions == [2, 6]  # two organizations, then the products of both


async def test_questions_are_asked_one_at_a_time(ask: Ask) -> None:
    """So that a question may skip what another of the same request has learned."""
    document = """{ organizations { nodes { taxNumber products { nodes { price { amount } } } productCount
        renewingProducts { lastInvoice { number } } invoices { nodes { number } } } }
        node(id: "%s") { ... on Product { price { amount } } } invoices { nodes { number } } }"""

    result = await ask(document % product(1))

    assert {code for code, _, _ in refused(result)} == {"FORBIDDEN"}


async def test_an_edge_to_oneself_only_hides_the_others(ask: Ask) -> None:
    document = '{{ organization(id: "{}") {{ products {{ nodes {{ keeper {{ name }} }} }} }} }}'

    answer = answered(await ask(document.format(org(BETA)), viewer=BOB))

    assert [each["keeper"] for each in answer["organization"]["products"]["nodes"]] == [{"name": "Bob"}, None, None]
