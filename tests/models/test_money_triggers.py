"""What the database itself does and refuses for money, on both databases."""

from datetime import UTC, datetime

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from models import LedgerAccount, LedgerEntry, LedgerTransfer, Organization
from models.fields import new_id
from models.ledger import OUR_ACCOUNTS
from resolvers.caller import Nobody
from resolvers.ledger import lock_wallet
from resolvers.transactions import transaction
from rules.money import Currency
from rules.states import AccountKind, TransferCause
from tests.world import World

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TRANSIT = OUR_ACCOUNTS[AccountKind.PAYMENTS_IN_TRANSIT, Currency.CHF]


async def a_wallet(world: World, currency: Currency = Currency.CHF) -> LedgerAccount:
    organization: Organization = await world.add_organization(await world.add_user())
    acting = Nobody(NOW)
    async with transaction():
        return await lock_wallet(acting, organization.id, currency)


async def move(debit: object, credit: object, amount_minor: int, promotional_minor: int = 0) -> LedgerTransfer:
    return await LedgerTransfer.create(
        debit_id=debit,
        credit_id=credit,
        currency=Currency.CHF,
        amount_minor=amount_minor,
        promotional_minor=promotional_minor,
        cause=TransferCause.TOP_UP,
        reference="test",
        debit_entry_id=new_id(),
        credit_entry_id=new_id(),
        created_at=NOW,
    )


async def test_a_transfer_moves_balances_and_writes_the_wallets_entries(world: World) -> None:
    """WAL5: one transfer, two accounts; each wallet line shows the balance after it."""
    wallet = await a_wallet(world)

    await move(TRANSIT, wallet.id, 5_000, promotional_minor=500)
    await move(wallet.id, TRANSIT, 1_200, promotional_minor=500)

    await wallet.refresh_from_db()
    assert (wallet.balance_minor, wallet.promotional_minor, wallet.entry_count) == (3_800, 0, 2)
    entries = (
        await LedgerEntry.all()
        .order_by("position")
        .values_list("position", "amount_minor", "promotional_minor", "balance_after_minor", "account_id")
    )
    assert entries == [(1, 5_000, 500, 5_000, wallet.id), (2, -1_200, -500, 3_800, wallet.id)]


async def test_a_wallet_never_goes_below_zero(world: World) -> None:
    wallet = await a_wallet(world)
    await move(TRANSIT, wallet.id, 100)

    with pytest.raises(IntegrityError):
        await move(wallet.id, TRANSIT, 101)

    await wallet.refresh_from_db()
    assert wallet.balance_minor == 100
    assert await LedgerTransfer.all().count() == 1


async def test_what_was_written_stays(world: World) -> None:
    """M20: no update, no deletion, no balance without a transfer, no transfer between currencies."""
    wallet = await a_wallet(world)
    euros = await a_wallet(world, Currency.EUR)
    transfer = await move(TRANSIT, wallet.id, 100)

    for attempt in (
        lambda: LedgerTransfer.filter(id=transfer.id).update(amount_minor=200),
        lambda: LedgerTransfer.filter(id=transfer.id).delete(),
        lambda: LedgerEntry.all().update(amount_minor=200),
        lambda: LedgerEntry.all().delete(),
        lambda: LedgerAccount.filter(id=wallet.id).update(balance_minor=1_000),
        lambda: move(TRANSIT, euros.id, 100),
    ):
        with pytest.raises((IntegrityError, OperationalError)):
            await attempt()

    await wallet.refresh_from_db()
    assert (wallet.balance_minor, await LedgerEntry.all().count()) == (100, 1)
