"""How many statements a list costs: the same for one parent as for many."""

import asyncio
from typing import Any

import pytest

from execution.loaders import loader
from tests.databases import Database
from tests.execution.asking import answered
from tests.execution.conftest import Ask
from tests.execution.sample.rights import Context
from tests.execution.sample.world import ACME, BOB, org

pytestmark = pytest.mark.anyio

# What each edge costs beside the statement for the organizations and the question about them.
EDGES = {
    "wallet { id }": 2,
    "products { nodes { name } }": 2,
    "products { totalCount }": 1,
    "products { edges { cursor } nodes { name } pageInfo { endCursor } }": 2,
    "products { totalCount nodes { name } }": 3,
    "products { nodes { organization { name } } }": 4,
    "products { nodes { lastInvoice { number } } }": 4,
    "products { nodes { keeper { name } } }": 3,
    "renewingProducts { name }": 2,
    "productCount": 1,
    "openInvoiceCount": 1,
    "productCounts { count }": 1,
    "invoices { nodes { lines { text } } }": 4,
    "name taxNumber": 0,
}


@pytest.mark.parametrize("edge", EDGES)
async def test_an_edge_costs_the_same_for_one_row_and_for_many(ask: Ask, small_world: Database, edge: str) -> None:
    with small_world.count_statements() as of_one:
        answered(await ask(f'{{ organization(id: "{org(ACME)}") {{ {edge} }} }}'))
    with small_world.count_statements() as of_many:
        answered(await ask(f"{{ organizations {{ nodes {{ {edge} }} }} }}", viewer=BOB))

    assert of_one.count == of_many.count == 2 + EDGES[edge]


async def test_nobody_looking_at_rows_or_total_costs_nothing(ask: Ask, small_world: Database) -> None:
    with small_world.count_statements() as statements:
        answered(await ask("{ organizations { __typename } }"))

    assert statements.count == 0


async def test_aliases_of_one_question_share_its_answer(ask: Ask, small_world: Database) -> None:
    acme = org(ACME)
    document = (
        f'{{ a: node(id: "{acme}") {{ id }} b: organization(id: "{acme}") {{ x: productCount y: productCount }} }}'
    )

    with small_world.count_statements() as statements:
        answered(await ask(document))

    assert statements.count == 3


async def test_a_cancelled_field_takes_no_answer_away_from_the_others() -> None:
    context = Context()

    async def fetch(keys: list[Any]) -> dict[Any, Any]:
        await asyncio.sleep(0.01)
        return {key: key * 2 for key in keys}

    waiting = [loader(context, "doubles", fetch, missing=0).load(1) for _ in range(3)]
    await asyncio.sleep(0)

    waiting[0].cancel()

    assert await asyncio.gather(*waiting[1:]) == [2, 2]
    assert waiting[0].cancelled()


async def test_a_key_that_is_not_fetched_answers_what_is_missing() -> None:
    async def fetch(keys: list[Any]) -> dict[Any, Any]:
        return {}

    assert await loader(Context(), "nothing", fetch, missing="none").load(1) == "none"
