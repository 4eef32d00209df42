"""The sub-selects of values of a request, written once for every request.

A value that the database reads by a sub-select is asked for it with a marked context: one whose own values are marks.
The marks are found again among the parameters of what the ORM writes, and become parameters of the plan.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from pypika_tortoise.queries import QueryBuilder
from tortoise.connection import get_connections
from tortoise.expressions import Subquery

from execution.given import Given
from execution.planning.requests import Reader, Request
from execution.planning.statement import Builder

_PLACES = {"postgres": re.compile(r"\$\d+"), "sqlite": re.compile(r"\?")}


def subselect(given: Given, builder: Builder, context: Any, columns: str = "(v)") -> str:
    """The name of the shared sub-select of a value; its one column is called `v`, unless it has several."""
    return builder.share(given, lambda: _written(given, builder, context), columns)


def _written(given: Given, builder: Builder, context: Any) -> str:
    assert given.stored is not None
    marked, marks = context.marked()
    text, values = _rendered(given.stored(marked))
    parts = _PLACES[builder.dialect.name].split(text)
    assert len(parts) == len(values) + 1, given.name
    written = [parts[0]]
    for value, part in zip(values, parts[1:], strict=True):
        written += [_placed(value, marks, builder), part]
    return "".join(written)


def _rendered(stored: Any) -> tuple[str, list[Any]]:
    if isinstance(stored, Subquery):
        query = stored.query
        query._choose_db_if_not_chosen()
        query._make_query()
        stored = query.query
    if not isinstance(stored, QueryBuilder):
        raise TypeError(f"{type(stored).__name__} is no sub-select")
    context = get_connections().all()[0].query_class.SQL_CONTEXT
    text, values = stored.get_parameterized_sql(context)
    return text, list(values)


@cache
def _as_stored(reader: Reader) -> Reader:
    """Reads the key behind a mark as columns store keys."""

    def read(request: Request) -> str | None:
        key: UUID | None = reader(request)
        return None if key is None else key.hex

    return read


def _placed(value: Any, marks: Mapping[UUID, Any], builder: Builder) -> str:
    for mark, reader in marks.items():
        if value in (mark, mark.hex, str(mark)):
            return builder.parameter(_as_stored(reader))
    return builder.dialect.literal(value)
