"""The engines: nothing is read that is not committed, and nothing stays behind when a task is cancelled."""

import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from execution.errors import is_unavailable
from models import ThrottleCounter
from server.databases import DatabaseUrl, Limits, open_database
from tests.databases import Database
from tests.sizes import sized

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HANGS_SECONDS = 60  # by then it is no busy machine that one waits for


async def count_up(key: str) -> None:
    await ThrottleCounter.create(key=key, window_ends_at=NOON, attempts=1)


async def test_a_reader_sees_nothing_of_an_open_transaction_and_does_not_wait_for_it(database: Database) -> None:
    written, seen = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with in_transaction():
            await count_up("a")
            written.set()
            await seen.wait()

    writer = asyncio.create_task(write())
    await written.wait()

    during = await asyncio.wait_for(ThrottleCounter.all().count(), timeout=HANGS_SECONDS)
    seen.set()
    await writer
    after = await ThrottleCounter.all().count()

    assert (during, after) == (0, 1)


async def test_a_transaction_reads_what_it_wrote(database: Database) -> None:
    async with in_transaction():
        await count_up("a")
        assert await ThrottleCounter.all().count() == 1


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            await count_up("a")
            raise ZeroDivisionError

    assert await ThrottleCounter.all().count() == 0


async def test_a_failed_savepoint_leaves_its_transaction_usable(database: Database) -> None:
    async with in_transaction():
        await count_up("a")
        with pytest.raises(IntegrityError):
            async with in_transaction():
                await count_up("a")
        await count_up("b")

    assert await ThrottleCounter.all().count() == 2


@pytest.mark.soak
@pytest.mark.parametrize("round_number", range(sized(3, 100)))
async def test_cancelled_transactions_leave_no_lock_and_no_connection_behind(
    database: Database, round_number: int
) -> None:
    async def transact(name: str) -> None:
        async with in_transaction():
            await count_up(name)
            await asyncio.sleep(0)
            async with in_transaction():
                await count_up(f"{name} again")

    # More tasks than connections, cancelled at every stage: waiting, beginning, writing, committing. One that commits
    # does so after its task is gone, so no two transactions write the same.
    for turn, pause in enumerate((0, 0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02)):
        tasks = [asyncio.create_task(transact(f"{turn}-{number}")) for number in range(20)]
        await asyncio.sleep(pause * (round_number % 5 + 1))
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [each for each in outcomes if not isinstance(each, asyncio.CancelledError | None)] == []

    async with asyncio.timeout(HANGS_SECONDS):
        await asyncio.gather(*(transact(f"last-{number}") for number in range(20)))
    stored = {each.key for each in await ThrottleCounter.all()}
    whole = {key.removesuffix(" again") for key in stored}
    assert stored == whole | {f"{name} again" for name in whole}
    assert whole >= {f"last-{number}" for number in range(20)}


async def test_many_rows_are_written_together_or_not_at_all(database: Database) -> None:
    rows = [ThrottleCounter(key=key, window_ends_at=NOON, attempts=1) for key in ("a", "b", "a")]

    with pytest.raises(IntegrityError):
        await ThrottleCounter.bulk_create(rows)

    assert await ThrottleCounter.all().count() == 0


async def test_two_tasks_that_read_then_write_lose_no_update(database: Database) -> None:
    await count_up("a")

    async def add_one() -> None:
        async with in_transaction():
            counter = await ThrottleCounter.select_for_update().get(key="a")
            await asyncio.sleep(0.001)
            counter.attempts += 1
            await counter.save(update_fields=["attempts"])

    await asyncio.gather(*(add_one() for _ in range(20)))

    assert (await ThrottleCounter.get(key="a")).attempts == 21


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_a_connection_that_dies_in_a_transaction_is_replaced(database: Database) -> None:
    async def die() -> None:
        async with in_transaction() as transaction:
            await count_up("a")
            _, rows = await transaction.execute_query("SELECT pg_backend_pid() AS pid")
            server = await asyncpg.connect(**DatabaseUrl.parse(database.url).credentials)
            await server.execute("SELECT pg_terminate_backend($1)", rows[0]["pid"])
            await server.close()
            await count_up("b")

    for _ in range(15):  # more often than the pool has connections
        with pytest.raises(Exception, match=r"terminat|closed|progress") as failure:
            await die()
        assert is_unavailable(failure.value)

    await count_up("c")
    assert await ThrottleCounter.all().count() == 1


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_who_is_cancelled_while_a_transaction_begins_takes_nothing_from_those_who_come_after(
    empty_database: Database,
) -> None:
    """M18, M19: what was committed is there, on the very connection whose BEGIN nobody waited for."""

    async def begin_only() -> None:
        async with in_transaction():
            pass

    async with open_database(empty_database.url, Limits(pool_minimum=1, pool_maximum=1)):
        await begin_only()
        for number in range(30):
            first = asyncio.create_task(begin_only())
            for _ in range(number % 6):
                await asyncio.sleep(0)
            first.cancel()
            await asyncio.wait([first])
            async with in_transaction():
                await count_up(str(number))

        server = await asyncpg.connect(**DatabaseUrl.parse(empty_database.url).credentials)
        stored = await server.fetchval("SELECT count(*) FROM throttle_counters")
        await server.close()

    assert stored == 30


async def test_the_session_speaks_utc(database: Database) -> None:
    await count_up("a")

    (row,) = (
        await get_connections()
        .get(database.kind)
        .execute_query_dict("SELECT CAST(window_ends_at AS varchar) AS spelled FROM throttle_counters")
    )

    assert row["spelled"].startswith("2026-03-01 12:00:00+00")


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_a_command_that_looks_at_everything_may_take_its_time(empty_database: Database) -> None:
    """WAL5: proving large books takes longer than any request may."""
    allowed = []
    for limits in (Limits(pool_minimum=1), Limits(pool_minimum=1).unhurried()):
        async with open_database(empty_database.url, limits) as connection:
            (row,) = await connection.execute_query_dict("SHOW statement_timeout")
            allowed.append(row["statement_timeout"])

    assert allowed == ["10s", "1h"]


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_who_is_cancelled_while_the_file_is_opened_leaves_it_usable(tmp_path: Path, steps: int) -> None:
    async with open_database(f"sqlite:///{tmp_path}/new.sqlite3") as connection:
        first = asyncio.create_task(connection.execute_query("SELECT 1"))
        for _ in range(steps):
            await asyncio.sleep(0.0001)
        first.cancel()
        await asyncio.wait([first])

        await connection.execute_script("CREATE TABLE t (x)")
        _, rows = await connection.execute_query("SELECT count(*) AS found FROM t")

    assert rows[0]["found"] == 0


async def test_a_new_sqlite_file_is_readable_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "new.sqlite3"

    async with open_database(f"sqlite:///{path}") as connection:
        await connection.execute_script("CREATE TABLE t (x)")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert set(modes.values()) == {0o600}
    assert "new.sqlite3" in modes


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_a_connection_that_is_free_serves_whoever_comes_next(empty_database: Database) -> None:
    async with open_database(empty_database.url, Limits(pool_minimum=1, pool_maximum=2)) as engine:
        first = (await engine.execute_query_dict("SELECT pg_backend_pid() AS pid"))[0]["pid"]
        second = (await engine.execute_query_dict("SELECT pg_backend_pid() AS pid"))[0]["pid"]

        assert first == second


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_whoever_waits_gets_the_connection_that_another_gives_back(empty_database: Database) -> None:
    async with open_database(empty_database.url, Limits(pool_minimum=1, pool_maximum=1)):

        async def count() -> int:
            return await ThrottleCounter.all().count()

        async def transact() -> int:
            async with in_transaction():
                return await count()

        await ThrottleCounter.all().count()  # one connection is ready now, and there is no other
        async with asyncio.timeout(30):
            counted = await asyncio.gather(*(each() for each in [transact, count] * 20))

    assert counted == [0] * 40


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_a_ready_connection_that_the_server_ended_is_not_used_again(empty_database: Database) -> None:
    async with open_database(empty_database.url, Limits(pool_minimum=1, pool_maximum=2)) as engine:
        pid = (await engine.execute_query_dict("SELECT pg_backend_pid() AS pid"))[0]["pid"]
        ended = asyncio.Event()
        connection, _ = engine._ready[0]  # type: ignore[attr-defined] # the engine of PostgreSQL
        connection.add_termination_listener(lambda _: ended.set())
        other = await asyncpg.connect(**DatabaseUrl.parse(empty_database.url).credentials)
        await other.execute("SELECT pg_terminate_backend($1)", pid)
        await other.close()
        async with asyncio.timeout(30):
            await ended.wait()

        assert await ThrottleCounter.all().count() == 0
