"""The explorer in a real browser: nothing comes from elsewhere, and the strict policy for its content holds."""

import json
from pathlib import Path

import pytest

from tests.clients.conftest import RunsNode

pytestmark = pytest.mark.clients


GREETING = ('query Greeting { hello(name: "explorer") }', "hello explorer", "hello")
"""A query, a text in its answer, and a field that the docs show."""


def look(node: RunsNode, chromium: str, address: str, profile: Path, words: tuple[str, str, str] = GREETING) -> None:
    seen = json.loads(node("explorer/explorer.mjs", f"{address}/graphql", chromium, str(profile), *words))

    assert words[1] in seen["answer"]
    assert words[2] in seen["docs"]
    assert not any(seen[kind] for kind in ("violations", "failed", "foreign", "errors")), seen


def test_a_query_is_typed_and_run_and_the_docs_are_read(
    node: RunsNode, chromium: str, address: str, tmp_path: Path
) -> None:
    look(node, chromium, address, tmp_path / "profile")


def test_the_docs_are_there_when_introspection_is_off(
    node: RunsNode, chromium: str, address_without_introspection: str, tmp_path: Path
) -> None:
    look(node, chromium, address_without_introspection, tmp_path / "profile")


def test_the_application_itself_is_explored(node: RunsNode, chromium: str, real_address: str, tmp_path: Path) -> None:
    look(node, chromium, real_address, tmp_path / "profile", ("{ __typename }", '"Query"', "viewer"))
