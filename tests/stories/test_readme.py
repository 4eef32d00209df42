"""The first query of the README, and its answer, as a newcomer sees them over the demo."""

import json
import re
from pathlib import Path

import pytest

from server.demo.people import PASSWORD, WEBMASTER
from server.demo.small import load_small_world
from tests.world import Client, World

pytestmark = pytest.mark.anyio

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def block(language: str) -> str:
    """The first block of a language in the README."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


async def test_the_first_query_of_the_readme_is_answered_as_it_says(world: World) -> None:
    await load_small_world(world.passwords, world.clock.now())
    entered = await world.stranger().do("logIn", "... on LogInSuccess { secret }", email=WEBMASTER, password=PASSWORD)

    answer = await Client(world.http, entered.result()["secret"]).ask(block("graphql"))

    shown = json.loads(block("json"))
    assert answer.data == shown["data"]
    assert {key: answer.body["extensions"]["cost"][key] for key in ("requested", "actual")} == {
        key: shown["extensions"]["cost"][key] for key in ("requested", "actual")
    }


def test_the_readme_names_the_demo_login_and_password() -> None:
    assert WEBMASTER in README
    assert PASSWORD in README
