"""The books as the database has them, in the words of an expectation."""

from collections import Counter
from uuid import UUID

from models import Charge, Invoice, LedgerAccount, LedgerEntry, Payment, Withdrawal
from resolvers.reconciliation import reconcile
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import AccountKind, ChargeKind, InvoiceState
from tests.money.expectation import Expectation
from tests.money.playing import ours_now


async def compare(expected: Expectation, before: Counter[tuple[AccountKind, Currency]]) -> None:
    """Compare everything that the books say with the expectation; `before` is where our own accounts stood."""
    owners = {purse.owner for purse in expected.purses}
    await _compare_wallets(expected, owners)
    for model, prefix, rows in (
        (Invoice, Prefix.INVOICE, expected.bills),
        (Payment, Prefix.PAYMENT, expected.payments),
        (Withdrawal, Prefix.WITHDRAWAL, expected.payouts),
    ):
        owner = "organization_id__in" if model is Withdrawal else "billed_to_id__in"
        found = {public_id(prefix, row.id): row.state for row in await model.filter(**{owner: owners})}
        assert found == {row.key: row.state for row in rows}
    invoices = await Invoice.filter(billed_to_id__in=owners)
    assert all((invoice.paid_at is not None) == (invoice.state is InvoiceState.PAID) for invoice in invoices)
    being_paid = {public_id(Prefix.INVOICE, invoice.id) for invoice in invoices if invoice.is_being_paid}
    assert being_paid == {bill.key for bill in expected.bills if bill.is_being_paid}
    lent = await Charge.filter(billed_to_id__in=owners, kind=ChargeKind.REVERSED_TOP_UP)
    assert sum(charge.net_minor for charge in lent) == sum(expected.missing.values())
    moved = await ours_now()
    moved.subtract(before)
    assert {name: amount for name, amount in moved.items() if amount} == {
        name: amount for name, amount in expected.ours.items() if amount
    }
    assert await reconcile() == []


async def _compare_wallets(expected: Expectation, owners: set[UUID]) -> None:
    wallets = await LedgerAccount.filter(organization_id__in=owners)
    entries = await LedgerEntry.filter(organization_id__in=owners)
    found = {
        (wallet.organization_id, wallet.currency): (
            wallet.balance_minor,
            sum(entry.amount_minor for entry in entries if entry.account_id == wallet.id),
            wallet.promotional_minor,
            wallet.held_minor,
            wallet.promotional_held_minor,
        )
        for wallet in wallets
    }
    assert found == {
        (purse.owner, purse.currency): (purse.balance, purse.balance, purse.credit, purse.kept, purse.kept_credit)
        for purse in expected.purses
    }
    assert all(wallet.balance_minor >= 0 for wallet in wallets)
