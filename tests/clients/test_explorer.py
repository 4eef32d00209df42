"""The explorer in a real browser: nothing comes from elsewhere, and the strict policy for its content holds."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import RunsNode

pytestmark = pytest.mark.clients


GREETING = ('query Greeting { hello(name: "explorer") }', "hello explorer", "hello")
"""A query, a text in its answer, and a field that the docs show."""


def look(node: RunsNode, chromium: str, address: str, profile: Path, words: tuple[str, str, str] = GREETING) -> Any:
    """What was seen in the browser when such a query was typed and run, and the docs were opened."""
    return json.loads(node("explorer/explorer.mjs", f"{address}/graphql", chromium, str(profile), *words))


def works(seen: dict[str, Any], words: tuple[str, str, str] = GREETING) -> bool:
    """Whether the answer and the docs were there, and nothing was refused, failed or came from elsewhere."""
    troubles = [seen[kind] for kind in ("violations", "failed", "foreign", "errors")]
    return words[1] in seen["answer"] and words[2] in seen["docs"] and not any(troubles)


def test_a_query_is_typed_and_run_and_the_docs_are_read(
    node: RunsNode, chromium: str, address: str, tmp_path: Path
) -> None:
    seen = look(node, chromium, address, tmp_path / "profile")

    assert works(seen), seen


def test_the_docs_are_there_when_introspection_is_off(
    node: RunsNode, chromium: str, address_without_introspection: str, tmp_path: Path
) -> None:
    seen = look(node, chromium, address_without_introspection, tmp_path / "profile")

    assert works(seen), seen


def test_the_application_itself_is_explored(node: RunsNode, chromium: str, real_address: str, tmp_path: Path) -> None:
    words = ("{ __typename }", '"Query"', "viewer")

    seen = look(node, chromium, real_address, tmp_path / "profile", words)

    assert works(seen, words), seen
