"""What a mutation has answered is shown by a plan, once it is known; what hangs on it is one statement."""

from typing import Any

import pytest

from execution.planning.following import Followed, Outcome, executor
from execution.planning.planner import MOST_OUTCOMES, MOST_VARIANTS
from execution.planning.showing import reader_of
from execution.planning.statement import Unplannable
from execution.plans import Scaled
from tests.databases import Database
from tests.execution.both import Both
from tests.execution.sample.rights import Context
from tests.execution.sample.types import schema
from tests.execution.sample.world import ACME, ANNA, BETA, BOB, GAMMA, invoice, org, product, specimen

pytestmark = pytest.mark.anyio

LEAVES = """mutation($id: ID!) { find(input: {specimen: $id}) {
    __typename ... on Found { note it { id name worth { amount } mayFeed isUnknown guardedAdvice { words } } } } }"""
EDGES = """mutation($id: ID!) { find(input: {specimen: $id, product: "PRODUCT"}) { ... on Found {
    it { name children { totalCount nodes { id } } parent { id } }
    product { name organization { name } lastInvoice { number } }
    cabinet { favourite { id } } } } }""".replace("PRODUCT", product(1))
LOST = f'lose(specimen: "{specimen(1)}") {{ ... on Nothing {{ instead {{ parent {{ id }} }} }} }}'
WRONG = LOST.replace("lose", "refuse").replace("parent { id }", "children(first: -1) { totalCount }")


@pytest.fixture
def both(small_world: Database) -> Both:
    return Both()


@pytest.mark.parametrize(("text", "number"), [(LEAVES, 0), (EDGES, 1)])
async def test_what_hangs_on_all_rows_of_an_answer_is_one_statement(
    both: Both, small_database: Database, text: str, number: int
) -> None:
    await both.ask(text, {"id": specimen(3)}, BOB)  # compiled, and held against the fields
    operation = both.documents.document(text).operation(None)
    context, needed = Context(BOB), list[int]()

    async def follow(outcome: Outcome) -> Followed | None:
        with small_database.count_statements() as statements:
            followed = await both.planner.follow(operation.plans, outcome)
        needed.append(statements.count)
        return followed

    runner = {**executor(schema, operation, both.planner), "follow": follow}
    await both.by_fields(operation.document, {"id": specimen(3)}, context, **runner)

    assert needed == [number]
    assert both.planner.counts["followed"] == 2


async def test_mutations_run_once_each_and_in_their_order(both: Both) -> None:
    """Both executors note what they run, and are compared."""
    text = f"""mutation {{
        a: find(input: {{specimen: "{specimen(1)}"}}) {{ ... on Found {{ it {{ parent {{ id }} }} }} }}
        b: refuse {{ __typename }}
        c: refuse(specimen: "{specimen(2)}") {{ ... on Refusal {{ code path }} ... on Nothing {{ instead {{ id }} }} }}
        a: find(input: {{specimen: "{specimen(1)}"}}) {{ ...more }}
    }} fragment more on Found {{ note it {{ keeper {{ name }} }} }}"""

    result = await both.ask(text)

    assert list(result.data or {}) == ["a", "b", "c"]
    assert [error.path for error in result.errors or ()] == [["b"]]
    assert both.planner.counts["followed"] == 2


async def test_a_hidden_row_hangs_on_no_row_that_is_answered(both: Both) -> None:
    text = """mutation($o: ID!, $s: ID!, $i: ID!) { find(input: {organization: $o, specimen: $s, invoice: $i}) {
        ... on Found {
            organization { name taxNumber products { totalCount } openInvoiceCount }
            invoice { number product { name } lines { text } } it { organization { name } } } } }"""

    for viewer in (ANNA, BOB, None):
        for number, owner in enumerate((ACME, BETA, GAMMA), 1):
            await both.ask(text, {"o": org(owner), "s": specimen(number), "i": invoice(number * 3)}, viewer)

    assert both.planner.counts["followed"] == 9
    assert both.planner.counts["compiled"] == 1


async def test_a_plan_serves_whoever_its_questions_fit(both: Both) -> None:
    text = """mutation($first: Int, $all: Boolean!) { listThem(first: $first) {
        ... on Listed { specimens { name @include(if: $all) parent { name } } } } }"""

    for first, all_, viewer in ((2, True, ANNA), (2, True, BOB), (3, True, BOB), (2, False, BOB), (2, True, None)):
        await both.ask(text, {"first": first, "all": all_}, viewer)

    assert both.planner.counts["compiled"] == 3
    assert both.planner.counts["followed"] == 5


async def test_plans_of_answers_are_bounded(both: Both) -> None:
    root = "listThem(first: $n) { ... on Listed { specimens { parent { id } } } }"
    roots = " ".join(f"r{number}: {root}" for number in range(70))

    for number in range(18):
        await both.ask(f"mutation($n: Int) {{ {root} }}", {"n": number})
    await both.ask(f"mutation($n: Int) {{ {roots} }}", {"n": 1})

    plans = [both.documents.document(each).operation(None).plans for each in list(both.documents._documents)]
    assert max(len(shown.results) for each in plans for shown in each.outcomes.values()) == MOST_VARIANTS
    assert max(len(each.outcomes) for each in plans) <= MOST_OUTCOMES


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LOST, "a row that is not stored"),
        ("lose { ... on Found { it { name } } }", "a function that failed"),
        ("listThem(first: 24) { ... on Listed { specimens { parent { id } } } }", "more rows than one statement names"),
        ("listThem { ... on Listed { pairs { row { parent { id } } } } }", "Specimen stands in a list of values"),
        ("listThem { ... on Listed { pairs { cabinet { favourite { id } } } } }", "Cabinet stands in a list of values"),
        (WRONG, "arguments that are refused"),
    ],
)
async def test_what_has_no_plan_is_shown_field_by_field(both: Both, text: str, reason: str) -> None:
    for _ in range(2):
        await both.ask(f"mutation {{ {text} }}")

    assert both.planner.reasons == {reason: 2}


async def test_values_in_lists_and_rows_without_edges_are_shown_as_they_are(both: Both) -> None:
    await both.ask("""mutation { listThem(first: 3) { ... on Listed {
        pairs { __typename row { name worth { fine } } } advices { length words at worth { amount } }
        worth { whole } products { name price { amount } organization { name } } } } }""")

    assert both.planner.counts["followed"] == 1


def test_what_no_row_shows_by_itself_has_no_plan() -> None:
    definition: Any = schema._schema.type_map["Worth"].fields["amount"]  # type: ignore[attr-defined]  # an object type

    with pytest.raises(Unplannable, match="amount cannot be read of a row"):
        reader_of(Scaled(of="amount_minor", places=2), definition.extensions["strawberry-definition"])
