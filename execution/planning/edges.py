"""Rows that hang on a row: one, many, pages of them, their number, and their number for each value of a column."""

from typing import TYPE_CHECKING, Any

from graphql import GraphQLField, GraphQLObjectType, get_named_type

from execution.orders import read_order
from execution.planning.arguments import (
    Narrowed,
    arguments_reader,
    list_reader,
    ordered,
    page_reader,
    shape_of,
    size_reader,
)
from execution.planning.dialects import Piece
from execution.planning.leaves import at, source
from execution.planning.pages import Pages as PageWriter
from execution.planning.selecting import TYPE_NAME, Selected
from execution.planning.statement import Unplannable
from execution.plans import Count, Edge, Grouped, Many, One, Pages
from execution.tables import Link, Table, link, table_of

if TYPE_CHECKING:
    from execution.planning.objects import Objects


class Edges:
    """Writes what hangs on rows."""

    def __init__(self, objects: "Objects", narrowed: Narrowed) -> None:
        self._objects = objects
        self._builder = objects.builder
        self._dialect = objects.dialect
        self._narrowed = narrowed
        self._pages = PageWriter(objects, narrowed)

    def expression(self, plan: Edge, definition: GraphQLField, selected: Selected, alias: str, table: Table) -> str:
        """What hangs on the row of an alias, as JSON."""
        joined = link(table.model, plan.relation)
        there = table_of(joined.there)
        inner = self._builder.alias()
        conditions = self._objects.conditions
        if (joined.near, joined.far) == (table.owner, there.owner):
            conditions.inherit(inner, alias)
        demands = [
            f"{at(inner, there.model, joined.far)} = {at(alias, table.model, joined.near)}",
            *conditions.visible(there, inner, plan.where),
        ]
        match plan:
            case One():
                return self._one(plan, definition, selected, inner, joined, demands)
            case Many():
                return self._many(plan, definition, selected, inner, there, demands)
            case Pages():
                return self._page(plan, definition, selected, inner, there, demands)
            case Count():
                count = f"(SELECT count(*) {source(there, inner, demands)})"
                return self._dialect.as_json(Piece("", self._dialect.number(count)))
            case Grouped():
                return self._grouped(plan, definition, selected, inner, there, demands)
        raise Unplannable(f"{type(plan).__name__} cannot be planned")

    def _one(
        self, plan: One, definition: GraphQLField, selected: Selected, inner: str, joined: Link, demands: list[str]
    ) -> str:
        there = table_of(joined.there)
        kind: Any = get_named_type(definition.type)
        pieces = self._objects.pieces(kind, selected.below, inner, there)
        tail = source(there, inner, demands)
        if not joined.single:
            tail += f" ORDER BY {ordered(read_order(plan.order, there.model), inner, there.model)} LIMIT 1"
        return self._dialect.or_null(self._dialect.row(pieces, tail))

    def _many(
        self, plan: Many, definition: GraphQLField, selected: Selected, inner: str, there: Table, demands: list[str]
    ) -> str:
        declared: Any = definition.extensions["strawberry-definition"]
        arguments = arguments_reader(self._objects.schema, definition, declared, selected.nodes[0])
        listing = list_reader(arguments, there.model, plan.order)
        order, _ = self._builder.questions.ask(
            lambda request: (request.read(listing)[0], shape_of(request.read(listing)[1]))
        )
        narrowing = self._objects.conditions.request.read(listing)[1]
        demands = demands + self._narrowed.demands(
            narrowing, lambda request: request.read(listing)[1], inner, there.model
        )
        tail = f"{source(there, inner, demands)} ORDER BY {ordered(read_order(order, there.model), inner, there.model)}"
        if plan.first is not None:
            tail += f" LIMIT {self._builder.parameter(size_reader(arguments, plan.first))}"
        kind: Any = get_named_type(definition.type)
        return self._dialect.rows(self._objects.pieces(kind, selected.below, inner, there), tail)

    def _page(
        self, plan: Pages, definition: GraphQLField, selected: Selected, inner: str, there: Table, demands: list[str]
    ) -> str:
        declared: Any = definition.extensions["strawberry-definition"]
        arguments = arguments_reader(self._objects.schema, definition, declared, selected.nodes[0])
        asked = page_reader(arguments, there.model, plan.order, plan.default)
        connection: Any = get_named_type(definition.type)
        return self._pages.expression(connection, selected, asked, inner, there, demands)

    def _grouped(
        self, plan: Grouped, definition: GraphQLField, selected: Selected, inner: str, there: Table, demands: list[str]
    ) -> str:
        kind: Any = get_named_type(definition.type)
        assert isinstance(kind, GraphQLObjectType)
        by = at(inner, there.model, plan.by)
        pieces = []
        for each in self._objects.selections.of(kind, selected.below):
            if each.name == TYPE_NAME:
                pieces.append(Piece(each.key, self._dialect.constant(kind.name)))
            elif kind.fields[each.name].extensions["strawberry-definition"].python_name == plan.by:
                shown = get_named_type(kind.fields[each.name].type).name
                pieces.append(Piece(each.key, self._dialect.leaf(shown, by)))
            else:
                pieces.append(Piece(each.key, self._dialect.number("count(*)")))
        return self._dialect.rows(pieces, f"{source(there, inner, demands)} GROUP BY {by} ORDER BY {by}")
