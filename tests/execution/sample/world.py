"""Who and what is in the small world. It is written once and only read afterwards."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from tests.execution.sample.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Membership,
    Mood,
    Organization,
    Product,
    ProductKind,
    Specimen,
    User,
    Wallet,
)

T = TypeVar("T")


def key(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 64) | number)


ANNA, BOB, CARL = (key(1, number) for number in (1, 2, 3))
ACME, BETA, GAMMA = (key(2, number) for number in (1, 2, 3))
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BIG = 2**62 + 1
NASTY = 'a~b"c\\d\ne🦋%_'
NASTY_TEXTS = (
    NASTY,
    '{"!":0}',
    '"{\\"!\\":0}',
    'it\'s "quoted" \\ {"!":0}',
    "\x01\x08\x0b\x1f\x7f\x85\u2028\ufeff",
    "tab\tand\r\nmore ' ''",
    "",
    "%_\\_",
    "null",
    "Äé 漢字 \U0001f98b",
)
MOMENTS = (
    NOW,
    NOW - timedelta(microseconds=1),
    NOW + timedelta(microseconds=500_000),
    NOW.replace(hour=0),
    datetime(999, 1, 2, 3, 4, 5, 60, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 100, tzinfo=UTC),
)
DAYS = (date(2026, 5, 20), date(2026, 6, 1), date(9999, 12, 30), date(800, 2, 28), date(2024, 2, 29))
AMOUNTS = (0, 1, -1, 99, -100, 2**62, -(2**62), BIG, 2**63 - 1, -(2**63), 5, -12_345)


def org(number: UUID) -> str:
    return f"org_{number.hex}"


def product(number: int) -> str:
    return f"prd_{key(3, number).hex}"


def specimen(number: int) -> str:
    return f"spc_{key(8, number).hex}"


def invoice(number: int) -> str:
    return f"inv_{key(4, number).hex}"


async def people_and_organizations() -> None:
    await User.create(id=ANNA, name="Anna", birthday=date(2000, 2, 29))
    await User.create(id=BOB, name="Bob")
    await User.create(id=CARL, name="Carl")
    for owner, name in ((ACME, "Acme"), (BETA, "Beta"), (GAMMA, "Gamma")):
        await Organization.create(id=owner, name=name, vat_id=f"CHE-{name}" if owner != BETA else None, created_at=NOW)
    for number, (who, where, billing) in enumerate(
        ((ANNA, ACME, True), (ANNA, BETA, False), (BOB, BETA, True), (BOB, GAMMA, True))
    ):
        await Membership.create(id=key(5, number), user_id=who, organization_id=where, billing=billing)
    for number, (owner, balance, bonus) in enumerate(((ACME, BIG, None), (BETA, -5, 100), (GAMMA, 0, 0))):
        await Wallet.create(
            id=key(6, number), organization_id=owner, balance_minor=balance, bonus_minor=bonus, currency="CHF"
        )


async def products() -> None:
    """Acme has products 1 to 7, Beta 8 to 10, Gamma 11 and 12; each column varies by itself."""
    for number in range(1, 13):
        await Product.create(
            id=key(3, number),
            organization_id=ACME if number <= 7 else BETA if number <= 10 else GAMMA,
            keeper_id=(ANNA, BOB, None)[number % 3],
            kind=list(ProductKind)[number % 3],
            name=NASTY if number == 4 else f"product {9 - number // 2}",
            name_folded=f"product {number}",
            label_folded="100% straße_x".casefold() if number == 2 else "",
            price_minor=BIG if number == 1 else number * 100 - 300,
            currency="CHF",
            renews=number % 2 == 0,
            expires_on=date(2026, 1, 1) + timedelta(days=30 * number) if number % 4 else None,
            blocks_at=NOW + timedelta(microseconds=number - 6) if number % 5 else None,
            created_at=NOW - timedelta(days=number % 4, microseconds=number % 2 * 500_000),
            rank=number % 3 - 1,
        )


async def invoices() -> None:
    """Acme owes invoices 1 to 5, Beta 6 to 8, Gamma 9; Beta owes invoice 8 for product 1, which is Acme's.

    Most of their lines are for products of others, too.
    """
    about = (1, 1, 2, None, 3, 8, 9, 1, 11)
    charges = iter((11, None, 1, 12, 2, 11, 1, 2, 8))
    for number in range(1, 10):
        owner = ACME if number <= 5 else BETA if number <= 8 else GAMMA
        await Invoice.create(
            id=key(4, number),
            billed_to_id=owner,
            product_id=None if about[number - 1] is None else key(3, about[number - 1] or 0),
            number=f"R~{number}" if number == 3 else f"R-{number}",
            status=list(InvoiceStatus)[number % 3],
            issued_on=date(2026, 5, 1) + timedelta(days=number // 2),
            overdue_at=NOW - timedelta(days=1) if number % 2 else None,
            total_minor=number * 1000 + 5,
            currency="EUR",
        )
        for position in range(number % 3):
            await InvoiceLine.create(
                id=key(7, number * 10 + position),
                billed_to_id=owner,
                invoice_id=key(4, number),
                product_id=key(3, charged) if (charged := next(charges)) else None,
                position=9 - position,
                text=f"line {position}",
            )


def some(values: Sequence[T], number: int, every: int) -> T | None:
    """One of the values, but NULL for each so many."""
    return None if number % every == 0 else values[(number + number // every) % len(values)]


async def specimens() -> None:
    """Each column varies by itself, so that most combinations of values, and of NULL among them, are there."""
    for number in range(1, 41):
        parent = None if number % 4 == 1 else number // 3 or 1
        await Specimen.create(
            id=key(8, number),
            organization_id=(ACME, BETA, ACME, GAMMA, ACME)[number % 5],
            parent_id=key(8, parent) if parent else None,
            keeper_id=some((ANNA, BOB, CARL), number, 3),
            kind=list(ProductKind)[number % 3],
            mood=some(list(Mood), number, 4),
            name=f"{NASTY_TEXTS[number % 10]}{number % 7}",
            nickname=some(("Rex", "O'Bo", "rex", "", NASTY), number, 5),
            note=NASTY_TEXTS[number * 3 % 10],
            worth_minor=AMOUNTS[number % 12],
            bonus_minor=some(AMOUNTS, number, 3),
            currency=("CHF", "EUR")[number % 2],
            bonus_currency=some(("CHF", "EUR"), number, 4),
            renews=number % 3 == 1,
            rank=number % 4 - 2,
            size=some((0, -1, 3, 4, 2**31 - 1), number, 4),
            made_on=DAYS[number % 5],
            expires_on=some(DAYS, number, 3),
            made_at=MOMENTS[number % 7],
            blocks_at=some(MOMENTS, number, 4),
        )


async def make() -> None:
    await people_and_organizations()
    await specimens()
    await products()
    await invoices()
