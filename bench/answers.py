"""Whether two servers answer the same, however each spells and nests it."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

CURSORS = {"cursor", "endCursor"}  # each server has its own
ID = re.compile(r"[a-z]{3}_([0-9a-f]{32})")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\S+")


def leaves(value: Any) -> Iterator[object]:
    """The values of an answer, in their order: ids as keys, instants as instants, without cursors."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in CURSORS:
                yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield _plain(value)


def _plain(value: Any) -> object:
    if not isinstance(value, str):
        return value
    if found := ID.fullmatch(value):
        return UUID(found[1])
    if INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    try:
        return UUID(value)
    except ValueError:
        return value


def difference(ours: Any, theirs: Any) -> str | None:
    """Where two answers differ first; None when they hold the same data."""
    for place, (mine, yours) in enumerate(zip_longest(leaves(ours), leaves(theirs), fillvalue="nothing")):
        if mine != yours:
            return f"value {place}: {mine!r} here, {yours!r} there"
    return None
