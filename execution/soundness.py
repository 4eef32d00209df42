"""When a declared field is sound: what it names exists, and its nullability promises what the database keeps."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLField, GraphQLNonNull, get_named_type
from tortoise.expressions import Q
from tortoise.fields import BooleanField

from execution.plans import (
    Column,
    Composite,
    Computed,
    Count,
    Edge,
    Entry,
    EntryPages,
    Fact,
    Fetched,
    Grouped,
    Many,
    One,
    Pages,
    Plan,
)
from execution.predicates import lookups, misread, split
from execution.sound_lists import unsound_list, unsound_order
from execution.tables import Link, Table, column_of, has_table, link, table_of


def unsound_table(table: Table) -> Iterator[str]:
    """Say what is wrong with a table as a whole."""
    for name, column in table.model._meta.fields_map.items():
        if isinstance(column, BooleanField) and column.null:
            yield f"the column {name} is a truth value that may be NULL"
    for guard in table.who:
        if guard.admits is not None:
            yield f"{type(guard).__name__} admits requests, but guards rows; that is for `seen`"
    for predicate in (table.seen, *(guard.allows for guard in table.who)):
        yield from _unsound_predicate(predicate, table)


def unsound_field(table: Table | None, plan: Plan, shown: GraphQLField) -> Iterator[str]:
    """Say what is wrong with one declared field of a type, which shows a table or none."""
    nullable = not isinstance(shown.type, GraphQLNonNull)
    if (plan.who or shown.args) and not nullable:
        yield "is guarded or takes arguments, so it must be nullable"
    match plan:
        case Entry() | EntryPages():
            yield from _unsound_entry(plan)
        case Computed() if table is None:
            pass  # its needs are the attributes of a value, which are checked by using them
        case Column() | Composite() | Fact() | Computed() | Edge() | Fetched() if table is None:
            yield "needs a row, but its type shows no table"
        case Column() | Composite():
            assert table is not None
            yield from _unsound_columns(table, plan, shown, nullable)
        case Fact() | Computed():
            assert table is not None
            yield from _unsound_leaf(table, plan, nullable)
        case Edge():
            assert table is not None
            yield from _unsound_edge(table, plan, nullable)
    if table is not None:
        for guard in plan.who:
            yield from _unsound_predicate(guard.allows, table)


def _unsound_columns(table: Table, plan: Column | Composite, shown: GraphQLField, nullable: bool) -> Iterator[str]:
    names = [plan.column] if isinstance(plan, Column) else list(plan.parts.values())
    columns = {name: column_of(table.model, name) for name in names}
    yield from (f"there is no column {name}" for name, column in columns.items() if column is None)
    if isinstance(plan, Composite):
        attributes = _attributes(get_named_type(shown.type))
        yield from (f"{part} is no attribute of the value" for part in plan.parts if part not in attributes)
    if (
        not plan.who
        and None not in columns.values()
        and nullable != any(each.null for each in columns.values() if each)
    ):
        yield f"must be {'non-null' if nullable else 'nullable'}, as {', '.join(names)} is"


def _unsound_leaf(table: Table, plan: Fact | Computed, nullable: bool) -> Iterator[str]:
    if isinstance(plan, Fact):
        yield from _unsound_predicate(plan.predicate, table)
        if nullable and not plan.who:
            yield "is a fact that everybody may read, so it must be non-null"
        return
    for need in plan.needs:
        if isinstance(need, str) and column_of(table.model, need) is None:
            yield f"there is no column {need}"


def _unsound_edge(table: Table, plan: Edge, nullable: bool) -> Iterator[str]:
    try:
        joined = link(table.model, plan.relation)
        there = table_of(joined.there)
    except LookupError as problem:
        yield str(problem)
        return
    yield from _unsound_predicate(plan.where, there)
    yield from _unguarded(plan, there)
    match plan:
        case One():
            yield from unsound_order(plan.order, there.model)
            if not nullable and (there.seen or there.who or plan.where or joined.nullable):
                yield "leads to a row that may be hidden or missing, so it must be nullable"
        case Many() | Pages():
            yield from unsound_list(plan, there)
            if isinstance(plan, Pages) and nullable is False:
                yield "is a connection, whose arguments may be wrong, so it must be nullable"
        case Count() | Grouped():
            if nullable and not plan.who:
                yield "counts for everybody, so it must be non-null"
    yield from _loose(plan, joined)
    if isinstance(plan, Grouped):
        by = column_of(there.model, plan.by)
        if by is None or by.null:
            yield f"there is no column {plan.by} that is never NULL to group by"


def _loose(plan: Edge, joined: Link) -> Iterator[str]:
    if not isinstance(plan, One) and joined.single:
        yield "leads to one row at most, so it must be declared with `one`"


def _unsound_entry(plan: Entry | EntryPages) -> Iterator[str]:
    if not has_table(plan.model):
        yield f"no type shows {plan.model.__name__}"
        return
    there = table_of(plan.model)
    yield from _unguarded(plan, there)
    for predicate in (*([] if plan.where is None else [plan.where]), *(guard.allows for guard in plan.who)):
        yield from _unsound_predicate(predicate, there)
    if isinstance(plan, EntryPages):
        yield from unsound_list(plan, there)


def _unguarded(plan: Plan, there: Table) -> Iterator[str]:
    carried = {type(guard) for guard in plan.who}
    for guard in there.who:
        if type(guard) not in carried:
            yield f"leads to {there.type.__name__}, so it must carry {type(guard).__name__}"


def _unsound_predicate(predicate: Q, table: Table) -> Iterator[str]:
    yield from misread(predicate, table)
    for lookup in lookups(predicate):
        try:
            name, _ = split(lookup, table)
        except LookupError:
            continue  # misread has said so
        if column_of(table.model, name) is None:
            yield f"{lookup}: {table.model.__name__} has no column {name}"


def _attributes(shown: Any) -> set[str]:
    definition = shown.extensions["strawberry-definition"]
    return {field.python_name for field in definition.fields}
