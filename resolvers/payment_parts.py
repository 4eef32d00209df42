"""The parts that a payment is made of: what it keeps aside, what it is for, and the money it moves in the end (INV6).

All of it happens in the transaction that is open, behind the locks of the paying organization and its wallet. An
invoice that is being paid is marked, so that nobody else pays it meanwhile.
"""

from collections.abc import Sequence
from typing import Any

from models import Hold, Invoice, LedgerAccount, Organization, Payment, PaymentAllocation
from resolvers.caller import Acting
from resolvers.charges import reopen_charges_of, revenue_of, settle_charges_of
from resolvers.ledger import capture, hold, lock_wallet, move, ours, release
from resolvers.records import record_event
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import AccountKind, InvoiceState, PaymentMethodKind, PaymentPurpose, PaymentState, TransferCause


def facts_of(payment: Payment) -> dict[str, object]:
    """What events tell of a payment."""
    return {
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "method_kind": payment.method_kind,
        "purpose": payment.purpose,
    }


def id_of(payment: Payment) -> str:
    """The public id of a payment: what its transfers refer to, and the key that its provider is asked under."""
    return public_id(Prefix.PAYMENT, payment.id)


async def write_payment(
    acting: Acting,
    payer: Organization,
    invoices: Sequence[Invoice],
    *,
    currency: Currency,
    amount_minor: int,
    kind: PaymentMethodKind,
    provider: str,
    wallet: LedgerAccount | None,
    wallet_minor: int = 0,
    **more: Any,
) -> Payment:
    """Write a payment that is under way, for some invoices or, without any, for filling the wallet.

    Its part of the wallet is kept aside, promotional credit first; refuses with InsufficientFunds.
    """
    payment = await Payment.create(
        organization_id=payer.id,
        billed_to_id=payer.id,
        purpose=PaymentPurpose.INVOICES if invoices else PaymentPurpose.TOP_UP,
        state=PaymentState.PENDING,
        currency=currency,
        amount_minor=amount_minor,
        wallet_minor=wallet_minor,
        method_kind=kind,
        wallet_id=wallet.id if wallet else None,
        provider=provider,
        created_at=acting.now,
        **more,
    )
    if wallet is not None and wallet_minor:
        kept = await hold(acting, wallet, wallet_minor, id_of(payment), promotional_allowed=True)
        payment.hold_id = kept.id
        await payment.save(update_fields=["hold_id"])
    for invoice in invoices:
        await _allocate(acting, payment, invoice)
        invoice.is_being_paid = True
        await invoice.save(update_fields=["is_being_paid"])
    await record_event(acting, payer.id, EventKind.PAYMENT_BEGUN, id_of(payment), facts_of(payment))
    return payment


async def complete_payment(acting: Acting, payment: Payment) -> None:
    """Bring a payment that is under way to its good end: the money moves, and what it is for is paid."""
    outside_minor = payment.amount_minor - payment.wallet_minor
    clearing = ours(AccountKind.CLEARING, payment.currency)
    wallet = await lock_wallet_of(acting, payment)
    if payment.purpose is PaymentPurpose.TOP_UP:
        assert wallet is not None
        await arrive(acting, payment, wallet, TransferCause.TOP_UP)
    else:
        if payment.hold_id is not None and wallet is not None:
            kept = await Hold.get(id=payment.hold_id)
            cause, reference = TransferCause.PAYMENT, id_of(payment)
            await capture(acting, wallet, kept, to=clearing, cause=cause, reference=reference)
        await move(
            acting,
            debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, payment.currency),
            credit=clearing,
            currency=payment.currency,
            amount_minor=outside_minor,
            cause=TransferCause.PAYMENT,
            reference=id_of(payment),
        )
        for invoice in await lock_invoices_of(payment):
            await settle_invoice(acting, payment, invoice)
    await end_payment(acting, payment, PaymentState.SUCCEEDED, EventKind.PAYMENT_SUCCEEDED)


async def drop_payment(acting: Acting, payment: Payment, state: PaymentState, code: str) -> None:
    """Bring a payment that is under way to its bad end: nothing is kept, and its invoices can be paid again (INV6)."""
    wallet = await lock_wallet_of(acting, payment)
    if payment.hold_id is not None and wallet is not None:
        await release(acting, wallet, await Hold.get(id=payment.hold_id))
    for invoice in await lock_invoices_of(payment):
        invoice.is_being_paid = False
        await invoice.save(update_fields=["is_being_paid"])
    await PaymentAllocation.filter(payment_id=payment.id).update(is_live=False)
    payment.decline_code = code[:60]
    event = EventKind.PAYMENT_FAILED if state is PaymentState.FAILED else EventKind.PAYMENT_CANCELLED
    await end_payment(acting, payment, state, event)


async def end_payment(acting: Acting, payment: Payment, state: PaymentState, event: EventKind) -> None:
    """Write down how a payment ended; nothing is asked of its provider, or of its payer, any more."""
    payment.state, payment.settled_at = state, acting.now
    payment.next_check_at = payment.expires_at = payment.action_url = payment.client_secret = None
    await payment.save()
    facts = facts_of(payment)
    if payment.decline_code and state is not PaymentState.SUCCEEDED:
        facts["decline_code"] = payment.decline_code
    await record_event(acting, payment.billed_to_id, event, id_of(payment), facts)


async def arrive(acting: Acting, payment: Payment, wallet: LedgerAccount, cause: TransferCause) -> None:
    """Credit what a payment brought from outside to a locked wallet."""
    await move(
        acting,
        debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, payment.currency),
        credit=wallet.id,
        currency=payment.currency,
        amount_minor=payment.amount_minor - payment.wallet_minor,
        cause=cause,
        reference=id_of(payment),
    )
    await wallet.refresh_from_db()
    data = {"amount_minor": payment.amount_minor - payment.wallet_minor, "currency": payment.currency, "cause": cause}
    subject = public_id(Prefix.WALLET, wallet.id)
    await record_event(acting, payment.billed_to_id, EventKind.WALLET_CREDITED, subject, data)


async def lock_wallet_of(acting: Acting, payment: Payment) -> LedgerAccount | None:
    """Lock the wallet that a payment takes from or fills; None where it does neither."""
    if payment.wallet_id is None:
        return None
    return await lock_wallet(acting, payment.billed_to_id, payment.currency)


async def lock_invoices_of(payment: Payment) -> list[Invoice]:
    """Lock the invoices that a payment is for, in the order of their keys."""
    keys = await PaymentAllocation.filter(payment_id=payment.id, is_live=True).values_list("invoice_id", flat=True)
    return await Invoice.filter(id__in=keys).order_by("id").select_for_update()


async def allocate_at_once(acting: Acting, payment: Payment, invoices: Sequence[Invoice]) -> None:
    """Let money that is in clearing already pay locked invoices."""
    for invoice in invoices:
        await _allocate(acting, payment, invoice)
        await settle_invoice(acting, payment, invoice)


async def _allocate(acting: Acting, payment: Payment, invoice: Invoice) -> None:
    await PaymentAllocation.create(
        billed_to_id=invoice.billed_to_id,
        payment_id=payment.id,
        invoice_id=invoice.id,
        currency=invoice.currency,
        amount_minor=invoice.total_minor,
        is_live=True,
        created_at=acting.now,
    )


async def settle_invoice(acting: Acting, payment: Payment, invoice: Invoice) -> None:
    """Move an invoice's part of a payment from clearing to whose it is, and mark the invoice and its charges paid."""
    for kind, amount_minor in await revenue_of(invoice):
        await move(
            acting,
            debit=ours(AccountKind.CLEARING, invoice.currency),
            credit=ours(kind, invoice.currency),
            currency=invoice.currency,
            amount_minor=amount_minor,
            cause=TransferCause.PAYMENT,
            reference=id_of(payment),
        )
    invoice.state, invoice.paid_at, invoice.is_being_paid = InvoiceState.PAID, acting.now, False
    await invoice.save(update_fields=["state", "paid_at", "is_being_paid"])
    await settle_charges_of(acting, invoice)
    subject = public_id(Prefix.INVOICE, invoice.id)
    await record_event(acting, invoice.billed_to_id, EventKind.INVOICE_PAID, subject, {"number": invoice.number})


async def reopen_invoice(acting: Acting, payment: Payment, invoice: Invoice) -> None:
    """Take an invoice's part of a payment back into clearing, and mark the invoice open, and its charges unpaid."""
    for kind, amount_minor in await revenue_of(invoice):
        await move(
            acting,
            debit=ours(kind, invoice.currency),
            credit=ours(AccountKind.CLEARING, invoice.currency),
            currency=invoice.currency,
            amount_minor=amount_minor,
            cause=TransferCause.PAYMENT_REVERSED,
            reference=id_of(payment),
        )
    invoice.state, invoice.paid_at = InvoiceState.OPEN, None
    await invoice.save(update_fields=["state", "paid_at"])
    await reopen_charges_of(invoice)
    subject = public_id(Prefix.INVOICE, invoice.id)
    await record_event(acting, invoice.billed_to_id, EventKind.INVOICE_REOPENED, subject, {"number": invoice.number})
