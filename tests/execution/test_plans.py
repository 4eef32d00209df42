"""What a plan is: one statement, asked again for whoever its questions fit; what has none runs field by field."""

from dataclasses import replace
from typing import Any

import pytest
from graphql.execution.values import VariableValues
from pypika_tortoise.queries import Query, Table
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError
from tortoise.expressions import Q

from execution.given import Given
from execution.planning.conditions import FALSE, TRUE, Conditions, joined, truth_reader
from execution.planning.objects import Objects
from execution.planning.planner import DIALECTS, MOST_VARIANTS
from execution.planning.requests import Questions, Request
from execution.planning.selecting import Selected, Selections
from execution.planning.statement import Builder, Unplannable
from execution.planning.subselects import subselect
from execution.plans import Edge
from execution.tables import table_of
from tests.databases import Database
from tests.execution.both import Both
from tests.execution.sample import models
from tests.execution.sample.models import Organization
from tests.execution.sample.rights import BILLED, Context
from tests.execution.sample.types import schema
from tests.execution.sample.world import ACME, ANNA, BOB, invoice, org, product, specimen

pytestmark = pytest.mark.anyio


@pytest.fixture
def both(small_world: Database) -> Both:
    return Both()


DOCUMENTS = """
{ me { name birthday } }
{ organizations { totalCount nodes { name taxNumber wallet { balance { amount } } productCounts { kind count } } } }
{ organization(id: "ACME") { products(first: 3, filter: {kind: [MAIL]}) { totalCount nodes { name } } } }
{ node(id: "PRODUCT") { ... on Product { lastInvoice { lines { text } } price { amount } } } }
{ invoices(last: 2) { pageInfo { hasPreviousPage } edges { cursor node { number isOverdue } } } }
{ nodes(ids: ["ACME", "PRODUCT", "INVOICE"]) { id } }
{ cabinet { specimens(first: 2) { nodes { litter { name } eldest { young { name } } } } } }
{ organizations @skip(if: true) { totalCount } }
{ organizations { totalCount @skip(if: true) nodes { id @include(if: false) } } me { id @skip(if: true) } }
{ specimen(id: "SPECIMEN") { worth { amount @skip(if: true) } parent { id @skip(if: true) } } }
{ specimens { nodes { id @skip(if: true) } edges { node { ...no } } } } fragment no on Node{ id @skip(if: true) }
{ specimens(first: 1) { pageInfo { ...no } totalCount } } fragment no on PageInfo { endCursor @skip(if: true) }
"""
IDS = {"ACME": org(ACME), "PRODUCT": product(1), "INVOICE": invoice(9), "SPECIMEN": specimen(2)}


@pytest.mark.parametrize("text", DOCUMENTS.strip().splitlines())
async def test_a_query_is_one_statement(both: Both, small_database: Database, text: str) -> None:
    for name, key in IDS.items():
        text = text.replace(f'"{name}"', f'"{key}"')
    await both.ask(text)  # compiled, and held against the fields

    operation = both.documents.document(text).operation(None)
    with small_database.count_statements() as statements:
        answer = await both.planner.answer(operation.plans, {}, Context(ANNA), run_roots=nothing_left)

    assert answer is not None
    assert statements.count == 1


async def nothing_left(_roots: Any) -> Any:
    raise AssertionError("no root was to be run field by field")


async def test_a_question_is_asked_of_the_rows_that_a_statement_has_found(both: Both) -> None:
    await both.ask("{ invoices { nodes { mayPay daysLate } } specimens { nodes { mayFeed told advices { words } } } }")

    assert both.planner.counts["with holes"] == 1


async def test_what_is_looked_up_is_asked_once_for_all_rows_and_each_question(
    both: Both, small_database: Database
) -> None:
    text = "{ organizations { nodes { sums { count } mail: sums(kinds: [MAIL]) { amount { amount } count } } } }"
    await both.ask(text)

    operation = both.documents.document(text).operation(None)
    with small_database.count_statements() as statements:
        await both.planner.answer(operation.plans, {}, Context(ANNA), run_roots=nothing_left)

    assert both.planner.counts["with holes"] == 2
    assert statements.count == 3


async def test_a_plan_serves_whoever_its_questions_fit(both: Both) -> None:
    text = "query($first: Int, $all: Boolean!) { organizations(first: $first) { nodes { name @include(if: $all) } } }"

    for viewer, first in ((ANNA, 1), (BOB, 2), (None, 100)):
        await both.ask(text, {"first": first, "all": True}, viewer)
    shared = both.planner.counts["compiled"]
    await both.ask(text, {"first": 1, "all": False})
    await both.ask(text, {"first": 1, "all": True})

    assert shared == 1
    assert both.planner.counts["compiled"] == 2


async def test_the_variants_of_an_operation_are_bounded_and_the_last_used_is_kept(both: Both) -> None:
    names = [f"v{number}" for number in range(5)]
    given = ", ".join(f"${name}: Boolean!" for name in names)
    text = f"query({given}) {{ me {{ id {' '.join(f'{n}: name @skip(if: ${n})' for n in names)} }} }}"
    everyone = [{name: bool(number >> place & 1) for place, name in enumerate(names)} for number in range(32)]

    for variables in everyone:
        await both.ask(text, variables)
    plans = both.documents.document(text).operation(None).plans
    kept = list(plans.statements)
    await both.ask(text, everyone[-3])

    assert len(kept) == MOST_VARIANTS
    assert plans.statements[0] is kept[2]
    assert both.planner.counts["compiled"] == 32


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"ids": [org(ACME)] * 21}, "more ids than one statement names"),
        ({"ids": ["xyz_" + "0" * 32]}, "an id belongs to nothing"),
        ({"ids": ["junk"]}, "arguments that are refused"),
        ({"ids": None}, "variables that are refused"),
        ({"ids": [], "first": -1}, "arguments that are refused"),
        ({"ids": [], "id": "xyz_" + "0" * 32}, "the id belongs to nothing"),
    ],
)
async def test_values_that_cannot_be_planned_spoil_nothing_for_others(
    both: Both, variables: dict[str, Any], reason: str
) -> None:
    text = """query($ids: [ID!]!, $first: Int, $id: ID!) {
        nodes(ids: $ids) { id } organizations(first: $first) { nodes { id } } node(id: $id) { id } }"""
    usual = {"id": org(ACME), "ids": [invoice(1)]}

    await both.ask(text, usual)
    await both.ask(text, {**usual, **variables})
    await both.ask(text, usual)

    assert both.planner.counts["planned"] == 2
    assert both.planner.reasons == {reason: 1}


async def test_what_a_function_fails_at_is_said_where_it_stands(both: Both) -> None:
    result = await both.ask("{ specimens(first: 100) { nodes { rank complaint } } }")

    assert {error.message for error in result.errors or ()} >= {"It is of no use."}
    assert both.planner.reasons == {"a function that failed": 1}


SPECIMEN = specimen(40)
DEEP = "parent { parent { parent { parent { children { nodes { parent { children { nodes { id } } } } } } } } }"


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (f"{{ specimens(first: 2) {{ nodes {{ {DEEP} }} }} }}", "planned"),
        (
            f'mutation {{ refuse(specimen: "{SPECIMEN}") {{ ... on Nothing {{ instead {{ {DEEP} }} }} }} }}',
            "followed",
        ),
    ],
    ids=["query", "mutation"],
)
async def test_a_statement_that_the_database_cannot_read_is_not_tried_twice(
    both: Both, small_database: Database, text: str, counted: str
) -> None:
    """SQLite's parser has a stack of a hundred."""
    await both.ask(text)
    await both.ask(text)

    if small_database.kind == "sqlite":
        assert both.planner.reasons == {"a statement deeper than the database can read": 2}
    else:
        assert both.planner.counts[counted] == 2


async def test_a_long_key_is_left_to_the_fields_where_the_database_would_cut_it(
    both: Both, small_database: Database
) -> None:
    text = f"{{ me {{ {'n' * 63}: name {'n' * 64}: name }} }}"

    result = await both.ask(text)

    assert result.data == {"me": {"n" * 63: "Anna", "n" * 64: "Anna"}}
    assert both.planner.counts["planned"] == (small_database.kind == "sqlite")


async def test_another_failure_of_the_database_is_no_answer(both: Both) -> None:
    """Only what another executor can answer is handed over to it."""
    text = "{ me { name } }"
    await both.ask(text)
    plans = both.documents.document(text).operation(None).plans
    plans.statements[0] = replace(plans.statements[0], sql="SELECT nothing AS answer")

    with pytest.raises(OperationalError):
        await both.ask(text)


def sub_select_of(given: Given) -> str:
    """What a plan writes for a value of the request."""
    context = Context(ANNA)
    builder = Builder(DIALECTS[get_connections().all()[0].capabilities.dialect], Questions(any_request(context)))
    subselect(given, builder, context)
    return builder.shared[given][-1]


def any_request(context: Context) -> Request:
    return Request(VariableValues({}, {}), context)


@pytest.mark.usefixtures("small_world")
async def test_a_sub_select_holds_marks_and_never_the_viewer() -> None:
    written = sub_select_of(BILLED)

    assert "\x00" in written
    assert ANNA.hex not in written.replace("-", "")


@pytest.mark.usefixtures("small_world")
async def test_a_sub_select_may_be_written_without_models() -> None:
    known = Table("sample_memberships")
    given = Given(
        name="all", memory=set, stored=lambda _: Query.from_(known).where(known.billing == 7).select(known.id)
    )

    assert sub_select_of(given).endswith('"billing"=7')


@pytest.mark.usefixtures("small_world")
async def test_what_is_no_sub_select_is_not_written() -> None:
    with pytest.raises(TypeError, match="frozenset is no sub-select"):
        sub_select_of(Given(name="all", memory=set, stored=lambda _: frozenset()))


@pytest.mark.usefixtures("small_world")
async def test_one_value_has_one_place_however_often_it_is_read() -> None:
    builder = Builder(DIALECTS["sqlite"], Questions(any_request(Context(ANNA))))

    def first(_request: Request) -> int:
        return 1

    def second(_request: Request) -> int:
        return 2

    text = " ".join(builder.parameter(each) for each in (second, first, second))
    unused = builder.parameter(lambda _request: 3)
    statement = builder.finish(text)

    assert unused not in text
    assert statement.sql == "SELECT ?1 ?2 ?1 AS answer"
    assert statement.values(any_request(Context(ANNA))) == [2, 1]


def test_a_value_of_another_schema_is_another_value_whatever_its_name() -> None:
    yes, no = Given(name="signed in", memory=lambda _: True), Given(name="signed in", memory=lambda _: False)
    request = any_request(Context())

    assert request.read(truth_reader(yes)) is True
    assert request.read(truth_reader(no)) is False
    assert truth_reader(yes) is truth_reader(yes)


def test_a_filter_over_a_relation_to_many_rows_has_no_plan() -> None:
    """The house refuses to declare one."""
    conditions = Conditions(Builder(DIALECTS["sqlite"], Questions(any_request(Context()))), any_request(Context()))

    with pytest.raises(Unplannable, match="memberships leads to no single row"):
        conditions.narrowed("t1", models.User, ("memberships", "billing"), lambda _field, at: at)


@pytest.mark.parametrize(
    ("parts", "predicate", "text"),
    [
        (["a", "b"], Q(), "(a AND b)"),
        (["a", "b"], Q(join_type=Q.OR), "(a OR b)"),
        (["a", TRUE], Q(), "(a)"),
        (["a", FALSE], Q(), FALSE),
        (["a", TRUE], Q(join_type=Q.OR), TRUE),
        (["a", FALSE], Q(join_type=Q.OR), "(a)"),
        ([TRUE, TRUE], Q(), TRUE),
        ([FALSE], Q(join_type=Q.OR), FALSE),
        ([], Q(), TRUE),
        (["a", "b"], ~Q(), "NOT (a AND b)"),
        ([FALSE], ~Q(), TRUE),
        ([TRUE], ~Q(), FALSE),
    ],
)
def test_what_is_known_beforehand_is_not_written(parts: list[str], predicate: Q, text: str) -> None:
    assert joined(parts, predicate) == text


@pytest.mark.usefixtures("small_world")
async def test_an_edge_of_an_unknown_kind_has_no_plan() -> None:
    request = any_request(Context())
    dialect = DIALECTS[get_connections().all()[0].capabilities.dialect]
    builder = Builder(dialect, questions := Questions(request))
    core = schema._schema
    objects = Objects(schema, builder, Conditions(builder, request), Selections(core, {}, questions, dialect))
    plan, definition = Edge(over="products"), core.type_map["Organization"].fields["productCount"]  # type: ignore[attr-defined]  # an object type

    with pytest.raises(Unplannable, match="Edge cannot be planned"):
        objects._edges.expression(
            plan, definition, Selected("key", (), "productCount", ()), "t0", table_of(Organization)
        )
