"""Showing a value that Python has made, and what was printed of that which hangs on its rows."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from graphql import FieldNode

from execution.guards import Guard
from execution.leaves import unwrapped
from execution.planning.holes import Walk
from execution.planning.statement import Unplannable
from execution.plans import Column, Composite, Computed, Fact, Key, Plan
from execution.predicates import holds
from execution.tables import public_id

Show = Callable[[Any, "Showing"], Any]
"""Turns a value into what the answer shows of it."""


class RowGone(Exception):
    """A row that a mutation has answered is not stored: nothing can be asked by its key."""


class Showing(Walk):
    """A value on its way into the answer; `printed` is what was asked for it, place by place."""

    printed: Sequence[Any] = ()

    def at(self, place: int) -> Any:
        """What was printed at a place."""
        if self.printed[place] is None:
            raise RowGone("a row that is not stored")
        return self.printed[place]


def reader_of(plan: Plan, declared: Any) -> Callable[[Any, Any], Any]:
    """Reads of a row in memory what a field without rows behind it shows."""
    match plan:
        case Key():
            return lambda row, _context: public_id(row)
        case Column():
            name = plan.column
            return lambda row, _context: getattr(row, name)
        case Composite():
            made = unwrapped(declared.type)
            return lambda row, _context: plan.made_of(row, made)
        case Fact():
            return lambda row, context: holds(plan.predicate, row, context)
        case Computed():
            return lambda row, context: plan.answer(context, partial(getattr, row))
    raise Unplannable(f"{declared.python_name} cannot be read of a row")


def guarded(guards: Sequence[Guard], nodes: Sequence[FieldNode], show: Show) -> Show:
    """A field under guards, the first of which that refuses speaks in its place."""
    if not guards:
        return show

    def guarded(row: Any, showing: Showing) -> Any:
        context = showing.filling.context
        for guard in guards:
            if not guard.is_satisfied(row, context):
                showing.filling.refuse(guard.denial(), nodes, showing.path)
                return None
        return show(row, showing)

    return guarded


def hung(place: int, key: str) -> Show:
    """Show what was printed of that which hangs on a row."""
    return lambda _row, showing: showing.fill(showing.at(place)[key])


def shown_object(entries: Sequence[tuple[str, Show]]) -> Show:
    """Show an object entry by entry."""

    def show(value: Any, showing: Showing) -> Any:
        return None if value is None else _shown(entries, value, showing)

    return show


def _shown(entries: Sequence[tuple[str, Show]], value: Any, showing: Showing) -> dict[str, Any]:
    found = {}
    for key, read in entries:
        showing.path.append(key)
        found[key] = read(value, showing)
        showing.path.pop()
    return found


def each(item: Show) -> Show:
    """Show a list whose items are all shown alike."""

    def show(values: Any, showing: Showing) -> Any:
        return None if values is None else _listed([item] * len(values), values, showing)

    return show


def one_by_one(items: Sequence[Show]) -> Show:
    """Show a list each of whose items is shown in its own way."""

    def show(values: Any, showing: Showing) -> Any:
        return None if values is None else _listed(items, values, showing)

    return show


def _listed(items: Sequence[Show], values: Sequence[Any], showing: Showing) -> list[Any]:
    found = []
    for place, (item, value) in enumerate(zip(items, values, strict=True)):
        showing.path.append(place)
        found.append(item(value, showing))
        showing.path.pop()
    return found
