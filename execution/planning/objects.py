"""What is selected of a row: its fields in their order, each under its guards, and what hangs on it."""

from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, SelectionNode
from strawberry import Schema

from execution.guards import Guard
from execution.planning.arguments import Narrowed
from execution.planning.conditions import FALSE, TRUE, Conditions, truth_reader
from execution.planning.dialects import Dialect, Piece
from execution.planning.edges import Edges
from execution.planning.fetching import fetching
from execution.planning.leaves import Leaves
from execution.planning.selecting import TYPE_NAME, Selected, Selections
from execution.planning.statement import Builder, Filling, Hole, Unplannable
from execution.plans import Column, Edge, Fetched, Plan, plan_of
from execution.tables import Table


class Objects:
    """Writes the objects of one statement."""

    def __init__(self, schema: Schema, builder: Builder, conditions: Conditions, selections: Selections) -> None:
        self.schema = schema
        self.builder = builder
        self.conditions = conditions
        self.selections = selections
        self.dialect: Dialect = builder.dialect
        self._leaves = Leaves(builder, conditions, selections)
        self._edges = Edges(self, Narrowed(conditions, builder))

    def pieces(self, kind: GraphQLObjectType, below: Sequence[SelectionNode], alias: str, table: Table) -> list[Piece]:
        """The entries of an object that shows the row of an alias."""
        return [self.piece(kind, selected, alias, table) for selected in self.selections.of(kind, below)]

    def piece(self, kind: GraphQLObjectType, selected: Selected, alias: str, table: Table) -> Piece:
        """One entry of an object that shows the row of an alias, under its guards."""
        if selected.name == TYPE_NAME:
            return Piece(selected.key, self.dialect.constant(kind.name))
        definition = kind.fields[selected.name]
        plan = declared_plan(definition)
        with self.conditions.assuming(alias, table, [guard.allows for guard in plan.who]):
            piece = self._leaves.piece(plan, definition, selected, alias, table)
            if isinstance(plan, Edge):
                hanging = self._edges.expression(plan, definition, selected, alias, table)
                piece = Piece(selected.key, hanging, is_json=True)
            elif isinstance(plan, Fetched):
                fetched = fetching(self, plan, definition, selected, alias, table)
                piece = Piece(selected.key, fetched, is_json=True)
        if piece is None:
            raise Unplannable(f"{kind.name}.{selected.name} cannot be planned")
        return self.guarded(piece, plan.who, selected.nodes, alias, table)

    def guarded(
        self, piece: Piece, guards: Sequence[Guard], nodes: Sequence[FieldNode], alias: str, table: Table
    ) -> Piece:
        """A piece under guards, the first of which that refuses speaks in its place."""
        for guard in reversed(guards):
            if not self.admits(guard):
                allowed = FALSE
            else:
                allowed = self.conditions.holds(guard.allows, alias, table) if guard.allows else TRUE
            if allowed == TRUE:
                continue
            denied = self.builder.hole(denial(guard, nodes))
            if allowed == FALSE:
                piece = Piece(piece.key, denied, is_json=True)
                continue
            shown = self.dialect.as_json(piece)
            shown = self.dialect.or_null(shown)
            piece = Piece(piece.key, f"CASE WHEN {allowed} THEN {shown} ELSE {denied} END", is_json=True)
        return piece

    def admits(self, guard: Guard) -> bool:
        """Whether a guard lets the request ask at all."""
        return guard.admits is None or bool(self.builder.questions.ask(truth_reader(guard.admits)))


def declared_plan(definition: GraphQLField) -> Plan:
    """The plan of a field; a plain attribute shows the column of its name."""
    declared: Any = definition.extensions["strawberry-definition"]
    plan = plan_of(declared)
    if plan is not None:
        return plan
    if not declared.is_basic_field:
        raise Unplannable(f"{declared.python_name} has code of its own")
    return Column(of=declared.python_name)


def denial(guard: Guard, nodes: Sequence[FieldNode]) -> Hole:
    """The place where a guard's refusal stands instead of a value."""

    def fill(filling: Filling, _printed: dict[str, Any], path: list[Any]) -> None:
        filling.refuse(guard.denial(), nodes, path)

    return Hole(fill)
