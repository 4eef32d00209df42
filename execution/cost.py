"""What an operation costs, before it runs and after.

The formula, which clients can rely on:

- a scalar or enum field costs 0, `totalCount` and a field that counts rows 1;
- a field of an object, interface or union type costs 1, a mutation 10 more;
- a list costs 1 for itself and 1 for each of its rows, and each row costs what is selected in it;
- a connection costs 1; each row under `edges` or `nodes` costs 1 and what is selected in it;
- `__schema` and `__type` cost 1 and 1 for each field selected below.

Rows are `first` or `last`, else the length of `ids`, else the field's default (10 where it has none), and never more
than the largest page. A field may say otherwise in its metadata: `cost` (points instead of the 0, 1 or 11) and `rows`.
`requested` is that sum before the operation runs, `actual` the same sum over the rows that were found; the difference
is given back to the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
)

from execution.prices import default_rows, is_connection, is_list, price
from execution.selections import Conditions, fields_of, hold
from execution.tally import tally_of

_COUNTING_ARGUMENTS = ("first", "last", "ids")
_INTROSPECTION = ("__schema", "__type")


@dataclass(slots=True)
class Cost:
    """What the caller's bucket says about one request, in points; shown as `extensions.cost`."""

    requested: int
    limit: int
    remaining: int
    actual: int = 0
    retry_after_milliseconds: int = 0

    def extension(self) -> dict[str, int]:
        """Give the entry of the answer's extensions."""
        return {
            "requested": self.requested,
            "actual": self.actual,
            "limit": self.limit,
            "remaining": self.remaining,
            "retryAfterMs": self.retry_after_milliseconds,
        }


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows a field may answer with: its counting arguments in order of precedence, else a default."""

    arguments: tuple[int | str, ...]
    default: int
    most: int

    def number(self, variables: Mapping[str, Any]) -> int:
        """Tell the number of rows to expect with these variables; a name stands for a variable."""
        for argument in self.arguments:
            value = variables.get(argument) if isinstance(argument, str) else argument
            if isinstance(value, list):
                value = len(value)
            if isinstance(value, int) and not isinstance(value, bool):
                return min(max(value, 0), self.most)
        return min(self.default, self.most)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one selected field costs: `once`, and `each` for every row with the parts below it.

    `keys` are the keys of every entry that is selected below. Uncertain is what depends on the request or on the type
    of a row, and an object of which nothing at all is shown.
    """

    key: str
    once: int
    each: int
    rows: Rows | None
    conditions: Conditions
    parts: tuple["Charge", ...]
    keys: tuple[str, ...] = ()
    is_uncertain: bool = False

    def requested(self, variables: Mapping[str, Any]) -> int:
        """Tell the cost that is asked for."""
        if not hold(self.conditions, variables):
            return 0
        one = self.each + sum(part.requested(variables) for part in self.parts)
        return self.once + (self.rows.number(variables) if self.rows else 1) * one

    def actual(self, data: Mapping[str, Any]) -> int:
        """Tell the cost of what was found."""
        return self.once + self._found(data[self.key]) if self.key in data else 0

    def _found(self, value: object) -> int:
        if isinstance(value, list):
            if not self.parts:
                return self.each * sum(type(item) is dict for item in value)
            return sum(self._found(item) for item in value)
        if isinstance(value, dict):
            return self.each + sum(part.actual(value) for part in self.parts)
        return 0


class OperationCost:
    """The cost of one operation of a valid document, worked out once and asked with the variables of each request."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        page: int,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._page = page
        self._defaults = {
            definition.variable.name.value: _constant(definition.default_value)
            for definition in operation.variable_definitions or ()
            if definition.default_value is not None
        }
        root = schema.get_root_type(operation.operation)
        assert root is not None  # the document is valid
        self.charges = self._charges(operation.selection_set, root, None)
        self._tally = tally_of(self.charges)

    def requested(self, variables: Mapping[str, Any]) -> int:
        """Tell what running the operation costs at most; never less than 1."""
        given = {**self._defaults, **variables}
        return max(1, sum(charge.requested(given) for charge in self.charges))

    def actual(self, data: Mapping[str, Any] | None) -> int:
        """Tell what the operation cost, from what it answered; never less than 1."""
        return max(1, sum(charge.actual(data) for charge in self.charges)) if data else 1

    def actual_printed(self, printed: bytes) -> int:
        """Tell the same of an answer without errors that is printed already."""
        if self._tally is None:
            return self.actual(orjson.loads(printed))
        return max(1, self._tally.count(printed))

    def _charges(
        self, selection_set: SelectionSetNode, parent: GraphQLCompositeType, page: Rows | None
    ) -> tuple[Charge, ...]:
        found = []
        for field, type_name, conditions in fields_of(selection_set, parent.name, self._fragments):
            charge = self._charge(field, type_name, conditions, page)
            if charge.once or charge.each or charge.keys:
                found.append(charge)
        return tuple(found)

    def _charge(self, node: FieldNode, type_name: str, conditions: Conditions, page: Rows | None) -> Charge:
        key, name = (node.alias or node.name).value, node.name.value
        parent: Any = self._schema.type_map[type_name]
        definition = self._schema.get_field(parent, name)
        if name in _INTROSPECTION:
            return Charge(key, 1 + _fields_below(node, self._fragments), 0, None, conditions, ())
        assert definition is not None  # the document is valid
        once, each = price(self._schema, parent, name, definition)
        rows = self._rows(node, definition, parent, name, page)
        below: Any = get_named_type(definition.type)
        inner = rows if is_connection(below) else None
        rows = None if inner else rows
        if node.selection_set is None:
            return Charge(key, once, each, rows, conditions, ())
        parts = self._charges(node.selection_set, below, inner)
        selected = list(fields_of(node.selection_set, below.name, self._fragments))
        keys = tuple((each.alias or each.name).value for each, _, _ in selected)
        asked = conditions or any(when for _, _, when in selected)
        uncertain = bool(asked) or is_abstract_type(below) or not keys
        return Charge(key, once, each, rows, conditions, parts, keys, uncertain)

    def _rows(
        self, node: FieldNode, definition: GraphQLField, parent: GraphQLObjectType, name: str, page: Rows | None
    ) -> Rows | None:
        if page is not None and is_connection(parent):
            return page if name in ("edges", "nodes") else None
        if not is_connection(get_named_type(definition.type)) and not is_list(definition):
            return None
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        counting = [given[each] for each in _COUNTING_ARGUMENTS if each in given]
        arguments = tuple(each for each in map(_count, counting) if each is not None)
        return Rows(arguments, default_rows(definition), self._page)


def _fields_below(node: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    if node.selection_set is None:
        return 0
    return sum(1 + _fields_below(field, fragments) for field, _, _ in fields_of(node.selection_set, "", fragments))


def _count(value: ValueNode) -> int | str | None:
    if isinstance(value, VariableNode):
        return value.name.value
    constant = _constant(value)
    return len(constant) if isinstance(constant, list) else constant


def _constant(value: ValueNode) -> Any:
    """Read a value written in the document as far as cost and conditions need it."""
    if isinstance(value, IntValueNode):
        return int(value.value) if len(value.value) < 12 else None
    if isinstance(value, BooleanValueNode):
        return value.value
    if isinstance(value, ListValueNode):
        return [None] * len(value.values)
    return None
