"""What an operation costs: the published formula, before and after it ran, and the bucket it is taken from."""

from typing import Any

import pytest

from execution.buckets import Buckets
from execution.documents import Documents
from execution.http import GraphQLEndpoint
from execution.limits import Limits
from execution.prices import cost_map
from tests.http.asking import post
from tests.http.sample import make_context, schema

pytestmark = pytest.mark.anyio

ROW = "{ id parent { name } }"


def requested(document: str, **variables: object) -> int:
    return Documents(schema).document(document).operation(None).cost.requested(variables)


@pytest.mark.parametrize(
    ("document", "points"),
    [
        ("{ hello }", 1),
        ("{ __typename }", 1),
        ("{ animal { name } }", 1),
        ("{ animal { parent { parent { name } } } a: animal { id } }", 4),
        ("{ herd { name } }", 11),
        (f"{{ herd {ROW} }}", 21),
        ("{ animals(ids: [1, 2, 3]) { name } }", 4),
        ("{ animals(ids: []) { name } }", 1),
        ("{ animal { children { totalCount pageInfo { hasNextPage } } } }", 3),
        ("{ animal { children { nodes { name } } } }", 12),
        (f"{{ animal {{ children(first: 3) {{ nodes {ROW} }} }} }}", 8),
        (f"{{ animal {{ children(last: 3) {{ edges {{ cursor node {ROW} }} }} }} }}", 8),
        ("{ animal { children(first: null) { nodes { name } } } }", 12),
        ("{ animal { children(first: 0) { nodes { name } } } }", 2),
        ("{ animal { children(first: -5) { nodes { name } } } }", 2),
        ("{ animal { children(first: 1000000) { nodes { name } } } }", 102),
        ("{ animal { children(first: 2) { nodes { children(first: 5) { nodes { name } } } } } }", 2 + 2 * (1 + 1 + 5)),
        ("{ ...F ...F } fragment F on Query { animal { name } }", 2),
        ("{ ... { animal { name } } ... on Query { animal { id } } }", 2),
        ("{ animal @skip(if: true) { name } }", 1),
        ("{ animal @include(if: false) { name } ... @skip(if: true) { herd { id } } }", 1),
        ("{ animal @include(if: true) { name } herd @skip(if: false) { id } }", 12),
        ('mutation { rename(name: "x") { name } }', 11),
        ("mutation { signIn }", 10),
        ("{ __schema { types { name } } }", 3),
        ('{ __type(name: "Query") { ...F } } fragment F on __Type { name fields { name } }', 4),
    ],
)
def test_the_formula(document: str, points: int) -> None:
    assert requested(document) == points


def test_rows_and_conditions_follow_the_variables() -> None:
    document = """query($n: Int = 3, $last: Int, $ids: [ID!]!, $no: Boolean!, $yes: Boolean = true) {
        animal { children(first: $n, last: $last) { nodes { name } } }
        animals(ids: $ids) @skip(if: $no) { name }
        herd @include(if: $yes) { name }
    }"""

    assert requested(document, ids=[], no=True) == 1 + 1 + 3 + 11
    assert requested(document, ids=["a", "b"], no=False, yes=False, n=7) == 1 + 1 + 7 + 1 + 2
    assert requested(document, ids="a", no=False, n=None, last=4) == 1 + 1 + 4 + (1 + 10) + 11
    assert requested(document, ids=[], no=True, n="many", last=True) == 1 + 1 + 10 + 11


def test_a_default_too_large_to_be_a_number_of_rows_is_none() -> None:
    document = "query($id: ID = 9999999999999) { animals(ids: [$id]) { name } animal(id: $id) { id } }"

    assert requested(document) == 3


async def shown(app: GraphQLEndpoint, document: str, **variables: object) -> Any:
    return (await post(app, document, variables=variables)).json["extensions"]["cost"]


async def test_what_was_not_found_is_given_back(app: GraphQLEndpoint) -> None:
    cost = await shown(app, "{ herd { id parent { name } } }")

    assert cost == {"requested": 21, "actual": 7, "limit": 20_000, "remaining": 19_993, "retryAfterMs": 0}


async def test_a_refused_variable_costs_a_point(app: GraphQLEndpoint) -> None:
    cost = await shown(app, "query($id: ID!) { animal(id: $id) { id parent { id } } }", id={})

    assert (cost["requested"], cost["actual"], cost["remaining"]) == (2, 1, 19_999)


async def test_null_costs_what_asking_for_it_does(app: GraphQLEndpoint) -> None:
    assert (await shown(app, "{ animals(ids: []) { parent { id } } }"))["actual"] == 1
    assert (await shown(app, "{ neverNull animal { id } }"))["actual"] == 1


async def test_too_much_at_once_is_refused_before_anything_runs() -> None:
    app = GraphQLEndpoint(schema, make_context=make_context, limits=Limits(cost=20))

    answered = await post(app, "{ herd { parent { id } } }", accept="application/graphql-response+json")

    assert answered.status == 400
    assert answered.error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "COST", "allowed": 20, "actual": 21}


async def test_a_dry_run_tells_the_cost_and_runs_nothing_else() -> None:
    app = GraphQLEndpoint(schema, make_context=make_context, limits=Limits(cost=20))
    document = "query($dry: Boolean!) { rateLimit(dryRun: $dry) broken herd { parent { id } } }"

    answered = (await post(app, document, variables={"dry": True})).json
    literal = (await post(app, "{ herd { parent { id } } rateLimit(dryRun: true) }")).json
    real = (await post(app, document, variables={"dry": False})).json

    assert answered["data"] == literal["data"] == {"rateLimit": 21}
    assert "errors" not in answered
    assert answered["extensions"]["cost"] | {"remaining": 0} == {
        "requested": 21,
        "actual": 1,
        "limit": 20_000,
        "remaining": 0,
        "retryAfterMs": 0,
    }
    assert literal["extensions"]["cost"]["remaining"] == 19_998
    assert real["errors"][0]["extensions"]["limit"] == "COST"


async def test_asking_for_the_rest_without_a_dry_run_runs_everything(app: GraphQLEndpoint) -> None:
    assert (await post(app, "{ rateLimit hello }")).json["data"] == {"rateLimit": 1, "hello": "hello world"}


async def test_an_empty_bucket_refuses_with_the_time_to_wait() -> None:
    app = GraphQLEndpoint(schema, make_context=make_context, limits=Limits(bucket=15, refill_per_second=10))
    await post(app, "{ animals(ids: [1, 2]) { id } }")

    answered = await post(app, "{ animals(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4]) { id } }")
    other = await post(app, "{ hello }", token="Bearer other")

    assert (answered.status, answered.code, answered.header("retry-after")) == (429, "RATE_LIMITED", "1")
    assert answered.error["extensions"]["retryAfterMs"] == 300
    assert answered.json["extensions"]["cost"]["remaining"] == 12
    assert "data" not in answered.json
    assert other.status == 200


async def test_who_sends_nonsense_runs_dry() -> None:
    app = GraphQLEndpoint(schema, make_context=make_context, limits=Limits(bucket=25))

    statuses = [(await post(app, f"{{ nonsense{each} }}")).status for each in range(5)]

    assert statuses == [200, 200, 200, 429, 429]
    assert len(app.documents) == 3


def test_a_bucket_is_refilled_steadily_and_never_over_its_brim() -> None:
    buckets = Buckets(100, 10)
    buckets.take("a", 100, now=0.0)

    assert buckets.remaining("a", now=0.0) == 0
    assert buckets.wait_milliseconds("a", 25, now=0.0) == 2_500
    assert buckets.remaining("a", now=2.5) == 25
    assert buckets.wait_milliseconds("a", 25, now=2.5) == 0
    assert buckets.remaining("a", now=1_000.0) == 100
    buckets.give_back("a", 500, now=1_000.0)
    assert buckets.remaining("a", now=1_000.0) == 100


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    buckets = Buckets(100, 10)
    buckets.take("a", 100, now=50.0)

    assert buckets.remaining("a", now=10.0) == 0


def test_the_longest_unused_buckets_are_forgotten() -> None:
    buckets = Buckets(100, 10, callers=2)
    for caller in ("a", "b", "a", "c"):
        buckets.take(caller, 10, now=0.0)

    assert [buckets.remaining(each, now=0.0) for each in ("a", "b", "c")] == [80, 100, 90]


def test_the_published_map_names_what_costs_something() -> None:
    published = cost_map(schema._schema)

    assert "Animal.children 1 + rows * (0 + selection), 10 rows by default\n" in published
    assert "Animal.parent 1\n" in published
    assert "AnimalConnection.nodes 0 + rows of the connection * (1 + selection)\n" in published
    assert "AnimalConnection.totalCount 1\n" in published
    assert "AnimalEdge.node 1\n" in published
    assert "Mutation.rename 11\n" in published
    assert "Query.herd 1 + rows * (1 + selection), 10 rows by default\n" in published
    assert "hello" not in published
    assert "__" not in published
