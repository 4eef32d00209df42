"""Money that a payer's bank takes back after a payment succeeded: charge-backs and late failures (INV9, WAL6)."""

from datetime import timedelta

from models import Charge, LedgerAccount, LedgerTransfer, Organization, Payment, PaymentAllocation
from resolvers.caller import Acting
from resolvers.ledger import lock_wallet, move, ours, withdrawable_minor
from resolvers.payment_parts import end_payment, id_of, lock_invoices_of, reopen_invoice
from resolvers.records import record_event, tell_payers
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.money import spell_amount
from rules.states import AccountKind, ChargeKind, ChargeState, PaymentPurpose, PaymentState, TransferCause

ONE_DAY = timedelta(days=1)


async def reverse_payment(acting: Acting, payer: Organization, payment: Payment) -> None:
    """Undo a payment that had succeeded: its invoices are open again, and what it filled the wallet with is gone.

    For the transaction that is open, behind the locks of the payer and its wallet. What the wallet paid of it comes
    back to the wallet. A top-up that was spent already becomes a charge of what is missing (WAL6).
    """
    if payment.purpose is PaymentPurpose.TOP_UP:
        wallet = await lock_wallet(acting, payer.id, payment.currency)
        await _take_back(acting, payer, payment, wallet, TransferCause.TOP_UP_REVERSED)
    else:
        await _take_back_from_invoices(acting, payment)
    await end_payment(acting, payment, PaymentState.REVERSED, EventKind.PAYMENT_REVERSED)
    facts = {"amount": spell_amount(payment.amount_minor, payment.currency)}
    await tell_payers(acting, payer, LetterKind.PAYMENT_REVERSED, facts)


async def reverse_late_credit(acting: Acting, payer: Organization, payment: Payment) -> None:
    """Take back what arrived late for a payment that was over, and was credited to the wallet; once."""
    credited = await LedgerTransfer.exists(reference=id_of(payment), cause=TransferCause.LATE_PAYMENT)
    if not credited or await LedgerTransfer.exists(reference=id_of(payment), cause=TransferCause.PAYMENT_REVERSED):
        return
    if payer.deleted_at is not None:
        await move(
            acting,
            debit=ours(AccountKind.UNMATCHED, payment.currency),
            credit=ours(AccountKind.PAYMENTS_IN_TRANSIT, payment.currency),
            currency=payment.currency,
            amount_minor=payment.amount_minor - payment.wallet_minor,
            cause=TransferCause.PAYMENT_REVERSED,
            reference=id_of(payment),
        )
        return
    wallet = await lock_wallet(acting, payer.id, payment.currency)
    await _take_back(acting, payer, payment, wallet, TransferCause.PAYMENT_REVERSED)
    await record_event(acting, payer.id, EventKind.PAYMENT_REVERSED, id_of(payment))
    facts = {"amount": spell_amount(payment.amount_minor, payment.currency)}
    await tell_payers(acting, payer, LetterKind.PAYMENT_REVERSED, facts)


async def _take_back_from_invoices(acting: Acting, payment: Payment) -> None:
    for invoice in await lock_invoices_of(payment):
        await reopen_invoice(acting, payment, invoice)
    await PaymentAllocation.filter(payment_id=payment.id).update(is_live=False)
    clearing = ours(AccountKind.CLEARING, payment.currency)
    if payment.wallet_minor and payment.wallet_id is not None:
        spent = await LedgerTransfer.get(
            reference=id_of(payment), cause=TransferCause.PAYMENT, debit_id=payment.wallet_id
        )
        await move(
            acting,
            debit=clearing,
            credit=payment.wallet_id,
            currency=payment.currency,
            amount_minor=payment.wallet_minor,
            promotional_minor=spent.promotional_minor,
            cause=TransferCause.PAYMENT_REVERSED,
            reference=id_of(payment),
        )
    await move(
        acting,
        debit=clearing,
        credit=ours(AccountKind.PAYMENTS_IN_TRANSIT, payment.currency),
        currency=payment.currency,
        amount_minor=payment.amount_minor - payment.wallet_minor,
        cause=TransferCause.PAYMENT_REVERSED,
        reference=id_of(payment),
    )


async def _take_back(
    acting: Acting, payer: Organization, payment: Payment, wallet: LedgerAccount, cause: TransferCause
) -> None:
    """Take a payment's money out of a locked wallet as far as it is there; lend the rest, and charge it."""
    amount_minor = payment.amount_minor - payment.wallet_minor
    there_minor = min(amount_minor, withdrawable_minor(wallet))
    missing_minor = amount_minor - there_minor
    sources = ((wallet.id, there_minor), (ours(AccountKind.CHARGEBACKS, payment.currency), missing_minor))
    for source, part_minor in sources:
        if part_minor:
            await move(
                acting,
                debit=source,
                credit=ours(AccountKind.PAYMENTS_IN_TRANSIT, payment.currency),
                currency=payment.currency,
                amount_minor=part_minor,
                cause=cause,
                reference=id_of(payment),
            )
    if missing_minor:
        await _charge_missing(acting, payer, payment, missing_minor)


async def _charge_missing(acting: Acting, payer: Organization, payment: Payment, missing_minor: int) -> None:
    today = acting.now.date()
    charge = await Charge.create(
        organization_id=payer.id,
        billed_to_id=payer.id,
        product_id=None,
        kind=ChargeKind.REVERSED_TOP_UP,
        state=ChargeState.OPEN,
        description=f"Top-up taken back: {id_of(payment)}",
        currency=payment.currency,
        quantity=1,
        unit_net_minor=missing_minor,
        net_minor=missing_minor,
        period_start=today,
        period_end=today + ONE_DAY,
        source_reference=id_of(payment),
        created_at=acting.now,
    )
    data = {"kind": charge.kind, "net_minor": missing_minor, "currency": payment.currency}
    await record_event(acting, payer.id, EventKind.CHARGE_RECORDED, public_id(Prefix.CHARGE, charge.id), data)
