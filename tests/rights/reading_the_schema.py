"""What the printed schema says of types, fields and rights: the promise that the matrix holds the code to."""

from pathlib import Path

from graphql import (
    EnumValueNode,
    GraphQLField,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from rules.rights import Right

SDL = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text("utf-8"))


def node_types() -> list[GraphQLObjectType]:
    """Every type whose rows have an id."""
    found = [each for each in SDL.type_map.values() if isinstance(each, GraphQLObjectType)]
    return [each for each in found if "Node" in (interface.name for interface in each.interfaces)]


def required_right(field: GraphQLField) -> Right | None:
    """The right that `@requires` names beside a field."""
    for directive in field.ast_node.directives or () if field.ast_node else ():
        if directive.name.value == "requires":
            (argument,) = directive.arguments or ()
            assert isinstance(argument.value, EnumValueNode)
            return Right(argument.value.value)
    return None


def selection(field: GraphQLField) -> str:
    """The smallest selection of what a field answers, looking at rows where it is a list of them."""
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLObjectType) and "pageInfo" in kind.fields:
        return "{ totalCount nodes { __typename } }"
    return "{ __typename }"
