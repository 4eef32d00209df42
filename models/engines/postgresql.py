"""PostgreSQL through asyncpg: a pool that loses no connection, whatever is cancelled.

Sessions speak UTC. Nothing is reset between two uses of a connection, which costs a round trip each time; so nobody
may SET, LISTEN or take advisory locks on a connection of the pool, except within its transaction.
"""

from types import TracebackType
from typing import Any, cast

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections

from models.engines.completion import complete

SESSION = {
    "timezone": "UTC",
    "application_name": "manager",
    "jit": "off",  # compiling a plan takes longer than our statements
}


class TransactionBlock(TransactionContextPooled):
    """Enters and leaves a transaction; cancelled at any point, it gives its connection back in a clean state."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        connection = await self.client._parent._pool.acquire()
        self.client._connection = connection
        self._transaction = connection.transaction()
        try:
            await self._transaction.__aenter__()
        except BaseException:
            await complete(self._release())
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        get_connections().reset(self.token)
        await complete(self._commit() if exc_type is None else self._roll_back(exc_type))

    async def _commit(self) -> None:
        try:
            await self._transaction.__aexit__(None, None, None)
        finally:
            await self._release()

    async def _roll_back(self, error_type: type[BaseException]) -> None:
        try:
            await self._transaction.__aexit__(error_type, None, None)
        except Exception:
            # The first error is the one to tell; the server rolls back whoever is gone.
            self.client._connection.terminate()
        finally:
            await self._release()

    async def _release(self) -> None:
        self.client._finalized = True
        # A transaction that is still open here, because BEGIN was cancelled, is rolled back by the pool.
        await self.client._parent._pool.release(self.client._connection)


class PostgresqlEngine(AsyncpgDBClient):
    """The client that Tortoise gives to models when DATABASE_URL names a PostgreSQL server."""

    def __init__(self, *, server_settings: dict[str, str] | None = None, **credentials: Any) -> None:
        super().__init__(server_settings={**SESSION, **(server_settings or {})}, reset=_keep, **credentials)

    def _in_transaction(self) -> TransactionContext:
        return TransactionBlock(cast(TransactionalDBClient, TransactionWrapper(self)), self._pool_init_lock)


async def _keep(connection: Any) -> None:
    """Leave the session as it is."""


client_class = PostgresqlEngine
