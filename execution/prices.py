"""What each field of the schema costs: the published prices that execution.cost adds up."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLCompositeType,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
)

from execution.plans import Count

ROWS_OF_A_LIST = 10
MUTATION = 10


def price(schema: GraphQLSchema, parent: GraphQLCompositeType, name: str, definition: GraphQLField) -> tuple[int, int]:
    """Tell what a field costs: once, and for each row."""
    composite = is_composite_type(get_named_type(definition.type))
    counted = isinstance(metadata(definition).get("plan"), Count)
    once = int(composite or counted) + MUTATION * (parent is schema.mutation_type)
    each = int(composite and is_list(definition))
    if is_connection(parent):
        once, each = int(name == "totalCount"), int(name == "nodes")
    return int(metadata(definition).get("cost", once)), each


def default_rows(definition: GraphQLField) -> int:
    """Tell how many rows a list or connection is taken to have when the document does not say."""
    own = metadata(definition)
    plan = own.get("plan")
    return next(
        (each for each in (own.get("rows"), getattr(plan, "default", None), getattr(plan, "first", None)) if each),
        ROWS_OF_A_LIST,
    )


def metadata(definition: GraphQLField) -> Mapping[str, Any]:
    """Give what a field's declaration says about itself beyond GraphQL."""
    declared = definition.extensions.get("strawberry-definition")
    return getattr(declared, "metadata", None) or {}


def is_connection(type_: object) -> bool:
    """Tell whether a type is a page of rows, with `edges` and `nodes`."""
    return isinstance(type_, GraphQLObjectType) and type_.name.endswith("Connection") and "pageInfo" in type_.fields


def is_list(definition: GraphQLField) -> bool:
    """Tell whether a field answers with a list."""
    return isinstance(get_nullable_type(definition.type), GraphQLList)


def cost_map(schema: GraphQLSchema) -> str:
    """Print what the fields cost that cost anything: `Type.field once [+ rows * (each + selection)]`, one a line."""
    lines = []
    for name, type_ in sorted(schema.type_map.items()):
        if not isinstance(type_, GraphQLObjectType) or name.startswith("__"):
            continue
        for field, definition in sorted(type_.fields.items()):
            once, each = price(schema, type_, field, definition)
            if once or each:
                lines.append(f"{name}.{field} {once}{_rows_in_words(type_, definition, each)}")
    return "\n".join(lines) + "\n"


def _rows_in_words(parent: GraphQLObjectType, definition: GraphQLField, each: int) -> str:
    if is_connection(parent):
        return f" + rows of the connection * ({each} + selection)" if each else ""
    if is_connection(get_named_type(definition.type)) or is_list(definition):
        return f" + rows * ({each} + selection), {default_rows(definition)} rows by default"
    return ""
