"""Orders of a list, the cursors that remember a place in one, and the predicates of what lies beyond a place.

A cursor is readable text: the order it belongs to, the row's order keys, and the digits of its id, such as
`name_sort:acme~0192…`. It is not signed, for whatever it says, only rows that the viewer may see are ever listed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import GraphQLError
from tortoise.exceptions import BaseORMException
from tortoise.expressions import Q
from tortoise.fields.base import Field
from tortoise.models import Model

from execution.denials import bad_request
from execution.scalars import read_day, read_instant, spell_instant
from execution.tables import column_of

BETWEEN = "~"


@dataclass(frozen=True)
class Step:
    """One column of an order."""

    column: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column


Order = tuple[Step, ...]


def read_order(order: str, model: type[Model]) -> Order:
    """Read an order such as "-issued_on,number"; the primary key, in the last column's direction, ends every order."""
    steps = [Step(name.removeprefix("-"), name.startswith("-")) for name in order.split(",") if name]
    key = str(model._meta.pk_attr)
    if key not in {step.column for step in steps}:
        steps.append(Step(key, bool(steps) and steps[-1].descending))
    return tuple(steps)


def reverse(order: Order) -> Order:
    """Answer the same order from its end."""
    return tuple(Step(step.column, not step.descending) for step in order)


def beyond(order: Order, place: tuple[Any, ...]) -> Q:
    """Answer the predicate of the rows that come after a place in an order.

    Its first comparison stands alone, so that an index on the order is entered at the place.
    """
    (step, *others), (value, *values) = order, place
    further = "lt" if step.descending else "gt"
    if not others:
        return Q(**{f"{step.column}__{further}": value})
    rest = beyond(tuple(others), tuple(values))
    return Q(**{f"{step.column}__{further}e": value}) & (Q(**{f"{step.column}__{further}": value}) | rest)


def write_cursor(row: Model, order: str) -> str:
    """Write down a row's place in an order."""
    parts = [_spell(getattr(row, step.column)) for step in read_order(order, type(row))]
    return f"{order}:{BETWEEN.join(parts)}"


def read_cursor(text: str, order: str, model: type[Model]) -> tuple[Any, ...]:
    """Read a place in an order; refuses with BAD_REQUEST (CURSOR) what is not a cursor of this very order."""
    columns = [column_of(model, step.column) for step in read_order(order, model)]
    tag = f"{order}:"
    texts = _parts(text.removeprefix(tag), [column for column in columns if column is not None])
    if not text.startswith(tag) or len(texts) != len(columns):
        raise bad_request("CURSOR", "This is not a cursor of this list.")
    return tuple(_read(part, column) for part, column in zip(texts, columns, strict=True) if column is not None)


def is_free_text(column: Field[Any]) -> bool:
    """Whether a column may hold any text, the sign between a cursor's parts included."""
    return issubclass(column.field_type, str) and not getattr(column, "names", ())


def _parts(text: str, columns: list[Field[Any]]) -> list[str]:
    """Split a cursor at what cannot be in its parts; the one free text takes what is left in the middle."""
    before = next((index for index, column in enumerate(columns) if is_free_text(column)), len(columns) - 1)
    *head, rest = text.split(BETWEEN, before)
    return [*head, *rest.rsplit(BETWEEN, len(columns) - 1 - before)]


def _spell(value: Any) -> str:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return spell_instant(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value) if isinstance(value, Enum) else str(value)


_READERS: dict[type[Any], Any] = {
    bool: lambda text: text == "true",
    int: int,
    UUID: UUID,
    datetime: read_instant,
    date: read_day,
    str: str,
}


def _read(text: str, column: Field[Any]) -> Any:
    reader = next(read for kind, read in _READERS.items() if issubclass(column.field_type, kind))
    try:
        value = reader(text)
    except (ValueError, GraphQLError):
        value = None
    if value is None or _spell(value) != text or not fits(column, value):
        raise bad_request("CURSOR", "This is not a cursor of this list.")
    return value


def fits(column: Field[Any], value: Any) -> bool:
    """Whether a column could hold a value; databases refuse comparisons with what cannot be there."""
    bounds = column.constraints
    if isinstance(value, int) and not bounds.get("ge", value) <= value <= bounds.get("le", value):
        return False
    try:
        column.to_db_value(value, column.model)
    except (ValueError, TypeError, OverflowError, BaseORMException):
        return False
    return True
