"""Fields without rows behind them, as expressions over the row at hand."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from graphql import get_named_type
from graphql.type import GraphQLField
from tortoise.fields.base import Field
from tortoise.models import Model

from execution.given import Given
from execution.planning.conditions import Conditions
from execution.planning.dialects import Dialect, Piece
from execution.planning.selecting import TYPE_NAME, Selected, Selections
from execution.planning.shapes import shape_of
from execution.planning.statement import Builder, Filling, Hole, Unplannable
from execution.plans import Column, Composite, Computed, Fact, Key, Plan, Scaled, plan_of
from execution.scalars import Kind, read_day, read_instant
from execution.tables import Table

# What scalars and enumerations print of a column as it stands, truths and instants among them.
_PRINTED = (str, int, date)


def at(alias: str, model: type[Model], name: str) -> str:
    """A column of the row of an alias."""
    field = model._meta.fields_map[name]
    return f'{alias}."{field.source_field or field.model_field_name}"'


def source(table: Table, alias: str, demands: list[str]) -> str:
    """The rows of a table that satisfy all demands, under an alias."""
    where = f" WHERE {' AND '.join(demands)}" if demands else ""
    return f'FROM "{table.model._meta.db_table}" {alias}{where}'


class Leaves:
    """Writes columns, values of several columns, facts, and the places that functions fill."""

    def __init__(self, builder: Builder, conditions: Conditions, selections: Selections) -> None:
        self._builder = builder
        self._conditions = conditions
        self._selections = selections
        self._dialect: Dialect = builder.dialect

    def piece(self, plan: Plan, definition: GraphQLField, selected: Selected, alias: str, table: Table) -> Piece | None:
        """The expression of a field without rows behind it; None for any other."""
        match plan:
            case Key():
                key = at(alias, table.model, str(table.model._meta.pk_attr))
                return Piece(selected.key, self._dialect.spelled(Kind.ID, key, prefix=table.prefix))
            case Column():
                shown = get_named_type(definition.type).name
                _expect_printed(table.model, plan.column)
                return Piece(selected.key, self._dialect.leaf(shown, at(alias, table.model, plan.column)))
            case Fact():
                holds = self._conditions.holds(plan.predicate, alias, table)
                return Piece(selected.key, self._dialect.truth(holds))
            case Composite():
                return Piece(selected.key, self._composite(plan, definition, selected, alias, table), is_json=True)
            case Computed():
                return Piece(selected.key, self._computed(plan, definition, selected, alias, table), is_json=True)
        return None

    def _composite(
        self, plan: Composite, definition: GraphQLField, selected: Selected, alias: str, table: Table
    ) -> str:
        kind: Any = get_named_type(definition.type)
        for name in plan.parts.values():
            _expect_printed(table.model, name)
        columns = {part: at(alias, table.model, name) for part, name in plan.parts.items()}
        pieces = [self._part(kind, each, columns) for each in self._selections.of(kind, selected.below)]
        printed = self._dialect.here(pieces)
        nullable = [columns[part] for part, name in plan.parts.items() if table.model._meta.fields_map[name].null]
        if not nullable:
            return printed
        there = " AND ".join(f"{column} IS NOT NULL" for column in nullable)
        return self._dialect.or_null(f"CASE WHEN {there} THEN {printed} END")

    def _part(self, kind: Any, selected: Selected, columns: dict[str, str]) -> Piece:
        if selected.name == TYPE_NAME:
            return Piece(selected.key, self._dialect.constant(kind.name))
        definition = kind.fields[selected.name]
        declared = definition.extensions["strawberry-definition"]
        plan = plan_of(declared)
        if isinstance(plan, Scaled):
            amount = self._dialect.spelled(Kind.AMOUNT, columns[plan.of], places=plan.places)
            return Piece(selected.key, amount)
        if plan is not None or not declared.is_basic_field:
            raise Unplannable(f"{selected.name} is no part that is stored")
        shown = get_named_type(definition.type).name
        return Piece(selected.key, self._dialect.leaf(shown, columns[declared.python_name]))

    def _computed(self, plan: Computed, definition: GraphQLField, selected: Selected, alias: str, table: Table) -> str:
        shape = shape_of(definition.type, selected.below, self._selections)
        asked = [need for need in plan.needs if isinstance(need, Given)]
        names = dict.fromkeys(str(need) for need in plan.needs if not isinstance(need, Given))
        for given in asked:
            names.update(dict.fromkeys(name for name in _read_by(given, table)))
        hole = Hole(*_filled(plan, shape, table, tuple(names)))
        carried = [Piece("!", self._dialect.number(str(self._builder.number_of(hole))))]
        carried += [Piece(name, self._carried(table.model, alias, name)) for name in names]
        return self._dialect.here(carried)

    def _carried(self, model: type[Model], alias: str, name: str) -> str:
        field, column = model._meta.fields_map[name], at(alias, model, name)
        return self._dialect.leaf(_CARRIED.get(_kind_of(field), "String"), column)


def _expect_printed(model: type[Model], name: str) -> None:
    if not issubclass(model._meta.fields_map[name].field_type, _PRINTED):
        raise Unplannable(f"{name} is of no kind that a database prints as we do")


def _kind_of(field: Field[Any]) -> str:
    return field.field_type.__name__


# How a column travels to Python and is read there again: whole numbers as text, since JSON's have 53 bits.
_CARRIED = {"datetime": "DateTime", "bool": "Boolean", "int": "BigInt"}
_READ: dict[str, Callable[[Any], Any]] = {"datetime": read_instant, "date": read_day, "int": int}


def read_back(field: Field[Any], text: Any) -> Any:
    """A column's value that travelled through JSON, as the ORM would have answered it."""
    if text is None:
        return None
    read = _READ.get(_kind_of(field))
    return read(text) if read else field.to_python_value(text)


def _read_by(given: Given, table: Table) -> Sequence[str]:
    """The columns that the questions of a value look at, of those that this table has."""
    known = table.model._meta.fields_map
    wanted = [table.owner if name == "owner" else name for name in given.reads]
    return [name for name in wanted if name is not None and name in known]


def _filled(plan: Computed, shape: Any, table: Table, names: tuple[str, ...]) -> tuple[Any, Any]:
    fields = [(name, table.model._meta.fields_map[name]) for name in names]
    asks = tuple(need for need in plan.needs if isinstance(need, Given) and need.ask is not None)

    def values_of(printed: dict[str, Any]) -> dict[str, Any]:
        return {name: read_back(field, printed[name]) for name, field in fields}

    def learn(filling: Filling, printed: dict[str, Any]) -> None:
        filling.ask(asks, table.model, values_of(printed))

    def fill(filling: Filling, printed: dict[str, Any], _path: list[Any]) -> Any:
        context = filling.context
        return shape(plan.answer(context, values_of(printed).__getitem__), context)

    return fill, learn if asks else None
