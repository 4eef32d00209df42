"""What a type says about itself: which table it shows, and for each field which column, rows or predicate.

Everything a type file needs is here. The loaders read these declarations to run a document on graphql-core, and a
planner may read the same ones to run it as one statement; there is no other description of the schema.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Self, TypeVar, cast

import strawberry
from tortoise.expressions import Q
from tortoise.models import Model

from execution.edges import count, fetched, grouped, many, one, pages
from execution.entries import entry, entry_node, entry_nodes, entry_pages, gate
from execution.given import NOW, Given
from execution.guards import Guards, as_guards
from execution.leaves import column, computed, fact, key, scaled, value
from execution.lookups import lookup
from execution.pages import Connection
from execution.plans import Computed, Fact, Plan, plan_of
from execution.predicates import givens, misread
from execution.tables import EVERYONE, Table, register, table_of

__all__ = [
    "EVERYONE",
    "NOW",
    "Connection",
    "Given",
    "Node",
    "column",
    "computed",
    "count",
    "entry",
    "entry_node",
    "entry_nodes",
    "entry_pages",
    "fact",
    "fetched",
    "gate",
    "grouped",
    "lookup",
    "many",
    "one",
    "pages",
    "scaled",
    "table",
    "value",
]

TypeT = TypeVar("TypeT", bound=type[Any])


@strawberry.interface(description="Whatever has an id.")
class Node:
    """Whatever has an id: the common ground of all types that show a table."""

    id: strawberry.ID = key("Id: opaque, for ever the same, and unique among all types.")

    @classmethod
    def of(cls, row: Model) -> Self:
        """Show a stored row as this type; nothing is copied. A row of another table is refused with TypeError."""
        if not isinstance(row, table_of(cls).model):
            raise TypeError(f"a {type(row).__name__} is not shown as {cls.__name__}")
        return cast(Self, row)


def table(
    model: type[Model],
    *,
    prefix: str,
    owner: str | None = "organization_id",
    seen: Q,
    who: Guards = None,
    name: str | None = None,
) -> Callable[[TypeT], TypeT]:
    """Make a class the type that shows a table: its rows are the type's source objects.

    `prefix` begins its ids. `owner` is the column of the organization that a row belongs to (None: to none).
    `seen` says who may know that a row exists, on every path; `EVERYONE` if it is truly public. `who` guards the
    rows as a whole. `name` is the type's name where the class is called otherwise.
    """

    def decorate(cls: TypeT) -> TypeT:
        if not issubclass(cls, Node) or not cls.__dict__.get("__doc__"):
            raise TypeError(f"{cls.__name__} must be a Node and have a docstring, which describes it")
        setattr(cls, "is_type_of", staticmethod(lambda row, _info: isinstance(row, model)))  # noqa: B010 -- Strawberry's
        shown = strawberry.type(cls, name=name, description=inspect.getdoc(cls))
        declaration = Table(model, shown, prefix, owner, seen, as_guards(who))
        plans = list(_named_plans(shown))
        predicates = [seen, *(guard.allows for guard in declaration.who), *_predicates(plans)]
        problems = [problem for predicate in predicates for problem in misread(predicate, declaration)]
        if problems:
            raise TypeError(f"{cls.__name__}: {'; '.join(problems)}")
        declaration.questions = _questions(predicates[1:], plans)
        register(declaration)
        return shown

    return decorate


def _named_plans(shown: type[Any]) -> Iterator[Plan]:
    """Tell every plan the name of its field."""
    for field in shown.__strawberry_definition__.fields:
        plan = plan_of(field)
        if plan is not None:
            plan.name = field.python_name
            yield plan


def _predicates(plans: list[Plan]) -> Iterator[Q]:
    """Answer the predicates that are asked of a row in memory."""
    for plan in plans:
        yield from (guard.allows for guard in plan.who)
        if isinstance(plan, Fact):
            yield plan.predicate


def _questions(predicates: list[Q], plans: list[Plan]) -> tuple[Given, ...]:
    """Answer, each once, the values of a request that must be asked for before a row is looked at."""
    asked = [given for predicate in predicates for given in givens(predicate)]
    for plan in plans:
        if isinstance(plan, Computed):
            asked += [need for need in plan.needs if isinstance(need, Given)]
    return tuple(dict.fromkeys(given for given in asked if given.ask is not None))
