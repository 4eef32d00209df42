"""Arguments of fields: literals and variables as the resolvers would get them, read once for each request."""

from typing import Any

from graphql import FieldNode, GraphQLField, VariableNode
from graphql.execution.values import get_argument_values
from strawberry import Schema
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField
from tortoise.fields.base import Field
from tortoise.models import Model

from execution.edges import chosen_order, read_page
from execution.lookups import LISTS, Lookup, Narrowing, read_filter
from execution.orders import Order
from execution.pages import Window, read_size
from execution.planning.conditions import Conditions, listed
from execution.planning.dialects import Dialect
from execution.planning.leaves import at, source
from execution.planning.requests import Reader, Request
from execution.planning.statement import Builder
from execution.tables import link, table_of

LIKES = {
    "contains": ("%{}%", False),
    "icontains": ("%{}%", True),
    "startswith": ("{}%", False),
    "istartswith": ("{}%", True),
}
NEGATIONS = frozenset({"not", "not_in"})
SIGNS = {"": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def arguments_reader(schema: Schema, definition: GraphQLField, declared: StrawberryField, node: FieldNode) -> Reader:
    """Reads the arguments of a field, by the names that its resolver knows."""
    registry, config = schema.schema_converter.scalar_registry, schema.config

    def read(request: Request) -> dict[str, Any]:
        given = get_argument_values(definition, node, request.variables, hide_suggestions=True)
        return convert_arguments(given, declared.arguments, scalar_registry=registry, config=config)

    return read if any(_holds_variable(each.value) for each in node.arguments or ()) else kept(read)


def kept(reader: Reader) -> Reader:
    """Reads what no request can change: once for all of them."""
    known: list[Any] = []

    def read(request: Request) -> Any:
        if not known:
            known.append(reader(request))
        return known[0]

    return read


def _holds_variable(value: Any) -> bool:
    if isinstance(value, VariableNode):
        return True
    inner = [*(getattr(value, "values", None) or ()), *(each.value for each in getattr(value, "fields", None) or ())]
    return any(map(_holds_variable, inner))


def page_reader(arguments: Reader, model: type[Model], order: str, default: int) -> Reader:
    """Reads which page is asked for, and of which rows."""

    def read(request: Request) -> tuple[Window, Narrowing]:
        return read_page(request.read(arguments), model, order, default)

    return read


def list_reader(arguments: Reader, model: type[Model], order: str) -> Reader:
    """Reads the order of a list, and of which rows."""

    def read(request: Request) -> tuple[str, Narrowing]:
        given = request.read(arguments)
        return chosen_order(given, order), read_filter(given.get("filter"), model)

    return read


def size_reader(arguments: Reader, default: int) -> Reader:
    """Reads how many rows of a list are asked for."""
    return lambda request: read_size(request.read(arguments).get("first", default))


def shape_of(narrowing: Narrowing) -> tuple[Any, ...]:
    """What of a filter decides the words of a statement; the rest are parameters."""
    return tuple((found, _shape(found, value)) for found, value in narrowing)


def _shape(found: Lookup, value: Any) -> Any:
    if found.search:
        return len(value)
    ((_, operation),) = found.columns()
    if operation == "isnull":
        return value
    return bool(value) if operation in LISTS else None


def _item(given: Reader, number: int) -> Reader:
    return lambda request: request.read(given)[number]


class Narrowed:
    """Writes what a client's filter demands, for requests that give the same keys."""

    def __init__(self, conditions: Conditions, builder: Builder) -> None:
        self._conditions = conditions
        self._builder = builder

    def demands(self, narrowing: Narrowing, reader: Reader, alias: str, model: type[Model]) -> list[str]:
        """The conditions of a filter; `reader` reads it from other requests."""
        return [
            self._demand(found, value, place, reader, alias, model) for place, (found, value) in enumerate(narrowing)
        ]

    def _demand(self, found: Lookup, value: Any, place: int, reader: Reader, alias: str, model: type[Model]) -> str:
        def given(request: Request) -> Any:
            return request.read(reader)[place][1]

        written = self._one_of_them if found.among else self._fits
        return written(found, value, given, alias, model)

    def _one_of_them(self, found: Lookup, value: Any, given: Reader, alias: str, model: type[Model]) -> str:
        """That one of the rows which hang on the row of an alias fits, of those that the viewer may see."""
        joined = link(model, found.among)
        there, inner = table_of(joined.there), self._builder.alias()
        named = found.names(joined.there)
        demands = [
            f"{at(inner, joined.there, joined.far)} = {at(alias, model, joined.near)}",
            *self._conditions.visible(there, inner),
            self._fits(found, value, given, inner, joined.there),
            *([] if named is None else [self._known(found, named, inner, joined.there)]),
        ]
        return f"EXISTS (SELECT 1 {source(there, inner, demands)})"

    def _known(self, found: Lookup, named: type[Model], alias: str, model: type[Model]) -> str:
        """That the viewer may see the row whose key is compared."""
        ((path, _),) = found.columns()
        table, inner = table_of(named), self._builder.alias()
        visible = self._conditions.visible(table, inner)

        def write(_field: Field[Any], column: str) -> str:
            demands = [f"{at(inner, named, str(named._meta.pk_attr))} = {column}", *visible]
            return f"EXISTS (SELECT 1 {source(table, inner, demands)})"

        return self._conditions.narrowed(alias, model, path, write)

    def _fits(self, found: Lookup, value: Any, given: Reader, alias: str, model: type[Model]) -> str:
        if found.search:
            alternatives = [
                self._conditions.narrowed(alias, model, path, self._alike("contains", _item(given, n)))
                for path, _ in found.columns()
                for n in range(len(value))
            ]
            return f"({' OR '.join(alternatives)})"
        ((path, operation),) = found.columns()
        if operation in LIKES:
            return self._conditions.narrowed(alias, model, path, self._alike(operation, given))
        by_null = operation in NEGATIONS or (operation == "isnull" and value)
        return self._conditions.narrowed(
            alias, model, path, lambda f, at: self._compared(f, at, operation, value, given), by_null=by_null
        )

    def _alike(self, operation: str, given: Reader) -> Any:
        pattern, without_case = LIKES[operation]

        def read(request: Request) -> str:
            text = str(request.read(given)).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            return pattern.format(text)

        def write(_field: Field[Any], at: str) -> str:
            place = self._builder.parameter(read)
            text = f"CAST({at} AS VARCHAR)"
            if without_case:
                text, place = f"upper({text})", f"upper({place})"
            return f"{text} LIKE {place} ESCAPE '\\'"

        return write

    def _compared(self, field: Field[Any], at: str, operation: str, value: Any, given: Reader) -> str:
        if operation == "isnull":
            return f"{at} IS NULL" if value else f"{at} IS NOT NULL"
        if operation in LISTS:
            return self._among(field, at, operation, value, given)

        def read(request: Request) -> Any:
            return field.to_db_value(request.read(given), field.model)

        place = self._builder.parameter(read)
        return f"({at} <> {place} OR {at} IS NULL)" if operation == "not" else f"{at} {SIGNS[operation]} {place}"

    def _among(self, field: Field[Any], at: str, operation: str, value: Any, given: Reader) -> str:
        if not value:
            return "1 = 0" if operation == "in" else "1 = 1"

        def read(request: Request) -> Any:
            return [field.to_db_value(each, field.model) for each in request.read(given)]

        dialect: Dialect = self._builder.dialect
        chosen = dialect.among(at, self._builder.parameter(listed(dialect, read)))
        return chosen if operation == "in" else f"(NOT {chosen} OR {at} IS NULL)"


def beyond(conditions: Builder, order: Order, alias: str, model: type[Model], place: Reader) -> str:
    """The rows of an alias that come after a place in an order, whose values each request brings."""
    (step, *others) = order
    field = model._meta.fields_map[step.column]
    at = f'{alias}."{field.source_field or field.model_field_name}"'
    sign = "<" if step.descending else ">"

    def value(request: Request) -> Any:
        return field.to_db_value(request.read(place)[0], field.model)

    def rest(request: Request) -> Any:
        return request.read(place)[1:]

    here = conditions.parameter(value)
    if not others:
        return f"{at} {sign} {here}"
    further = beyond(conditions, tuple(others), alias, model, rest)
    return f"({at} {sign}= {here} AND ({at} {sign} {here} OR {further}))"


def ordered(order: Order, alias: str, model: type[Model]) -> str:
    """The words that put the rows of an alias in order."""
    columns = []
    for step in order:
        field = model._meta.fields_map[step.column]
        name = field.source_field or field.model_field_name
        columns.append(f'{alias}."{name}"{" DESC" if step.descending else ""}')
    return ", ".join(columns)
