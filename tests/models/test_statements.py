"""Statements that are written once: the same words mean the same on both databases."""

from datetime import UTC, datetime

import pytest

from models import ThrottleCounter
from models.fields import new_id
from models.statements import ask, carry_out, create, find, insert, insert_unless_there, lock
from resolvers.transactions import transaction
from tests.databases import Database

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def counter(key: str, **more: object) -> dict[str, object]:
    return {"key": key, "window_ends_at": NOON, "attempts": 1, **more}


async def test_rows_are_written_together_and_found_by_lists_of_values_in_the_order_of_their_keys(
    database: Database,
) -> None:
    keys = sorted(new_id() for _ in range(3))
    await insert(ThrottleCounter, [counter("b", id=keys[1]), counter("c", id=keys[2]), counter("a", id=keys[0])])

    found = await find(ThrottleCounter, "id IN ? AND attempts = ? AND key IN ?", keys, 1, ["a", "b"])

    assert [(row.id, row.key, row.window_ends_at) for row in found] == [(keys[0], "a", NOON), (keys[1], "b", NOON)]


async def test_a_list_of_one_value_finds_what_the_value_finds(database: Database) -> None:
    await insert(ThrottleCounter, [counter("a"), counter("b")])

    (found,) = await find(ThrottleCounter, "attempts = ? AND key IN ?", 1, ["b"])

    assert found.key == "b"


async def test_a_row_is_answered_as_it_was_stored(database: Database) -> None:
    created = await create(ThrottleCounter, **counter("a"))

    assert created == await ThrottleCounter.get(key="a")
    assert (created.key, created.window_ends_at, created.attempts) == ("a", NOON, 1)


async def test_a_row_that_leaves_a_column_out_gets_its_default(database: Database) -> None:
    await insert(ThrottleCounter, [counter("a")])

    assert (await ThrottleCounter.get(key="a")).id < new_id()


async def test_no_rows_are_no_statement(database: Database) -> None:
    await insert(ThrottleCounter, [])

    assert await ThrottleCounter.all().count() == 0


async def test_a_row_cannot_speak_of_a_column_that_is_not_there(database: Database) -> None:
    with pytest.raises(LookupError, match="ThrottleCounter has no colour"):
        await insert(ThrottleCounter, [counter("a", colour="red")])

    assert await ThrottleCounter.all().count() == 0


async def test_a_row_is_written_once(database: Database) -> None:
    first = await insert_unless_there(ThrottleCounter, counter("a"))
    second = await insert_unless_there(ThrottleCounter, counter("a", attempts=2))

    assert (first, second) == (True, False)
    assert (await ThrottleCounter.get(key="a")).attempts == 1


async def test_a_transaction_reads_what_it_locked_and_wrote(database: Database) -> None:
    await insert(ThrottleCounter, [counter("a")])

    async with transaction():
        (row,) = await lock(ThrottleCounter, "key = ?", "a")
        await carry_out("UPDATE throttle_counters SET attempts = ? WHERE id = ?", row.attempts + 1, row.id)
        rows = await ask("SELECT attempts FROM throttle_counters WHERE key = ?", "a")

    assert rows == [{"attempts": 2}]
