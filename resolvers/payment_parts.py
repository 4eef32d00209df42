"""The parts that a payment is made of: what it keeps aside, what it is for, and the money it moves in the end (INV6).

All of it happens in the transaction that is open, behind the locks of the paying organization and its wallet. An
invoice that is being paid is marked, so that nobody else pays it meanwhile.
"""

from collections.abc import Sequence
from typing import Any

from models import Hold, Invoice, LedgerAccount, Organization, Payment, PaymentAllocation
from models.statements import carry_out, create, insert, lock
from resolvers.caller import Acting
from resolvers.charges import ChargedLine, charged_lines_of, reopen_charges, revenue_of, settle_charges
from resolvers.ledger import Movement, capture, hold, lock_wallet, move, move_all, ours, release
from resolvers.records import Happening, record_event, record_events
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
    payment = await create(
        Payment,
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
    await allocate(acting, payment, invoices)
    await _mark(invoices, is_being_paid=True)
    await record_event(acting, payer.id, EventKind.PAYMENT_BEGUN, id_of(payment), facts_of(payment))
    return payment


async def complete_payment(acting: Acting, payment: Payment) -> None:
    """Bring a payment that is under way to its good end: the money moves, and what it is for is paid."""
    clearing = ours(AccountKind.CLEARING, payment.currency)
    wallet = await lock_wallet_of(acting, payment)
    paid: list[Happening] = []
    if payment.purpose is PaymentPurpose.TOP_UP:
        assert wallet is not None
        await arrive(acting, payment, wallet, TransferCause.TOP_UP)
    else:
        if payment.hold_id is not None and wallet is not None:
            kept = await Hold.get(id=payment.hold_id)
            cause, reference = TransferCause.PAYMENT, id_of(payment)
            await capture(acting, wallet, kept, to=clearing, cause=cause, reference=reference)
        arriving = Movement(
            debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, payment.currency),
            credit=clearing,
            currency=payment.currency,
            amount_minor=payment.amount_minor - payment.wallet_minor,
            cause=TransferCause.PAYMENT,
            reference=id_of(payment),
        )
        paid = await settle_invoices(acting, payment, await lock_invoices_of(payment), arriving)
    await end_payment(acting, payment, PaymentState.SUCCEEDED, EventKind.PAYMENT_SUCCEEDED, after=paid)


async def drop_payment(acting: Acting, payment: Payment, state: PaymentState, code: str) -> None:
    """Bring a payment that is under way to its bad end: nothing is kept, and its invoices can be paid again (INV6)."""
    wallet = await lock_wallet_of(acting, payment)
    if payment.hold_id is not None and wallet is not None:
        await release(acting, wallet, await Hold.get(id=payment.hold_id))
    await _mark(await lock_invoices_of(payment), is_being_paid=False)
    await PaymentAllocation.filter(payment_id=payment.id).update(is_live=False)
    payment.decline_code = code[:60]
    event = EventKind.PAYMENT_FAILED if state is PaymentState.FAILED else EventKind.PAYMENT_CANCELLED
    await end_payment(acting, payment, state, event)


async def end_payment(
    acting: Acting, payment: Payment, state: PaymentState, event: EventKind, *, after: Sequence[Happening] = ()
) -> None:
    """Write down how a payment ended, after what that has made happen.

    Nothing is asked of its provider, or of its payer, any more.
    """
    payment.state, payment.settled_at = state, acting.now
    payment.next_check_at = payment.expires_at = payment.action_url = payment.client_secret = None
    await payment.save()
    facts = facts_of(payment)
    if payment.decline_code and state is not PaymentState.SUCCEEDED:
        facts["decline_code"] = payment.decline_code
    await record_events(acting, payment.billed_to_id, [*after, Happening(event, id_of(payment), facts)])


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
    return await lock(Invoice, "id IN ?", list(keys))


async def allocate(acting: Acting, payment: Payment, invoices: Sequence[Invoice]) -> None:
    """Write down which locked invoices a payment is for, each as a whole; nobody else can pay them meanwhile."""
    allocations = [
        {
            "billed_to_id": invoice.billed_to_id,
            "payment_id": payment.id,
            "invoice_id": invoice.id,
            "currency": invoice.currency,
            "amount_minor": invoice.total_minor,
            "is_live": True,
            "created_at": acting.now,
        }
        for invoice in invoices
    ]
    await insert(PaymentAllocation, allocations)


async def _mark(invoices: Sequence[Invoice], *, is_being_paid: bool) -> None:
    for invoice in invoices:
        invoice.is_being_paid = is_being_paid
    if invoices:
        keys = [invoice.id for invoice in invoices]
        await carry_out("UPDATE invoices SET is_being_paid = ? WHERE id IN ?", is_being_paid, keys)


async def settle_invoices(
    acting: Acting, payment: Payment, invoices: Sequence[Invoice], into_clearing: Movement
) -> list[Happening]:
    """Move what pays locked invoices into clearing, and from there to whose it is; mark them and their charges paid.

    Answers what has happened, to be recorded.
    """
    lines = await charged_lines_of(invoices)
    shares = [share for invoice in invoices for share in _shares_of(payment, invoice, lines)]
    await move_all(acting, [into_clearing, *shares])
    for invoice in invoices:
        invoice.state, invoice.paid_at, invoice.is_being_paid = InvoiceState.PAID, acting.now, False
    await carry_out(
        "UPDATE invoices SET state = ?, paid_at = ?, is_being_paid = FALSE WHERE id IN ?",
        InvoiceState.PAID,
        acting.now,
        [invoice.id for invoice in invoices],
    )
    await settle_charges(acting, lines)
    return [
        Happening(EventKind.INVOICE_PAID, public_id(Prefix.INVOICE, invoice.id), {"number": invoice.number})
        for invoice in invoices
    ]


def _shares_of(payment: Payment, invoice: Invoice, lines: Sequence[ChargedLine]) -> list[Movement]:
    """An invoice's part of a payment, from clearing to whose it is."""
    return [
        Movement(
            debit=ours(AccountKind.CLEARING, invoice.currency),
            credit=ours(kind, invoice.currency),
            currency=invoice.currency,
            amount_minor=amount_minor,
            cause=TransferCause.PAYMENT,
            reference=id_of(payment),
        )
        for kind, amount_minor in revenue_of(invoice, lines)
    ]


async def reopen_invoice(acting: Acting, payment: Payment, invoice: Invoice) -> None:
    """Take an invoice's part of a payment back into clearing, and mark the invoice open, and its charges unpaid."""
    lines = await charged_lines_of([invoice])
    for kind, amount_minor in revenue_of(invoice, lines):
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
    await reopen_charges(lines)
    subject = public_id(Prefix.INVOICE, invoice.id)
    await record_event(acting, invoice.billed_to_id, EventKind.INVOICE_REOPENED, subject, {"number": invoice.number})
