"""Plans answer as the fields do, over a world with everything that they could see differently."""

from contextlib import nullcontext

import pytest

from tests.databases import Database
from tests.execution.both import Both, ask_at_random, small_pool
from tests.execution.defects import EVERYWHERE, IN_POSTGRESQL, IN_RESULTS, Plant
from tests.random_documents.executors import Differs
from tests.sizes import sized

pytestmark = pytest.mark.anyio

# Each is asked by four viewers with four sets of variables; in full these are 100,000 runs.
DOCUMENTS = sized(small=250, full=25_000)


@pytest.mark.soak
@pytest.mark.usefixtures("small_world")
async def test_random_queries_are_answered_alike() -> None:
    both = Both()

    await ask_at_random(both, range(DOCUMENTS), small_pool())

    # What has no plan is compared with itself.
    assert both.planner.counts["planned"] > 4 * DOCUMENTS * 0.8, both.planner.reasons


@pytest.mark.soak
@pytest.mark.usefixtures("small_world")
async def test_what_random_mutations_answer_is_shown_alike() -> None:
    both = Both()

    await ask_at_random(both, range(DOCUMENTS), small_pool(), mutations=True)

    assert both.planner.counts["followed"] > 4 * DOCUMENTS * 0.8, both.planner.reasons


@pytest.mark.parametrize("plant", IN_RESULTS)
@pytest.mark.usefixtures("small_world")
async def test_a_defect_in_what_a_mutation_answers_is_noticed(monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)

    with pytest.raises(Differs):
        await ask_at_random(Both(), range(DOCUMENTS), small_pool(), mutations=True)


@pytest.mark.parametrize("plant", EVERYWHERE)
@pytest.mark.usefixtures("small_world")
async def test_a_planted_defect_is_noticed(monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)

    with pytest.raises(Differs):
        await ask_at_random(Both(), range(DOCUMENTS), small_pool())


@pytest.mark.parametrize("plant", IN_POSTGRESQL)
@pytest.mark.usefixtures("small_world")
async def test_a_defect_that_shows_in_postgresql_is_noticed(
    monkeypatch: pytest.MonkeyPatch, small_database: Database, plant: Plant
) -> None:
    plant(monkeypatch)

    with pytest.raises(Differs) if small_database.kind == "postgresql" else nullcontext():
        await ask_at_random(Both(), range(DOCUMENTS), small_pool())
