"""PostgreSQL prints JSON by functions of its own, from values that have types."""

from collections.abc import Sequence
from typing import Any

from execution.planning.dialects import Piece
from execution.scalars import Kind, spell


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
        return column  # an instant too is printed as Python prints it: the session is in UTC

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

    def gathered(self, expression: str, kept: str | None) -> str:
        return f"coalesce(json_agg({expression}){_of(kept)}, '[]'::json)"

    def extreme(self, column: str, kept: str | None, *, first: bool) -> str:
        place = "1" if first else f"count({column}){_of(kept)}"
        return f"(array_agg({column}){_of(kept)})[{place}]"

    def or_null(self, expression: str) -> str:
        return expression


def _of(kept: str | None) -> str:
    return f" FILTER (WHERE {kept})" if kept else ""


def _columns(pieces: Sequence[Piece]) -> str:
    return ", ".join(f'{piece.sql} AS "{piece.key}"' for piece in pieces)
