"""Lists in arguments are as long as their place in the schema allows, written out or in variables."""

from typing import Any

import pytest

from execution.documents import Documents
from execution.http import GraphQLEndpoint
from execution.limits import Limits
from tests.http.asking import post
from tests.http.sample import make_context, schema

pytestmark = pytest.mark.anyio

LONG = frozenset({"Mutation.importRows(rows:)", "Batch.rows"})


def rows(number: int, **more: object) -> list[dict[str, object]]:
    return [{"id": str(each), **more} for each in range(number)]


async def exceeded(document: str, variables: dict[str, object] | None = None, limits: Limits | None = None) -> Any:
    app = GraphQLEndpoint(schema, make_context=make_context, limits=limits)
    answered = await post(app, document, variables=variables)
    return answered.json["errors"][0]["extensions"] if "errors" in answered.json else None


IDS = "query($ids: [ID!]!) { animals(ids: $ids) { id } }"
BATCH = "query($batch: Batch!) { countRows(batch: $batch) }"
ROWS = "query($rows: [Row!]!) { countRows(batch: {rows: $rows}) }"
IDS_AS_ROWS = "query($rows: [ID!]!) { animals(ids: $rows) { id } }"
IMPORT = "mutation($rows: [Row!]!) { importRows(rows: $rows) }"
ONE_ROW = "query($id: ID!, $tags: [String!]!) { countRows(batch: {rows: [{id: $id, tags: $tags}]}) }"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (IDS, {"ids": ["a"] * 101}),
        (BATCH, {"batch": {"rows": rows(101)}}),
        (BATCH, {"batch": {"rows": [], "also": [{"rows": rows(101)}]}}),
        (BATCH, {"batch": {"rows": rows(1, tags=["t"] * 101)}}),
        (ROWS, {"rows": rows(101)}),
        (ONE_ROW, {"id": "1", "tags": ["t"] * 101}),
        ("{ animals(ids: [" + '"a" ' * 101 + "]) { id } }", None),
        ("{ countRows(batch: {rows: [" + '{id: "a"} ' * 101 + "]}) }", None),
        ("{ countRows(batch: {rows: {id: 1, tags: [" + '"t" ' * 101 + "]}}) }", None),
    ],
)
async def test_a_list_of_more_than_a_hundred_is_refused(document: str, variables: dict[str, object] | None) -> None:
    extensions = await exceeded(document, variables)

    assert extensions == {"code": "LIMIT_EXCEEDED", "limit": "LIST_ITEMS", "allowed": 100, "actual": 101}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (IDS, {"ids": ["a"] * 100}),
        (IDS, {"ids": "a"}),
        (BATCH, {"batch": {"rows": rows(100), "also": None}}),
        (ONE_ROW, {"id": "1", "tags": ["t"] * 100}),
        (IMPORT, {"rows": rows(100)}),
    ],
)
async def test_a_list_of_a_hundred_is_not(document: str, variables: dict[str, object]) -> None:
    assert await exceeded(document, variables) is None


@pytest.mark.parametrize(
    ("document", "variables"), [(IMPORT, {"rows": rows(1_000)}), (BATCH, {"batch": {"rows": rows(1_000)}})]
)
async def test_a_list_for_many_rows_may_hold_a_thousand(document: str, variables: dict[str, object]) -> None:
    assert await exceeded(document, variables, Limits(long_lists=LONG)) is None


async def test_the_name_of_the_variable_does_not_make_a_list_longer() -> None:
    limits = Limits(long_lists=LONG)

    assert await exceeded(IMPORT, {"rows": rows(1_001)}, limits)
    assert await exceeded(IDS_AS_ROWS, {"rows": ["a"] * 101}, limits)


def test_only_variables_that_may_hold_lists_are_looked_at() -> None:
    operation = Documents(schema).document("query($n: String!) { hello(name: $n) a: hello(name: $n) }").operation(None)

    assert operation.lists.uses == []
