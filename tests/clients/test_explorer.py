"""The explorer in a real browser: nothing comes from elsewhere, and the strict policy for its content holds."""

import json
from pathlib import Path

import pytest

from tests.clients.conftest import RunsNode

pytestmark = pytest.mark.clients


def test_a_query_is_typed_and_run_and_the_docs_are_read(
    node: RunsNode, chromium: str, address: str, tmp_path: Path
) -> None:
    seen = json.loads(node("explorer/explorer.mjs", f"{address}/graphql", chromium, str(tmp_path)))

    assert '"hello": "hello explorer"' in seen["answer"]
    assert "hello(name: String!" in seen["docs"]
    assert not any(seen[kind] for kind in ("violations", "failed", "foreign", "errors")), seen


def test_the_docs_are_there_when_introspection_is_off(
    node: RunsNode, chromium: str, address_without_introspection: str, tmp_path: Path
) -> None:
    address = address_without_introspection

    seen = json.loads(node("explorer/explorer.mjs", f"{address}/graphql", chromium, str(tmp_path)))

    assert '"hello": "hello explorer"' in seen["answer"]
    assert "hello(name: String!" in seen["docs"]
    assert not any(seen[kind] for kind in ("violations", "failed", "foreign", "errors")), seen
