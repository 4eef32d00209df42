"""Columns: both databases take and answer the same values, and refuse the same wrong ones."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from tortoise.connection import get_connections
from tortoise.exceptions import ConfigurationError, IntegrityError, ValidationError

from models import Organization, ThrottleCounter
from models.fields import Amount, IdField, Instant, NameField, new_id
from tests.databases import Database

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def count(key: str, ends_at: datetime = NOON) -> ThrottleCounter:
    return await ThrottleCounter.create(key=key, window_ends_at=ends_at, attempts=1)


def test_ids_are_unique_and_rise_within_a_process() -> None:
    ids = [new_id() for _ in range(20_000)]

    assert ids == sorted(set(ids))
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


def test_an_id_begins_with_its_time() -> None:
    before = datetime.now(UTC)
    milliseconds = new_id().int >> 80
    after = datetime.now(UTC)

    assert int(before.timestamp() * 1000) <= milliseconds <= after.timestamp() * 1000


async def test_an_id_is_read_as_a_plain_uuid_and_found_by_any_spelling(database: Database) -> None:
    created = await count("a")

    read = await ThrottleCounter.get(id=str(created.id))

    assert type(read.id) is UUID
    assert read.id == created.id
    assert await ThrottleCounter.filter(id__in=[created.id.hex, new_id()]).count() == 1


async def test_an_id_is_stored_as_uuid_or_as_32_digits(database: Database) -> None:
    created = await count("a")

    (row,) = await get_connections().get(database.kind).execute_query_dict("SELECT id FROM throttle_counters")

    assert row["id"] == (created.id if database.kind == "postgresql" else created.id.hex)


async def test_ids_sort_alike_in_database_and_python(database: Database) -> None:
    created = [(await count(f"{number}")).id for number in range(5)]

    assert [each.id for each in await ThrottleCounter.all().order_by("id")] == sorted(created)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 3, 1, 12, 0, 0, 120_000, tzinfo=UTC),
        datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2))),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
async def test_a_moment_comes_back_to_the_microsecond_in_utc(database: Database, moment: datetime) -> None:
    await count("a", moment)

    read = (await ThrottleCounter.get(key="a")).window_ends_at

    assert (read, read.tzinfo) == (moment, UTC)


async def test_moments_compare_by_time_and_not_by_their_spelling(database: Database) -> None:
    whole, later = NOON, NOON + timedelta(microseconds=1)
    await count("later", later)
    await count("whole", whole.astimezone(timezone(timedelta(hours=-7))))

    assert [each.key for each in await ThrottleCounter.all().order_by("window_ends_at")] == ["whole", "later"]
    assert [each.key for each in await ThrottleCounter.filter(window_ends_at__gt=whole)] == ["later"]
    assert [each.key for each in await ThrottleCounter.filter(window_ends_at=whole)] == ["whole"]


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValidationError, match="names no time zone"):
        await count("a", datetime(2026, 3, 1, 12))  # noqa: DTZ001 -- the mistake itself


async def test_text_sorts_by_code_points_on_both_databases(database: Database) -> None:
    keys = ["Zebra", "apple", "Äpfel", "_", "~", "10", "9", "éclair", "🂡"]
    for key in keys:
        await Organization.create(
            kind="COMPANY", name=key, name_sort=key, street="", postal_code="", city="", country="CH",
            currency="CHF", time_zone="UTC", member_count=1, legal_representative_count=1, created_at=NOON,
        )  # fmt: skip

    names = [each.name for each in await Organization.all().order_by("name_sort")]

    assert names == sorted(keys)


class Colour(StrEnum):
    RED = "RED"
    GREEN = "GREEN"


def test_an_enumeration_whose_values_are_not_its_names_is_refused() -> None:
    class Odd(StrEnum):
        RED = "red"

    with pytest.raises(ConfigurationError, match="equal its name"):
        NameField(Odd)


def test_a_name_outside_the_enumeration_is_refused() -> None:
    field = NameField(Colour)

    assert field.to_db_value(Colour.RED, None) == field.to_db_value("RED", None) == "RED"
    assert field.to_python_value("GREEN") is Colour.GREEN
    with pytest.raises(ValueError, match="BLUE"):
        field.to_db_value("BLUE", None)


async def test_the_database_itself_refuses_a_name_outside_the_enumeration(database: Database) -> None:
    connection = get_connections().get(database.kind)

    with pytest.raises(IntegrityError):
        await connection.execute_script(
            "INSERT INTO organizations (id, kind, name, name_sort, street, postal_code, city, country, currency,"
            " time_zone, member_count, legal_representative_count, event_position, created_at)"
            f" VALUES ('{'0' * 32}', 'CLUB', '', '', '', '', '', '', 'CHF', '', 1, 1, 0, '2026-01-01')"
        )


@pytest.mark.parametrize("wrong", [1.0, True, "1", 2**63, -(2**63) - 1])
def test_an_amount_is_a_whole_number_of_64_bits(wrong: Any) -> None:
    field = Amount()

    assert field.to_db_value(2**63 - 1, None) == 2**63 - 1
    with pytest.raises(ValidationError):
        field.to_db_value(wrong, None)


def test_sqlite_is_told_to_keep_amounts_whole() -> None:
    assert Amount().check("total", "sqlite") == "typeof(\"total\") IN ('integer', 'null')"
    assert Amount().check("total", "postgres") is None


@pytest.mark.parametrize(
    "field", [IdField(null=True), Instant(null=True), NameField(Colour, null=True), Amount(null=True)]
)
def test_nothing_stays_nothing(field: Any) -> None:
    assert field.to_db_value(None, None) is None
    assert field.to_python_value(None) is None
