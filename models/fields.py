"""The kinds of columns we store, spelled so that both databases, Python and the API agree on every value.

A field may carry a CHECK of its own: `check(column, dialect)` answers the SQL condition that must hold for the
column, or None. Migrations write it into the table under the name `<table>_<column>_check`.
"""

import secrets
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal, TypeVar, overload
from uuid import UUID

from tortoise.exceptions import ConfigurationError, ValidationError
from tortoise.fields.base import Field
from tortoise.validators import MaxLengthValidator

NameT = TypeVar("NameT", bound=StrEnum | None)
EnumT = TypeVar("EnumT", bound=StrEnum)
IdT = TypeVar("IdT", UUID, UUID | None)
TextT = TypeVar("TextT", str, str | None)
MomentT = TypeVar("MomentT", datetime, datetime | None)
AmountT = TypeVar("AmountT", int, int | None)

LONGEST_NAME = 63
SMALLEST_AMOUNT, LARGEST_AMOUNT = -(2**63), 2**63 - 1

_last_id_lock = threading.Lock()
_last_id_head = 0


def new_id() -> UUID:
    """Answer a fresh UUIDv7: unique everywhere, and greater than every one this process answered before."""
    global _last_id_head  # noqa: PLW0603 -- the order of ids is a promise of the whole process
    milliseconds = time.time_ns() // 1_000_000
    with _last_id_lock:
        # 48 bits of time and 74 of chance; within a millisecond, or after the clock was set back, we count up.
        _last_id_head = max((milliseconds << 74) | secrets.randbits(74), _last_id_head + 1)
        head = _last_id_head
    moment, high, low = head >> 74, (head >> 62) & 0xFFF, head & (2**62 - 1)
    return UUID(int=(moment << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


class IdField(Field[IdT]):
    """A UUID: `uuid` in PostgreSQL, its 32 hexadecimal digits in SQLite, always a plain `uuid.UUID` in Python.

    As a primary key it is a fresh UUIDv7. Foreign keys to it store the same.
    """

    field_type = UUID
    SQL_TYPE = "CHAR(32)"

    class _db_postgres:  # noqa: N801 -- Tortoise looks for this name
        SQL_TYPE = "UUID"

    @overload
    def __init__(self: "IdField[UUID]", *, null: Literal[False] = False, **kwargs: Any) -> None: ...

    @overload
    def __init__(self: "IdField[UUID | None]", *, null: Literal[True], **kwargs: Any) -> None: ...

    def __init__(self, **kwargs: Any) -> None:
        if kwargs.get("primary_key"):
            kwargs.setdefault("default", new_id)
        super().__init__(**kwargs)

    def to_db_value(self, value: Any, instance: Any) -> str | None:
        """Write 32 hexadecimal digits, which both databases take."""
        if value is None:
            return None
        return value.hex if isinstance(value, UUID) else UUID(value).hex

    def to_python_value(self, value: Any) -> UUID | None:
        """Read a plain UUID, not the driver's own kind of it."""
        if value is None or type(value) is UUID:
            return value
        return UUID(int=value.int) if isinstance(value, UUID) else UUID(value)


class NameField(Field[NameT]):
    """One name of an enumeration, stored as that name, held to it by the database, sorted by its code points.

    The enumeration's values must equal its names, so that column, Python and API spell it alike. Migrations keep the
    bare names instead of the class, so that an old migration means the same for ever.
    """

    field_type = str
    SQL_TYPE = f"VARCHAR({LONGEST_NAME})"

    class _db_postgres:  # noqa: N801 -- Tortoise looks for this name
        SQL_TYPE = f'VARCHAR({LONGEST_NAME}) COLLATE "C"'  # lists are ordered by names, too

    @overload
    def __init__(
        self: "NameField[EnumT]", names: type[EnumT], *, null: Literal[False] = False, **kwargs: Any
    ) -> None: ...

    @overload
    def __init__(
        self: "NameField[EnumT | None]", names: type[EnumT], *, null: Literal[True], **kwargs: Any
    ) -> None: ...

    @overload
    def __init__(self: "NameField[Any]", names: Iterable[str], **kwargs: Any) -> None: ...

    def __init__(self, names: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.enumeration: type[StrEnum] | None = names if isinstance(names, type) else None
        self.names: tuple[str, ...] = tuple(str(name) for name in names)
        if self.enumeration and [member.name for member in self.enumeration] != list(self.names):
            raise ConfigurationError(f"{self.enumeration.__name__}: every value must equal its name")
        if not self.names or max(map(len, self.names)) > LONGEST_NAME:
            raise ConfigurationError(f"names must be there and have at most {LONGEST_NAME} letters: {self.names}")

    def to_db_value(self, value: Any, instance: Any) -> str | None:
        """Write the name; a stranger to the enumeration is refused with ValueError."""
        if value is None:
            return None
        if value not in self.names:
            raise ValueError(f"{self.model_field_name}: {value!r} is not one of {', '.join(self.names)}")
        return str(value)

    def to_python_value(self, value: Any) -> Any:
        """Read the enumeration's member (inside migrations, where there is no class, the bare name)."""
        return self.enumeration(value) if value is not None and self.enumeration else value

    @property
    def constraints(self) -> dict[str, Any]:
        """Tell migrations which names are allowed, so that they notice another one."""
        return {"names": list(self.names)}

    def check(self, column: str, dialect: str) -> str | None:
        """Only the names are allowed, in both databases."""
        names = ", ".join(f"'{name}'" for name in self.names)
        return f'"{column}" IN ({names})'

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Describe the field for a migration: by its names, not by its class."""
        path, arguments, keywords = super().deconstruct()
        if isinstance(keywords.get("default"), StrEnum):
            keywords["default"] = str(keywords["default"])
        return path, arguments, {**keywords, "names": self.names}


class SortedText(Field[TextT]):
    """Text of at most `max_length` characters that sorts by its code points in both databases.

    For whatever lists are ordered by; people's languages are served by storing a folded copy.
    """

    field_type = str

    class _db_postgres:  # noqa: N801 -- Tortoise looks for this name
        def __init__(self, field: "SortedText[Any]") -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:  # noqa: N802 -- Tortoise looks for this name
            return f'VARCHAR({self.field.max_length}) COLLATE "C"'

    @overload
    def __init__(self: "SortedText[str]", max_length: int, *, null: Literal[False] = False, **kwargs: Any) -> None: ...

    @overload
    def __init__(self: "SortedText[str | None]", max_length: int, *, null: Literal[True], **kwargs: Any) -> None: ...

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length
        self.validators.append(MaxLengthValidator(max_length))

    @property
    def SQL_TYPE(self) -> str:  # type: ignore[override]  # noqa: N802 -- Tortoise looks for this name and allows a property
        return f"VARCHAR({self.max_length})"


class Instant(Field[MomentT]):
    """A moment in UTC, to the microsecond: `timestamptz` in PostgreSQL, sortable text in SQLite.

    A datetime without a time zone is refused, in another time zone it is converted.
    """

    field_type = datetime
    SQL_TYPE = "TIMESTAMP"

    class _db_postgres:  # noqa: N801 -- Tortoise looks for this name
        SQL_TYPE = "TIMESTAMPTZ"

    @overload
    def __init__(self: "Instant[datetime]", *, null: Literal[False] = False, **kwargs: Any) -> None: ...

    @overload
    def __init__(self: "Instant[datetime | None]", *, null: Literal[True], **kwargs: Any) -> None: ...

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """Write the moment in UTC; SQLite compares the text, so there may be only one zone."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValidationError(f"{self.model_field_name}: {value} names no time zone")
            value = value.astimezone(UTC)
        self.validate(value)
        return value

    def to_python_value(self, value: Any) -> Any:
        """Read the moment in UTC; one without a zone stays as it is, and is refused when it is written."""
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment if moment.tzinfo in (UTC, None) else moment.astimezone(UTC)


class Amount(Field[AmountT]):
    """An amount in minor units of its currency: a whole number of 64 bits, never anything with a fraction."""

    field_type = int
    SQL_TYPE = "BIGINT"
    skip_to_python_if_native = True  # both drivers answer int

    @overload
    def __init__(self: "Amount[int]", *, null: Literal[False] = False, **kwargs: Any) -> None: ...

    @overload
    def __init__(self: "Amount[int | None]", *, null: Literal[True], **kwargs: Any) -> None: ...

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def to_db_value(self, value: Any, instance: Any) -> int | None:
        """Write the number; a fraction, a truth value or more than 64 bits is refused with ValidationError."""
        if value is None:
            return None
        if type(value) is not int or not SMALLEST_AMOUNT <= value <= LARGEST_AMOUNT:
            raise ValidationError(f"{self.model_field_name}: {value!r} is not a whole number of 64 bits")
        self.validate(value)
        return value

    def to_python_value(self, value: Any) -> Any:
        """Read the number as it stands; nothing is rounded into one."""
        return value

    def check(self, column: str, dialect: str) -> str | None:
        """SQLite would turn a sum that overflows into a float; it may not."""
        return f"typeof(\"{column}\") IN ('integer', 'null')" if dialect == "sqlite" else None
