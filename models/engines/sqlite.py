"""SQLite, embedded: one connection that writes, one that reads, and transactions that other processes respect.

A transaction takes the write lock when it begins, so that it never fails half-way because another process wrote.
Statements outside a transaction read through a connection of their own: they see what is committed, and do not wait
for a transaction that is still open. Every timeout is in milliseconds.
"""

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from models.engines.completion import complete

BUSY_TIMEOUT_MILLISECONDS = 5_000
OWNER_ONLY = 0o600
PRAGMAS: dict[str, str | int] = {
    # First, because changing the journal may already have to wait.
    "busy_timeout": BUSY_TIMEOUT_MILLISECONDS,
    "journal_mode": "WAL",
    "synchronous": "NORMAL",
    "foreign_keys": "ON",
}


class Transaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first moment."""

    async def begin(self) -> None:
        """Begin, and wait up to the busy timeout for other processes."""
        try:
            if self._connection.in_transaction:  # the remains of a failed COMMIT must never be committed
                await self._connection.rollback()
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error


class TransactionBlock(SqliteTransactionContext):
    """Enters and leaves a transaction; cancelled at any point, it leaves neither a lock nor an open transaction."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            # BEGIN may still be queued in the connection's thread; the rollback is queued behind it.
            await complete(self._roll_back())
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return cast(TransactionalDBClient, self.connection)

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        get_connections().reset(self.token)
        await complete(self._commit() if exc_type is None else self._roll_back())

    async def _commit(self) -> None:
        try:
            await self.connection._connection.commit()
        except sqlite3.Error as error:
            await self.connection._connection.rollback()
            raise OperationalError(error) from error
        finally:
            self._end()

    async def _roll_back(self) -> None:
        try:
            if self.connection._connection is not None:
                await self.connection._connection.rollback()
        finally:
            self._end()

    def _end(self) -> None:
        self.connection._finalized = True
        self._trxlock.release()


class SqliteEngine(SqliteClient):
    """The client that Tortoise gives to models when DATABASE_URL names a file."""

    def __init__(self, file_path: str, **pragmas: Any) -> None:
        super().__init__(file_path, **{**PRAGMAS, **pragmas})
        self._reader: aiosqlite.Connection | None = None
        self._reader_lock = asyncio.Lock()
        self._opening_lock = asyncio.Lock()

    async def create_connection(self, with_db: bool) -> None:
        """Open the file, made readable for its owner alone if it is new, with both connections.

        Whoever is cancelled meanwhile leaves neither half of it behind.
        """
        await complete(self._open_both())

    async def _open_both(self) -> None:
        async with self._opening_lock:
            path = Path(self.filename)
            if self._connection is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
                self._connection = await _open(path, self.pragmas)
            if self._reader is None:
                self._reader = await _open(path, {"busy_timeout": self.pragmas["busy_timeout"], "query_only": "ON"})
                await self._post_connect()

    async def close(self) -> None:
        """Close both connections; what is under way is finished first."""
        async with self._reader_lock:
            if self._reader is not None:
                await self._reader.close()
                self._reader = None
        async with self._lock:
            await super().close()

    def _in_transaction(self) -> TransactionContext:
        return TransactionBlock(Transaction(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run one statement for many rows, in a transaction of its own."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[dict[str, Any]]]:
        """Run a statement: the number of rows it touched or found, and the rows."""
        if not _only_reads(query):
            return cast(tuple[int, Sequence[dict[str, Any]]], await super().execute_query(query, values))
        rows = await self._read(query, values)
        return len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """Run a statement: its rows as dictionaries."""
        if not _only_reads(query):
            return cast(list[dict[str, Any]], await super().execute_query_dict(query, values))
        return [dict(row) for row in await self._read(query, values)]

    @translate_exceptions
    async def _read(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        if self._reader is None:
            await self.create_connection(with_db=True)
        async with self._reader_lock:
            self.log.debug("%s: %s", query, values)
            reader = cast(aiosqlite.Connection, self._reader)
            return cast(list[dict[str, Any]], await reader.execute_fetchall(query, values))


async def _open(path: Path, pragmas: dict[str, Any]) -> aiosqlite.Connection:
    opening = aiosqlite.connect(path, isolation_level=None)
    # A process that ends without closing must not wait for this thread for ever; what is committed is safe.
    opening._thread.daemon = True
    connection = await opening
    connection.row_factory = sqlite3.Row
    for name, value in pragmas.items():
        await connection.execute_fetchall(f"PRAGMA {name}={value}")
    return connection


def _only_reads(query: str) -> bool:
    return query.lstrip("( \n\t")[:6].upper() == "SELECT"


client_class = SqliteEngine
