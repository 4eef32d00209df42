"""Each scalar has one spelling, whoever prints it, and refuses what it cannot mean."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from tortoise import connections

from execution.scalars import (
    BigInt,
    Kind,
    amount,
    read_day,
    read_decimal,
    read_instant,
    read_whole,
    scalar_map,
    spell,
    spell_decimal,
    spell_instant,
)
from tests.databases import Database
from tests.execution.asking import refused
from tests.execution.conftest import Ask
from tests.execution.sample.models import Invoice, Organization, Product, Wallet
from tests.execution.sample.world import ACME, key

pytestmark = pytest.mark.anyio

LARGEST = 2**63 - 1
AMOUNTS = [0, 1, -1, -5, 99, 100, -100, 12345, 2**53 + 1, 2**62, -(2**62), 2**62 + 1, LARGEST, -LARGEST, -LARGEST - 1]
INSTANTS = [
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4, 5, 120_000, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4, 5, 7, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 0, 0, 100, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2))),
]
DAYS = [date(2024, 2, 29), date(2000, 2, 29), date(2026, 12, 31), date(1, 1, 2), date(9999, 12, 30)]


async def printed(database: Database, table: str, column: str, where: UUID, kind: Kind, **more: Any) -> Any:
    """What the database prints for one column of one row."""
    dialect = {"sqlite": "sqlite", "postgresql": "postgres"}[database.kind]
    sql = spell(f'"{column}"', kind, dialect, **more)
    ((text,),) = [
        tuple(row.values())
        for row in await connections.get(database.kind).execute_query_dict(
            f"SELECT {sql} AS shown FROM \"{table}\" WHERE replace(CAST(id AS TEXT), '-', '') = '{where.hex}'"
        )
    ]
    return text


@pytest.fixture
async def scratch(small_world: Database) -> Any:
    """A row of each table for nasty values, gone after the test."""
    owner = await Organization.create(id=key(9, 1), name="Scratch", created_at=INSTANTS[0])
    wallet = await Wallet.create(id=key(9, 2), organization=owner, balance_minor=0, currency="CHF")
    invoice = await Invoice.create(
        id=key(9, 3), billed_to=owner, number="", status="OPEN", issued_on=DAYS[0], total_minor=0, currency="CHF"
    )
    yield owner, wallet, invoice
    for row in (invoice, wallet, owner):
        await row.delete()


async def test_amounts_are_spelled_alike(small_world: Database, scratch: Any) -> None:
    _, wallet, _ = scratch
    for minor in AMOUNTS:
        wallet.balance_minor = minor
        await wallet.save()

        found = [
            await printed(small_world, "sample_wallets", "balance_minor", wallet.id, Kind.BIGINT),
            *[
                await printed(small_world, "sample_wallets", "balance_minor", wallet.id, Kind.AMOUNT, places=places)
                for places in (0, 2, 3)
            ],
        ]

        assert found == [str(minor), *(spell_decimal(amount(minor, places)) for places in (0, 2, 3))]


async def test_instants_are_spelled_alike(small_world: Database, scratch: Any) -> None:
    owner, _, _ = scratch
    for moment in INSTANTS:
        owner.created_at = moment
        await owner.save()

        text = await printed(small_world, "sample_organizations", "created_at", owner.id, Kind.INSTANT)

        assert text == spell_instant(moment) == spell_instant((await Organization.get(id=owner.id)).created_at)
        assert read_instant(text) == moment


async def test_days_are_spelled_alike(small_world: Database, scratch: Any) -> None:
    *_, invoice = scratch
    for day in DAYS:
        invoice.issued_on = day
        await invoice.save()

        text = await printed(small_world, "sample_invoices", "issued_on", invoice.id, Kind.DATE)

        assert text == day.isoformat()
        assert read_day(text) == day


async def test_ids_truth_values_and_null_are_spelled_alike(small_world: Database) -> None:
    ids = [await printed(small_world, "sample_products", "id", key(3, n), Kind.ID, prefix="prd") for n in (1, 10)]
    truths = [await printed(small_world, "sample_products", "renews", key(3, n), Kind.BOOLEAN) for n in (1, 2)]
    missing = [
        await printed(small_world, "sample_products", "blocks_at", key(3, 5), Kind.INSTANT),
        await printed(small_world, "sample_products", "expires_on", key(3, 4), Kind.DATE),
        await printed(small_world, "sample_products", "keeper_id", key(3, 2), Kind.ID, prefix="usr"),
        await printed(small_world, "sample_wallets", "bonus_minor", key(6, 0), Kind.AMOUNT),
        await printed(small_world, "sample_wallets", "bonus_minor", key(6, 0), Kind.BIGINT),
    ]

    assert ids == [f"prd_{key(3, 1).hex}", f"prd_{key(3, 10).hex}"]
    assert truths == ["false", "true"]
    assert missing == [None] * 5
    assert (await Product.get(id=key(3, 2))).keeper_id is None


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (read_whole, "-9223372036854775807", -LARGEST),
        (read_whole, 7, 7),
        (read_whole, "007", 7),
        (read_decimal, "1234.50", Decimal("1234.50")),
        (read_decimal, "-0.05", Decimal("-0.05")),
        (read_day, "2024-02-29", date(2024, 2, 29)),
        (read_instant, "2026-06-01T14:00:00+02:00", datetime(2026, 6, 1, 12, tzinfo=UTC)),
        (read_instant, "2026-06-01T12:00:00.5Z", datetime(2026, 6, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
async def test_what_is_meant_is_read(read: Any, text: Any, value: Any) -> None:
    assert read(text) == value


WHOLE = [2**63, -(2**63), "9223372036854775808", 1.0, True, "1e3", "", " 1", "+1", "\u0661", "9" * 5000, None, []]
DECIMAL = ["1e3", "NaN", "1.", ".5", "1,5", 1.005, 5, "1" * 41, "", "\u0661", None]
DAY = ["2026-02-30", "20260228", "2026-W01-1", "0000-01-01", "0001-01-01", "9999-12-31", 20260228, "", None]
INSTANT = [
    "2026-06-01T12:00:00",
    "2026-06-01",
    "2026-06-01T25:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-01:00",
    "2026-06-01T12:00:00.1234567Z",
    "2026-06-01 12:00:00Z",
    0,
    None,
]
REFUSED: list[tuple[Callable[[Any], Any], Any]] = [
    *((read_whole, wrong) for wrong in WHOLE),
    *((read_decimal, wrong) for wrong in DECIMAL),
    *((read_day, wrong) for wrong in DAY),
    *((read_instant, wrong) for wrong in INSTANT),
]


@pytest.mark.parametrize(("read", "value"), REFUSED)
async def test_what_cannot_be_meant_is_refused(read: Any, value: Any) -> None:
    with pytest.raises(GraphQLError) as refusal:
        read(value)

    assert refusal.value.extensions == {"code": "BAD_REQUEST", "reason": "ARGUMENT"}


@strawberry.type
class Echo:
    @strawberry.field
    def text(self, text: str) -> str:
        return text

    @strawberry.field
    def id(self, id: strawberry.ID) -> str:
        return id

    @strawberry.field
    def texts(self, texts: list[str]) -> list[str]:
        return texts

    @strawberry.field
    def number(self, number: BigInt) -> BigInt:
        return number


echo = strawberry.Schema(Echo, config=StrawberryConfig(scalar_map=scalar_map()))


@pytest.mark.parametrize("bad", ["\0", "a\0b", "\ud83e", "\udd8b\ud83e"])
async def test_text_that_no_database_stores_is_refused_in_variables(bad: str) -> None:
    for document in (
        "query($x: String!) { text(text: $x) }",
        "query($x: ID!) { id(id: $x) }",
        "query($x: [String!]!) { texts(texts: $x) }",
    ):
        result = await echo.execute(document, {"x": bad})

        assert result.data is None
        assert [(error.extensions or {}).get("reason") for error in result.errors or []] == ["ARGUMENT"]


async def test_text_that_no_database_stores_is_refused_in_literals() -> None:
    for document in (r'{ text(text: "a\u0000") }', r'{ id(id: "\u0000") }', r'{ texts(texts: ["", "\u0000"]) }'):
        result = await echo.execute(document)

        assert result.data is None
        assert "U+0000" in str(result.errors)


async def test_any_other_text_passes_as_it_is() -> None:
    text = '\u0001 "quoted" \\ 🦋 \u2028 \ufeff'

    result = await echo.execute("query($x: String!, $y: ID!) { text(text: $x) id(id: $y) }", {"x": text, "y": text})

    assert result.errors is None
    assert result.data == {"text": text, "id": text}


@pytest.mark.parametrize(("literal", "number"), [("-5", "-5"), ('"9223372036854775807"', "9223372036854775807")])
async def test_a_big_number_may_be_a_literal_of_either_kind(literal: str, number: str) -> None:
    result = await echo.execute(f"{{ number(number: {literal}) }}")

    assert result.data == {"number": number}


@pytest.mark.parametrize("literal", ["9" * 5000, "1.0", "true", '"x"', "9223372036854775808", "RED"])
async def test_a_literal_that_is_no_big_number_is_refused(literal: str) -> None:
    result = await echo.execute(f"{{ number(number: {literal}) }}")

    assert result.data is None
    assert "BigInt" in str(result.errors)


async def test_a_scalar_in_a_filter_is_refused_with_a_code(ask: Ask) -> None:
    document = """query($id: ID!, $day: Date) {
        organization(id: $id) { products(filter: {expiresBefore: $day}) { totalCount } } }"""

    result = await ask(document, id=f"org_{ACME.hex}", day="2026-02-30")

    assert [(code, more) for code, _, more in refused(result)] == [("BAD_REQUEST", {"reason": "ARGUMENT"})]
