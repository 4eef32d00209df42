"""Plans answer as the fields do: over the whole schema, whoever asks, whatever the variables, on warm plans."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, type_from_ast

from execution.tables import public_id
from models import Organization, Product, User
from server.demo.small import load_small_world
from tests.execution.defects import guard_dropped, seen_dropped_at_an_edge, seen_dropped_at_an_entry
from tests.random_documents.executors import Differs, ask_both, forget_plans, give_everybody_points, planner_of
from tests.random_documents.generating import MISTAKES, SDL, Generator
from tests.random_documents.test_random_documents import Crowd
from tests.random_documents.values import Pool, Values
from tests.sizes import sized
from tests.world import World

pytestmark = pytest.mark.anyio

# Each is asked by four viewers with four sets of variables; in full these are 100,000 runs.
DOCUMENTS = sized(small=200, full=25_000)
# How much is left in a bucket depends on what was asked before, so the numbers of the two executors differ.
NOT_COMPARED = "rateLimit"

PROJECT = Path(__file__).parents[2]
FOLDERS = ("docs/examples", "tests/clients/operations", "bench/documents", "bench/documents/own")
PAGES = ("README.md", *sorted(str(path.relative_to(PROJECT)) for path in (PROJECT / "docs").glob("*.md")))
FENCED = re.compile(r"^```graphql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"^# (as|variables): (.*)$", re.MULTILINE)


async def ask_at_random(world: World, crowd: Crowd, documents: int) -> int:
    """Ask random documents, each as four viewers and with four sets of variables; answers how many times."""
    asked = 0
    for seed in range(documents):
        random = Random(seed)  # noqa: S311 -- documents must be the same again
        document = Generator(random, crowd.pool).query()
        if NOT_COMPARED in document.text:
            continue
        sets = [document.variables] + [document.other_variables(random, crowd.pool) for _ in range(3)]
        for variables, (client, _) in zip(sets, random.sample(crowd.clients, 4), strict=True):
            answer = await ask_both(world, client, document.text, variables)

            crowd.pool.learn(document.lists(variables), answer.body.get("data"))
            asked += 1
    return asked


@pytest.mark.soak
async def test_random_queries_are_answered_alike(world: World) -> None:
    crowd = await Crowd.gather(world)
    give_everybody_points(world)

    asked = await ask_at_random(world, crowd, DOCUMENTS)

    # What has no plan is compared with itself.
    reasons = planner_of(world).reasons
    assert planner_of(world).counts["planned"] > asked * 0.6, reasons
    assert not reasons["a function that failed"]


async def test_a_right_that_a_plan_forgets_is_noticed(world: World) -> None:
    """The planted defects; all others are planted in a smaller world."""
    crowd = await Crowd.gather(world)
    give_everybody_points(world)
    for plant in (seen_dropped_at_an_edge, seen_dropped_at_an_entry, guard_dropped):
        forget_plans(world)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Differs):
            plant(patch)
            await ask_at_random(world, crowd, DOCUMENTS)


def written_queries() -> Iterator[Any]:
    """Every query that we have written down for somebody: examples, operations of our clients, pages."""
    files = [path for folder in FOLDERS for path in sorted((PROJECT / folder).glob("*.graphql"))]
    found = {str(path.relative_to(PROJECT)): path.read_text("utf-8") for path in files}
    for name in PAGES:
        fenced = FENCED.findall((PROJECT / name).read_text("utf-8"))
        found.update({f"{name}-{number}": text for number, text in enumerate(fenced)})
    for name, text in found.items():
        if NOT_COMPARED not in text and operations_of(text)[0].operation is OperationType.QUERY:
            yield pytest.param(text, id=name)


def operations_of(text: str) -> list[OperationDefinitionNode]:
    return [each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode)]


@pytest.mark.parametrize("text", [each for each in written_queries() if NOT_COMPARED not in each.values[0]])
async def test_what_we_have_written_down_is_answered_alike(world: World, text: str) -> None:
    (operation,) = operations_of(text)
    await load_small_world(world.passwords, world.clock.now())
    give_everybody_points(world)
    said = dict(SAID.findall(text))
    pool = Pool([public_id(row) for model in (Organization, Product) for row in await model.all()], ["a", "lumière"])
    clients = [world.stranger()] + [await world.sign_in(user) for user in await User.all().order_by("login").limit(5)]
    definitions = operation.variable_definitions or ()
    for seed, client in enumerate(clients * 2):
        values = Values(Random(seed), pool, MISTAKES)  # noqa: S311 -- values must be the same again
        others = {
            each.variable.name.value: values.of(type_from_ast(SDL, each.type), each.variable.name.value)  # type: ignore[arg-type] # an input type
            for each in definitions
        }
        for variables in (json.loads(said.get("variables", "{}")), others):
            answer = await ask_both(world, client, text, variables)

            assert answer.body.get("data") or answer.codes
