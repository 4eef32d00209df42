"""Which type shows which table, how its rows are named to the world, and how tables hang together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from strawberry import Schema
from strawberry.types.base import StrawberryObjectDefinition
from tortoise.expressions import Q
from tortoise.fields.base import Field
from tortoise.fields.relational import BackwardFKRelation, ForeignKeyFieldInstance, RelationalField
from tortoise.models import Model

from execution.denials import bad_request
from execution.given import Given

if TYPE_CHECKING:
    from execution.guards import Guard

EVERYONE = Q()
"""The predicate that holds for every row: for what is truly public."""

IDENTIFIER = re.compile(r"([a-z]+)_([0-9a-f]{32})")


@dataclass(eq=False)
class Table:
    """What a type has said about its table.

    `owner` is the column of the organization a row belongs to, `seen` the predicate of who may know that a row
    exists, `who` the guards of every row as a whole, `questions` the values that must be asked for before a row
    of this table is looked at.
    """

    model: type[Model]
    type: type[Any]
    prefix: str
    owner: str | None
    seen: Q
    who: tuple["Guard", ...]
    questions: tuple[Given, ...] = ()


@dataclass(frozen=True)
class Link:
    """How two tables hang together: the rows of `there` whose column `far` equals the column `near` of a row here."""

    there: type[Model]
    near: str
    far: str
    single: bool
    nullable: bool


_tables: dict[type[Any], Table] = {}


def register(table: Table) -> None:
    """Remember which type shows a model; a second type for one model is refused with TypeError."""
    if table.model in _tables:
        raise TypeError(f"{table.model.__name__} is already shown by {_tables[table.model].type.__name__}")
    _tables[table.model] = _tables[table.type] = table


def table_of(model_or_type: type[Any]) -> Table:
    """Answer what a model, or the type that shows it, has declared; LookupError if nothing has."""
    try:
        return _tables[model_or_type]
    except KeyError:
        raise LookupError(f"no type shows {model_or_type.__name__}") from None


def has_table(model_or_type: Any) -> bool:
    """Whether a model is shown by a type, or a type shows a model."""
    return isinstance(model_or_type, type) and model_or_type in _tables


@cache
def tables_by_prefix(schema: Schema) -> dict[str, Table]:
    """Answer the tables of one schema by the prefix of their ids; two tables of one prefix are refused."""
    found: dict[str, Table] = {}
    for concrete in schema.schema_converter.type_map.values():
        definition = concrete.definition
        if isinstance(definition, StrawberryObjectDefinition) and has_table(definition.origin):
            table = table_of(definition.origin)
            if found.setdefault(table.prefix, table) is not table:
                raise TypeError(f"two tables share the prefix {table.prefix}")
    return found


def public_id(row: Model) -> str:
    """Name a row to the world: the prefix of its table and the 32 hexadecimal digits of its key."""
    return f"{table_of(type(row)).prefix}_{row.pk.hex}"


def split_id(text: str) -> tuple[str, UUID]:
    """Take an id apart into prefix and key; refuses with BAD_REQUEST (ID) what is not spelled like one."""
    match = IDENTIFIER.fullmatch(text)
    if match is None:
        raise bad_request("ID", "This is not an id.")
    return match[1], UUID(match[2])


def read_id(text: str, model: type[Model]) -> UUID:
    """Answer the key in the id of a row of this model; refuses with BAD_REQUEST (ID) every other text."""
    prefix, key = split_id(text)
    if prefix != table_of(model).prefix:
        raise bad_request("ID", f"This is not the id of a {table_of(model).type.__name__}.")
    return key


def column_of(model: type[Model], name: str) -> Field[Any] | None:
    """Answer a stored column of a model by its attribute; None if there is none of this name."""
    field = model._meta.fields_map.get(name)
    return None if field is None or isinstance(field, RelationalField) else field


def column_at(model: type[Model], path: Sequence[str]) -> Field[Any] | None:
    """Answer the column at the end of a path of to-one relations; None if the path leads nowhere."""
    *relations, last = path
    for relation in relations:
        field = model._meta.fields_map.get(relation)
        if not isinstance(field, ForeignKeyFieldInstance):
            return None
        model = field.related_model
    return column_of(model, last)


def model_named_by(column: Field[Any]) -> type[Model] | None:
    """Answer the model whose key a column holds: its own if it is a primary key, the other's of a foreign key."""
    if column.pk:
        return column.model
    reference = column.reference
    return reference.related_model if isinstance(reference, ForeignKeyFieldInstance) else None


def link(model: type[Model], relation: str) -> Link:
    """Answer how a relation of a model joins two tables; LookupError if it is no relation we can follow."""
    field = model._meta.fields_map.get(relation)
    if isinstance(field, BackwardFKRelation):  # the one-to-one kind included
        there = field.related_model
        single = bool(there._meta.fields_map[field.relation_field].unique)
        return Link(there, field.to_field_instance.model_field_name, field.relation_field, single, nullable=True)
    if isinstance(field, ForeignKeyFieldInstance):
        near = str(field.source_field)
        nullable = model._meta.fields_map[near].null
        return Link(field.related_model, near, field.to_field_instance.model_field_name, single=True, nullable=nullable)
    raise LookupError(f"{model.__name__} has no relation {relation} to one or many rows")
