"""Every example of docs/examples runs over the demo as it is written, without an error or a refusal."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from models import User
from server.demo.small import load_small_world
from tests.world import World

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
EXAMPLES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.graphql"))}


def header(text: str, name: str) -> str | None:
    """What a comment of an example says after `name:`."""
    found = re.search(rf"^# {name}: (.*)$", text, re.MULTILINE)
    return found[1] if found else None


def everything(value: Any) -> list[Any]:
    """All values of an answer, however deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value, *(each for item in inner for each in everything(item))]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_runs_as_it_is_written(world: World, name: str) -> None:
    await load_small_world(world.passwords, world.clock.now())
    text = EXAMPLES[name]
    login, variables = header(text, "as"), json.loads(header(text, "variables") or "{}")
    client = await world.sign_in(await User.get(login_key=login)) if login else world.stranger()

    answer = await client.ask(text, **variables)

    assert "errors" not in answer.body, answer.body
    assert not [each for each in everything(answer.data) if isinstance(each, dict) and "problems" in each]
    assert all(found not in (None, [], {}) for found in answer.data.values())
    assert '"message"' not in json.dumps(answer.data)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_what_it_is_for(name: str) -> None:
    first = EXAMPLES[name].splitlines()[0]

    assert first.startswith("# ")
    assert len(first) > 20
