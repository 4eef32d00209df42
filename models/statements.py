"""Statements for what nearly every operation does: written once, and not anew each time, as by the ORM.

That would take several times as long as the database takes to carry one out. Conditions are SQL that both databases
read alike: `?` stands for a value, `IN ?` for a list of them, and columns are spelled as in the tables.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import count
from typing import Any, TypeVar, cast
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections
from tortoise.fields.base import Field
from tortoise.models import Model

RowT = TypeVar("RowT", bound=Model)

_MARK = re.compile(r"IN \?|\?")
_LOCK = " FOR UPDATE"


async def find(model: type[RowT], condition: str, *values: Any) -> list[RowT]:
    """The rows that satisfy a condition, in the order of their keys."""
    return [model._init_from_db(**row) for row in await ask(_selecting(model, condition), *values)]


async def lock(model: type[RowT], condition: str, *values: Any) -> list[RowT]:
    """Lock the rows that satisfy a condition until the transaction ends, in the order of their keys, and read them."""
    return [model._init_from_db(**row) for row in await ask(_selecting(model, condition) + _LOCK, *values)]


async def ask(statement: str, *values: Any) -> list[dict[str, Any]]:
    """The rows that a statement answers, as the database gives them."""
    return await _answer(*_told(statement, values))


async def carry_out(statement: str, *values: Any) -> None:
    """Carry out a statement that answers nothing."""
    await _carry_out(*_told(statement, values))


async def insert(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows of one table in one statement; a column that is left out gets its default, or else NULL."""
    written = [_values_of(model, row) for row in rows]
    if written:
        values = [value for row in written for value in row]
        await _carry_out(_inserting(model, len(written)), values)


async def create(model: type[RowT], **row: Any) -> RowT:
    """Write a row, and answer it as it was stored."""
    (stored,) = await _answer(f"{_inserting(model, 1)} RETURNING {_listed(model)}", _values_of(model, row))
    return model._init_from_db(**stored)


async def insert_unless_there(model: type[Model], row: Mapping[str, Any]) -> bool:
    """Write a row unless there is one with its unique values; answers whether it was written.

    While another transaction is writing such a row, this waits for its end.
    """
    return bool(await _answer(_inserting(model, 1) + " ON CONFLICT DO NOTHING RETURNING 1", _values_of(model, row)))


def as_key(value: Any) -> UUID:
    """A key as either database gives it: a plain UUID."""
    return UUID(int=value.int) if isinstance(value, UUID) else UUID(value)


def columns_of(model: type[Model]) -> Iterable[str]:
    """The columns of a table."""
    return model._meta.fields_db_projection.values()


async def _answer(statement: str, stored: list[Any]) -> list[dict[str, Any]]:
    connection = _connection()
    spelled = _spelled(statement, connection.capabilities.dialect)
    return cast(list[dict[str, Any]], await connection.execute_query_dict(spelled, stored))


async def _carry_out(statement: str, stored: list[Any]) -> None:
    connection = _connection()
    await connection.execute_query(_spelled(statement, connection.capabilities.dialect), stored)


def _connection() -> BaseDBAsyncClient:
    """The transaction that is open here, or else the database."""
    return get_connections().all()[0]


@cache
def _listed(model: type[Model]) -> str:
    return ", ".join(f'"{column}"' for column in columns_of(model))


@cache
def _selecting(model: type[Model], condition: str) -> str:
    return f'SELECT {_listed(model)} FROM "{model._meta.db_table}" WHERE {condition} ORDER BY "id"'  # noqa: S608 -- ours


@cache
def _inserting(model: type[Model], number: int) -> str:
    row = f"({', '.join('?' for _ in columns_of(model))})"
    return f'INSERT INTO "{model._meta.db_table}" ({_listed(model)}) VALUES {", ".join([row] * number)}'  # noqa: S608 -- ours


@cache
def _spelled(statement: str, dialect: str) -> str:
    """A statement in the words of its database: SQLite has neither locks of rows nor lists of values."""
    if dialect == "sqlite":
        return statement.removesuffix(_LOCK).replace("IN ?", "IN (SELECT value FROM json_each(?))")
    places = count(1)
    return _MARK.sub(lambda mark: f"${next(places)}" if mark[0] == "?" else f"= ANY(${next(places)})", statement)


def _told(statement: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """A statement and its values as they are stored, lists of one value as that value.

    PostgreSQL keeps its plan for a value, and plans anew for a list each time.
    """
    dialect = _connection().capabilities.dialect
    alone = tuple(isinstance(value, list) and len(value) == 1 for value in values)
    if True not in alone:
        return statement, [_stored(value, dialect) for value in values]
    told = (value[0] if is_alone else value for value, is_alone in zip(values, alone, strict=True))
    return _compared(statement, alone), [_stored(value, dialect) for value in told]


@cache
def _compared(statement: str, alone: Iterable[bool]) -> str:
    places = iter(alone)
    return _MARK.sub(lambda mark: "= ?" if next(places) else mark[0], statement)


def _stored(value: Any, dialect: str) -> Any:
    """A value as the databases take it: of a key its digits, of an enumeration the name."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, list):
        values = [_stored(each, dialect) for each in value]
        return json.dumps(values) if dialect == "sqlite" else values
    return value


def _values_of(model: type[Model], row: Mapping[str, Any]) -> list[Any]:
    """What a row says of each column, checked by its field; LookupError when it says more than there are."""
    fields = _fields(model)
    if strangers := row.keys() - fields.keys():
        raise LookupError(f"{model.__name__} has no {', '.join(sorted(strangers))}")
    return [field.to_db_value(row[name] if name in row else _default(field), model) for name, field in fields.items()]


@cache
def _fields(model: type[Model]) -> dict[str, Field[Any]]:
    return {name: model._meta.fields_map[name] for name in model._meta.fields_db_projection}


def _default(field: Field[Any]) -> Any:
    return field.default() if callable(field.default) else field.default
