"""What a schema must promise as a whole, checked before it is used: all that is wrong is said at once."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)
from strawberry import Schema
from strawberry.permission import PermissionExtension
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from execution.guards import Guard
from execution.plans import Entry, EntryNode, EntryNodes, EntryPages, Many, Pages, plan_of
from execution.soundness import unsound_field, unsound_table
from execution.tables import Table, has_table, table_of, tables_by_prefix

DEFINITION = "strawberry-definition"
ENTRIES = (Entry, EntryPages, EntryNode, EntryNodes)
NEVER_OVERRIDDEN = ("has_permission", "is_satisfied", "is_admitted", "on_unauthorized", "denial")


class UnsoundSchema(Exception):
    """A schema that promises what it cannot keep; the message lists everything that is wrong."""


def check_schema(schema: Schema) -> None:
    """Refuse with `UnsoundSchema` a schema whose declarations do not hold together.

    The relations of the models must be known by now (`Tortoise.init_models`).
    """
    violations = sorted({*_violations(schema)})
    if violations:
        raise UnsoundSchema("\n".join(violations))


def coded_fields(schema: Schema) -> list[str]:
    """Answer, as "Type.field", the fields that somebody coded instead of declaring them.

    A plain attribute is not coded, unless its type shows a table.
    """
    return sorted(
        f"{shown.name}.{name}"
        for shown in _types(schema)
        if isinstance(shown, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in shown.fields.items()
        if _is_coded(_declaration(field), _table(shown))
    )


def _is_coded(declared: StrawberryField, table: Table | None) -> bool:
    return plan_of(declared) is None and (table is not None or not declared.is_basic_field)


def _violations(schema: Schema) -> Iterator[str]:
    orders = _orders(schema)
    for table in tables_by_prefix(schema).values():
        yield from (f"{table.type.__name__}: {problem}" for problem in unsound_table(table))
    for shown in _types(schema):
        if not shown.description:
            yield f"{shown.name}: has no description"
        if isinstance(shown, GraphQLEnumType):
            yield from _unsound_enumeration(shown, orders)
        elif isinstance(shown, GraphQLInputObjectType):
            yield from (f"{shown.name}.{name}: has no description" for name in _undescribed(shown.fields))
        elif isinstance(shown, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in shown.fields.items():
                yield from (f"{shown.name}.{name}: {problem}" for problem in _unsound(shown, field))


def _unsound(shown: GraphQLNamedType, field: GraphQLField) -> Iterator[str]:
    if not field.description:
        yield "has no description"
    yield from (f"the argument {name} has no description" for name in _undescribed(field.args))
    declared, table = _declaration(field), _table(shown)
    guards = [permission for extension in _permissions(declared) for permission in extension.permissions]
    if guards and isinstance(field.type, GraphQLNonNull):
        yield "is guarded, so it must be nullable"
    for guard in guards:
        yield from _unsound_guard(guard, table)
    plan = plan_of(declared)
    if plan is not None:
        yield from unsound_field(table, plan, field)
        for guard in plan.who if isinstance(plan, ENTRIES) else ():
            yield from _unsound_guard(guard, None, has_row=True)


def _unsound_guard(guard: Any, table: Table | None, *, has_row: bool = False) -> Iterator[str]:
    name = type(guard).__name__
    if not isinstance(guard, Guard):
        yield f"{name} is not a Guard, so no predicate says whom it allows"
        return
    if not vars(type(guard)).get("__doc__"):
        yield f"{name} has no sentence"
    for method in NEVER_OVERRIDDEN:
        if getattr(type(guard), method) is not getattr(Guard, method):
            yield f"{name} overrides {method}; its predicate must say all"
    if guard.allows and table is None and not has_row:
        yield f"{name} asks a row, but the type shows no table"


def _unsound_enumeration(shown: GraphQLEnumType, orders: set[type[Enum]]) -> Iterator[str]:
    wrapped = shown.extensions[DEFINITION].wrapped_cls
    if wrapped not in orders:
        for name, value in shown.values.items():
            if value.value != name:
                yield f"{shown.name}.{name}: its value {value.value} differs from its name"


def _orders(schema: Schema) -> set[type[Enum]]:
    """Answer the enumerations whose values are orders instead of names."""
    plans = (plan_of(declared) for declared in _declarations(schema))
    return {plan.order_by for plan in plans if isinstance(plan, Many | Pages | EntryPages) and plan.order_by}


def _declarations(schema: Schema) -> Iterator[StrawberryField]:
    for shown in _types(schema):
        if isinstance(shown, GraphQLObjectType | GraphQLInterfaceType):
            yield from map(_declaration, shown.fields.values())


def _types(schema: Schema) -> Iterator[GraphQLNamedType]:
    for shown in schema._schema.type_map.values():
        if not is_introspection_type(shown) and not is_specified_scalar_type(shown):
            yield shown


def _declaration(field: GraphQLField) -> StrawberryField:
    declared = field.extensions[DEFINITION]
    assert isinstance(declared, StrawberryField)  # every type of the schema is made by Strawberry
    return declared


def _table(shown: GraphQLNamedType) -> Table | None:
    definition = shown.extensions.get(DEFINITION)
    if isinstance(definition, StrawberryObjectDefinition) and has_table(definition.origin):
        return table_of(definition.origin)
    return None


def _permissions(declared: StrawberryField) -> Iterator[PermissionExtension]:
    for extension in declared.extensions:
        if isinstance(extension, PermissionExtension):
            yield extension


def _undescribed(things: Any) -> Iterator[str]:
    return (name for name, thing in things.items() if not thing.description)
