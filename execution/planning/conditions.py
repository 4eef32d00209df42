"""A predicate over the row of a table as SQL, the third reading beside the ORM's and the one in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from tortoise.expressions import Q
from tortoise.fields.base import Field
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from execution.given import Given
from execution.guards import allowing
from execution.planning.dialects import Dialect
from execution.planning.requests import Reader, Request
from execution.planning.statement import Builder, Unplannable
from execution.planning.subselects import subselect
from execution.predicates import split
from execution.tables import EVERYONE, Table

TRUE, FALSE = "TRUE", "FALSE"
COMPARED = {"": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
NOTHING = "1 = 0"
EVERYTHING = "1 = 1"


class Conditions:
    """Writes predicates for one statement."""

    def __init__(self, builder: Builder, request: Request) -> None:
        self.builder = builder
        self.request = request
        self._known: dict[str, frozenset[Given]] = {}

    def assume(self, alias: str, table: Table, predicates: Iterable[Q]) -> None:
        """Know from now on that the row of an alias satisfies these, and do not ask again what they ask of its owner.

        For rows that a WHERE has let pass. What is said by OR, or negated, tells nothing of the owner.
        """
        found = (given for predicate in predicates for given in _asked_of_owner(predicate, table))
        self._known[alias] = self._known.get(alias, frozenset()).union(found)

    def inherit(self, alias: str, parent: str) -> None:
        """Know of the row of an alias what is known of its parent's, for both belong to the same organization."""
        self._known[alias] = self._known.get(parent, frozenset())

    @contextmanager
    def assuming(self, alias: str, table: Table, predicates: Iterable[Q]) -> Iterator[None]:
        """Within the block, know that the row of an alias satisfies these: only then the block's words are read."""
        before = self._known.get(alias, frozenset())
        self.assume(alias, table, predicates)
        yield
        self._known[alias] = before

    def holds(self, predicate: Q, alias: str, table: Table) -> str:
        """A predicate of declarations over the row of an alias; `TRUE` or `FALSE` where it is known beforehand."""
        parts = [self.holds(child, alias, table) for child in predicate.children]
        for lookup, value in predicate.filters.items():
            name, operation = split(lookup, table)
            if name == table.owner and operation == "in" and value in self._known.get(alias, ()):
                parts.append(TRUE)
                continue
            parts.append(self._compared(column(table.model, name), alias, operation, value))
        return joined(parts, predicate)

    def visible(self, table: Table, alias: str, *more: Q) -> list[str]:
        """What every list of a table demands of its rows: the one place, beside an entry's, where `seen` enters."""
        predicates = {id(each): each for each in (table.seen, *allowing(table.who), *more) if each}
        demands = [self.holds(each, alias, table) for each in predicates.values()]
        self.assume(alias, table, predicates.values())
        return [demand for demand in demands if demand != TRUE]

    def _compared(self, field: Field[Any], alias: str, operation: str, value: Any) -> str:
        at = f'{alias}."{field.source_field or field.model_field_name}"'
        if operation == "isnull":
            return self._is_null(at, value)
        if operation in ("in", "not_in"):
            return self._is_among(field, at, operation, value)
        if isinstance(value, Given):
            place = self.builder.parameter(stored_reader(field, value))
        elif value is None:
            place = "NULL"
        else:
            place = self.builder.dialect.literal(field.to_db_value(value, field.model))
        return f"({at} <> {place} OR {at} IS NULL)" if operation == "not" else f"{at} {COMPARED[operation]} {place}"

    def _is_null(self, at: str, value: Any) -> str:
        if isinstance(value, Given):
            value = self.builder.questions.ask(truth_reader(value))
        return f"{at} IS NULL" if value else f"{at} IS NOT NULL"

    def _is_among(self, field: Field[Any], at: str, operation: str, value: Any) -> str:
        negated = operation == "not_in"
        if isinstance(value, Given):
            if value.stored is not None:
                chosen = f"{at} IN (SELECT v FROM {self._shared(value)})"
            else:
                values = listed(self.builder.dialect, list_reader(field, value))
                chosen = self.builder.dialect.among(at, self.builder.parameter(values))
        elif not value:
            return EVERYTHING if negated else NOTHING
        else:
            literals = (self.builder.dialect.literal(field.to_db_value(each, field.model)) for each in value)
            chosen = f"{at} IN ({', '.join(sorted(literals))})"
        return f"(NOT {chosen} OR {at} IS NULL)" if negated else chosen

    def _shared(self, given: Given) -> str:
        """The name of the sub-select of a value."""
        part, builder, context = given.part, self.builder, self.request.context
        if part is None:
            return subselect(given, builder, context)
        whole = subselect(part.of, builder, context, columns="")
        found = column(part.model, part.column)
        rows = Table(model=part.model, type=part.model, prefix="", owner=None, seen=EVERYONE, who=())
        chosen = f'SELECT "{found.source_field or part.column}" FROM {whole}'
        return builder.share(given, lambda: f"{chosen} WHERE {self.holds(part.where, whole, rows)}")

    def narrowed(
        self,
        alias: str,
        model: type[Model],
        path: Sequence[str],
        write: Callable[[Field[Any], str], str],
        *,
        by_null: bool = False,
    ) -> str:
        """What `write` says of the column at the end of a path of to-one relations from an alias.

        `by_null` says that NULL satisfies it, and so does a path that ends before the column.
        """
        relation, *rest = path
        if not rest:
            found = column(model, relation)
            return write(found, f'{alias}."{found.source_field or found.model_field_name}"')
        joined_by = model._meta.fields_map[relation]
        if not isinstance(joined_by, ForeignKeyFieldInstance):
            raise Unplannable(f"{relation} leads to no single row")
        there, inner = joined_by.related_model, self.builder.alias()
        near, far = str(joined_by.source_field), joined_by.to_field_instance.model_field_name
        near_column, far_column = column(model, near), column(there, far)
        source = f'SELECT {inner}."{far_column.source_field or far}" FROM "{there._meta.db_table}" {inner}'
        demand = self.narrowed(inner, there, rest, write, by_null=by_null)
        here = f'{alias}."{near_column.source_field or near}"'
        reached = f"{here} IN ({source} WHERE {demand})"
        return f"({reached} OR {here} IS NULL)" if by_null and near_column.null else reached


def _asked_of_owner(predicate: Q, table: Table) -> Iterator[Given]:
    """The values of a request that a row's owner is among wherever the predicate holds."""
    if predicate._is_negated or predicate.join_type != Q.AND:
        return
    for child in predicate.children:
        yield from _asked_of_owner(child, table)
    filters: dict[str, Any] = predicate.filters
    for lookup, value in filters.items():
        name, operation = split(lookup, table)
        if name == table.owner and operation == "in" and isinstance(value, Given):
            yield value


def joined(parts: list[str], predicate: Q) -> str:
    """The parts of a predicate together, without those that decide nothing."""
    stop, skip = (FALSE, TRUE) if predicate.join_type == Q.AND else (TRUE, FALSE)
    if stop in parts:
        text = stop
    else:
        kept = [part for part in parts if part != skip]
        text = f"({f' {predicate.join_type} '.join(kept)})" if kept else (skip if parts else TRUE)
    if not predicate._is_negated:
        return text
    return {TRUE: FALSE, FALSE: TRUE}.get(text, f"NOT {text}")


def column(model: type[Model], name: str) -> Field[Any]:
    """A stored column of a model by its attribute."""
    return model._meta.fields_map[name]


def listed(dialect: Dialect, values: Reader) -> Reader:
    """Reads a list as the one parameter that a database takes."""
    return lambda request: dialect.listed(request.read(values))


def stored_reader(field: Field[Any], given: Given) -> Reader:
    """Reads a value of the request as a column of this kind stores it; the same reader for the same two."""
    return _stored_reader(field, given.stored or given.memory)


@cache
def _stored_reader(field: Field[Any], asked: Callable[[Any], Any]) -> Reader:
    def read(request: Request) -> Any:
        value = asked(request.context)
        return None if value is None else field.to_db_value(value, field.model)

    return read


def truth_reader(given: Given) -> Reader:
    """Reads whether a value of the request is true; the same reader for the same value."""
    return _truth_reader(given.memory)


@cache
def _truth_reader(asked: Callable[[Any], Any]) -> Reader:
    return lambda request: bool(asked(request.context))


def list_reader(field: Field[Any], given: Given) -> Reader:
    """Reads a list of values of the request as a column of this kind stores them; the same for the same two."""
    return _list_reader(field, given.memory)


@cache
def _list_reader(field: Field[Any], asked: Callable[[Any], Any]) -> Reader:
    def read(request: Request) -> Any:
        return [field.to_db_value(each, field.model) for each in asked(request.context)]

    return read
