"""What arguments may hold, written out or in variables: how deep, and how long each list, by its coordinate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    Node,
    ObjectValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableNode,
    Visitor,
    visit,
)

from execution.errors import bad_request
from execution.limits import Limits, too_many


@dataclass(frozen=True, slots=True)
class Use:
    """A variable used at one place: the input type there and the coordinate of that place."""

    variable: str
    input_type: GraphQLInputType
    coordinate: str


class ListCheck:
    """The lists of one valid document: those written out are checked at once, those in variables with each request."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        arguments = _Arguments(TypeInfo(schema))
        visit(document, TypeInfoVisitor(arguments.type_info, arguments))
        uses = [use for argument in arguments.found for use in self._written(*argument)]
        self.uses = [use for use in dict.fromkeys(uses) if _may_hold_lists(use.input_type)]

    def check(self, variables: Mapping[str, Any]) -> None:
        """Refuse variables in which a list is too long; LIMIT_EXCEEDED."""
        for use in self.uses:
            self._given(variables.get(use.variable), use.input_type, use.coordinate)

    def _hold(self, coordinate: str, length: int) -> None:
        allowed = self.limits.long_list_items if coordinate in self.limits.long_lists else self.limits.list_items
        if length > allowed:
            raise too_many("LIST_ITEMS", allowed, length, f"items in the list {coordinate}")

    def _written(self, value: ValueNode, input_type: GraphQLInputType, coordinate: str) -> Iterator[Use]:
        if isinstance(value, VariableNode):
            yield Use(value.name.value, input_type, coordinate)
            return
        plain = _nullable(input_type)
        if isinstance(value, ListValueNode) and isinstance(plain, GraphQLList):
            self._hold(coordinate, len(value.values))
            for item in value.values:
                yield from self._written(item, plain.of_type, coordinate)
        elif isinstance(plain, GraphQLList):
            yield from self._written(value, plain.of_type, coordinate)
        elif isinstance(value, ObjectValueNode) and isinstance(plain, GraphQLInputObjectType):
            for field in value.fields:
                name = field.name.value
                yield from self._written(field.value, plain.fields[name].type, f"{plain.name}.{name}")

    def _given(self, value: object, input_type: GraphQLInputType, coordinate: str) -> None:
        plain = _nullable(input_type)
        if isinstance(plain, GraphQLList):
            items = value if isinstance(value, list) else [value]
            self._hold(coordinate, len(items))
            for item in items:
                self._given(item, plain.of_type, coordinate)
        elif isinstance(plain, GraphQLInputObjectType) and isinstance(value, dict):
            for name, field in plain.fields.items():
                if name in value:
                    self._given(value[name], field.type, f"{plain.name}.{name}")


class _Arguments(Visitor):
    """Collects the arguments of a document's fields with their types and coordinates."""

    def __init__(self, type_info: TypeInfo) -> None:
        super().__init__()
        self.type_info = type_info
        self.found: list[tuple[ValueNode, GraphQLInputType, str]] = []

    def enter_argument(
        self, node: ArgumentNode, _key: object, _parent: object, _path: object, above: list[Node]
    ) -> None:
        argument, parent, holder = self.type_info.get_argument(), self.type_info.get_parent_type(), above[-1]
        if isinstance(holder, FieldNode) and argument is not None and parent is not None:
            coordinate = f"{parent.name}.{holder.name.value}({node.name.value}:)"
            self.found.append((node.value, argument.type, coordinate))


def check_values(variables: Mapping[str, Any], depth: int) -> None:
    """Refuse variables nested deeper than `depth`, or with the character NUL, which no database stores in a text."""
    waiting: list[tuple[object, int]] = [(variables, 0)]
    while waiting:
        value, level = waiting.pop()
        if isinstance(value, str):
            if "\0" in value:
                raise bad_request("A text must not contain the character NUL.")
        elif isinstance(value, (dict, list)):
            if level > depth:
                raise too_many("VALUE_DEPTH", depth, level, "levels in its variables")
            waiting.extend((item, level + 1) for item in (value.values() if isinstance(value, dict) else value))


def _nullable(input_type: GraphQLInputType) -> GraphQLInputType:
    return input_type.of_type if isinstance(input_type, GraphQLNonNull) else input_type


def _may_hold_lists(input_type: GraphQLInputType) -> bool:
    return isinstance(_nullable(input_type), (GraphQLList, GraphQLInputObjectType))
