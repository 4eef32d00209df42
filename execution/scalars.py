"""Each scalar's one spelling: in Python, in PostgreSQL and in SQLite, and what is refused on the way in."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any, NewType

import strawberry
from graphql import GraphQLID, GraphQLScalarType, GraphQLString, IntValueNode, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

from execution.denials import bad_request

BigInt = NewType("BigInt", int)
"""A whole number of up to 64 bits; JSON carries it as a string."""

LARGEST = 2**63 - 1
LONGEST_DECIMAL = 40
WHOLE = re.compile(r"-?[0-9]{1,19}")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def spell_instant(moment: datetime) -> str:
    """Spell an instant in UTC as PostgreSQL does in JSON: its fraction of a second without trailing zeros."""
    text = moment.astimezone(UTC).isoformat()
    return f"{text[:-6].rstrip('0')}+00:00" if moment.microsecond else text


def spell_decimal(number: Decimal) -> str:
    """Spell a decimal number with all its digits, never with an exponent."""
    return f"{number:f}"


def amount(minor: int, places: int = 2) -> Decimal:
    """Turn minor units into the amount that people read, exactly."""
    return Decimal(minor).scaleb(-places)


def read_whole(value: Any) -> BigInt:
    """Read a whole number from -(2^63-1) to 2^63-1, given as an integer or as its digits."""
    if isinstance(value, str) and WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is not int or abs(value) > LARGEST:
        raise bad_request("ARGUMENT", "A BigInt is a whole number of 64 bits, as an integer or a string of digits.")
    return BigInt(value)


def read_decimal(value: Any) -> Decimal:
    """Read a decimal number from a string such as "1234.50"."""
    if not isinstance(value, str) or len(value) > LONGEST_DECIMAL or not DECIMAL.fullmatch(value):
        raise bad_request("ARGUMENT", 'A Decimal is a string such as "1234.50".')
    return Decimal(value)


def read_day(value: Any) -> date:
    """Read a day from a string such as "2026-02-28"."""
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            day = date.fromisoformat(value)
            # PostgreSQL's driver takes the first and the last day of all for the infinities.
            if date.min < day < date.max:
                return day
    except ValueError:
        pass  # well spelled, but no calendar has this day
    raise bad_request("ARGUMENT", 'A Date is a day of the calendar, such as "2026-02-28".')


def read_instant(value: Any) -> datetime:
    """Read an instant with its offset from UTC, such as "2026-02-28T12:00:00Z"; it is answered in UTC."""
    try:
        if isinstance(value, str) and INSTANT.fullmatch(value):
            moment = datetime.fromisoformat(value).astimezone(UTC)
            if date.min < moment.date() < date.max:
                return moment
    except (ValueError, OverflowError):
        pass  # well spelled, but there is no such moment
    raise bad_request("ARGUMENT", 'A DateTime is an instant with an offset, such as "2026-02-28T12:00:00Z".')


def _of_literal(read: Callable[[Any], Any]) -> Callable[..., Any]:
    """Read a literal in a document as the same value in a variable would be read."""

    def parse_literal(node: ValueNode, _variables: dict[str, Any] | None = None) -> Any:
        if isinstance(node, IntValueNode):
            # A thousand digits are no number of ours, and expensive to convert.
            return read(int(node.value) if len(node.value) <= LONGEST_DECIMAL else None)
        return read(node.value if isinstance(node, StringValueNode) else None)

    return parse_literal


def _scalar(name: str, description: str, spell: Callable[[Any], str], read: Callable[[Any], Any]) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=description, serialize=spell, parse_value=read, parse_literal=_of_literal(read)
    )


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime", "Instant in UTC, such as `2026-02-28T12:00:00.5+00:00`.", spell_instant, read_instant
    ),
    date: _scalar("Date", "Day of the calendar, such as `2026-02-28`.", date.isoformat, read_day),
    Decimal: _scalar("Decimal", 'Decimal number as a string, such as `"1234.50"`.', spell_decimal, read_decimal),
    BigInt: _scalar("BigInt", "Whole number of up to 64 bits, as a string of digits.", str, read_whole),
}


def scalar_map() -> dict[object, ScalarDefinition]:
    """Answer the scalars for `StrawberryConfig(scalar_map=...)`, and make String and ID refuse what cannot be stored.

    graphql-core lets nobody define String and ID anew, so its own two are made stricter, once for the process.
    """
    for scalar in (GraphQLString, GraphQLID):
        _refuse_unstorable_text(scalar)
    return dict(SCALARS)


def _refuse_unstorable_text(scalar: GraphQLScalarType) -> None:
    """Let a text scalar refuse NUL and lone surrogates, in literals as in variables."""
    if getattr(scalar.coerce_input_value, "refuses_unstorable_text", False):
        return
    read, read_literal = scalar.coerce_input_value, scalar.coerce_input_literal
    assert read_literal is not None  # both built-in scalars have one

    def storable(text: Any) -> Any:
        if isinstance(text, str) and UNSTORABLE.search(text):
            raise bad_request("ARGUMENT", "Text may hold neither the character U+0000 nor half of a surrogate pair.")
        return text

    def coerce_input_value(value: Any) -> Any:
        return storable(read(value))

    def coerce_input_literal(node: Any, *arguments: Any) -> Any:
        return storable(read_literal(node, *arguments))

    coerce_input_value.refuses_unstorable_text = True  # type: ignore[attr-defined]  # our own mark on our own function
    scalar.coerce_input_value = scalar.parse_value = coerce_input_value  # type: ignore[method-assign]  # see scalar_map
    scalar.coerce_input_literal = coerce_input_literal


class Kind(Enum):
    """The kinds of columns whose spelling in JSON differs from the database's own."""

    BIGINT = auto()
    AMOUNT = auto()
    INSTANT = auto()
    DATE = auto()
    BOOLEAN = auto()
    ID = auto()


def spell(column: str, kind: Kind, dialect: str, *, prefix: str = "", places: int = 2) -> str:
    """Answer the SQL that spells a column as Python does; NULL stays NULL.

    `column` is a SQL expression, `dialect` is "postgres" or "sqlite", `prefix` is that of an ID, and `places` are
    the decimal places of an AMOUNT, which is stored in minor units. Booleans become the words `true` and `false`.
    """
    return _SPELLINGS[dialect][kind](column, prefix, places)


def _postgres_amount(column: str, _prefix: str, places: int) -> str:
    # Dividing would keep sixteen digits only; multiplying by a fraction keeps all.
    return f"({column} * {Decimal(1).scaleb(-places):f})::numeric(40, {places})::text"


def _sqlite_amount(column: str, _prefix: str, places: int) -> str:
    if places == 0:
        return f"CAST({column} AS TEXT)"
    whole = 10**places
    # The parts are turned positive, not the whole: the smallest number of all has no positive one beside it.
    digits = f"printf('%d.%0{places}d', abs({column} / {whole}), abs({column} % {whole}))"
    return f"CASE WHEN {column} < 0 THEN '-' || {digits} WHEN {column} >= 0 THEN {digits} END"


def _sqlite_instant(column: str, _prefix: str, _places: int) -> str:
    # Stored as 2024-01-02 03:04:05.500000+00:00, without the fraction when there is none.
    moment = f"substr({column}, 1, 10) || 'T' || substr({column}, 12, 8)"
    fraction = f"substr({column}, 20, length({column}) - 25)"
    return f"{moment} || CASE WHEN {fraction} LIKE '.%' THEN rtrim({fraction}, '0') ELSE '' END || '+00:00'"


_Spelling = Callable[[str, str, int], str]
_SPELLINGS: dict[str, dict[Kind, _Spelling]] = {
    "postgres": {
        Kind.BIGINT: lambda column, _prefix, _places: f"{column}::text",
        Kind.AMOUNT: _postgres_amount,
        Kind.INSTANT: lambda column, _prefix, _places: f"to_json({column} AT TIME ZONE 'UTC')#>>'{{}}' || '+00:00'",
        Kind.DATE: lambda column, _prefix, _places: f"to_json({column})#>>'{{}}'",
        Kind.BOOLEAN: lambda column, _prefix, _places: f"{column}::text",
        Kind.ID: lambda column, prefix, _places: f"'{prefix}_' || encode(uuid_send({column}), 'hex')",
    },
    "sqlite": {
        Kind.BIGINT: lambda column, _prefix, _places: f"CAST({column} AS TEXT)",
        Kind.AMOUNT: _sqlite_amount,
        Kind.INSTANT: _sqlite_instant,
        Kind.DATE: lambda column, _prefix, _places: column,
        Kind.BOOLEAN: lambda column, _prefix, _places: f"CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END",
        Kind.ID: lambda column, prefix, _places: f"'{prefix}_' || replace({column}, '-', '')",
    },
}
