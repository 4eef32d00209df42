"""One predicate, several readings: by the database through the ORM, and of one row in memory.

A predicate is a Tortoise `Q` over the columns of one table. The lookup name `owner` means the column of the
organization that the row belongs to. In memory a comparison with NULL is unknown, as in SQL: neither it nor its
negation lets a row pass.
"""

import asyncio
import operator
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from tortoise.expressions import Q, RawSQL
from tortoise.models import Model

from execution.given import NOW, Context, Given
from execution.tables import EVERYONE, Table, table_of

__all__ = ["EVERYONE", "NOW", "Context", "Given", "concrete", "givens", "holds", "lookups", "misread", "prepare"]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
OPERATORS = frozenset({*COMPARISONS, "not", "in", "not_in", "isnull"})
UNKNOWN = RawSQL("NULL")
ASKING = "the lock of whoever asks"


def split(lookup: str, table: Table) -> tuple[str, str]:
    """Take a lookup apart into column and operator; `owner` is resolved, LookupError if the table has none."""
    name, _, operation = lookup.partition("__")
    if name != "owner":
        return name, operation
    if table.owner is None:
        raise LookupError(f"{table.type.__name__} belongs to no organization, so it has no owner")
    return table.owner, operation


def concrete(predicate: Q, table: Table | type[Any], context: Any) -> Q:
    """Answer the predicate with this request's values, ready for the ORM.

    A missing value (None) is unknown, as NULL is: the ORM alone would read it as "is empty".
    """
    table = table if isinstance(table, Table) else table_of(table)
    parts = [concrete(child, table, context) for child in predicate.children]
    for lookup, value in predicate.filters.items():
        name, operation = split(lookup, table)
        parts.append(Q(**{f"{name}__{operation}" if operation else name: _as_stored(value, operation, context)}))
    answer = Q(*parts, join_type=predicate.join_type)
    return ~answer if predicate._is_negated else answer


def _as_stored(value: Any, operation: str, context: Any) -> Any:
    if isinstance(value, Given):
        value = (value.stored or value.memory)(context)
    if isinstance(value, set | frozenset | tuple):
        value = list(value)
    return UNKNOWN if value is None and operation not in {"in", "not_in"} else value


def holds(predicate: Q, row: Any, context: Any) -> bool:
    """Whether a row in memory satisfies the predicate; unknown is no.

    What the row's guards ask for must have been learned by `prepare`.
    """
    return not predicate or _truth(predicate, row, table_of(type(row)), context) is True


def _truth(predicate: Q, row: Any, table: Table, context: Any) -> bool | None:
    truths = [_truth(child, row, table, context) for child in predicate.children]
    filters: dict[str, Any] = predicate.filters
    for lookup, value in filters.items():
        name, operation = split(lookup, table)
        truths.append(_compare(getattr(row, name), operation, value, context))
    decisive = predicate.join_type == Q.OR
    answer: bool | None = not decisive
    if decisive in truths:
        answer = decisive
    elif None in truths:
        answer = None
    return answer if answer is None or not predicate._is_negated else not answer


def _compare(stored: Any, operation: str, value: Any, context: Any) -> bool | None:
    if isinstance(value, Given):
        value = value.memory(context)
    if operation == "isnull":
        return (stored is None) == bool(value)
    if operation in {"not", "not_in"}:  # the ORM lets an empty column pass these two
        if stored is None:
            return True
        truth = _compare(stored, operation.removeprefix("not").removeprefix("_"), value, context)
        return None if truth is None else not truth
    if operation == "in":
        return _is_among(stored, value)
    return None if stored is None or value is None else COMPARISONS[operation](stored, value)


def _is_among(stored: Any, values: Any) -> bool | None:
    if isinstance(values, Collection):
        if not values:
            return False
        if None in values and (stored is None or stored not in values):
            return None
    return None if stored is None else stored in values


async def prepare(rows: Iterable[Model], context: Any) -> None:
    """Learn what the guards, facts and computed fields of these rows will ask, once for each table among them.

    The questions of one request are asked one after another, so that each knows what the one before has learned.
    """
    batches: dict[type[Model], list[Model]] = {}
    for row in rows:
        batches.setdefault(type(row), []).append(row)
    for model, batch in batches.items():
        for question in table_of(model).questions:
            if question.ask is not None:
                async with context.loaders.setdefault(ASKING, asyncio.Lock()):
                    await question.ask(context, batch)


def givens(predicate: Q) -> Iterator[Given]:
    """Answer every value of the request in a predicate."""
    for child in predicate.children:
        yield from givens(child)
    values: Collection[Any] = predicate.filters.values()
    for value in values:
        if isinstance(value, Given):
            yield value


def lookups(predicate: Q) -> Iterator[str]:
    """Answer every lookup of a predicate, as it was written."""
    for child in predicate.children:
        yield from lookups(child)
    yield from predicate.filters


def misread(predicate: Q, table: Table) -> Iterator[str]:
    """Say what in a predicate would not mean the same in both readings; nothing if all is well."""
    if predicate._is_negated and not predicate:
        yield "nothing can be said by negating the empty predicate"
    if predicate.join_type == Q.OR and not all(predicate.children):
        yield "the empty predicate in an OR would be dropped by the ORM"
    for child in predicate.children:
        yield from misread(child, table)
    for lookup in predicate.filters:
        try:
            _, operation = split(lookup, table)
        except LookupError as problem:
            yield str(problem)
            continue
        if operation not in OPERATORS:
            yield f"{lookup}: only columns of the row itself can be compared, by {', '.join(sorted(OPERATORS))}"
