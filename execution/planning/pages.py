"""Pages of a list: rows with their cursors, where the page stands, and how many rows there are, in one expression."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type
from tortoise.fields.base import Field
from tortoise.models import Model

from execution.lookups import Narrowing
from execution.orders import BETWEEN, Order, read_order, reverse
from execution.pages import Window
from execution.planning.arguments import Narrowed, beyond, ordered, shape_of
from execution.planning.dialects import Piece
from execution.planning.leaves import at
from execution.planning.requests import Reader, Request
from execution.planning.selecting import TYPE_NAME, Selected
from execution.scalars import Kind
from execution.tables import Table

if TYPE_CHECKING:
    from execution.planning.objects import Objects

_KINDS = {"datetime": Kind.INSTANT, "date": Kind.DATE, "bool": Kind.BOOLEAN, "UUID": Kind.ID, "int": Kind.BIGINT}


def _narrowing(asked: Reader) -> Reader:
    return lambda request: request.read(asked)[1]


def _shape(asked: Reader) -> Reader:
    """What of a page's arguments decides the words of a statement."""

    def read(request: Request) -> Any:
        window, narrowing = request.read(asked)
        return window.order, window.backwards, window.after is None, window.before is None, shape_of(narrowing)

    return read


class Pages:
    """Writes pages of one statement."""

    def __init__(self, objects: "Objects", narrowed: Narrowed) -> None:
        self._objects = objects
        self._builder = objects.builder
        self._dialect = objects.dialect
        self._narrowed = narrowed

    def expression(
        self,
        connection: GraphQLObjectType,
        selected: Selected,
        asked: Reader,
        alias: str,
        table: Table,
        demands: list[str],
    ) -> str:
        """A page of the rows of an alias that satisfy the demands, as JSON; `asked` reads which page."""
        self._builder.checks.append(asked)
        self._builder.questions.ask(_shape(asked))
        window: Window
        narrowing: Narrowing
        window, narrowing = self._objects.conditions.request.read(asked)
        demands = demands + self._narrowed.demands(narrowing, _narrowing(asked), alias, table.model)
        fields = list(self._objects.selections.of(connection, selected.below))
        page = _Page(self, window, asked, alias, table, demands)
        # Whether the page has one row more is to be known before any of it is written.
        page.look_ahead(connection, fields)
        pieces = [Piece(each.key, *page.entry(connection, each)) for each in fields]
        if not page.looks_at_rows:
            return self._dialect.here(pieces)
        return self._dialect.row(pieces, page.source())


class _Page:
    """One page while it is written: the columns that its rows must bring grow with what is selected."""

    def __init__(
        self, pages: Pages, window: Window, asked: Reader, alias: str, table: Table, demands: list[str]
    ) -> None:
        self._objects = pages._objects
        self._builder = pages._builder
        self._dialect = pages._dialect
        self._window = window
        self._asked = asked
        self._alias = alias
        self._table = table
        self._demands = demands
        self._outer = self._builder.alias()
        self._columns: dict[str, str] = {}
        self.looks_at_rows = False
        self._is_numbered = window.backwards  # the rows are found the other way round then, and turned
        self._has_one_more = False

    @property
    def _size(self) -> str:
        return self._builder.parameter(self._size_reader())

    @property
    def _number(self) -> str:
        self.looks_at_rows = self._is_numbered = True
        return f"{self._outer}.n"

    def _size_reader(self) -> Reader:
        if not hasattr(self, "_read_size"):
            asked = self._asked
            self._read_size: Reader = lambda request: request.read(asked)[0].size
        return self._read_size

    def look_ahead(self, connection: GraphQLObjectType, fields: Sequence[Selected]) -> None:
        """Learn whether anybody asks if there are more rows than the page holds."""
        for each in fields:
            if each.name == "pageInfo":
                kind: Any = get_named_type(connection.fields[each.name].type)
                asked = {inner.name for inner in self._objects.selections.of(kind, each.below)}
                self._has_one_more |= ("hasPreviousPage" if self._window.backwards else "hasNextPage") in asked

    def entry(self, connection: GraphQLObjectType, selected: Selected) -> tuple[str, bool]:
        """One field of the connection: its expression, and whether that is JSON."""
        if selected.name == TYPE_NAME:
            return self._dialect.constant(connection.name), False
        if selected.name == "totalCount":
            where = f" WHERE {' AND '.join(self._demands)}" if self._demands else ""
            # Its own alias would do as well: the sub-select stands alone.
            table = self._table.model._meta.db_table
            return self._dialect.number(f'(SELECT count(*) FROM "{table}" {self._alias}{where})'), False
        kind: Any = get_named_type(connection.fields[selected.name].type)
        if selected.name == "nodes":
            return self._gathered(self._node(kind, selected)), True
        if selected.name == "edges":
            return self._gathered(self._edge(kind, selected)), True
        return self._info(kind, selected), True

    def _node(self, kind: GraphQLObjectType, selected: Selected) -> str:
        return self._dialect.here(self._objects.pieces(kind, selected.below, self._alias, self._table))

    def _edge(self, kind: GraphQLObjectType, selected: Selected) -> str:
        pieces = []
        for each in self._objects.selections.of(kind, selected.below):
            if each.name == TYPE_NAME:
                pieces.append(Piece(each.key, self._dialect.constant(kind.name)))
            elif each.name == "cursor":
                pieces.append(Piece(each.key, self._dialect.text(self._cursor())))
            else:
                inner: Any = get_named_type(kind.fields[each.name].type)
                pieces.append(Piece(each.key, self._node(inner, each), is_json=True))
        return self._dialect.here(pieces)

    def _info(self, kind: GraphQLObjectType, selected: Selected) -> str:
        chosen = self._objects.selections.of(kind, selected.below)
        return self._dialect.here([Piece(each.key, *self._info_entry(kind, each.name)) for each in chosen])

    def _info_entry(self, kind: GraphQLObjectType, name: str) -> tuple[str, bool]:
        window = self._window
        if name == TYPE_NAME:
            return self._dialect.constant(kind.name), False
        if name == "hasNextPage":
            return self._more() if not window.backwards else self._known(window.before is not None), False
        if name == "hasPreviousPage":
            return self._more() if window.backwards else self._known(window.after is not None), False
        cursor = self._column(self._cursor())
        return self._dialect.extreme(cursor, self._kept(), first=name == "startCursor"), False

    def _more(self) -> str:
        return self._dialect.truth(f"count({self._number}) > {self._size}")

    def _known(self, truth: bool) -> str:
        return self._dialect.truth("1 = 1" if truth else "1 = 0")

    def _gathered(self, expression: str) -> str:
        return self._dialect.gathered(self._column(expression), self._kept())

    def _kept(self) -> str | None:
        """What the rows of the page satisfy, where there may be one more."""
        return f"{self._number} <= {self._size}" if self._has_one_more else None

    def _column(self, expression: str) -> str:
        """The name of a column that the page's rows bring."""
        self.looks_at_rows = True
        if expression not in self._columns:
            self._columns[expression] = f"c{len(self._columns)}"
        return f"{self._outer}.{self._columns[expression]}"

    def _cursor(self) -> str:
        model = self._table.model
        order = self._window.order
        parts = [self._spelled(model, step.column) for step in read_order(order, model)]
        between = f" || {self._dialect.literal(BETWEEN)} || "
        return f"{self._dialect.literal(f'{order}:')} || {between.join(parts)}"

    def _spelled(self, model: type[Model], name: str) -> str:
        field: Field[Any] = model._meta.fields_map[name]
        kind = _KINDS.get(field.field_type.__name__)
        column = at(self._alias, model, name)
        return column if kind is None else self._dialect.plain(kind, column)

    def source(self) -> str:
        """The rows of the page in the order of the answer, and one more if there is one and somebody asks for it."""
        model, alias, window = self._table.model, self._alias, self._window
        order = read_order(window.order, model)
        direction: Order = reverse(order) if window.backwards else order
        demands = list(self._demands)
        asked = self._asked
        if window.after is not None:
            demands.append(beyond(self._builder, order, alias, model, lambda request: request.read(asked)[0].after))
        if window.before is not None:
            before = reverse(order)
            demands.append(beyond(self._builder, before, alias, model, lambda request: request.read(asked)[0].before))
        where = f" WHERE {' AND '.join(demands)}" if demands else ""
        words = ordered(direction, alias, model)
        limit = self._builder.parameter(self._limit_reader() if self._has_one_more else self._size_reader())
        columns = [f"{expression} AS {name}" for expression, name in self._columns.items()]
        number = ""
        if self._is_numbered:
            columns.append("n")
            number = f", row_number() OVER (ORDER BY {words}) AS n"
        # Chosen first, and only then printed: nothing is printed of rows that no page holds.
        inner = f'SELECT {alias}.*{number} FROM "{model._meta.db_table}" {alias}'
        chosen = f"({inner}{where} ORDER BY {words} LIMIT {limit}) {alias}"
        turned = " ORDER BY n DESC" if window.backwards else ""
        return f"FROM (SELECT {', '.join(columns)} FROM {chosen}{turned}) {self._outer}"

    def _limit_reader(self) -> Reader:
        asked = self._asked
        return lambda request: request.read(asked)[0].limit
