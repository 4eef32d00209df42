"""The books are proven: whatever is bent behind their back is found (WAL5)."""

from datetime import date

import pytest
from tortoise.connection import get_connections

from models import LedgerAccount
from resolvers.caller import Nobody
from resolvers.charges import ChargeFacts, invoice_charges, record_charge
from resolvers.credit_notes import issue_credit_note
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.ledger import capture, hold, lock_wallet, ours, release
from resolvers.payments import pay_from_wallet
from resolvers.promotional_credit import give_credit
from resolvers.reconciliation import Difference, reconcile
from resolvers.transactions import transaction
from rules.invoicing import Line
from rules.money import Currency
from rules.policy import Policy
from rules.refusals import InsufficientFunds
from rules.states import AccountKind, ChargeKind, HoldState, TransferCause
from tests.databases import Database
from tests.world import World

pytestmark = pytest.mark.anyio

BENT = {
    "a wallet's balance is the sum of its transfers": "UPDATE ledger_accounts SET balance_minor = balance_minor + 1, "
    "entry_count = entry_count + 1 WHERE kind = 'WALLET'",
    "what is kept aside of a wallet is the sum of its active holds": "UPDATE ledger_accounts SET held_minor = 7, "
    "promotional_held_minor = 7 WHERE kind = 'WALLET'",
    "a wallet's promotional credit is the sum of its transfers' promotional parts": "UPDATE ledger_accounts "
    "SET promotional_minor = promotional_minor - 1 WHERE kind = 'WALLET'",
    "what promotional credit is kept aside is the sum of its active holds": "UPDATE ledger_accounts "
    "SET held_minor = 7, promotional_held_minor = 7 WHERE kind = 'WALLET'",
    "a wallet's last entry says its balance": "UPDATE ledger_accounts SET balance_minor = balance_minor + 1, "
    "entry_count = entry_count + 1 WHERE kind = 'WALLET'",
    "what is in all wallets came out of the provider's own accounts": "UPDATE ledger_accounts "
    "SET balance_minor = balance_minor + 1, entry_count = entry_count + 1 WHERE kind = 'WALLET'",
    "a payment moved what its state says": "UPDATE payments SET state = 'FAILED'",
    "a top-up moved what its state says": "UPDATE payments SET purpose = 'TOP_UP', method_kind = 'CARD', "
    "wallet_minor = 0",
    "an invoice is paid exactly when live payments sum to its total": "UPDATE payment_allocations SET is_live = {no}",
    "a charge stands on one invoice at most, with its own net amount": "UPDATE charges SET net_minor = net_minor + 1",
    "a charge's state is that of its invoice": "UPDATE charges SET state = 'OPEN'",
    "no more is credited than was billed, and of an invoice that was taken back all of it": "UPDATE invoices "
    "SET corrects_id = id WHERE kind = 'CREDIT_NOTE'",
    "a credit note gave back what was paid": "UPDATE invoices SET state = 'VOID', paid_at = NULL "
    "WHERE kind = 'INVOICE'",
    "revenue is what paid invoices come to without VAT, less what was credited": "UPDATE invoices SET state = 'OPEN', "
    "paid_at = NULL WHERE kind = 'INVOICE'",
    "the VAT that is due is that of paid invoices, less that of credit notes": "UPDATE invoices SET state = 'OPEN', "
    "paid_at = NULL WHERE kind = 'INVOICE'",
    "invoice numbers have no gaps": "UPDATE invoice_series SET last_number = last_number + 1",
}


async def fill_books(world: World) -> LedgerAccount:
    """A wallet with credit, and invoices that were paid from it: of a service, and of a charge that was credited."""
    organization = await world.add_organization(await world.add_user())
    acting = Nobody(world.clock.now())
    async with transaction():
        wallet = await give_credit(acting, organization, Currency.CHF, 50_000)
        draft = await draft_invoice(
            acting, payer=organization, concerned=organization, lines=[Line("Service", 1, 10_000, 810)]
        )
        invoice = await issue_invoice(acting, Policy(), draft, organization)
        await pay_from_wallet(acting, organization, wallet, [invoice], invoice.total_minor)
    product = await world.add_product(organization)
    period = (date(2026, 2, 1), date(2026, 3, 1))
    facts = ChargeFacts(product.id, ChargeKind.FEE, "Fee", Currency.CHF, 1, 1_000, *period, "fee")
    charge = await record_charge(acting, facts)
    async with transaction():
        charged = await invoice_charges(acting, Policy(), organization, [charge])
        await pay_from_wallet(acting, organization, wallet, [charged], charged.total_minor)
    await issue_credit_note(
        await world.staff_at_terminal(), Policy(), invoice_id=charged.id, parts=None, reason="a mistake"
    )
    await wallet.refresh_from_db()
    return wallet


async def test_books_that_were_kept_by_the_rules_add_up(world: World) -> None:
    await fill_books(world)

    assert await reconcile() == []


@pytest.mark.parametrize("check", BENT)
async def test_what_was_bent_is_found(world: World, database: Database, check: str) -> None:
    await fill_books(world)
    statement = BENT[check].format(no="0" if database.kind == "sqlite" else "false")
    await get_connections().get(database.kind).execute_query(statement)

    found: list[Difference] = []
    differences = await reconcile(found.append)

    assert check in {each.check for each in differences}
    assert found == differences


async def test_what_is_kept_aside_cannot_be_spent_and_comes_back(world: World) -> None:
    """WAL3, INV6: holds."""
    wallet = await fill_books(world)
    acting = Nobody(world.clock.now())
    async with transaction():
        locked = await lock_wallet(acting, wallet.organization_id, Currency.CHF)  # type: ignore[arg-type] # it has one
        kept = await hold(acting, locked, 39_000, "first", promotional_allowed=True)
        with pytest.raises(InsufficientFunds) as refused:
            await hold(acting, locked, 1_000, "second", promotional_allowed=True)
        assert refused.value.missing_minor == 810
        await release(acting, locked, kept)
        await release(acting, locked, kept)

    assert kept.state is HoldState.RELEASED
    assert await reconcile() == []


async def test_promotional_credit_cannot_be_kept_aside_for_a_withdrawal(world: World) -> None:
    """WAL4."""
    wallet = await fill_books(world)
    acting = Nobody(world.clock.now())

    async with transaction():
        locked = await lock_wallet(acting, wallet.organization_id, Currency.CHF)  # type: ignore[arg-type] # it has one
        with pytest.raises(InsufficientFunds):
            await hold(acting, locked, 1, "withdrawal", promotional_allowed=False)


async def test_what_was_kept_aside_is_moved_once(world: World) -> None:
    wallet = await fill_books(world)
    acting = Nobody(world.clock.now())
    async with transaction():
        locked = await lock_wallet(acting, wallet.organization_id, Currency.CHF)  # type: ignore[arg-type] # it has one
        kept = await hold(acting, locked, 1_000, "one", promotional_allowed=True)
        to = ours(AccountKind.PAYOUTS, Currency.CHF)
        for _ in range(2):
            await capture(acting, locked, kept, to=to, cause=TransferCause.WITHDRAWAL, reference="one")

    await wallet.refresh_from_db()
    assert (wallet.balance_minor, wallet.held_minor) == (50_000 - 10_810 - 1_000, 0)
    assert await reconcile() == []
