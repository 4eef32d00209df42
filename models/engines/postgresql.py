"""PostgreSQL through asyncpg: a pool that loses no connection, whatever is cancelled.

Sessions speak UTC. Nothing is reset between two uses of a connection, which costs a round trip each time; so nobody
may SET, LISTEN or take advisory locks on a connection of the pool, except within its transaction.
"""

import asyncio
from types import TracebackType
from typing import Any, cast

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

from models.engines.completion import complete

SESSION = {
    "timezone": "UTC",
    "application_name": "manager",
    "jit": "off",  # compiling a plan takes longer than our statements
}
READY_SECONDS = 60  # after that the pool has it, and ends it when it is not needed for longer


class TransactionBlock(TransactionContextPooled):
    """Enters and leaves a transaction; cancelled at any point, it gives its connection back in a clean state."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        connection = await cast(PostgresqlEngine, self.client._parent).take_connection()
        self.client._connection = connection
        self._transaction = connection.transaction()
        try:
            await self._transaction.__aenter__()
        except BaseException:
            # BEGIN may still be under way, and what the connection says of itself is not to be believed.
            await complete(self._release(is_clean=False))
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        get_connections().reset(self.token)
        await complete(self._commit() if exc_type is None else self._roll_back(exc_type))

    async def _commit(self) -> None:
        is_clean = False
        try:
            await self._transaction.__aexit__(None, None, None)
            is_clean = True
        finally:
            await self._release(is_clean=is_clean)

    async def _roll_back(self, error_type: type[BaseException]) -> None:
        is_clean = False
        try:
            await self._transaction.__aexit__(error_type, None, None)
            is_clean = True
        except Exception:
            # The first error is the one to tell; the server rolls back whoever is gone.
            self.client._connection.terminate()
        finally:
            await self._release(is_clean=is_clean)

    async def _release(self, *, is_clean: bool) -> None:
        """Give the connection back; the pool ends whatever is still open on one that is not clean."""
        self.client._finalized = True
        connection = self.client._connection
        is_clean = is_clean and _is_open(connection)
        await cast(PostgresqlEngine, self.client._parent).give_back(connection, is_clean=is_clean)


class StatementBlock(PoolConnectionWrapper[Any]):
    """Takes a connection for one statement, and gives it back."""

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        self.connection = await cast(PostgresqlEngine, self.client).take_connection()
        return self.connection

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        await cast(PostgresqlEngine, self.client).give_back(self.connection, is_clean=exc_type is None)


class PostgresqlEngine(AsyncpgDBClient):
    """The client that Tortoise gives to models when DATABASE_URL names a PostgreSQL server.

    A connection that served without an error is kept ready beside the pool: to give it back costs a task, and to take
    it again costs more than a small statement itself. It goes back as soon as anybody waits for the pool.
    """

    def __init__(self, *, server_settings: dict[str, str] | None = None, **credentials: Any) -> None:
        super().__init__(server_settings={**SESSION, **(server_settings or {})}, reset=_keep, **credentials)
        self._ready: list[tuple[Any, Any]] = []  # with the time since when they are ready, the last one last
        self._waiting = 0

    async def take_connection(self) -> Any:
        """A connection nobody else uses, until it is given back."""
        pool: Any = self._pool
        while self._ready:
            connection, since = self._ready.pop()
            if _is_open(connection) and since + READY_SECONDS > asyncio.get_running_loop().time():
                return connection
            await pool.release(connection)
        self._waiting += 1
        try:
            return await pool.acquire()
        finally:
            self._waiting -= 1

    async def give_back(self, connection: Any, *, is_clean: bool) -> None:
        """Give a connection back; `is_clean` says that nothing is under way on it and nothing went wrong."""
        if is_clean and not self._waiting:
            self._ready.append((connection, asyncio.get_running_loop().time()))
        else:
            await cast(Any, self._pool).release(connection)

    def acquire_connection(self) -> StatementBlock:
        """A block that holds a connection for one statement."""
        return StatementBlock(self, self._pool_init_lock)

    async def _close(self) -> None:
        while self._ready:
            connection, _ = self._ready.pop()
            await cast(Any, self._pool).release(connection)
        await super()._close()

    def _in_transaction(self) -> TransactionContext:
        return TransactionBlock(cast(TransactionalDBClient, TransactionWrapper(self)), self._pool_init_lock)


def _is_open(connection: Any) -> bool:
    # The pool takes its connection out of our hands when the server ends it, and asking such a one is an error.
    return connection._con is not None and not connection.is_closed()


async def _keep(connection: Any) -> None:
    """Leave the session as it is."""


client_class = PostgresqlEngine
