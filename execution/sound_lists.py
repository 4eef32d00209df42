"""When a list is sound: a cursor can hold its orders, and neither they nor its filters tell what a guard hides."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from strawberry import ID
from strawberry.types.field import StrawberryField
from tortoise.fields.base import Field
from tortoise.models import Model

from execution.guards import Guard
from execution.leaves import unwrapped
from execution.lookups import COMPARING, MATCHING, NAMING, Lookup, lookup_of
from execution.orders import is_free_text, read_order
from execution.plans import Column, Composite, EntryPages, Many, Pages, Plan, plan_of
from execution.tables import Table, column_at, column_of, has_table, model_named_by, table_of

ORDERABLE = ("bool", "int", "UUID", "datetime", "date", "str")


def unsound_list(plan: Many | Pages | EntryPages, there: Table) -> Iterator[str]:
    """Say what is wrong with the orders and the filter of a list of rows of this table."""
    chosen: Iterable[Enum] = plan.order_by or ()
    for order in (plan.order, *(str(member.value) for member in chosen)):
        yield from unsound_order(order, there.model)
        yield from _peeking(plan, there, [(step.column,) for step in read_order(order, there.model)])
    if plan.filter is not None:
        for declared in plan.filter.__strawberry_definition__.fields:
            found = lookup_of(declared)
            if found is None:
                yield f"{declared.python_name} of the filter names no lookup"
                continue
            try:
                compared = table_of(found.start(there.model))
            except LookupError as problem:
                yield f"{declared.python_name} of the filter: {problem}"
                continue
            yield from _unsound_lookup(found, declared, compared)
            yield from _peeking(plan, compared, [path for path, _ in found.columns()])


def unsound_order(order: str, model: type[Model]) -> Iterator[str]:
    """Say why rows of this model cannot be put into this order, and be found again by a cursor."""
    texts = 0
    for step in read_order(order, model):
        column = column_of(model, step.column)
        if column is None:
            yield f"the order {order} names {step.column}, which is no column"
            continue
        if column.null:
            yield f"the order {order} names {step.column}, which may be NULL"
        if not any(kind.__name__ in ORDERABLE for kind in column.field_type.__mro__):
            yield f"the order {order} names {step.column}, which is of no kind that a cursor can hold"
        if issubclass(column.field_type, str) and 'COLLATE "C"' not in _postgres_type(column):
            yield f"the order {order} names {step.column}, which is not collated by code points"
        texts += is_free_text(column)
    if texts > 1:
        yield f"the order {order} names more than one free text, which a cursor cannot tell apart"


def _postgres_type(column: Field[Any]) -> str:
    return str(column.get_for_dialect("postgres", "SQL_TYPE"))


def _unsound_lookup(found: Lookup, declared: StrawberryField, there: Table) -> Iterator[str]:
    name = declared.python_name
    for path, operation in found.columns():
        column = column_at(there.model, path)
        if column is None:
            yield f"{name} of the filter looks at {'__'.join(path)}, which is no column"
        elif operation in MATCHING and not is_free_text(column):
            yield f"{name} of the filter matches text, but {'__'.join(path)} is none"
        elif operation in COMPARING and (unwrapped(declared.type) is ID) != (model_named_by(column) is not None):
            yield f"{name} of the filter must be an ID exactly if it is compared with a key"
        elif found.among and operation in COMPARING and (named := model_named_by(column)) is not None:
            if operation not in NAMING:
                yield f"{name} of the filter must ask for the rows that it names, among others, not for all but them"
            if not has_table(named):
                yield f"{name} of the filter names a {named.__name__}, which no type shows"


def _peeking(plan: Plan, there: Table, paths: list[tuple[str, ...]]) -> Iterator[str]:
    """Say which columns a list would let a client guess by filters and orders though a guard hides them."""
    carried = {type(guard) for guard in plan.who}
    for path in paths:
        column = column_at(there.model, path)
        if column is not None and has_table(column.model):
            for guard in _hidden_columns(table_of(column.model)).get(path[-1], set()):
                if type(guard) not in carried:
                    yield f"lets {'__'.join(path)} be guessed, which {type(guard).__name__} hides"


def _hidden_columns(table: Table) -> dict[str, set[Guard]]:
    """Answer the columns that are shown under guards only."""
    hidden: dict[str, set[Guard]] = {}
    open_columns: set[str] = set()
    for declared in table.type.__strawberry_definition__.fields:
        plan = plan_of(declared)
        if isinstance(plan, Column | Composite):
            names = [plan.column] if isinstance(plan, Column) else list(plan.parts.values())
            if plan.who:
                for name in names:
                    hidden.setdefault(name, set()).update(plan.who)
            else:
                open_columns.update(names)
    return {name: guards for name, guards in hidden.items() if name not in open_columns}
