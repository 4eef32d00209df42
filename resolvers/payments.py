"""Paying invoices from the wallet: all of them together, or none (INV5, INV6, INV11)."""

from collections.abc import Sequence
from uuid import UUID

from models import Invoice, LedgerAccount, Organization, Payment, PaymentAllocation
from resolvers.access import lock_organization, require
from resolvers.caller import Acting, Caller
from resolvers.idempotency import claim, settle
from resolvers.ledger import lock_wallet, move, ours, spend
from resolvers.records import record_event
from resolvers.transactions import in_one_transaction
from rules.denials import NotFound
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.permitted import refuse, why_not_pay_invoice
from rules.refusals import AmountChanged, CurrencyMismatch, InvalidInput, Problem, ProblemCode
from rules.rights import Right
from rules.states import (
    AccountKind,
    InvoiceState,
    PaymentMethodKind,
    PaymentPurpose,
    PaymentState,
    TransferCause,
)


async def pay_invoices(
    caller: Caller, *, organization_id: UUID, invoice_ids: Sequence[UUID], expected_amount_minor: int
) -> Payment:
    """Pay open invoices of one organization, in one payment from its wallet of their currency.

    Promotional credit is spent first. Refuses with InvoiceNotPayable (of N who pay the same invoice one succeeds),
    CurrencyMismatch, AmountChanged when the sum is not the expected one, and with InsufficientFunds; then nothing was
    paid. Needs BILLING in the organization that the invoices are billed to.
    """
    if len(set(invoice_ids)) != len(invoice_ids):
        raise InvalidInput(problems=(Problem(("invoice_ids",), ProblemCode.DUPLICATE),))
    if not invoice_ids:
        raise InvalidInput(problems=(Problem(("invoice_ids",), ProblemCode.REQUIRED, 1),))

    async def work() -> Payment:
        await claim(caller)
        payer = await lock_organization(organization_id)
        standing = await require(caller, payer, Right.BILLING)
        currency = await _currency_of(payer, invoice_ids)
        wallet = await lock_wallet(caller, payer.id, currency)
        invoices = await Invoice.filter(id__in=invoice_ids, billed_to_id=payer.id).order_by("id").select_for_update()
        if len(invoices) != len(invoice_ids):
            raise NotFound
        for invoice in invoices:
            refuse(why_not_pay_invoice(standing, invoice.id, invoice.state))
        amount_minor = sum(invoice.total_minor for invoice in invoices)
        if amount_minor != expected_amount_minor:
            raise AmountChanged(amount_minor=amount_minor, currency=currency, path=("expected_amount_minor",))
        payment = await pay_from_wallet(caller, payer, wallet, invoices, amount_minor)
        await settle(caller, public_id(Prefix.PAYMENT, payment.id))
        return payment

    return await in_one_transaction(work)


async def _currency_of(payer: Organization, invoice_ids: Sequence[UUID]) -> Currency:
    """The one currency of some invoices, which tells which wallet to lock; it never changes."""
    invoices = await Invoice.filter(id__in=invoice_ids, billed_to_id=payer.id)
    currencies = sorted({invoice.currency for invoice in invoices})
    if not currencies:
        raise NotFound
    if len(currencies) > 1:
        raise CurrencyMismatch(currencies=tuple(currencies))
    return currencies[0]


async def pay_from_wallet(
    acting: Acting, payer: Organization, wallet: LedgerAccount, invoices: Sequence[Invoice], amount_minor: int
) -> Payment:
    """Pay locked open invoices from a locked wallet, in the transaction that is open; `amount_minor` is their sum.

    Refuses with InsufficientFunds.
    """
    payment = await Payment.create(
        organization_id=payer.id,
        billed_to_id=payer.id,
        purpose=PaymentPurpose.INVOICES,
        state=PaymentState.SUCCEEDED,
        currency=wallet.currency,
        amount_minor=amount_minor,
        wallet_minor=amount_minor,
        method_kind=PaymentMethodKind.WALLET,
        wallet_id=wallet.id,
        provider="",
        created_at=acting.now,
        settled_at=acting.now,
    )
    reference = public_id(Prefix.PAYMENT, payment.id)
    clearing = ours(AccountKind.CLEARING, wallet.currency)
    await spend(acting, wallet, amount_minor, to=clearing, cause=TransferCause.PAYMENT, reference=reference)
    for invoice in invoices:
        await _settle_invoice(acting, payment, invoice)
    data = {"amount_minor": amount_minor, "currency": wallet.currency}
    await record_event(acting, payer.id, EventKind.PAYMENT_SUCCEEDED, reference, data)
    return payment


async def _settle_invoice(acting: Acting, payment: Payment, invoice: Invoice) -> None:
    """Move an invoice's part of a payment from clearing to revenue and VAT, and mark it paid."""
    await PaymentAllocation.create(
        billed_to_id=invoice.billed_to_id,
        payment_id=payment.id,
        invoice_id=invoice.id,
        currency=invoice.currency,
        amount_minor=invoice.total_minor,
        is_live=True,
        created_at=acting.now,
    )
    for kind, amount_minor in ((AccountKind.REVENUE, invoice.net_minor), (AccountKind.VAT_DUE, invoice.vat_minor)):
        if amount_minor:
            await move(
                acting,
                debit=ours(AccountKind.CLEARING, invoice.currency),
                credit=ours(kind, invoice.currency),
                currency=invoice.currency,
                amount_minor=amount_minor,
                cause=TransferCause.PAYMENT,
                reference=public_id(Prefix.PAYMENT, payment.id),
            )
    invoice.state, invoice.paid_at = InvoiceState.PAID, acting.now
    await invoice.save(update_fields=["state", "paid_at"])
    subject = public_id(Prefix.INVOICE, invoice.id)
    await record_event(acting, invoice.billed_to_id, EventKind.INVOICE_PAID, subject, {"number": invoice.number})
