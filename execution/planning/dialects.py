"""How two databases print JSON: what is written as text in SQLite is a value of its own in PostgreSQL.

An expression is SQL whose place in the answer is decided by whoever asked for it. In PostgreSQL it has a type, and
`row_to_json` prints it; `is_json` says that it is JSON already. In SQLite it is always the text of a JSON value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from execution.scalars import Kind

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

    def gathered(self, expression: str, kept: str | None) -> str:
        """Within a page: a list of JSON expressions of its rows, or of those that are kept, in their order."""
        ...

    def extreme(self, column: str, kept: str | None, *, first: bool) -> str:
        """Within a page: the text of a column in the first or the last of its rows, or of those that are kept."""
        ...

    def or_null(self, expression: str) -> str:
        """A JSON expression, where NULL becomes the value null."""
        ...
