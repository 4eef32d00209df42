"""Transactions: the only way in which anything is written.

Inside one, nothing is spawned and nothing foreign is awaited. A transaction within a transaction is a savepoint.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from models.engines.trouble import is_conflict

T = TypeVar("T")

ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.01


def transaction() -> TransactionContext:
    """Open a transaction for an `async with` block: it commits at the end, and rolls back on any error."""
    return in_transaction()


async def in_one_transaction(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` in a transaction, and again from its start when the database asks for it.

    That is when it lost against another transaction (serialization failure, deadlock); the fifth time the error is
    raised. Whatever `work` does outside the database must bear repetition. Inside another transaction nothing is
    repeated, since that one is lost as a whole.
    """
    attempt = 1
    while True:
        try:
            async with transaction():
                return await work()
        except Exception as error:
            if attempt == ATTEMPTS or _is_open() or not is_conflict(error):
                raise
        await asyncio.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
        attempt += 1


def _is_open() -> bool:
    return any(isinstance(connection, TransactionalDBClient) for connection in get_connections().all())
