"""What a declared field says about itself: read by the loaders here, and by whoever plans a whole document.

Every declared field carries its plan as `metadata["plan"]`. A plan learns the name of its field when the type is
declared; nothing else in it ever changes.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from strawberry.types.field import StrawberryField
from tortoise.expressions import Q
from tortoise.models import Model

from execution.given import Given
from execution.guards import Guard
from execution.scalars import amount


@dataclass(eq=False, kw_only=True)
class Plan:
    """What every declared field has: its guards in their order, and, once declared, its name in Python."""

    who: tuple[Guard, ...] = ()
    name: str = ""


@dataclass(eq=False, kw_only=True)
class Key(Plan):
    """The id of a row."""


@dataclass(eq=False, kw_only=True)
class Column(Plan):
    """A stored column; `of` names it where the field is called otherwise."""

    of: str | None = None

    @property
    def column(self) -> str:
        """The attribute of the row that is shown."""
        return self.of or self.name


@dataclass(eq=False, kw_only=True)
class Composite(Plan):
    """A value made of several columns: the value's attribute → the row's column."""

    parts: dict[str, str]

    def made_of(self, row: Any, kind: Callable[..., Any]) -> Any:
        """The value of this kind that a row in memory holds; None when one of its parts is NULL."""
        stored = {part: getattr(row, name) for part, name in self.parts.items()}
        return None if None in stored.values() else kind(**stored)


@dataclass(eq=False, kw_only=True)
class Fact(Plan):
    """A predicate over the row, shown as a Boolean."""

    predicate: Q


@dataclass(eq=False, kw_only=True)
class Scaled(Plan):
    """A decimal number, stored as whole minor units in the attribute `of` of a value."""

    of: str
    places: int

    def scaled(self, minor: int) -> Decimal:
        """The decimal number of so many minor units."""
        return amount(minor, self.places)


@dataclass(eq=False, kw_only=True)
class Computed(Plan):
    """The answer of a pure function of the request and of what it needs of the row: columns, and values asked for."""

    by: Callable[..., Any]
    needs: tuple[str | Given, ...]

    def answer(self, context: Any, column: Callable[[str], Any]) -> Any:
        """What the function answers; `column` reads a column by its name."""
        needed = [need.memory(context) if isinstance(need, Given) else column(need) for need in self.needs]
        return self.by(context, *needed)


@dataclass(eq=False, kw_only=True)
class Fetched(Plan):
    """What a function looks up for all rows of a level at once: `by(context, keys, asked)`, a value for each key.

    `read` makes of the field's arguments what is asked, which can be compared; it may refuse them.
    """

    by: Callable[[Any, list[Any], Any], Awaitable[Mapping[Any, Any]]]
    read: Callable[[dict[str, Any]], Hashable]


@dataclass(eq=False, kw_only=True)
class Edge(Plan):
    """What hangs on a row: rows of another table by a relation, narrowed by `where`."""

    over: str | None = None
    where: Q = field(default_factory=Q)

    @property
    def relation(self) -> str:
        """The relation of the row's model that is followed."""
        return self.over or self.name


@dataclass(eq=False, kw_only=True)
class One(Edge):
    """At most one row: the first in `order`."""

    order: str = ""


@dataclass(eq=False, kw_only=True)
class Many(Edge):
    """A list, in order; of `first` rows unless the client asks for another number, of all where that is None."""

    order: str
    first: int | None = None
    filter: type[Any] | None = None
    order_by: type[Enum] | None = None


@dataclass(eq=False, kw_only=True)
class Pages(Edge):
    """A Relay connection of `default` rows unless the client asks for another number."""

    order: str
    default: int
    filter: type[Any] | None = None
    order_by: type[Enum] | None = None


@dataclass(eq=False, kw_only=True)
class Count(Edge):
    """How many rows there are."""


@dataclass(eq=False, kw_only=True)
class Grouped(Edge):
    """How many rows there are for each value of the column `by`, in the order of the values."""

    by: str


@dataclass(eq=False, kw_only=True)
class Entry(Plan):
    """A row reached from outside: by its id, or where `where` is given the one row that it describes."""

    model: type[Model]
    where: Q | None


@dataclass(eq=False, kw_only=True)
class EntryPages(Plan):
    """A Relay connection of all rows of a table that the viewer may see and `where` describes."""

    model: type[Model]
    where: Q
    order: str
    default: int
    filter: type[Any] | None = None
    order_by: type[Enum] | None = None


@dataclass(eq=False, kw_only=True)
class Gate(Plan):
    """A type without rows of its own, whose fields reach rows from outside; null unless `when` is true."""

    when: Given


@dataclass(eq=False, kw_only=True)
class EntryNode(Plan):
    """A row of any table by its id."""


@dataclass(eq=False, kw_only=True)
class EntryNodes(Plan):
    """Rows of any tables by their ids."""


def plan_of(declared: StrawberryField) -> Plan | None:
    """Answer the plan of a field; None if the field was not declared but coded."""
    plan = declared.metadata.get("plan")
    return plan if isinstance(plan, Plan) else None
