from typing import Any

import pytest

from tests.execution.asking import answered, refused
from tests.execution.conftest import Ask
from tests.execution.sample.types import ProductOrder
from tests.execution.sample.world import ACME, BETA, NASTY, org, product

pytestmark = pytest.mark.anyio

PAGE = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $orderBy: ProductOrder) {
  organization(id: $id) { products(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    totalCount edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
EVERY_ORDER = [None, *(order.name for order in ProductOrder)]


async def page(ask: Ask, **arguments: Any) -> dict[str, Any]:
    answer = answered(await ask(PAGE, id=org(ACME), **arguments))
    found = answer["organization"]["products"]
    assert isinstance(found, dict)
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in found["edges"]]


@pytest.mark.parametrize("order", EVERY_ORDER)
@pytest.mark.parametrize("size", [1, 3])
async def test_walking_forwards_meets_every_row_once_in_order(ask: Ask, order: str | None, size: int) -> None:
    whole = ids(await page(ask, first=100, orderBy=order))
    walked, after, more = [], None, True

    while more:
        found = await page(ask, first=size, after=after, orderBy=order)
        walked += ids(found)
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]

    assert walked == whole
    assert len(set(whole)) == 7


@pytest.mark.parametrize("order", EVERY_ORDER)
@pytest.mark.parametrize("size", [2, 7])
async def test_walking_backwards_meets_every_row_once_in_order(ask: Ask, order: str | None, size: int) -> None:
    whole = ids(await page(ask, orderBy=order))
    walked: list[str] = []
    before, more = None, True

    while more:
        found = await page(ask, last=size, before=before, orderBy=order)
        walked = ids(found) + walked
        before, more = found["pageInfo"]["startCursor"], found["pageInfo"]["hasPreviousPage"]

    assert walked == whole


async def test_a_page_lies_between_two_cursors(ask: Ask) -> None:
    edges = (await page(ask))["edges"]

    found = await page(ask, first=2, after=edges[1]["cursor"], before=edges[5]["cursor"])

    assert ids(found) == [edge["node"]["id"] for edge in edges[2:4]]
    assert found["pageInfo"]["hasNextPage"] is True
    assert found["pageInfo"]["hasPreviousPage"] is True


async def test_a_page_of_no_rows_still_says_whether_there_are_some(ask: Ask) -> None:
    found = await page(ask, first=0)

    assert found == {
        "totalCount": 7,
        "edges": [],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


async def test_a_cursor_is_readable_text(ask: Ask) -> None:
    first = (await page(ask, first=1))["edges"][0]

    assert first["node"]["name"] == NASTY
    assert first["cursor"] == f"name:{NASTY}~{product(4).removeprefix('prd_')}"


@pytest.mark.parametrize("arguments", [{"first": -1}, {"first": 101}, {"last": 101}, {"first": 1, "last": 1}])
async def test_a_page_out_of_bounds_is_refused_whoever_looks(ask: Ask, arguments: dict[str, int]) -> None:
    given = ", ".join(f"{name}: {number}" for name, number in arguments.items())
    result = await ask(f'{{ organization(id: "{org(ACME)}") {{ name products({given}) {{ totalCount }} }} }}')

    assert result.data == {"organization": {"name": "Acme", "products": None}}
    assert refused(result) == [("BAD_REQUEST", ["organization", "products"], {"reason": "ARGUMENT"})]


HEX = product(4).removeprefix("prd_")


@pytest.mark.parametrize(
    ("order", "cursor"),
    [
        ("NAME", ""),
        ("NAME", "junk"),
        ("NAME", "name:"),
        ("NAME", f"name:{HEX}"),
        ("NAME", "name:a~b"),
        ("NAME", f"name:a~{HEX.upper()[:-1]}F"),
        ("NAME", f"name:{'a' * 81}~{HEX}"),
        ("NAME", f"-created_at:2026-06-01T12:00:00+00:00~{HEX}"),
        ("NEWEST", f"name:a~{HEX}"),
        ("NEWEST", f"-created_at:2026-06-01T12:00:00Z~{HEX}"),
        ("NEWEST", f"-created_at:2026-06-31T12:00:00+00:00~{HEX}"),
        ("RANK", f"-rank,name:40000~a~{HEX}"),
        ("RANK", f"-rank,name:+1~a~{HEX}"),
        ("RANK", f"-rank,name:{'9' * 5000}~a~{HEX}"),
        ("RANK", f"-rank,name:1.0~a~{HEX}"),
        ("RENEWING", f"renews,-rank:yes~1~{HEX}"),
        ("RENEWING", f"renews,-rank:true~1~{HEX}~{HEX}"),
    ],
)
@pytest.mark.parametrize("side", ["after", "before"])
async def test_what_is_no_cursor_of_this_order_is_refused(ask: Ask, order: str, cursor: str, side: str) -> None:
    result = await ask(PAGE, id=org(ACME), orderBy=order, **{side: cursor})

    assert refused(result) == [("BAD_REQUEST", ["organization", "products"], {"reason": "CURSOR"})]


async def test_a_cursor_made_up_shows_nothing_foreign(ask: Ask) -> None:
    """A place may be invented, but only rows that may be seen are ever listed."""
    found = await page(ask, after=f"name:~{'0' * 32}")

    assert ids(found) == ids(await page(ask))


async def test_the_first_rows_of_each_parent_are_listed_and_counted_apart(ask: Ask) -> None:
    answer = answered(await ask("{ organizations { nodes { products(first: 2) { totalCount nodes { name } } } } }"))

    assert [
        (each["products"]["totalCount"], len(each["products"]["nodes"])) for each in answer["organizations"]["nodes"]
    ] == [(7, 2), (3, 2)]


async def test_a_short_list_takes_another_number_and_order(ask: Ask) -> None:
    document = '{{ organization(id: "{}") {{ renewingProducts{} {{ name }} }} }}'

    usual = answered(await ask(document.format(org(ACME), "")))
    one = answered(await ask(document.format(org(ACME), "(first: 1, orderBy: RANK)")))
    wrong = await ask(document.format(org(BETA), "(first: 101)"))

    assert [each["name"] for each in usual["organization"]["renewingProducts"]] == [NASTY, "product 6", "product 8"]
    assert [each["name"] for each in one["organization"]["renewingProducts"]] == ["product 8"]
    assert refused(wrong) == [("BAD_REQUEST", ["organization", "renewingProducts"], {"reason": "ARGUMENT"})]


async def test_a_root_list_is_walked_like_any_other(ask: Ask) -> None:
    document = "query($after: String) { invoices(first: 1, after: $after) { nodes { number } pageInfo { endCursor } } }"
    numbers, after = [], None

    for _ in range(4):
        found = answered(await ask(document, after=after))["invoices"]
        numbers += [each["number"] for each in found["nodes"]]
        after = found["pageInfo"]["endCursor"]

    assert numbers == ["R-4", "R~3", "R-1"]
