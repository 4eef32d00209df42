"""What the schema's own text says, and selections of everything that a type has."""

from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    print_ast,
)

from schema.document import print_document

SCHEMA = build_schema(print_document())
MARKS = "_type: __typename"
WORDS_OF_REFUSAL = f"{MARKS} ... on UserError {{ code message path }}"


def object_type(name: str) -> GraphQLObjectType:
    found = SCHEMA.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def row_types() -> dict[str, GraphQLObjectType]:
    """The types that show rows."""
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    return {shown.name: shown for shown in SCHEMA.get_possible_types(node)}


def required_right(field: GraphQLField) -> str | None:
    """The right that @requires names."""
    printed = (field.ast_node and field.ast_node.directives) or ()
    named = [
        print_ast(argument.value)
        for each in printed
        if each.name.value == "requires"
        for argument in each.arguments or ()
    ]
    return named[0] if named else None


def printed_rights() -> dict[str, str]:
    """Every @requires of the schema, by Type.field."""
    return {
        f"{shown.name}.{name}": right
        for shown in SCHEMA.type_map.values()
        if isinstance(shown, GraphQLObjectType)
        for name, field in shown.fields.items()
        if (right := required_right(field))
    }


def marked(shown: GraphQLObjectType) -> str:
    """The marks that tell what an object is: its type, and its id if it has one."""
    return f"{MARKS} _id: id" if "id" in shown.fields else MARKS


def everything_of(shown: GraphQLObjectType) -> str:
    """A selection of every field of a type; of rows behind a field their ids, of other things everything."""
    return " ".join([marked(shown), *(_selected(name, field) for name, field in shown.fields.items())])


def everything_answered(mutation: str) -> str:
    """A selection of everything that a mutation's success has, one step further than its rows."""
    assert SCHEMA.mutation_type is not None
    answer = get_named_type(SCHEMA.mutation_type.fields[mutation].type)
    members = answer.types if isinstance(answer, GraphQLUnionType) else (answer,)
    success = next(each for each in members if isinstance(each, GraphQLObjectType) and not each.interfaces)
    shown = f"{MARKS} ... on {success.name} {{ {' '.join(_followed(success))} }}"
    return shown if len(members) == 1 else f"{WORDS_OF_REFUSAL} {shown}"


def _followed(shown: GraphQLObjectType) -> Iterator[str]:
    for name, field in shown.fields.items():
        below = get_named_type(field.type)
        yield f"{name} {{ {everything_of(below)} }}" if isinstance(below, GraphQLObjectType) else name


def _selected(name: str, field: GraphQLField) -> str:
    assert not any(isinstance(each.type, GraphQLNonNull) for each in field.args.values()), f"{name} needs arguments"
    below = get_named_type(field.type)
    if is_leaf_type(below):
        return name
    assert isinstance(below, GraphQLObjectType)
    if "nodes" in below.fields:
        return f"{name}(first: 100) {{ {MARKS} totalCount {_selected('nodes', below.fields['nodes'])} }}"
    if "id" in below.fields:
        return f"{name} {{ {marked(below)} }}"
    return f"{name} {{ {everything_of(below)} }}"
