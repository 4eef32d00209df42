"""Values made in Python, and what is selected of them: decided when the plan is made, applied to every value."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from graphql import GraphQLObjectType, SelectionNode, is_leaf_type, is_list_type, is_non_null_type
from graphql.type import GraphQLOutputType

from execution.given import Given
from execution.planning.selecting import TYPE_NAME, Selections
from execution.planning.statement import Unplannable
from execution.plans import Column, Computed, Scaled, plan_of

Shape = Callable[[Any, Any], Any]
"""Turns a value into what the answer shows of it, given the context of the request."""


def shape_of(shown: GraphQLOutputType, below: Sequence[SelectionNode], selections: Selections) -> Shape:
    """The shape of a value of this type, of which this is selected."""
    if is_non_null_type(shown):
        return present(shape_of(shown.of_type, below, selections))
    kind: Any = shown
    if is_list_type(kind):
        item = shape_of(kind.of_type, below, selections)
        return lambda value, context: None if value is None else [item(each, context) for each in value]
    if is_leaf_type(kind):
        written = kind.coerce_output_value
        return lambda value, _context: None if value is None else written(value)
    if not isinstance(kind, GraphQLObjectType):
        raise Unplannable(f"{kind} is one of several types")
    return _object(_entries(kind, below, selections))


def present(inner: Shape) -> Shape:
    """The shape of what is never null."""

    def shape(value: Any, context: Any) -> Any:
        shaped = inner(value, context)
        if shaped is None:
            raise ValueError("a value is missing that is never null")
        return shaped

    return shape


Entry = tuple[str, Callable[[Any, Any], Any]]


def _object(entries: Iterable[Entry]) -> Shape:
    kept = tuple(entries)

    def shape(value: Any, context: Any) -> Any:
        return None if value is None else {key: read(value, context) for key, read in kept}

    return shape


def _entries(kind: GraphQLObjectType, below: Sequence[SelectionNode], selections: Selections) -> Iterable[Entry]:
    for selected in selections.of(kind, below):
        if selected.name == TYPE_NAME:
            yield selected.key, constant(kind.name)
            continue
        definition = kind.fields[selected.name]
        declared = definition.extensions["strawberry-definition"]
        inner = shape_of(definition.type, selected.below, selections)
        yield selected.key, _read(declared, inner)


def constant(text: str) -> Shape:
    """The shape of what is the same text for every value."""
    return lambda _value, _context: text


def _read(declared: Any, inner: Shape) -> Callable[[Any, Any], Any]:
    plan = plan_of(declared)
    if plan is None and declared.is_basic_field:
        name = declared.python_name
        return lambda value, context: inner(getattr(value, name), context)
    if plan is None or plan.who:
        raise Unplannable(f"{declared.python_name} has code of its own")
    match plan:
        case Column():
            shown = plan.of or declared.python_name  # only the fields of a table tell their plans their names
            return lambda value, context: inner(getattr(value, shown), context)
        case Scaled():
            return lambda value, context: inner(plan.scaled(getattr(value, plan.of)), context)
        case Computed() if not any(isinstance(need, Given) for need in plan.needs):
            return lambda value, context: inner(plan.answer(context, partial(getattr, value)), context)
    raise Unplannable(f"{declared.python_name} needs a row")
