"""How two databases print JSON: what is written as text in SQLite is a value of its own in PostgreSQL.

An expression is SQL whose place in the answer is decided by whoever asked for it. In PostgreSQL it has a type, and
`row_to_json` prints it; `is_json` says that it is JSON already. In SQLite it is always the text of a JSON value.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from execution.scalars import Kind, spell

LONGEST_KEY = 63
"""PostgreSQL cuts longer names without a word."""


@dataclass(frozen=True)
class Piece:
    """One entry of an object: its key in the answer, the expression, and whether that is JSON already."""

    key: str
    sql: str
    is_json: bool = False


class Dialect(Protocol):
    """One database's way to say what plans need."""

    @property
    def name(self) -> str: ...

    def mark(self, number: int) -> str:
        """The place of a parameter."""
        ...

    def literal(self, value: Any) -> str:
        """A constant of ours, never of a request."""
        ...

    def among(self, column: str, parameter: str) -> str:
        """Whether a column is one of a list that is one parameter."""
        ...

    def listed(self, values: list[Any]) -> Any:
        """A list as one parameter."""
        ...

    def leaf(self, shown: str, column: str) -> str:
        """A column as a scalar or enumeration of this name shows it."""
        ...

    def spelled(self, kind: Kind, column: str, prefix: str = "", places: int = 2) -> str:
        """A column whose spelling differs from the database's own."""
        ...

    def plain(self, kind: Kind, column: str) -> str:
        """The same as bare text, for a cursor."""
        ...

    def text(self, expression: str) -> str:
        """A text of SQL as a value."""
        ...

    def number(self, expression: str) -> str:
        """A whole number of SQL as a value."""
        ...

    def truth(self, condition: str) -> str:
        """A condition as a value; what is unknown is false."""
        ...

    def constant(self, text: str) -> str:
        """A constant text as a value."""
        ...

    def hole(self, number: int) -> str:
        """A place that Python fills, as JSON."""
        ...

    def as_json(self, piece: Piece) -> str:
        """The expression of a piece as JSON."""
        ...

    def here(self, pieces: Sequence[Piece]) -> str:
        """An object of expressions over the row at hand, as JSON."""
        ...

    def array(self, expressions: Sequence[str]) -> str:
        """A list of JSON expressions, as JSON."""
        ...

    def row(self, pieces: Sequence[Piece], source: str) -> str:
        """An object of the one row of a source, as JSON; NULL in SQL where there is no row."""
        ...

    def rows(self, pieces: Sequence[Piece], source: str) -> str:
        """A list of objects of the rows of a source, in its order, as JSON."""
        ...

    def gathered(self, expression: str, kept: str, order: str) -> str:
        """Within a page: a list of JSON expressions of its rows that are kept."""
        ...

    def extreme(self, column: str, number: str, kept: str, *, first: bool) -> str:
        """Within a page: the text of a column in the first or the last of its rows that are kept."""
        ...

    def flat(self, pieces: Sequence[Piece]) -> str:
        """Within a page: an object of expressions over all of its rows, as JSON."""
        ...

    def or_null(self, expression: str) -> str:
        """A JSON expression, where NULL becomes the value null."""
        ...


class Postgresql:
    """PostgreSQL: typed expressions, printed by its own functions."""

    name = "postgres"

    def mark(self, number: int) -> str:
        return f"${number}"

    def literal(self, value: Any) -> str:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"

    def among(self, column: str, parameter: str) -> str:
        return f"{column} = ANY({parameter})"

    def listed(self, values: list[Any]) -> Any:
        return values

    def leaf(self, shown: str, column: str) -> str:
        if shown == "BigInt":
            return f"{column}::text"
        return self.spelled(Kind.INSTANT, column) if shown == "DateTime" else column

    def spelled(self, kind: Kind, column: str, prefix: str = "", places: int = 2) -> str:
        return f"({spell(column, kind, self.name, prefix=prefix, places=places)})"

    def plain(self, kind: Kind, column: str) -> str:
        return f"encode(uuid_send({column}), 'hex')" if kind is Kind.ID else self.spelled(kind, column)

    def text(self, expression: str) -> str:
        return f"({expression})"

    def number(self, expression: str) -> str:
        return f"({expression})"

    def truth(self, condition: str) -> str:
        return f"coalesce({condition}, FALSE)"

    def constant(self, text: str) -> str:
        return f"'{text}'::text"

    def hole(self, number: int) -> str:
        return f"""'{{"!":{number}}}'::json"""

    def as_json(self, piece: Piece) -> str:
        return piece.sql if piece.is_json else f"to_json({piece.sql})"

    def here(self, pieces: Sequence[Piece]) -> str:
        return self._printed(pieces, "") if pieces else "'{}'::json"

    def array(self, expressions: Sequence[str]) -> str:
        return f"json_build_array({', '.join(expressions)})"

    def row(self, pieces: Sequence[Piece], source: str) -> str:
        return self._printed(pieces, source) if pieces else f"(SELECT '{{}}'::json {source})"

    def _printed(self, pieces: Sequence[Piece], source: str) -> str:
        return f"(SELECT row_to_json(x) FROM (SELECT {_columns(pieces)} {source}) x)"

    def rows(self, pieces: Sequence[Piece], source: str) -> str:
        printed = "row_to_json(x)" if pieces else "'{}'::json"
        columns = _columns(pieces) if pieces else "1"
        return f"(SELECT coalesce(json_agg({printed}), '[]'::json) FROM (SELECT {columns} {source}) x)"

    def gathered(self, expression: str, kept: str, order: str) -> str:
        return f"coalesce(json_agg({expression} ORDER BY {order}) FILTER (WHERE {kept}), '[]'::json)"

    def extreme(self, column: str, number: str, kept: str, *, first: bool) -> str:
        direction = "" if first else " DESC"
        return f"(array_agg({column} ORDER BY {number}{direction}) FILTER (WHERE {kept}))[1]"

    def flat(self, pieces: Sequence[Piece]) -> str:
        entries = (f"'{piece.key}', {piece.sql}" for piece in pieces)
        return f"json_build_object({', '.join(entries)})"

    def or_null(self, expression: str) -> str:
        return expression


def _columns(pieces: Sequence[Piece]) -> str:
    return ", ".join(f'{piece.sql} AS "{piece.key}"' for piece in pieces)


class Sqlite:
    """SQLite: every expression is the text of a JSON value, put together by concatenation."""

    name = "sqlite"

    def mark(self, number: int) -> str:
        return f"?{number}"

    def literal(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(int(value))
        return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"

    def among(self, column: str, parameter: str) -> str:
        return f"{column} IN (SELECT value FROM json_each({parameter}))"

    def listed(self, values: list[Any]) -> Any:
        return "[" + ",".join(_json(value) for value in values) + "]"

    def leaf(self, shown: str, column: str) -> str:
        if shown == "BigInt":
            return self.text(f"CAST({column} AS TEXT)")
        if shown == "Boolean":
            return f"coalesce({self.spelled_bare(Kind.BOOLEAN, column)}, 'null')"
        if shown == "DateTime":
            return self.spelled(Kind.INSTANT, column)
        return f"json_quote({column})"

    def spelled_bare(self, kind: Kind, column: str, prefix: str = "", places: int = 2) -> str:
        """A column as bare text."""
        return f"({spell(column, kind, self.name, prefix=prefix, places=places)})"

    def spelled(self, kind: Kind, column: str, prefix: str = "", places: int = 2) -> str:
        return self.text(self.spelled_bare(kind, column, prefix, places))

    def plain(self, kind: Kind, column: str) -> str:
        return f"replace({column}, '-', '')" if kind is Kind.ID else self.spelled_bare(kind, column)

    def text(self, expression: str) -> str:
        return f"json_quote({expression})"

    def number(self, expression: str) -> str:
        return f"json_quote({expression})"

    def truth(self, condition: str) -> str:
        return f"CASE WHEN {condition} THEN 'true' ELSE 'false' END"

    def constant(self, text: str) -> str:
        return f"""'"{text}"'"""

    def hole(self, number: int) -> str:
        return f"""'{{"!":{number}}}'"""

    def as_json(self, piece: Piece) -> str:
        return piece.sql

    def here(self, pieces: Sequence[Piece]) -> str:
        return f"({self._object(pieces)})"

    def array(self, expressions: Sequence[str]) -> str:
        listed = " || ',' || ".join(expressions) or "''"
        return f"('[' || {listed} || ']')"

    def row(self, pieces: Sequence[Piece], source: str) -> str:
        return f"(SELECT {self._object(pieces)} {source})"

    def rows(self, pieces: Sequence[Piece], source: str) -> str:
        inner = f"SELECT {self._object(pieces)} AS x {source}"
        return f"(SELECT '[' || coalesce(group_concat(x, ','), '') || ']' FROM ({inner}))"

    def _object(self, pieces: Sequence[Piece]) -> str:
        if not pieces:
            return "'{}'"
        entries = " || ',".join(f'"{piece.key}":\' || {piece.sql}' for piece in pieces)
        return f"'{{{entries} || '}}'"

    def gathered(self, expression: str, kept: str, order: str) -> str:
        # The rows of a page come in the order of their numbers, or the other way round where that is asked for.
        return f"'[' || coalesce(group_concat(CASE WHEN {kept} THEN {expression} END, ','), '') || ']'"

    def extreme(self, column: str, number: str, kept: str, *, first: bool) -> str:
        # The number in front, all of one length, makes the text of the extreme row the extreme text.
        chosen = "min" if first else "max"
        numbered = f"printf('%09d', {number}) || {column}"
        return self.text(f"substr({chosen}(CASE WHEN {kept} THEN {numbered} END), 10)")

    def flat(self, pieces: Sequence[Piece]) -> str:
        return self.here(pieces)

    def or_null(self, expression: str) -> str:
        return f"coalesce({expression}, 'null')"


def _json(value: Any) -> str:
    if isinstance(value, bool | int):
        return str(int(value))
    return json.dumps(str(value), ensure_ascii=False)


DIALECTS: dict[str, Dialect] = {"postgres": Postgresql(), "sqlite": Sqlite()}
