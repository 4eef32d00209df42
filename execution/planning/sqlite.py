"""SQLite prints JSON as text that is put together: every expression is the text of a value."""

import json
from collections.abc import Sequence
from typing import Any

from execution.planning.dialects import Piece
from execution.scalars import Kind, spell


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

    def gathered(self, expression: str, kept: str | None) -> str:
        shown = f"CASE WHEN {kept} THEN {expression} END" if kept else expression
        return f"'[' || coalesce(group_concat({shown}, ','), '') || ']'"

    def extreme(self, column: str, kept: str | None, *, first: bool) -> str:
        those = f" FILTER (WHERE {kept})" if kept else ""
        place = "0" if first else "#-1"
        return self.text(f"json_extract(json_group_array({column}){those}, '$[{place}]')")

    def or_null(self, expression: str) -> str:
        return f"coalesce({expression}, 'null')"


def _json(value: Any) -> str:
    if isinstance(value, bool | int):
        return str(int(value))
    return json.dumps(str(value), ensure_ascii=False)
