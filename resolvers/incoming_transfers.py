"""Money that arrives at the bank: matched by its reference, else kept for its payer, else for staff (INV7, WAL6).

Each entry of a statement is taken in once, in a transaction of its own: the row, what it became and where its money
went come together or not at all. Nothing is ever given to an organization that is gone.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import IncomingTransfer, Invoice, Organization, Payment
from resolvers.access import lock_organization
from resolvers.caller import Acting
from resolvers.idempotency import claim, settle
from resolvers.ledger import lock_wallet, move, ours
from resolvers.payment_providers import Succeeded
from resolvers.records import record_event, record_staff_action
from resolvers.settlement import LIVE, pay_invoice_by_transfer, settle_payment
from resolvers.staff import check_reason, require_staff
from resolvers.transactions import in_one_transaction
from rules.checks import refuse_problems
from rules.denials import NotFound
from rules.events import EventKind, StaffAction
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.money_refusals import IncomingTransferAssigned
from rules.policy import Policy
from rules.references import find_reference, read_reference
from rules.states import AccountKind, InvoiceKind, InvoiceState, PaymentMethodKind, PaymentState, TransferCause


@dataclass(frozen=True)
class Credit:
    """Money that a statement says has arrived; `bank_reference` is what the bank calls this entry, for ever."""

    bank_reference: str
    currency: Currency
    amount_minor: int
    payment_reference: str
    payer_name: str
    payer_iban: str
    message: str
    booked_on: date


async def take_in(acting: Acting, policy: Policy, credit: Credit) -> IncomingTransfer | None:
    """Take in one entry of a statement; None when it was taken in before.

    A payment by bank transfer that waits, or an open invoice, is paid where reference, amount and currency agree. What
    names something known but does not agree, or comes too late, is credited to the payer's wallet; the rest waits for
    staff (INV7).
    """
    if await IncomingTransfer.exists(bank_reference=credit.bank_reference):
        return None

    async def work() -> IncomingTransfer:
        transfer = await _write_down(acting, credit)
        transfer.matched = await _match(acting, policy, transfer) or ""
        transfer.settled_at = acting.now if transfer.matched else None
        if not transfer.matched:
            await _keep_for_staff(acting, transfer)
        await transfer.save(update_fields=["matched", "settled_at"])
        return transfer

    try:
        return await in_one_transaction(work)
    except IntegrityError:
        if await IncomingTransfer.exists(bank_reference=credit.bank_reference):
            return None  # somebody else took it in at the same time
        raise


async def _write_down(acting: Acting, credit: Credit) -> IncomingTransfer:
    return await IncomingTransfer.create(
        bank_reference=credit.bank_reference,
        currency=credit.currency,
        amount_minor=credit.amount_minor,
        payment_reference=read_reference(credit.payment_reference)[:140],
        payer_name=credit.payer_name[:200],
        payer_iban=credit.payer_iban[:34],
        message=credit.message[:500],
        booked_on=credit.booked_on,
        matched="",
        received_at=acting.now,
    )


async def _match(acting: Acting, policy: Policy, transfer: IncomingTransfer) -> str | None:
    """Find out what a transfer is for, and bring it there; answers the public id of what it became."""
    if not transfer.payment_reference:
        return None
    reference = find_reference(transfer.payment_reference)
    payment = await Payment.filter(payment_reference=reference).first()
    if payment is not None:
        return await _match_payment(acting, policy, transfer, payment)
    issued = Invoice.filter(payment_reference=reference, kind=InvoiceKind.INVOICE)
    invoice = await issued.exclude(state=InvoiceState.DRAFT).first()
    return None if invoice is None else await _match_invoice(acting, transfer, invoice)


async def _match_payment(acting: Acting, policy: Policy, transfer: IncomingTransfer, known: Payment) -> str | None:
    payer = await _lock_payer(known.billed_to_id)
    if payer is None:
        return None
    # Whoever settles a payment holds the lock of its payer, so that it stays as it is read here.
    payment = await Payment.get(id=known.id)
    expected = (payment.currency, payment.amount_minor - payment.wallet_minor)
    agrees = expected == (transfer.currency, transfer.amount_minor)
    if agrees and payment.state in LIVE and payment.method_kind is PaymentMethodKind.BANK_TRANSFER:
        settled = await settle_payment(acting, policy, payment.id, Succeeded(transfer.bank_reference))
        assert settled.state is PaymentState.SUCCEEDED
        return public_id(Prefix.PAYMENT, payment.id)
    cause = TransferCause.UNMATCHED_PAYMENT if payment.state in LIVE else TransferCause.LATE_PAYMENT
    return await _credit(acting, payer, transfer, cause)


async def _match_invoice(acting: Acting, transfer: IncomingTransfer, invoice: Invoice) -> str | None:
    payer = await _lock_payer(invoice.billed_to_id)
    if payer is None:
        return None
    if (invoice.currency, invoice.total_minor) != (transfer.currency, transfer.amount_minor):
        return await _credit(acting, payer, transfer, TransferCause.UNMATCHED_PAYMENT)
    payment = await pay_invoice_by_transfer(acting, payer, invoice.id, transfer.bank_reference)
    if payment is None:
        return await _credit(acting, payer, transfer, TransferCause.LATE_PAYMENT)
    return public_id(Prefix.PAYMENT, payment.id)


async def _lock_payer(organization_id: UUID) -> Organization | None:
    try:
        return await lock_organization(organization_id)
    except NotFound:
        return None


async def _credit(acting: Acting, payer: Organization, transfer: IncomingTransfer, cause: TransferCause) -> str:
    return await credit_arrived(
        acting,
        payer,
        transfer.currency,
        transfer.amount_minor,
        cause,
        public_id(Prefix.INCOMING_TRANSFER, transfer.id),
    )


async def credit_arrived(
    acting: Acting,
    organization: Organization,
    currency: Currency,
    amount_minor: int,
    cause: TransferCause,
    reference: str,
    *,
    source: AccountKind = AccountKind.PAYMENTS_IN_TRANSIT,
) -> str:
    """Credit money that has arrived to the wallet of a locked organization; answers the wallet's public id (WAL6)."""
    wallet = await lock_wallet(acting, organization.id, currency)
    await move(
        acting,
        debit=ours(source, currency),
        credit=wallet.id,
        currency=currency,
        amount_minor=amount_minor,
        cause=cause,
        reference=reference,
    )
    subject = public_id(Prefix.WALLET, wallet.id)
    data = {"amount_minor": amount_minor, "currency": currency, "cause": cause}
    await record_event(acting, organization.id, EventKind.WALLET_CREDITED, subject, data)
    return subject


async def _keep_for_staff(acting: Acting, transfer: IncomingTransfer) -> None:
    await move(
        acting,
        debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, transfer.currency),
        credit=ours(AccountKind.UNMATCHED, transfer.currency),
        currency=transfer.currency,
        amount_minor=transfer.amount_minor,
        cause=TransferCause.UNMATCHED_PAYMENT,
        reference=public_id(Prefix.INCOMING_TRANSFER, transfer.id),
    )


async def assign_incoming_transfer(
    acting: Acting, *, incoming_transfer_id: UUID, organization_id: UUID, reason: str
) -> IncomingTransfer:
    """Credit money that waits for staff to the wallet of the organization that it is found to belong to (STA2).

    The reason is audited. Refuses with InvalidInput a reason that is missing, with IncomingTransferAssigned what waits
    no more, and with NotFound an organization that is gone.
    """
    refuse_problems(check_reason(reason))

    async def work() -> IncomingTransfer:
        await claim(acting)
        organization = await lock_organization(organization_id)
        await require_staff(acting)
        known = await IncomingTransfer.get(id=incoming_transfer_id)
        await lock_wallet(acting, organization.id, known.currency)
        transfer = await IncomingTransfer.filter(id=known.id).select_for_update().get()
        if transfer.matched:
            raise IncomingTransferAssigned(incoming_transfer_id=transfer.id)
        subject = public_id(Prefix.INCOMING_TRANSFER, transfer.id)
        transfer.matched = await credit_arrived(
            acting,
            organization,
            transfer.currency,
            transfer.amount_minor,
            TransferCause.UNMATCHED_ASSIGNED,
            subject,
            source=AccountKind.UNMATCHED,
        )
        transfer.settled_at = acting.now
        await transfer.save(update_fields=["matched", "settled_at"])
        await record_staff_action(acting, StaffAction.INCOMING_TRANSFER_ASSIGNED, subject, reason)
        await settle(acting, subject)
        return transfer

    return await in_one_transaction(work)
