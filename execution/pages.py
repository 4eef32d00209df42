"""Relay connections: their types, the arguments that choose a page, and the page that answers them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import strawberry
from tortoise.expressions import Q
from tortoise.models import Model

from execution.denials import bad_request
from execution.orders import Order, beyond, read_cursor, read_order, reverse, write_cursor

LARGEST_PAGE = 100
DEFAULT_PAGE = 20

T = TypeVar("T")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = strawberry.field(description="Whether there are more rows after the page.")
    has_previous_page: bool = strawberry.field(description="Whether there are more rows before the page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first row; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last row; null on an empty page.")


@strawberry.type(description="A row of the list, with its place in it.")
class Edge(Generic[T]):
    """A row of a list, with its place in it."""

    cursor: str = strawberry.field(description="Place of the row in the list.")
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="A page of the list.")
class Connection(Generic[T]):
    """A page of a list; its source is a `Page`, which has the same attributes."""

    edges: list[Edge[T]] = strawberry.field(description="Rows of the page, each with its place in the list.")
    nodes: list[T] = strawberry.field(description="Rows of the page.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="Number of rows in the whole list, as filtered.")


@dataclass(frozen=True)
class Window:
    """Which page of a list is asked for; `after` and `before` are places in the order."""

    order: str
    size: int
    backwards: bool = False
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None

    @property
    def limit(self) -> int:
        """How many rows to fetch: one more than the page holds tells whether there are more."""
        return self.size + 1

    def direction(self, model: type[Model]) -> Order:
        """The order in which rows are fetched: from the end when the last ones are asked for."""
        order = read_order(self.order, model)
        return reverse(order) if self.backwards else order

    def bounds(self, model: type[Model]) -> list[Q]:
        """What a row must satisfy to lie between the two places."""
        order = read_order(self.order, model)
        after = [] if self.after is None else [beyond(order, self.after)]
        before = [] if self.before is None else [beyond(reverse(order), self.before)]
        return after + before


def read_window(
    order: str,
    model: type[Model],
    default: int,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Window:
    """Read the arguments of a connection.

    Refuses with BAD_REQUEST: `first` and `last` together, or one of them out of bounds (ARGUMENT), and a cursor
    that is none or belongs to another order (CURSOR).
    """
    if first is not None and last is not None:
        raise bad_request("ARGUMENT", "Ask for the `first` rows or for the `last` rows, not for both.")
    return Window(
        order=order,
        size=read_size(default if first is None and last is None else first if last is None else last),
        backwards=last is not None,
        after=None if after is None else read_cursor(after, order, model),
        before=None if before is None else read_cursor(before, order, model),
    )


def read_size(number: int | None) -> int:
    """Answer how many rows are asked for; refuses with BAD_REQUEST (ARGUMENT) what is not from 0 to 100."""
    if number is None or not 0 <= number <= LARGEST_PAGE:
        raise bad_request("ARGUMENT", f"A page has from 0 to {LARGEST_PAGE} rows.")
    return number


@dataclass(frozen=True)
class Row:
    """A row of a page and its cursor."""

    cursor: str
    node: Model


@dataclass(frozen=True)
class Rows:
    """The rows of one page in the order of the list, and whether there are more on either side."""

    rows: list[Row]
    page_info: PageInfo

    @property
    def nodes(self) -> list[Model]:
        """The rows without their cursors."""
        return [row.node for row in self.rows]


def cut(fetched: list[Model], window: Window) -> Rows:
    """Make a page of what was fetched for a window: up to one row more than the page holds."""
    kept, more = fetched[: window.size], len(fetched) > window.size
    if window.backwards:
        kept.reverse()
    rows = [Row(write_cursor(row, window.order), row) for row in kept]
    return Rows(
        rows,
        PageInfo(
            has_next_page=window.before is not None if window.backwards else more,
            has_previous_page=more if window.backwards else window.after is not None,
            start_cursor=rows[0].cursor if rows else None,
            end_cursor=rows[-1].cursor if rows else None,
        ),
    )


class Page:
    """The source of a connection: fetches rows, or counts them, only when somebody looks."""

    def __init__(self, rows: Callable[[], Awaitable[Rows]], total: Callable[[], Awaitable[int]]) -> None:
        self._rows = rows
        self._total = total

    @property
    async def edges(self) -> list[Row]:
        return (await self._rows()).rows

    @property
    async def nodes(self) -> list[Model]:
        return (await self._rows()).nodes

    @property
    async def page_info(self) -> PageInfo:
        return (await self._rows()).page_info

    @property
    def total_count(self) -> Awaitable[int]:
        return self._total()
