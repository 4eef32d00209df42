"""The books as the database has them, in the words of an expectation."""

from collections import Counter
from uuid import UUID

from models import Charge, Invoice, LedgerAccount, LedgerEntry, Payment, Withdrawal
from resolvers.reconciliation import reconcile
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import AccountKind, InvoiceKind, InvoiceState
from tests.money.expectation import Expectation
from tests.money.playing import ours_now


async def compare(expected: Expectation, before: Counter[tuple[AccountKind, Currency]]) -> None:
    """Compare everything that the books say with the expectation; `before` is where our own accounts stood."""
    owners = {purse.owner for purse in expected.purses}
    await _compare_wallets(expected, owners)
    await _compare_invoices(expected, owners)
    payments = {
        public_id(Prefix.PAYMENT, each.id): each.state for each in await Payment.filter(billed_to_id__in=owners)
    }
    assert payments == {each.key: each.state for each in expected.payments}
    withdrawals = await Withdrawal.filter(organization_id__in=owners)
    assert {public_id(Prefix.WITHDRAWAL, each.id): each.state for each in withdrawals} == {
        each.key: each.state for each in expected.payouts
    }
    charges = await Charge.filter(billed_to_id__in=owners)
    assert {each.source_reference: (each.net_minor, each.state) for each in charges} == {
        fee.source: (fee.net, fee.state) for fee in expected.fees
    }
    moved = await ours_now()
    moved.subtract(before)
    assert {name: amount for name, amount in moved.items() if amount} == {
        name: amount for name, amount in expected.ours.items() if amount
    }
    assert await reconcile() == []


async def _compare_invoices(expected: Expectation, owners: set[UUID]) -> None:
    papers = await Invoice.filter(billed_to_id__in=owners)
    assert all((each.paid_at is not None) == (each.state is InvoiceState.PAID) for each in papers)
    found = {
        public_id(Prefix.INVOICE, each.id): (each.state, each.is_being_paid)
        for each in papers
        if each.kind is InvoiceKind.INVOICE
    }
    assert found == {bill.key: (bill.state, bill.is_being_paid) for bill in expected.bills}
    notes = [each for each in papers if each.kind is InvoiceKind.CREDIT_NOTE]
    assert len(notes) == sum(bill.is_credited for bill in expected.bills)


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
