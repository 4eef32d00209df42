"""What becomes of a payment: one function for every way in which its outcome is learned (INV6, INV9).

Whoever learns it, the answer of a provider, a message of its own, a bank statement or the passing of time, brings it
here. Told the same again nothing happens, and whatever arrives for a payment that is over is kept for its payer.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from models import AutomaticTopUp, Invoice, LedgerTransfer, Organization, Payment, PaymentAllocation
from resolvers.caller import Acting
from resolvers.ledger import lock_wallet, move, ours
from resolvers.payment_parts import (
    arrive,
    complete_payment,
    drop_payment,
    id_of,
    write_payment,
)
from resolvers.payment_providers import (
    ActionRequired,
    Cancelled,
    Declined,
    Outcome,
    Pending,
    Reversed,
    Succeeded,
)
from resolvers.records import tell_payers
from resolvers.reversals import reverse_late_credit, reverse_payment
from resolvers.transactions import in_one_transaction
from rules.letters import LetterKind
from rules.money import spell_amount
from rules.policy import Policy
from rules.states import (
    AccountKind,
    InvoiceState,
    PaymentMethodKind,
    PaymentState,
    TransferCause,
)

LIVE = frozenset({PaymentState.PENDING, PaymentState.ACTION_REQUIRED, PaymentState.UNKNOWN})
OVER_UNPAID = frozenset({PaymentState.FAILED, PaymentState.CANCELLED})
BANK = "bank"

Note = Callable[[Payment], Awaitable[None]]
"""What else is written down of a payment, in the transaction that records what became of it."""


async def note_nothing(_payment: Payment) -> None:
    """Write nothing else down."""


async def settle_payment(
    acting: Acting, policy: Policy, payment_id: UUID, outcome: Outcome, note: Note = note_nothing
) -> Payment:
    """Record what became of a payment, in one transaction; told the same or something older again, nothing happens.

    `note` writes down what else must be true together with it, of the payment as it stands then.
    """

    async def work() -> Payment:
        known = await Payment.get(id=payment_id)
        # Of a deleted organization too: what its bank does knows nothing of that.
        payer = await Organization.filter(id=known.billed_to_id).select_for_update().get()
        # The wallet is locked ahead of the payment, as everywhere; opening one that is not needed is no harm.
        if known.wallet_id is not None:
            await lock_wallet(acting, payer.id, known.currency)
        payment = await Payment.filter(id=payment_id).select_for_update().get()
        await _settle(acting, policy, payer, payment, outcome)
        await note(payment)
        return payment

    return await in_one_transaction(work)


async def _settle(acting: Acting, policy: Policy, payer: Organization, payment: Payment, outcome: Outcome) -> None:
    if payment.state in LIVE:
        await _settle_live(acting, policy, payer, payment, outcome)
    elif payment.state in OVER_UNPAID and isinstance(outcome, Succeeded):
        await _keep_late_money(acting, payer, payment, outcome)
    elif payment.state in OVER_UNPAID and isinstance(outcome, Reversed):
        await reverse_late_credit(acting, payer, payment)
    elif payment.state is PaymentState.SUCCEEDED and isinstance(outcome, Reversed):
        await reverse_payment(acting, payer, payment)


async def _settle_live(acting: Acting, policy: Policy, payer: Organization, payment: Payment, outcome: Outcome) -> None:
    match outcome:
        case Succeeded(reference):
            payment.provider_reference = reference
            await complete_payment(acting, payment)
        case ActionRequired(reference, url, client_secret):
            payment.state, payment.provider_reference = PaymentState.ACTION_REQUIRED, reference
            payment.action_url, payment.client_secret = url, client_secret
            payment.expires_at = payment.created_at + timedelta(minutes=policy.payment_action_minutes)
            await payment.save()
        case Pending(reference):
            payment.state, payment.provider_reference = PaymentState.PENDING, reference
            payment.action_url = payment.client_secret = payment.expires_at = None
            await payment.save()
        case Declined(code, reference):
            payment.provider_reference = reference or payment.provider_reference
            await _fail(acting, policy, payer, payment, code)
        case Cancelled(code):
            await drop_payment(acting, payment, PaymentState.CANCELLED, code)
            if payment.created_by_automatic_top_up:
                await _pause_automatic_top_up(acting, policy, payer, payment)
        case Reversed(reference):
            # It came and went before we knew; in sum nothing was taken.
            payment.provider_reference = reference
            await _fail(acting, policy, payer, payment, "reversed")


async def _fail(acting: Acting, policy: Policy, payer: Organization, payment: Payment, code: str) -> None:
    await drop_payment(acting, payment, PaymentState.FAILED, code)
    if payment.created_by_automatic_top_up:
        await _pause_automatic_top_up(acting, policy, payer, payment)
    elif acting.now - payment.created_at > timedelta(seconds=policy.payment_answer_seconds):
        # Whoever asked for it was told then that it was under way.
        amount = spell_amount(payment.amount_minor, payment.currency)
        await tell_payers(acting, payer, LetterKind.PAYMENT_FAILED, {"amount": amount})


async def _pause_automatic_top_up(acting: Acting, policy: Policy, payer: Organization, payment: Payment) -> None:
    pause = timedelta(hours=policy.automatic_top_up_pause_hours)
    await AutomaticTopUp.filter(account_id=payment.wallet_id).update(paused_until=acting.now + pause)
    amount = spell_amount(payment.amount_minor, payment.currency)
    await tell_payers(acting, payer, LetterKind.AUTOMATIC_TOP_UP_FAILED, {"amount": amount})


async def _keep_late_money(acting: Acting, payer: Organization, payment: Payment, outcome: Succeeded) -> None:
    """Credit money that arrived for a payment that is over to its payer's wallet, once (WAL6)."""
    if await LedgerTransfer.exists(reference=id_of(payment), cause=TransferCause.LATE_PAYMENT):
        return
    payment.provider_reference = outcome.reference
    await payment.save(update_fields=["provider_reference"])
    if payer.deleted_at is not None:
        await move(
            acting,
            debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, payment.currency),
            credit=ours(AccountKind.UNMATCHED, payment.currency),
            currency=payment.currency,
            amount_minor=payment.amount_minor - payment.wallet_minor,
            cause=TransferCause.LATE_PAYMENT,
            reference=id_of(payment),
        )
        return
    wallet = await lock_wallet(acting, payer.id, payment.currency)
    await arrive(acting, payment, wallet, TransferCause.LATE_PAYMENT)


async def pay_invoice_by_transfer(
    acting: Acting, payer: Organization, invoice_id: UUID, bank_reference: str
) -> Payment | None:
    """Pay an open invoice by a bank transfer of exactly its total that carried its own reference (INV7).

    For the transaction that is open, behind the lock of its payer. A payment by bank transfer of this invoice alone
    that waits is the one meant. None when the invoice is not open, or is being paid in another way.
    """
    invoice = await Invoice.filter(id=invoice_id, billed_to_id=payer.id).select_for_update().get()
    if invoice.state is not InvoiceState.OPEN:
        return None
    if invoice.is_being_paid:
        return await _complete_waiting_transfer(acting, invoice, bank_reference)
    payment = await write_payment(
        acting,
        payer,
        [invoice],
        currency=invoice.currency,
        amount_minor=invoice.total_minor,
        kind=PaymentMethodKind.BANK_TRANSFER,
        provider=BANK,
        wallet=None,
        provider_reference=bank_reference,
    )
    await complete_payment(acting, payment)
    return payment


async def _complete_waiting_transfer(acting: Acting, invoice: Invoice, bank_reference: str) -> Payment | None:
    allocation = await PaymentAllocation.get(invoice_id=invoice.id, is_live=True)
    waiting = Payment.filter(id=allocation.payment_id, method_kind=PaymentMethodKind.BANK_TRANSFER)
    payment = await waiting.filter(amount_minor=invoice.total_minor, wallet_minor=0).select_for_update().first()
    if payment is not None:
        payment.provider_reference = bank_reference
        await complete_payment(acting, payment)
    return payment
