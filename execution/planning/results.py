"""What a mutation has answered: its value is shown as it is, and what hangs on its rows is asked in one statement.

A row that a resolver answers is trusted, and its own columns are read of it in memory, under their guards. Whatever
hangs on it comes from the database by its key, with the rights of every table inside, as below any row of a query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    SelectionNode,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.values import VariableValues
from graphql.type import GraphQLField, GraphQLOutputType
from strawberry import Schema

from execution.planning.conditions import Conditions
from execution.planning.dialects import Dialect
from execution.planning.leaves import at, source
from execution.planning.objects import Objects, declared_plan
from execution.planning.requests import Questions, Reader, Request
from execution.planning.roots import MOST_NODES, Roots
from execution.planning.selecting import TYPE_NAME, Selected, Selections
from execution.planning.shapes import constant, present, shape_of
from execution.planning.showing import (
    Show,
    Showing,
    each,
    guarded,
    hung,
    one_by_one,
    reader_of,
    shown_object,
)
from execution.planning.statement import Builder, NotThisTime, Statement, Unplannable
from execution.plans import Edge, Entry, EntryNode, EntryNodes, EntryPages, Fetched, Gate, Plan, plan_of
from execution.tables import Table, has_table, table_of

_ROOTS = (Entry, EntryNode, EntryNodes, EntryPages, Gate)


class Answered(Request):
    """A request of which one mutation has answered a value."""

    def __init__(self, variables: VariableValues, context: Any, value: Any) -> None:
        super().__init__(variables, context)
        self.value = value


@dataclass(frozen=True)
class Result:
    """How the value of a mutation is shown to every request that its questions fit; `asks` if a statement is needed."""

    show: Show
    statement: Statement
    asks: bool


def compile_result(
    schema: Schema,
    kind: GraphQLObjectType,
    nodes: Sequence[FieldNode],
    fragments: Mapping[str, FragmentDefinitionNode],
    dialect: Dialect,
    request: Answered,
) -> Result:
    """How what these nodes select of a value of this type is shown.

    Raises Unplannable, and what the arguments below are refused with.
    """
    core: Any = schema._schema
    questions = Questions(request)
    builder = Builder(dialect, questions)
    objects = Objects(schema, builder, Conditions(builder, request), Selections(core, fragments, questions, dialect))
    writer = _Writer(objects, Roots(objects, core))
    below = [inner for node in nodes if node.selection_set for inner in node.selection_set.selections]
    show = writer.value(kind, below, _answered)
    questions.end()
    expression = dialect.array(writer.places)
    statement = builder.finish(f"({expression})::text" if dialect.name == "postgres" else expression)
    return Result(show, statement, asks=bool(writer.places))


def _answered(request: Request) -> Any:
    assert isinstance(request, Answered)
    return request.value


class _Writer:
    """Writes how one value is shown; `places` are the expressions of what must be asked for it.

    `reach` reads a value of those that the request has answered; None for one among many.
    """

    def __init__(self, objects: Objects, roots: Roots) -> None:
        self.places: list[str] = []
        self._objects = objects
        self._builder = objects.builder
        self._selections = objects.selections
        self._roots = roots

    def value(self, shown: GraphQLOutputType, below: Sequence[SelectionNode], reach: Reader | None) -> Show:
        """How a value of this type is shown."""
        if is_non_null_type(shown):
            return present(self.value(shown.of_type, below, reach))
        kind: Any = shown
        if is_list_type(kind):
            return self._list(kind.of_type, below, reach)
        if not isinstance(kind, GraphQLObjectType):
            shape = shape_of(kind, below, self._selections)
            return lambda value, showing: shape(value, showing.filling.context)
        table = _table_shown(kind)
        if table is not None:
            return shown_object(self._row(kind, below, reach, table))
        if any(isinstance(_plan(definition), _ROOTS) for definition in kind.fields.values()):
            return self._entries(kind, below, reach)
        return shown_object([self._attribute(kind, selected, reach) for selected in self._selections.of(kind, below)])

    def _list(self, item: GraphQLOutputType, below: Sequence[SelectionNode], reach: Reader | None) -> Show:
        inner: Any = item.of_type if is_non_null_type(item) else item
        if reach is None or _table_shown(inner) is None:
            return each(self.value(item, below, None))
        number = self._builder.questions.ask(lambda request: len(request.read(reach) or ()))
        if number > MOST_NODES:
            raise NotThisTime("more rows than one statement names")
        return one_by_one([self.value(item, below, _item(reach, place)) for place in range(number)])

    def _attribute(self, kind: GraphQLObjectType, selected: Selected, reach: Reader | None) -> tuple[str, Show]:
        if selected.name == TYPE_NAME:
            return selected.key, constant(kind.name)
        definition = kind.fields[selected.name]
        declared: Any = definition.extensions["strawberry-definition"]
        if _plan(definition) is not None or not declared.is_basic_field:
            shape = shape_of(kind, selected.nodes, self._selections)
            return selected.key, lambda value, showing: shape(value, showing.filling.context)[selected.key]
        name = declared.python_name
        inner = self.value(definition.type, selected.below, None if reach is None else _attribute(reach, name))
        return selected.key, lambda value, showing: inner(getattr(value, name), showing)

    def _entries(self, kind: GraphQLObjectType, below: Sequence[SelectionNode], reach: Reader | None) -> Show:
        """A type whose fields are roots, below a value."""
        if reach is None:
            raise Unplannable(f"{kind.name} stands in a list of values")
        place = len(self.places)
        self.places.append(self._roots.answer(kind, below))
        return lambda value, showing: None if value is None else showing.fill(showing.at(place))

    def _row(
        self, kind: GraphQLObjectType, below: Sequence[SelectionNode], reach: Reader | None, table: Table
    ) -> list[tuple[str, Show]]:
        place, alias = len(self.places), self._builder.alias()
        entries, pieces = list[tuple[str, Show]](), []
        for selected in self._selections.of(kind, below):
            if selected.name == TYPE_NAME:
                entries.append((selected.key, constant(kind.name)))
                continue
            definition = kind.fields[selected.name]
            plan = declared_plan(definition)
            if isinstance(plan, Edge | Fetched):
                pieces.append(self._objects.piece(kind, selected, alias, table))
                entries.append((selected.key, hung(place, selected.key)))
            else:
                leaf = self._leaf(plan, definition, selected)
                entries.append((selected.key, guarded(plan.who, selected.nodes, leaf)))
        if pieces:
            if reach is None:
                raise Unplannable(f"{kind.name} stands in a list of values")
            key = self._builder.parameter(_key(reach, table))
            tail = source(table, alias, [f"{at(alias, table.model, str(table.model._meta.pk_attr))} = {key}"])
            self.places.append(self._objects.dialect.or_null(self._objects.dialect.row(pieces, tail)))
        return entries

    def _leaf(self, plan: Plan, definition: GraphQLField, selected: Selected) -> Show:
        read = reader_of(plan, definition.extensions["strawberry-definition"])
        shape = shape_of(definition.type, selected.below, self._selections)

        def show(row: Any, showing: Showing) -> Any:
            context = showing.filling.context
            return shape(read(row, context), context)

        return show


def _attribute(reach: Reader, name: str) -> Reader:
    return lambda request: None if (value := request.read(reach)) is None else getattr(value, name)


def _item(reach: Reader, place: int) -> Reader:
    return lambda request: request.read(reach)[place]


def _key(reach: Reader, table: Table) -> Reader:
    key = table.model._meta.pk

    def read(request: Request) -> Any:
        row = request.read(reach)
        return None if row is None else key.to_db_value(row.pk, table.model)

    return read


def _table_shown(kind: Any) -> Table | None:
    declared: Any = getattr(kind, "extensions", {}).get("strawberry-definition")
    origin: Any = getattr(declared, "origin", None)
    return table_of(origin) if has_table(origin) else None


def _plan(definition: GraphQLField) -> Plan | None:
    return plan_of(definition.extensions["strawberry-definition"])
