"""Where a document begins: rows by their id or by what the viewer is, pages of all that may be seen, and gates."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, SelectionNode, get_named_type
from strawberry import Schema
from tortoise.expressions import Q

from execution.denials import not_found
from execution.guards import Guard, allowing
from execution.orders import read_order
from execution.planning.arguments import Narrowed, arguments_reader, ordered, page_reader
from execution.planning.conditions import truth_reader
from execution.planning.dialects import Piece
from execution.planning.leaves import at, source
from execution.planning.objects import Objects, declared_plan, denial
from execution.planning.pages import Pages
from execution.planning.requests import Reader, Request
from execution.planning.selecting import TYPE_NAME, Selected
from execution.planning.statement import Builder, Filling, Hole, NotThisTime, Unplannable
from execution.plans import Entry, EntryNode, EntryNodes, EntryPages, Gate, Plan, plan_of
from execution.tables import Table, read_id, split_id, table_of, tables_by_prefix

MOST_NODES = 20
"""So many ids one statement names; more are looked up field by field."""


def _tables_of(schema: Schema, arguments: Reader) -> Reader:
    """Reads which table each of some ids belongs to; None for an id of nothing."""
    known = tables_by_prefix(schema)
    return lambda request: tuple(known.get(split_id(text)[0]) for text in request.read(arguments)["ids"])


def _key_at(arguments: Reader, place: int, table: Table) -> Reader:
    """Reads the key in one of some ids."""
    key = table.model._meta.pk
    return lambda request: key.to_db_value(split_id(request.read(arguments)["ids"][place])[1], table.model)


def _is_coded(kind: GraphQLObjectType, selected: Selected) -> bool:
    """Whether a root has code of its own, or is about the schema itself."""
    if selected.name == TYPE_NAME:
        return False
    definition = kind.fields.get(selected.name)
    return definition is None or plan_of(definition.extensions["strawberry-definition"]) is None


def _left(builder: Builder, selected: Selected) -> Piece:
    """The place of a root that its own code answers."""
    key = selected.key

    def fill(filling: Filling, _printed: dict[str, Any], _path: list[Any]) -> Any:
        return filling.coded[key]

    return Piece(key, builder.hole(Hole(fill)), is_json=True)


class Roots:
    """Writes the roots of one statement."""

    def __init__(self, objects: Objects, core: GraphQLSchema) -> None:
        self._objects = objects
        self._core = core
        self._builder = objects.builder
        self._dialect = objects.dialect
        self._narrowed = Narrowed(objects.conditions, objects.builder)
        self._pages = Pages(objects, self._narrowed)

    def document(self, below: Sequence[SelectionNode]) -> str:
        """The whole answer; roots with code of their own are left to it, and noted as such."""
        kind: Any = self._core.query_type
        chosen = list(self._objects.selections.of(kind, below))
        coded = [each for each in chosen if _is_coded(kind, each)]
        if chosen and len(coded) == len(chosen):
            raise Unplannable("nothing but fields with code of their own")
        self._builder.coded += [node for each in coded for node in each.nodes]
        pieces = (_left(self._builder, each) if each in coded else self._piece(kind, each) for each in chosen)
        return self._dialect.here(list(pieces))

    def answer(self, kind: GraphQLObjectType, below: Sequence[SelectionNode]) -> str:
        """What is selected of a type without rows of its own, whose fields are roots."""
        return self._dialect.here([self._piece(kind, each) for each in self._objects.selections.of(kind, below)])

    def _piece(self, kind: GraphQLObjectType, selected: Selected) -> Piece:
        if selected.name == TYPE_NAME:
            return Piece(selected.key, self._dialect.constant(kind.name))
        definition = kind.fields[selected.name]
        plan = declared_plan(definition)
        for guard in plan.who:
            if not self._objects.admits(guard):
                return Piece(selected.key, self._builder.hole(denial(guard, selected.nodes)), is_json=True)
        return Piece(selected.key, self._root(plan, definition, selected), is_json=True)

    def _root(self, plan: Plan, definition: GraphQLField, selected: Selected) -> str:
        kind: Any = get_named_type(definition.type)
        match plan:
            case Gate():
                is_open = self._builder.questions.ask(truth_reader(plan.when))
                return self.answer(kind, selected.below) if is_open else self._null()
            case Entry(where=None):
                table = table_of(plan.model)
                key = self._key_reader(definition, selected, table)
                return self._by_key(kind, selected, table, key, plan.who)
            case Entry():
                return self._by_where(kind, selected, table_of(plan.model), plan)
            case EntryNode():
                table = self._table_named(definition, selected)
                key = self._key_reader(definition, selected, table)
                shown: Any = self._core.type_map[table.type.__strawberry_definition__.name]
                return self._by_key(shown, selected, table, key, plan.who)
            case EntryNodes():
                return self._by_keys(definition, selected, plan)
            case EntryPages():
                return self._page(kind, definition, selected, plan)
        raise Unplannable(f"{selected.name} cannot be planned")

    def _null(self) -> str:
        return "NULL::json" if self._dialect.name == "postgres" else "'null'"

    def _arguments(self, definition: GraphQLField, selected: Selected) -> Reader:
        declared: Any = definition.extensions["strawberry-definition"]
        return arguments_reader(self._objects.schema, definition, declared, selected.nodes[0])

    def _key_reader(self, definition: GraphQLField, selected: Selected, table: Table) -> Reader:
        arguments = self._arguments(definition, selected)
        key = table.model._meta.pk

        def read(request: Request) -> Any:
            return key.to_db_value(read_id(request.read(arguments)["id"], table.model), table.model)

        self._builder.checks.append(read)
        return read

    def _table_named(self, definition: GraphQLField, selected: Selected) -> Table:
        """The table that an id of any type belongs to; a plan serves ids of one type."""
        arguments = self._arguments(definition, selected)
        prefix = self._builder.questions.ask(lambda request: split_id(request.read(arguments)["id"])[0])
        table = tables_by_prefix(self._objects.schema).get(prefix)
        if table is None:
            raise NotThisTime("the id belongs to nothing")
        return table

    def _by_key(
        self, kind: GraphQLObjectType, selected: Selected, table: Table, key: Reader, who: Sequence[Guard]
    ) -> str:
        alias = self._builder.alias()
        column = at(alias, table.model, str(table.model._meta.pk_attr))
        # The other place where `seen` enters: what may not be known of is not found.
        demands = [f"{column} = {self._builder.parameter(key)}", *self._seen(table, alias)]
        nodes = selected.nodes

        def refuse(filling: Filling, _printed: dict[str, Any], path: list[Any]) -> None:
            filling.refuse(not_found(), nodes, path)

        found = self._permitted(kind, selected, table, alias, demands, who)
        return f"coalesce({found}, {self._builder.hole(Hole(refuse))})"

    def _by_keys(self, definition: GraphQLField, selected: Selected, plan: EntryNodes) -> str:
        """The rows of some ids, one by one: a plan serves lists of the same types in the same order."""
        arguments = self._arguments(definition, selected)
        tables = self._builder.questions.ask(_tables_of(self._objects.schema, arguments))
        if len(tables) > MOST_NODES:
            raise NotThisTime("more ids than one statement names")
        found = []
        for place, table in enumerate(tables):
            if table is None:
                raise NotThisTime("an id belongs to nothing")
            shown: Any = self._core.type_map[table.type.__strawberry_definition__.name]
            found.append(self._by_key(shown, selected, table, _key_at(arguments, place, table), plan.who))
        return self._dialect.array(found)

    def _by_where(self, kind: GraphQLObjectType, selected: Selected, table: Table, plan: Entry) -> str:
        alias = self._builder.alias()
        where = plan.where if plan.where is not None else Q()
        demands = [*self._seen(table, alias), self._objects.conditions.holds(where, alias, table)]
        return self._dialect.or_null(self._permitted(kind, selected, table, alias, demands, plan.who))

    def _seen(self, table: Table, alias: str) -> list[str]:
        return [self._objects.conditions.holds(table.seen, alias, table)] if table.seen else []

    def _permitted(
        self,
        kind: GraphQLObjectType,
        selected: Selected,
        table: Table,
        alias: str,
        demands: list[str],
        who: Sequence[Guard],
    ) -> str:
        """The first row that satisfies the demands, under the guards of the root and of its type."""
        guards = [each for each in (*who, *table.who) if each.allows]
        conditions = self._objects.conditions
        conditions.assume(alias, table, [table.seen])
        with conditions.assuming(alias, table, [guard.allows for guard in guards]):
            shown = self._dialect.here(self._objects.pieces(kind, selected.below, alias, table))
        piece = self._objects.guarded(Piece("x", shown, is_json=True), guards, selected.nodes, alias, table)
        order = ordered(read_order("", table.model), alias, table.model)
        return f"(SELECT {piece.sql} {source(table, alias, demands)} ORDER BY {order} LIMIT 1)"

    def _page(self, kind: GraphQLObjectType, definition: GraphQLField, selected: Selected, plan: EntryPages) -> str:
        table, alias = table_of(plan.model), self._builder.alias()
        predicates = (table.seen, *allowing(table.who), *allowing(plan.who), plan.where)
        chosen = {id(each): each for each in predicates if each}
        conditions = self._objects.conditions
        demands = [conditions.holds(each, alias, table) for each in chosen.values()]
        conditions.assume(alias, table, chosen.values())
        asked = page_reader(self._arguments(definition, selected), plan.model, plan.order, plan.default)
        return self._pages.expression(kind, selected, asked, alias, table, demands)
