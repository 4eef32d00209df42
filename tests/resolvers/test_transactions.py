"""Transactions: what loses against another one is tried again, everything else is not."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError

from models import ThrottleCounter
from resolvers.transactions import ATTEMPTS, in_one_transaction, transaction
from tests.databases import Database

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def count_up(key: str) -> None:
    await ThrottleCounter.create(key=key, window_ends_at=NOON, attempts=1)


async def test_work_that_loses_is_done_again_from_its_start(database: Database) -> None:
    attempts = 0

    async def work() -> str:
        nonlocal attempts
        attempts += 1
        await count_up("a")
        if attempts < 3:
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        return "done"

    assert await in_one_transaction(work) == "done"
    assert attempts == 3
    assert await ThrottleCounter.all().count() == 1


async def test_the_last_loss_is_told(database: Database) -> None:
    attempts = 0

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        raise asyncpg.SerializationError("could not serialize access")

    with pytest.raises(asyncpg.SerializationError):
        await in_one_transaction(work)
    assert attempts == ATTEMPTS


async def test_no_other_error_is_tried_again(database: Database) -> None:
    attempts = 0

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        await count_up("a")
        await count_up("a")

    with pytest.raises(IntegrityError):
        await in_one_transaction(work)
    assert attempts == 1


async def test_within_a_transaction_nothing_is_tried_again(database: Database) -> None:
    attempts = 0

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        raise asyncpg.DeadlockDetectedError("deadlock detected")

    with pytest.raises(asyncpg.DeadlockDetectedError):
        async with transaction():
            await in_one_transaction(work)
    assert attempts == 1


async def test_two_that_lock_in_opposite_order_both_succeed(database: Database) -> None:
    await count_up("a")
    await count_up("b")

    async def lock(first: str, second: str) -> None:
        for key in (first, second):
            counter = await ThrottleCounter.select_for_update().get(key=key)
            counter.attempts += 1
            await counter.save(update_fields=["attempts"])
            await asyncio.sleep(0.05)

    await asyncio.gather(
        in_one_transaction(lambda: lock("a", "b")),
        in_one_transaction(lambda: lock("b", "a")),
    )

    assert [each.attempts for each in await ThrottleCounter.all()] == [3, 3]


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_serializable_transactions_that_conflict_both_succeed_in_the_end(database: Database) -> None:
    await count_up("a")

    async def work() -> None:
        connection = get_connections().get(database.kind)
        await connection.execute_query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        counter = await ThrottleCounter.get(key="a")
        await asyncio.sleep(0.01)
        await ThrottleCounter.filter(key="a").update(attempts=counter.attempts + 1)

    await asyncio.gather(*(in_one_transaction(work) for _ in range(3)))

    assert (await ThrottleCounter.get(key="a")).attempts == 4
