"""The explorer in a real browser: nothing comes from elsewhere, and the strict policy for its content holds."""

import json
from pathlib import Path

import pytest

from tests.clients.conftest import RunsNode

pytestmark = pytest.mark.clients


QUERY, ANSWER, FIELD = 'query Greeting { hello(name: "explorer") }', "hello explorer", "hello"


def look(node: RunsNode, chromium: str, address: str, profile: Path) -> None:
    seen = json.loads(node("explorer/explorer.mjs", f"{address}/graphql", chromium, str(profile), QUERY, ANSWER, FIELD))

    assert ANSWER in seen["answer"]
    assert FIELD in seen["docs"]
    assert not any(seen[kind] for kind in ("violations", "failed", "foreign", "errors")), seen


def test_a_query_is_typed_and_run_and_the_docs_are_read(
    node: RunsNode, chromium: str, address: str, tmp_path: Path
) -> None:
    look(node, chromium, address, tmp_path)


def test_the_docs_are_there_when_introspection_is_off(
    node: RunsNode, chromium: str, address_without_introspection: str, tmp_path: Path
) -> None:
    look(node, chromium, address_without_introspection, tmp_path)
