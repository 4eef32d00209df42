"""Fields with rows behind them: what hangs on a row, fetched for all rows of a level at once."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from enum import Enum
from typing import Any

import strawberry
from strawberry import Info
from tortoise.expressions import Q
from tortoise.models import Model

from execution.given import Context
from execution.guards import Guards, as_guards, visible
from execution.leaves import declared, unwrapped, with_arguments
from execution.loaders import loader
from execution.lookups import Narrowing, narrowed, read_filter
from execution.orders import read_order
from execution.pages import DEFAULT_PAGE, Page, Rows, Window, cut, read_size, read_window
from execution.plans import Count, Edge, Fetched, Grouped, Many, One, Pages
from execution.predicates import EVERYONE, prepare
from execution.statements import count_by, rows_by
from execution.tables import Link, link, table_of

Fetch = Callable[[Link, list[Any], list[Q]], Awaitable[dict[Any, Any]]]


def load(plan: Edge, row: Model, context: Context, asked: Hashable, fetch: Fetch, missing: Any) -> Awaitable[Any]:
    """Answer what hangs on a row, fetched together with what hangs on the other rows of its level.

    `asked` tells apart the different questions that one edge may be asked.
    """
    joined = link(type(row), plan.relation)
    table = table_of(joined.there)

    async def fetch_all(keys: list[Any]) -> dict[Any, Any]:
        return await fetch(joined, keys, visible(table, context, plan.where))

    return loader(context, (plan, asked), fetch_all, missing).load(getattr(row, joined.near))


def is_loose(plan: Edge, row: Model) -> bool:
    """Whether nothing can hang on a row, since its side of the relation is NULL."""
    return getattr(row, link(type(row), plan.relation).near) is None


def one(description: str, over: str | None = None, where: Q = EVERYONE, order: str = "", who: Guards = None) -> Any:
    """Declare an edge to at most one row: of those that `where` describes, the first in `order`."""
    plan = One(over=over, where=where, order=order, who=as_guards(who))

    def resolver(self: Any, info: Info) -> Any:
        context = info.context

        async def fetch(joined: Link, keys: list[Any], demands: list[Q]) -> dict[Any, Any]:
            limit = None if joined.single else 1
            found = await _rows(joined, keys, demands, plan.order, limit, context)
            return {near: rows[0] for near, rows in found.items()}

        return None if is_loose(plan, self) else load(plan, self, context, None, fetch, None)

    return declared(plan, description, resolver)


def many(
    description: str,
    over: str | None = None,
    where: Q = EVERYONE,
    order: str = "id",
    first: int | None = None,
    filter: type[Any] | None = None,
    order_by: type[Enum] | None = None,
    who: Guards = None,
) -> Any:
    """Declare an edge to a list in `order`: whole, or `first` rows where the client may ask for another number.

    `filter` is an input type of lookups, `order_by` an enumeration whose values are orders ("-issued_on,number").
    """
    plan = Many(over=over, where=where, order=order, first=first, filter=filter, order_by=order_by, who=as_guards(who))

    def resolver(self: Any, info: Info, **given: Any) -> Any:
        context = info.context
        there = link(type(self), plan.relation).there
        order = chosen_order(given, plan.order)
        limit = None if plan.first is None else read_size(given.get("first", plan.first))
        narrowing = read_filter(given.get("filter"), there)

        async def fetch(joined: Link, keys: list[Any], demands: list[Q]) -> dict[Any, Any]:
            chosen = demands + narrowed(narrowing, joined.there, context)
            return await _rows(joined, keys, chosen, order, limit, context)

        return load(plan, self, context, (order, limit, narrowing), fetch, [])

    arguments = list_arguments(filter, order_by)
    if first is not None:
        arguments["first"] = (int, "Number of rows, from 0 to 100.", first)
    return declared(plan, description, with_arguments(resolver, arguments))


def pages(
    description: str,
    over: str | None = None,
    where: Q = EVERYONE,
    order: str = "id",
    filter: type[Any] | None = None,
    order_by: type[Enum] | None = None,
    default: int = DEFAULT_PAGE,
    who: Guards = None,
) -> Any:
    """Declare an edge to a Relay connection: `default` rows a page, forwards and backwards.

    Annotate it `Connection[X] | None`, for its arguments may be wrong. No column of an order may be nullable, for
    a cursor could not say where NULL stands.
    """
    plan = Pages(
        over=over, where=where, order=order, filter=filter, order_by=order_by, default=default, who=as_guards(who)
    )

    def resolver(self: Any, info: Info, **given: Any) -> Any:
        there = link(type(self), plan.relation).there
        return _page(plan, self, info.context, *read_page(given, there, plan.order, plan.default))

    return declared(plan, description, with_arguments(resolver, page_arguments(filter, order_by)))


def count(description: str, over: str | None = None, where: Q = EVERYONE, who: Guards = None) -> Any:
    """Declare the number of rows that hang on this one, of those that `where` describes."""
    plan = Count(over=over, where=where, who=as_guards(who))

    def resolver(self: Any, info: Info) -> Any:
        return load(plan, self, info.context, None, _counts, 0)

    return declared(plan, description, resolver)


def grouped(description: str, over: str | None = None, by: str = "", where: Q = EVERYONE, who: Guards = None) -> Any:
    """Declare how many rows there are for each value of the column `by`, in the order of the values.

    Annotate it with a list of a type that has two attributes: one named like the column, and `count`.
    """
    plan = Grouped(over=over, by=by, where=where, who=as_guards(who))

    async def fetch(joined: Link, keys: list[Any], demands: list[Q]) -> dict[Any, Any]:
        answer: dict[Any, list[tuple[Any, int]]] = {}
        for near, shared, number in await count_by(joined.there, (joined.far, plan.by), keys, demands):
            answer.setdefault(near, []).append((shared, number))
        return answer

    async def resolver(self: Any, info: Info) -> Any:
        shown = unwrapped(info.return_type)
        found = await load(plan, self, info.context, None, fetch, [])
        return [shown(**{plan.by: shared, "count": number}) for shared, number in sorted(found)]

    return declared(plan, description, resolver)


def fetched(
    description: str,
    by: Callable[[Any, list[Any], Any], Awaitable[Mapping[Any, Any]]],
    read: Callable[[dict[str, Any]], Hashable],
    arguments: Mapping[str, tuple[Any, str, Any]],
    who: Guards = None,
) -> Any:
    """Declare a value that `by` looks up for all rows of a level at once; `read` makes of the arguments what is asked.

    For the few that no column, predicate or edge says. It shows no rows.
    """
    plan = Fetched(by=by, read=read, who=as_guards(who))

    def resolver(self: Any, info: Info, **given: Any) -> Any:
        context, asked = info.context, plan.read(given)

        async def fetch(keys: list[Any]) -> dict[Any, Any]:
            return dict(await plan.by(context, keys, asked))

        return loader(context, (plan, asked), fetch).load(self.pk)

    return declared(plan, description, with_arguments(resolver, arguments))


def list_arguments(filter: type[Any] | None, order_by: type[Enum] | None) -> dict[str, tuple[Any, str, Any]]:
    """Answer the arguments that every list has, as far as it was declared with a filter and orders."""
    arguments: dict[str, tuple[Any, str, Any]] = {}
    if filter is not None:
        arguments["filter"] = (filter | None, "Which rows to list.", strawberry.UNSET)
    if order_by is not None:
        arguments["order_by"] = (order_by | None, "Order of the rows.", strawberry.UNSET)
    return arguments


def page_arguments(filter: type[Any] | None, order_by: type[Enum] | None) -> dict[str, tuple[Any, str, Any]]:
    """Answer the arguments of a connection."""
    unset = strawberry.UNSET
    return {
        "first": (int | None, "Number of rows from the start, from 0 to 100.", unset),
        "after": (str | None, "Cursor to start after.", unset),
        "last": (int | None, "Number of rows from the end, from 0 to 100.", unset),
        "before": (str | None, "Cursor to end before.", unset),
        **list_arguments(filter, order_by),
    }


def chosen_order(given: dict[str, Any], default: str) -> str:
    """Answer the order a client has chosen, or the default."""
    chosen = given.get("order_by")
    return default if chosen is None or chosen is strawberry.UNSET else str(chosen.value)


def read_page(given: dict[str, Any], there: type[Model], order: str, default: int) -> tuple[Window, Narrowing]:
    """Read the arguments of a connection: which page, and of which rows."""
    asked: dict[str, Any] = {name: given.get(name) for name in ("first", "after", "last", "before")}
    return read_window(chosen_order(given, order), there, default, **asked), read_filter(given.get("filter"), there)


def _page(plan: Pages, row: Model, context: Context, window: Window, narrowing: Narrowing) -> Page:
    """Make the source of a connection, which fetches and counts together with its neighbours."""

    async def fetch(joined: Link, keys: list[Any], demands: list[Q]) -> dict[Any, Any]:
        bounds = [*demands, *narrowed(narrowing, joined.there, context), *window.bounds(joined.there)]
        direction = window.direction(joined.there)
        found = await rows_by(joined.there, joined.far, keys, bounds, direction, window.limit)
        pages_of = {near: cut(rows, window) for near, rows in found.items()}
        await prepare([row for kept in pages_of.values() for row in kept.nodes], context)
        return pages_of

    async def total(joined: Link, keys: list[Any], demands: list[Q]) -> dict[Any, Any]:
        return await _counts(joined, keys, demands + narrowed(narrowing, joined.there, context))

    empty: Rows = cut([], window)
    return Page(
        lambda: load(plan, row, context, (window, narrowing), fetch, empty),
        lambda: load(plan, row, context, narrowing, total, 0),
    )


async def _rows(
    joined: Link, keys: list[Any], demands: list[Q], order: str, limit: int | None, context: Context
) -> dict[Any, list[Model]]:
    found = await rows_by(joined.there, joined.far, keys, demands, read_order(order, joined.there), limit)
    await prepare([row for rows in found.values() for row in rows], context)
    return found


async def _counts(joined: Link, keys: list[Any], demands: list[Q]) -> dict[Any, Any]:
    return dict(await count_by(joined.there, (joined.far,), keys, demands))
