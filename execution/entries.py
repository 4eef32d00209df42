"""Fields that reach rows from outside: by id, by what the viewer is, or as a list of all that may be seen."""

from enum import Enum
from functools import wraps
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry import Info
from tortoise.expressions import Q
from tortoise.models import Model

from execution.denials import bad_request, not_found
from execution.edges import page_arguments, read_page
from execution.given import Context, Given
from execution.guards import Guard, Guards, allowing, as_guards, visible
from execution.leaves import declared, required, with_arguments
from execution.loaders import loader
from execution.lookups import narrowed
from execution.orders import read_order
from execution.pages import DEFAULT_PAGE, LARGEST_PAGE, Page, cut
from execution.plans import Entry, EntryNode, EntryNodes, EntryPages, Gate, Plan
from execution.predicates import EVERYONE, concrete, holds, prepare
from execution.statements import ordered, rows_by
from execution.tables import Table, read_id, split_id, table_of, tables_by_prefix

ONLY = "the only one"


def entry(model: type[Model], description: str, *, who: Guards, where: Q | None = None) -> Any:
    """Declare a field that answers a row of a model: by its id, or where `where` is given the row it describes.

    A row the viewer may not know of is NOT_FOUND by its id, and null otherwise; then `who` decides, and the guards
    of the type: FORBIDDEN.
    """
    plan = Entry(model=model, where=where, who=as_guards(who))

    async def by_id(info: Info, **given: Any) -> Any:
        row = await find(table_of(model), read_id(given["id"], model), info.context)
        if row is None:
            raise not_found()
        return permitted(row, plan.who, info.context)

    async def by_where(info: Info) -> Any:
        row = await _described(plan, info.context)
        return None if row is None else permitted(row, plan.who, info.context)

    if where is not None:
        return _entered(plan, description, by_where)
    identified = {"id": (strawberry.ID, "Id of what is asked for.", strawberry.UNSET)}
    return _entered(plan, description, with_arguments(by_id, identified))


def gate(shown: type[Any], description: str, *, when: Given) -> Any:
    """Declare a field that leads to other entries: a type without rows of its own, or null unless `when` is true."""
    plan = Gate(when=when)

    def resolver(info: Info) -> Any:
        return shown() if when.memory(info.context) else None

    return declared(plan, description, resolver)


def entry_node(description: str, *, who: Guards = None) -> Any:
    """Declare the field that answers a row of any type by its id, under the rights of its type."""
    plan = EntryNode(who=as_guards(who))

    async def resolver(info: Info, **given: Any) -> Any:
        table, key = _table_and_key(given["id"], info)
        row = await find(table, key, info.context)
        if row is None:
            raise not_found()
        return permitted(row, plan.who, info.context)

    identified = {"id": (strawberry.ID, "Id of what is asked for.", strawberry.UNSET)}
    return _entered(plan, description, with_arguments(resolver, identified))


def entry_nodes(description: str, *, who: Guards = None) -> Any:
    """Declare the field that answers rows of any types by up to 100 ids, each under the rights of its type.

    What is not answered is null, with its error at its place in the list; one malformed id refuses the whole list.
    """
    plan = EntryNodes(who=as_guards(who))

    async def resolver(info: Info, **given: Any) -> Any:
        if len(given["ids"]) > LARGEST_PAGE:
            raise bad_request("ARGUMENT", f"Ask for at most {LARGEST_PAGE} ids.")
        named = [_table_and_key(text, info) for text in given["ids"]]
        loading = [find(table, key, info.context) for table, key in named]
        return [_row_or_error(await row, plan.who, info.context) for row in loading]

    identified = {"ids": (list[strawberry.ID], "Ids of what is asked for, at most 100.", strawberry.UNSET)}
    return _entered(plan, description, with_arguments(resolver, identified))


def entry_pages(
    model: type[Model],
    description: str,
    *,
    who: Guards,
    where: Q = EVERYONE,
    order: str = "id",
    filter: type[Any] | None = None,
    order_by: type[Enum] | None = None,
    default: int = DEFAULT_PAGE,
) -> Any:
    """Declare a connection of all rows of a model that the viewer may see and that `where` describes.

    Such a list spans organizations, so `who` and the guards of the type choose its rows; they refuse nothing.
    """
    plan = EntryPages(
        model=model, where=where, order=order, default=default, filter=filter, order_by=order_by, who=as_guards(who)
    )

    def resolver(info: Info, **given: Any) -> Any:
        return _page(plan, given, info.context)

    return _entered(plan, description, with_arguments(resolver, page_arguments(filter, order_by)))


def find(table: Table, key: UUID, context: Context) -> Any:
    """Answer, once awaited, the row of a key, or None where the viewer may not know of it."""

    async def fetch(keys: list[Any]) -> dict[Any, Any]:
        demands = [concrete(table.seen, table, context)] if table.seen else []
        column = str(table.model._meta.pk_attr)
        found = await rows_by(table.model, column, keys, demands, read_order("", table.model), None)
        await prepare([row for rows in found.values() for row in rows], context)
        return {near: rows[0] for near, rows in found.items()}

    return loader(context, ("find", table), fetch).load(key)


def permitted(row: Model, who: tuple[Guard, ...], context: Context) -> Model:
    """Answer the row if its type's guards and these allow it; refuses with FORBIDDEN."""
    for guard in (*who, *table_of(type(row)).who):
        if not holds(guard.allows, row, context):
            raise guard.denial()
    return row


def _row_or_error(row: Model | None, who: tuple[Guard, ...], context: Context) -> Model | GraphQLError:
    if row is None:
        return not_found()
    try:
        return permitted(row, who, context)
    except GraphQLError as denial:
        return denial


def _table_and_key(text: str, info: Info) -> tuple[Table, UUID]:
    prefix, key = split_id(text)
    table = tables_by_prefix(info.schema).get(prefix)
    if table is None:
        raise bad_request("ID", "This is not an id.")
    return table, key


async def _described(plan: Entry, context: Context) -> Model | None:
    table = table_of(plan.model)
    demands = [concrete(demand, table, context) for demand in (table.seen, plan.where) if demand]
    rows = await ordered(plan.model.filter(*demands), read_order("", plan.model)).limit(1)
    await prepare(rows, context)
    return rows[0] if rows else None


def _page(plan: EntryPages, given: dict[str, Any], context: Context) -> Page:
    table = table_of(plan.model)
    window, narrowing = read_page(given, plan.model, plan.order, plan.default)

    def chosen() -> list[Q]:
        demands = visible(table, context, *allowing(plan.who), plan.where)
        return demands + narrowed(narrowing, plan.model, context)

    async def fetch(_keys: list[Any]) -> dict[Any, Any]:
        bounded = plan.model.filter(*chosen(), *window.bounds(plan.model))
        kept = cut(await ordered(bounded, window.direction(plan.model)).limit(window.limit), window)
        await prepare(kept.nodes, context)
        return {ONLY: kept}

    async def total(_keys: list[Any]) -> dict[Any, Any]:
        return {ONLY: await plan.model.filter(*chosen()).count()}

    return Page(
        lambda: loader(context, (plan, window, narrowing), fetch).load(ONLY),
        lambda: loader(context, (plan, narrowing), total).load(ONLY),
    )


def _entered(plan: Plan, description: str, resolver: Any) -> Any:
    """Make a field whose guards look at the row that was found, not at the one the field sits on."""
    directives = [guard.schema_directive for guard in plan.who if guard.schema_directive is not None]

    @wraps(resolver)
    def admitting(info: Info, **given: Any) -> Any:
        for guard in plan.who:
            if not guard.is_admitted(info.context):
                raise guard.denial()
        return resolver(info, **given)

    return strawberry.field(
        description=required(description), resolver=admitting, metadata={"plan": plan}, directives=directives
    )
