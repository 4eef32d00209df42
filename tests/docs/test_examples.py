"""Every example of docs/examples runs over the demo as it is written, and ends as its comments say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from models import User
from server.demo.money import add_money
from server.demo.small import load_small_world
from tests.world import Answer, World

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
EXAMPLES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.graphql"))}


def header(text: str, name: str) -> str | None:
    """What a comment of an example says after `name:`."""
    found = re.search(rf"^# {name}: (.*)$", text, re.MULTILINE)
    return found[1] if found else None


def texts(values: str | None) -> list[str]:
    return [values] if values else []


def refusals(answer: Answer) -> list[str]:
    """The codes of the refusals among the answered mutations."""
    found: list[Any] = list(answer.body["data"].values())
    return [each["code"] for each in found if isinstance(each, dict) and "message" in each]


def denials(answer: Answer) -> list[str]:
    """The rights that were lacking; any other error counts as well, by its code."""
    found = [error["extensions"] for error in answer.body.get("errors", ())]
    return [each.get("requiredRight", each["code"]) for each in found]


def test_there_is_an_example_for_each_first_step() -> None:
    assert len(EXAMPLES) >= 14
    for word in ("refused", "denied", "as", "variables"):
        assert any(header(text, word) for text in EXAMPLES.values()), word


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_runs_as_it_is_written(world: World, name: str) -> None:
    await load_small_world(world.passwords, world.clock.now())
    await add_money(world.clock.now())
    text = EXAMPLES[name]
    login, variables = header(text, "as"), json.loads(header(text, "variables") or "{}")
    client = await world.sign_in(await User.get(login_key=login)) if login else world.stranger()

    answer = await client.ask(text, **variables)

    assert refusals(answer) == texts(header(text, "refused"))
    assert denials(answer) == texts(header(text, "denied"))
    assert all(found not in (None, [], {}) for found in answer.body["data"].values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_what_it_is_for(name: str) -> None:
    first = EXAMPLES[name].splitlines()[0]

    assert first.startswith("# ")
    assert len(first) > 20
