"""The cost of a printed answer: told by its keys where they tell it, and else by reading it; never another."""

import orjson
import pytest
from graphql import graphql_sync

from execution.documents import Documents
from tests.http.sample import schema

TOLD = [
    "{ hello }",
    "{ hello animal { name } }",
    "{ herd { id parent { name } } }",
    "{ animals(ids: [1, 2]) { id name } herd { id } }",
    "{ animals(ids: []) { id name } herd { id } }",
    "{ animal { children(first: 3) { totalCount nodes { id } pageInfo { hasNextPage } } } }",
    "{ animal { children(last: 3) { edges { cursor node { id name } } } } }",
    '{ animal(id: "\\"id\\":{") { id name parent { name } } }',
    "{ ...F } fragment F on Query { animal { ...G } } fragment G on Animal { id parent { name } }",
]
READ = [
    "{ animal { parent { parent { name } } } a: animal { id parent { id name } } }",
    "{ animal { name } animals(ids: [1]) { name } }",  # one key for objects of two prices
    "{ a: herd { id } b: animal { name } c: animal { id name } }",
    "{ animal { id } animal { name parent { id } } }",
    "{ herd { id @skip(if: true) } }",
]


@pytest.mark.parametrize("text", TOLD + READ)
def test_a_printed_answer_costs_what_the_answer_costs(text: str) -> None:
    cost = Documents(schema).document(text).operation(None).cost
    data = graphql_sync(schema._schema, text).data

    assert cost.actual_printed(orjson.dumps(data)) == cost.actual(data)


@pytest.mark.parametrize("text", TOLD)
def test_keys_tell_what_it_costs(text: str) -> None:
    assert Documents(schema).document(text).operation(None).cost._tally is not None


@pytest.mark.parametrize("text", [*READ, "query($no: Boolean!) { herd { id parent @skip(if: $no) { name } } }"])
def test_where_keys_do_not_tell_the_answer_is_read(text: str) -> None:
    assert Documents(schema).document(text).operation(None).cost._tally is None
