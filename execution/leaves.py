"""Fields without rows behind them: columns, values of several columns, facts, and what a function makes of a row."""

from collections.abc import Callable, Mapping
from functools import partial
from inspect import Parameter, Signature, signature
from operator import getitem
from typing import Annotated, Any

import strawberry
from strawberry import Info
from strawberry.extensions import FieldExtension
from strawberry.permission import PermissionExtension
from strawberry.types.base import StrawberryContainer
from strawberry.types.lazy_type import LazyType
from tortoise.expressions import Q

from execution.given import Given
from execution.guards import Guards, as_guards
from execution.plans import Column, Composite, Computed, Fact, Key, Plan, Scaled
from execution.predicates import holds
from execution.tables import public_id


def declared(plan: Plan, description: str, resolver: Any = None) -> Any:
    """Make a field that carries its plan, its guards and its description, which may not be missing."""
    guards: list[FieldExtension] = [PermissionExtension(list(plan.who))] if plan.who else []
    return strawberry.field(
        description=required(description), resolver=resolver, metadata={"plan": plan}, extensions=guards
    )


def required(description: str) -> str:
    """Refuse with TypeError a field that does not say what it shows."""
    if not description.strip():
        raise TypeError("every field has a description")
    return description


def with_arguments(resolver: Callable[..., Any], arguments: Mapping[str, tuple[Any, str, Any]]) -> Any:
    """Give a resolver that takes keywords the arguments that the schema shows: name → (type, description, default)."""
    own = signature(resolver).parameters.values()
    parameters = [parameter for parameter in own if parameter.kind is not Parameter.VAR_KEYWORD]
    for name, (kind, description, default) in arguments.items():
        annotation: Any = getitem(Annotated, (kind, strawberry.argument(description=required(description))))
        parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default))
    resolver.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # inspect looks for it
    return resolver


def unwrapped(shown: Any) -> Any:
    """Answer the class that a field shows, without the list, the null and the laziness around it."""
    while isinstance(shown, StrawberryContainer | LazyType):
        shown = shown.resolve_type() if isinstance(shown, LazyType) else shown.of_type
    return shown


def key(description: str) -> Any:
    """Declare the id of a row."""

    def resolver(self: Any) -> Any:
        return public_id(self)

    return declared(Key(), description, resolver)


def column(description: str, of: str | None = None, who: Guards = None) -> Any:
    """Declare a field that shows a stored column: the one of its own name, or `of`.

    Non-null exactly when the column is NOT NULL; with `who` always nullable.
    """
    plan = Column(of=of, who=as_guards(who))

    def resolver(self: Any) -> Any:
        return getattr(self, plan.column)

    return declared(plan, description, resolver if of else None)


def value(description: str, *, who: Guards = None, **parts: str) -> Any:
    """Declare a field that makes a value of several columns: the value's attribute = the column's name.

    The class is the field's annotation. The value is null when one of its parts is NULL.
    """
    plan = Composite(parts=parts, who=as_guards(who))

    def resolver(self: Any, info: Info) -> Any:
        return plan.made_of(self, unwrapped(info.return_type))

    return declared(plan, description, resolver)


def scaled(description: str, of: str, places: int = 2) -> Any:
    """Declare a decimal field of a value, which is stored as whole minor units in its attribute `of`."""
    plan = Scaled(of=of, places=places)

    def resolver(self: Any) -> Any:
        return plan.scaled(getattr(self, plan.of))

    return declared(plan, description, resolver)


def fact(description: str, predicate: Q, who: Guards = None) -> Any:
    """Declare a Boolean field: whether a predicate holds for the row; what is unknown is false."""
    plan = Fact(predicate=predicate, who=as_guards(who))

    def resolver(self: Any, info: Info) -> Any:
        return holds(plan.predicate, self, info.context)

    return declared(plan, description, resolver)


def computed(description: str, by: Callable[..., Any], needs: tuple[str | Given, ...] = (), who: Guards = None) -> Any:
    """Declare a field that a pure function answers: `by(context, *needs)`.

    A need is a column of the row (an attribute, on a type without a table) or a `Given`, of which the function gets
    the reading in memory, asked for beforehand. About ten microseconds a row: fine for a page, not for a report.
    """
    plan = Computed(by=by, needs=needs, who=as_guards(who))

    def resolver(self: Any, info: Info) -> Any:
        return plan.answer(info.context, partial(getattr, self))

    return declared(plan, description, resolver)
