"""What the sandbox remembers: a small database file of its own, as a real provider has one.

Several processes share it, and it outlives them; nothing of it stands in the database of the product.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rules.money import Currency
from rules.states import PaymentMethodKind
from server.payments.sandbox_rules import Behaviour, SandboxCharge, SandboxSetup, SandboxState

BUSY_SECONDS = 5.0
TABLES = """
CREATE TABLE IF NOT EXISTS charges (
    key TEXT PRIMARY KEY, payer TEXT NOT NULL, amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL, kind TEXT NOT NULL, behaviour TEXT NOT NULL, state TEXT NOT NULL,
    later TEXT, later_at TEXT, return_address TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS setups (
    key TEXT PRIMARY KEY, payer TEXT NOT NULL, kind TEXT NOT NULL, is_answered INTEGER NOT NULL,
    stored TEXT, return_address TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS forgotten (stored TEXT PRIMARY KEY) STRICT;
"""


class SandboxMemory:
    """The file, opened anew for each question, beside the event loop."""

    def __init__(self, file: Path) -> None:
        """A file that need not be there yet."""
        self._file = file

    async def add_charge(self, charge: SandboxCharge) -> tuple[SandboxCharge, bool]:
        """Remember a charge unless its key is known; answers what is remembered, and whether it is new."""
        return await asyncio.to_thread(self._add_charge, charge)

    def _add_charge(self, charge: SandboxCharge) -> tuple[SandboxCharge, bool]:
        with self._open() as connection:
            added = connection.execute(
                "INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", _row_of(charge)
            )
            row = connection.execute("SELECT * FROM charges WHERE key = ?", (charge.key,)).fetchone()
            return _charge_of(row), added.rowcount == 1

    async def find_charge(self, key: str) -> SandboxCharge | None:
        """A charge by its key."""
        found = await self._select("SELECT * FROM charges WHERE key = ?", key)
        return _charge_of(found[0]) if found else None

    async def all_charges(self) -> list[SandboxCharge]:
        """Every charge, in the order of their keys."""
        return [_charge_of(row) for row in await self._select("SELECT * FROM charges ORDER BY key")]

    async def charges_becoming(self, later: SandboxState) -> list[SandboxCharge]:
        """The charges that become, or became, something of themselves."""
        return [_charge_of(row) for row in await self._select("SELECT * FROM charges WHERE later = ?", later)]

    async def move_charge(
        self,
        key: str,
        at: datetime,
        *,
        only_from: SandboxState,
        to: SandboxState,
        later: SandboxState | None = None,
        later_at: datetime | None = None,
    ) -> SandboxCharge | None:
        """Move a charge that stands where it is expected to another state; answers it as it is then."""
        return await asyncio.to_thread(self._move_charge, key, at, only_from, (to, later, later_at))

    def _move_charge(
        self,
        key: str,
        at: datetime,
        only_from: SandboxState,
        course: tuple[SandboxState, SandboxState | None, datetime | None],
    ) -> SandboxCharge | None:
        with self._open() as connection:
            row = connection.execute("SELECT * FROM charges WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            charge = _charge_of(row)
            if charge.as_of(at) is only_from:
                charge = replace(charge, state=course[0], later=course[1], later_at=course[2])
                connection.execute(
                    "UPDATE charges SET state = ?, later = ?, later_at = ? WHERE key = ?", (*_row_of(charge)[6:9], key)
                )
            return charge

    async def add_setup(self, setup: SandboxSetup) -> None:
        """Remember the storing of a method unless its key is known."""
        row = (setup.key, setup.payer, setup.kind, setup.is_answered, setup.stored, setup.return_address)
        await self._change("INSERT INTO setups VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", *row)

    async def find_setup(self, key: str) -> SandboxSetup | None:
        """The storing of a method, by its key."""
        found = await self._select("SELECT * FROM setups WHERE key = ?", key)
        if not found:
            return None
        name, payer, kind, is_answered, stored, return_address = found[0]
        return SandboxSetup(name, payer, PaymentMethodKind(kind), bool(is_answered), stored, return_address)

    async def answer_setup(self, key: str, stored: str | None) -> None:
        """Say under which name a method is stored, or that it is not; the first answer counts."""
        change = "UPDATE setups SET is_answered = 1, stored = ? WHERE key = ? AND NOT is_answered"
        await self._change(change, stored, key)

    async def forget(self, stored: str) -> None:
        """Remember that a stored method is forgotten."""
        await self._change("INSERT INTO forgotten VALUES (?) ON CONFLICT DO NOTHING", stored)

    async def is_forgotten(self, stored: str) -> bool:
        """Whether a stored method is forgotten."""
        return bool(await self._select("SELECT 1 FROM forgotten WHERE stored = ?", stored))

    async def _select(self, statement: str, *values: Any) -> list[Any]:
        def read() -> list[Any]:
            with self._open() as connection:
                return connection.execute(statement, values).fetchall()

        return await asyncio.to_thread(read)

    async def _change(self, statement: str, *values: Any) -> None:
        def write() -> None:
            with self._open() as connection:
                connection.execute(statement, values)

        await asyncio.to_thread(write)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on the file, made with its tables where it is missing."""
        if not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
        with closing(sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(TABLES)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")


def _row_of(charge: SandboxCharge) -> tuple[Any, ...]:
    later_at = charge.later_at.isoformat() if charge.later_at else None
    return (
        charge.key,
        charge.payer,
        charge.amount_minor,
        charge.currency,
        charge.kind,
        charge.behaviour,
        charge.state,
        charge.later,
        later_at,
        charge.return_address,
    )


def _charge_of(row: Any) -> SandboxCharge:
    key, payer, amount_minor, currency, kind, behaviour, state, later, later_at, return_address = row
    return SandboxCharge(
        key=key,
        payer=payer,
        amount_minor=amount_minor,
        currency=Currency(currency),
        kind=PaymentMethodKind(kind),
        behaviour=Behaviour(behaviour),
        state=SandboxState(state),
        later=SandboxState(later) if later else None,
        later_at=datetime.fromisoformat(later_at) if later_at else None,
        return_address=return_address,
    )
