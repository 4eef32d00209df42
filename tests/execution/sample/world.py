"""Who and what is in the small world. It is written once and only read afterwards."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tests.execution.sample.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Membership,
    Organization,
    Product,
    ProductKind,
    User,
    Wallet,
)


def key(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 64) | number)


ANNA, BOB, CARL = (key(1, number) for number in (1, 2, 3))
ACME, BETA, GAMMA = (key(2, number) for number in (1, 2, 3))
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BIG = 2**62 + 1
NASTY = 'a~b"c\\d\ne🦋%_'


def org(number: UUID) -> str:
    return f"org_{number.hex}"


def product(number: int) -> str:
    return f"prd_{key(3, number).hex}"


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
    """Acme owes invoices 1 to 5, Beta 6 to 8, Gamma 9; Beta owes invoice 8 for product 1, which is Acme's."""
    about = (1, 1, 2, None, 3, 8, 9, 1, 11)
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
                position=9 - position,
                text=f"line {position}",
            )


async def make() -> None:
    await people_and_organizations()
    await products()
    await invoices()
