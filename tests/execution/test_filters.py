from typing import Any

import pytest
import strawberry

from execution.lookups import lookup, narrowed, read_filter
from tests.execution.asking import answered, refused
from tests.execution.conftest import Ask
from tests.execution.sample.models import Product
from tests.execution.sample.rights import Context
from tests.execution.sample.world import ACME, ANNA, BOB, NASTY, key, org, product

pytestmark = pytest.mark.anyio

BILLED = """query($id: ID!, $filter: InvoiceFilter) {
  organization(id: $id) { invoices(first: 9, filter: $filter, orderBy: NUMBER) { totalCount nodes { number } } } }"""
LISTED = """query($id: ID!, $filter: ProductFilter) {
  organization(id: $id) { products(filter: $filter) { totalCount nodes { id } } } }"""


def user(number: Any) -> str:
    return f"usr_{number.hex}"


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({}, {1, 2, 3, 4, 5, 6, 7}),
        ({"kind": None, "search": None}, {1, 2, 3, 4, 5, 6, 7}),
        ({"kind": ["DOMAIN"]}, {3, 6}),
        ({"kind": []}, set()),
        ({"kind": ["DOMAIN", "MAIL"], "renews": True}, {4, 6}),
        ({"expiresBefore": "2026-03-02"}, {1}),
        ({"neverExpires": True}, {4}),
        ({"neverExpires": False}, {1, 2, 3, 5, 6, 7}),
        ({"renews": False}, {1, 3, 5, 7}),
        ({"name": NASTY}, {4}),
        ({"rank": 1}, {2, 5}),
        ({"keeper": user(ANNA)}, {3, 6}),
        ({"keeper": user(key(1, 77))}, set()),
        ({"keeperName": "B"}, {1, 4, 7}),
        ({"keeperName": "%"}, set()),
        ({"search": "PRODUCT 3"}, {3}),
        ({"search": "STRASSE"}, {2}),
        ({"search": "100%"}, {2}),
        ({"search": "%"}, {2}),
        ({"search": "_x"}, {2}),
        ({"search": "_"}, {2}),
        ({"search": "\\"}, set()),
        ({"search": "%" * 1_000}, set()),
        ({"search": ""}, {1, 2, 3, 4, 5, 6, 7}),
    ],
)
async def test_a_filter_narrows_rows_and_total_alike(ask: Ask, filter: dict[str, Any], found: set[int]) -> None:
    answer = answered(await ask(LISTED, id=org(ACME), filter=filter))

    listed = answer["organization"]["products"]
    assert {each["id"] for each in listed["nodes"]} == {product(number) for number in found}
    assert listed["totalCount"] == len(found)


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({"product": product(1)}, ["R-2"]),
        ({"product": product(2)}, ["R-5"]),
        ({"product": product(11)}, []),  # whose lines she sees, but not the product
        ({"product": product(3)}, []),
        ({"products": [product(1), product(2), product(11)]}, ["R-2", "R-5"]),
        ({"products": []}, []),
        ({"says": "LINE 1"}, ["R-2", "R-5"]),
        ({"says": "line 0"}, ["R-1", "R-2", "R-4", "R-5"]),
        ({"product": product(1), "status": ["VOID"]}, ["R-2"]),
        ({"product": product(1), "status": ["OPEN"]}, []),
    ],
)
async def test_among_rows_that_hang_on_it_one_must_fit(ask: Ask, filter: dict[str, Any], found: list[str]) -> None:
    answer = answered(await ask(BILLED, id=org(ACME), filter=filter))

    listed = answer["organization"]["invoices"]
    assert [each["number"] for each in listed["nodes"]] == found
    assert listed["totalCount"] == len(found)


async def test_a_row_that_was_granted_can_be_named(ask: Ask) -> None:
    answer = answered(await ask(BILLED, granted=frozenset({key(3, 11)}), id=org(ACME), filter={"product": product(11)}))

    assert [each["number"] for each in answer["organization"]["invoices"]["nodes"]] == ["R-1", "R-5"]


@pytest.mark.parametrize(
    ("filter", "reason"),
    [
        ({"keeper": org(ACME)}, "ID"),
        ({"keeper": "usr_1"}, "ID"),
        ({"rank": 40_000}, "ARGUMENT"),
        ({"name": "n" * 81}, "ARGUMENT"),
        ({"search": "s" * 1_001}, "ARGUMENT"),  # SQLite takes no pattern of 50,000 bytes
        ({"keeperName": "k" * 60_000}, "ARGUMENT"),
    ],
)
async def test_what_can_never_be_there_is_refused(ask: Ask, filter: dict[str, Any], reason: str) -> None:
    result = await ask(LISTED, id=org(ACME), filter=filter)

    assert refused(result) == [("BAD_REQUEST", ["organization", "products"], {"reason": reason})]


async def test_a_search_folds_its_text_as_its_columns_are_folded() -> None:
    @strawberry.input
    class Folding:
        it: str | None = lookup(
            search=("name_folded",), fold=lambda text: text.lower().replace("é", "e"), description="It."
        )

    (demand,) = narrowed(read_filter(Folding(it="Éclair"), Product), Product, Context())

    texts: set[Any] = {text for child in demand.children for text in child.filters.values()}
    assert texts == {"eclair", "éclair"}


async def test_filters_and_orders_are_told_apart_within_one_request(ask: Ask) -> None:
    document = """{ organization(id: "%s") {
        all: products { totalCount } mail: products(filter: {kind: [MAIL]}) { totalCount nodes { name } }
        newest: products(first: 1, orderBy: NEWEST) { nodes { id } }
        ranked: products(first: 1, orderBy: RANK) { nodes { id } } } }"""

    found = answered(await ask(document % org(ACME)))["organization"]

    assert found["all"]["totalCount"] == 7
    assert found["mail"]["totalCount"] == 3
    assert found["newest"]["nodes"] == [{"id": product(4)}]
    assert found["ranked"]["nodes"] == [{"id": product(5)}]


async def test_a_filter_of_a_root_list_counts_what_it_lists(ask: Ask) -> None:
    document = "{ invoices(filter: {status: [OPEN]}) { totalCount nodes { number } } }"

    answer = answered(await ask(document, viewer=BOB))

    assert answer["invoices"] == {"totalCount": 2, "nodes": [{"number": "R-9"}, {"number": "R-6"}]}
