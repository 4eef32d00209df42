"""Filters: input fields that each name a lookup, and what a client has given for them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import strawberry
from tortoise.expressions import Q, Subquery
from tortoise.fields.base import Field
from tortoise.models import Model

from execution.denials import bad_request
from execution.given import Context
from execution.guards import visible
from execution.orders import fits
from execution.tables import column_at, link, model_named_by, read_id, table_of

COMPARING = frozenset({"", "not", "in", "not_in", "lt", "lte", "gt", "gte"})
MATCHING = frozenset({"contains", "icontains", "startswith", "istartswith"})
OPERATIONS = COMPARING | MATCHING | {"isnull"}
LISTS = frozenset({"in", "not_in"})
NAMING = frozenset({"", "in"})
LONGEST_TEXT = 1_000  # more than any column that is searched holds, and far less than a database takes as a pattern


@dataclass(frozen=True)
class Lookup:
    """What an input field compares: one path with its operation, or for a search the columns that may match.

    With `among`, a relation to many rows, these begin at those rows, and one of them must fit.
    """

    path: str = ""
    search: tuple[str, ...] = ()
    fold: Callable[[str], str] = str.casefold
    among: str = ""

    def start(self, model: type[Model]) -> type[Model]:
        """Answer the model whose rows are compared, where rows of this one are listed."""
        return link(model, self.among).there if self.among else model

    def columns(self) -> list[tuple[tuple[str, ...], str]]:
        """Answer each path that is compared, and how."""
        if self.search:
            return [(tuple(name.split("__")), "contains") for name in self.search]
        *names, last = self.path.split("__")
        return [(tuple(names), last)] if names and last in OPERATIONS else [((*names, last), "")]

    def names(self, model: type[Model]) -> type[Model] | None:
        """Answer the model whose rows a client names by ids that are compared here; None if it names none."""
        ((path, operation), *_) = self.columns()
        column = column_at(model, path)
        return model_named_by(column) if column is not None and operation in NAMING else None


Narrowing = tuple[tuple[Lookup, Hashable], ...]
"""What a client has given for a filter: comparable, so that equal filters share a statement."""


def lookup(
    path: str = "",
    description: str = "",
    *,
    search: tuple[str, ...] = (),
    fold: Callable[[str], str] = str.casefold,
    among: str = "",
) -> Any:
    """Declare an input field of a filter that narrows a list by one lookup, such as "status__in".

    A path may lead over to-one relations ("user__name_sort__contains"). An `ID` is compared with a key column.
    With `search` instead of a path, the text is looked for in any of these columns, which hold text folded by `fold`,
    or only without case. With `among`, a relation to many rows, either begins at those rows, and what is listed has one
    that fits: of those that the viewer may see, and an `ID` names only what they may see. An input field left out or
    null narrows nothing.
    """
    if not description or bool(path) == bool(search):
        raise TypeError("a lookup needs a description, and either a path or the columns of a search")
    return strawberry.field(
        default=strawberry.UNSET, description=description, metadata={"lookup": Lookup(path, search, fold, among)}
    )


def lookup_of(declared: Any) -> Lookup | None:
    """Answer the lookup of an input field; None if it declares none."""
    found = declared.metadata.get("lookup")
    return found if isinstance(found, Lookup) else None


def read_filter(given: Any, model: type[Model]) -> Narrowing:
    """Read what a client has given for a filter.

    Refuses with BAD_REQUEST: the id of another type (ID), and what the column could never hold (ARGUMENT).
    """
    if given is None or given is strawberry.UNSET:
        return ()
    narrowing: list[tuple[Lookup, Hashable]] = []
    for declared in type(given).__strawberry_definition__.fields:
        value, found = getattr(given, declared.python_name), lookup_of(declared)
        if value is not None and value is not strawberry.UNSET and found is not None:
            narrowing.append((found, _read(found, value, found.start(model))))
    return tuple(narrowing)


def narrowed(narrowing: Narrowing, model: type[Model], context: Context) -> list[Q]:
    """Answer what a client's filter demands of the rows of a model, as predicates."""
    return [
        _among(found, value, model, context) if found.among else _demand(found, value) for found, value in narrowing
    ]


def _read(found: Lookup, value: Any, model: type[Model]) -> Hashable:
    if found.search:
        return tuple(_read_text(each) for each in dict.fromkeys((found.fold(str(value)), str(value).casefold())))
    ((path, operation),) = found.columns()
    column = column_at(model, path)
    assert column is not None  # the house has checked every lookup of the schema
    if operation in MATCHING:
        return _read_text(str(value))
    if operation not in COMPARING:
        return bool(value)
    if operation in LISTS:
        return tuple(_read_one(column, each) for each in value)
    return _read_one(column, value)


def _read_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise bad_request("ARGUMENT", "The filter holds a text that is too long to be there.")
    return text


def _read_one(column: Field[Any], value: Any) -> Hashable:
    named = model_named_by(column)
    if named is not None:
        return read_id(str(value), named)
    if not fits(column, value):
        raise bad_request("ARGUMENT", "The filter holds a value that can never be there.")
    return value  # type: ignore[no-any-return]  # scalars and names of enumerations


def _demand(found: Lookup, value: Any) -> Q:
    if found.search:
        return Q(*(Q(**{f"{name}__contains": text}) for name in found.search for text in value), join_type=Q.OR)
    demand: dict[str, Any] = {found.path: list(value) if isinstance(value, tuple) else value}
    return Q(**demand)


def _among(found: Lookup, value: Any, model: type[Model], context: Context) -> Q:
    joined = link(model, found.among)
    named = found.names(joined.there)
    demand = _demand(found, value) if named is None else _naming(found, value, named, context)
    fitting = joined.there.filter(*visible(table_of(joined.there), context), demand)
    chosen: dict[str, Any] = {f"{joined.near}__in": Subquery(fitting.values(joined.far))}
    return Q(**chosen)


def _naming(found: Lookup, value: Any, named: type[Model], context: Context) -> Q:
    ((path, _),) = found.columns()
    keys = list(value) if isinstance(value, tuple) else [value]
    known = named.filter(*visible(table_of(named), context), pk__in=keys)
    chosen: dict[str, Any] = {f"{'__'.join(path)}__in": Subquery(known.values(str(named._meta.pk_attr)))}
    return Q(**chosen)
