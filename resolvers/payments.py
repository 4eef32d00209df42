"""Paying invoices: from the wallet, by another method, or by both; all together, or none (INV5, INV6, INV11)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from models import Invoice, LedgerAccount, Organization, Payment
from models.fields import new_id
from models.statements import create, lock
from resolvers.access import lock_organization, require
from resolvers.caller import Acting, Caller, Paying
from resolvers.charging import call_back, charge
from resolvers.idempotency import claim, find_replay, forget, settle
from resolvers.ledger import lock_wallet, lock_wallets, ours, spending
from resolvers.payment_choices import Choice, Way, find_way
from resolvers.payment_parts import allocate, facts_of, id_of, settle_invoices, write_payment
from resolvers.records import Happening, record_events
from resolvers.settlement import BANK
from resolvers.transactions import in_one_transaction
from rules.denials import NotFound
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.money_refusals import PaymentActionRequired, PaymentDeclined, PaymentNotCancellable
from rules.permitted import refuse, why_not_cancel_payment, why_not_pay_invoice
from rules.references import make_reference
from rules.refusals import AmountChanged, CurrencyMismatch, InvalidInput, Problem, ProblemCode
from rules.rights import Right
from rules.states import AccountKind, PaymentMethodKind, PaymentPurpose, PaymentState, TransferCause

WALLET_ONLY = Choice()


async def pay_invoices(
    caller: Caller,
    *,
    organization_id: UUID,
    invoice_ids: Sequence[UUID],
    expected_amount_minor: int,
    choice: Choice = WALLET_ONLY,
) -> Payment:
    """Pay open invoices of one organization, all of one currency, in one payment.

    From the wallet promotional credit is spent first; what waits for another method is kept aside meanwhile. Refuses
    with InvoiceNotPayable (of N who pay the same invoice one succeeds), CurrencyMismatch, AmountChanged when the sum is
    not the expected one, InsufficientFunds, PaymentMethodNotAllowed and PaymentDeclined: then nothing was paid. Ends
    with PaymentActionRequired when the payer must confirm. Needs BILLING in the organization that pays.
    """
    if len(set(invoice_ids)) != len(invoice_ids):
        raise InvalidInput(problems=(Problem(("invoice_ids",), ProblemCode.DUPLICATE),))
    if not invoice_ids:
        raise InvalidInput(problems=(Problem(("invoice_ids",), ProblemCode.REQUIRED, 1),))

    async def work() -> Payment:
        payment_id = new_id()
        await claim(caller, makes=public_id(Prefix.PAYMENT, payment_id))
        payer = await lock_organization(organization_id)
        standing = await require(caller, payer, Right.BILLING)
        wallets = await lock_wallets(payer.id)
        invoices = await lock(Invoice, "id IN ? AND billed_to_id = ?", list(invoice_ids), payer.id)
        if len(invoices) != len(invoice_ids):
            raise NotFound
        currency = _currency_of(invoices)
        wallet = wallets.get(currency) or await lock_wallet(caller, payer.id, currency)
        for invoice in invoices:
            refuse(why_not_pay_invoice(standing, invoice.id, invoice.state, is_being_paid=invoice.is_being_paid))
        return await begin_payment(caller, payer, wallet, invoices, expected_amount_minor, choice, payment_id)

    return await finish_payment(caller, await in_one_transaction(work), choice)


def _currency_of(invoices: Sequence[Invoice]) -> Currency:
    """The one currency of some invoices, which tells from which wallet they are paid."""
    currencies = sorted({invoice.currency for invoice in invoices})
    if len(currencies) > 1:
        raise CurrencyMismatch(currencies=tuple(currencies))
    return currencies[0]


async def begin_payment(
    caller: Caller,
    payer: Organization,
    wallet: LedgerAccount,
    invoices: Sequence[Invoice],
    expected_amount_minor: int,
    choice: Choice,
    payment_id: UUID,
) -> Payment:
    """Begin to pay locked open invoices of a locked payer, in the transaction that is open; `finish_payment` goes on.

    From the wallet alone the payment succeeds at once. Refuses as `pay_invoices` does.
    """
    amount_minor = sum(invoice.total_minor for invoice in invoices)
    if amount_minor != expected_amount_minor:
        path = ("expected_amount_minor",)
        raise AmountChanged(amount_minor=amount_minor, currency=wallet.currency, path=path)
    way = await find_way(
        caller,
        choice,
        payer_id=payer.id,
        purpose=PaymentPurpose.INVOICES,
        currency=wallet.currency,
        amount_minor=amount_minor,
    )
    if way.kind is PaymentMethodKind.WALLET:
        return await pay_from_wallet(caller, payer, wallet, invoices, amount_minor, payment_id)
    return await begin_outside(caller, payer, wallet, invoices, amount_minor, way, payment_id)


async def begin_outside(
    acting: Paying,
    payer: Organization,
    wallet: LedgerAccount,
    invoices: Sequence[Invoice],
    amount_minor: int,
    way: Way,
    payment_id: UUID | None = None,
    *,
    automatic: bool = False,
) -> Payment:
    """Write a payment that a provider or a bank brings; without invoices it fills the wallet.

    A bank transfer gets the reference that it must carry. For the transaction that is open.
    """
    key = payment_id or new_id()
    by_transfer = way.kind is PaymentMethodKind.BANK_TRANSFER
    policy = acting.policy
    return await write_payment(
        acting,
        payer,
        invoices,
        currency=wallet.currency,
        amount_minor=amount_minor,
        kind=way.kind,
        provider=BANK if by_transfer else acting.payments.provider_for(way.kind).name,
        wallet=wallet if way.wallet_minor or not invoices else None,
        wallet_minor=way.wallet_minor,
        id=key,
        method_id=way.method_id,
        payment_reference=make_reference(key) if by_transfer else None,
        next_check_at=acting.now + timedelta(seconds=policy.payment_check_seconds),
        expires_at=acting.now + timedelta(days=policy.bank_transfer_days) if by_transfer else None,
        created_by_automatic_top_up=automatic,
    )


async def finish_payment(caller: Caller, payment: Payment, choice: Choice) -> Payment:
    """Ask the provider of a payment that was committed, and answer the payment as it stands then.

    Refuses with PaymentDeclined, and then its idempotency key may be used again, for nothing came of it: both are
    recorded in one transaction (M6). Ends with PaymentActionRequired when the payer must confirm.
    """

    async def free_the_key(ended: Payment) -> None:
        if ended.state is PaymentState.FAILED:
            await forget(caller)

    desk, address = caller.payments, choice.return_url
    payment = await charge(caller, caller.policy, desk, payment, return_url=address, note=free_the_key)
    return show_outcome(caller, payment)


def show_outcome(caller: Caller, payment: Payment) -> Payment:
    """Answer a payment as its payer is told of it, at first and when the call is repeated under its key.

    Refuses with PaymentDeclined what failed or was given up, and ends with PaymentActionRequired while it waits for its
    payer.
    """
    if payment.state in (PaymentState.FAILED, PaymentState.CANCELLED):
        raise PaymentDeclined(payment_id=payment.id, decline_code=payment.decline_code or "")
    if payment.state is PaymentState.ACTION_REQUIRED:
        provider = caller.payments.providers.get(payment.provider)
        raise PaymentActionRequired(
            payment_id=payment.id,
            url=payment.action_url,
            client_secret=payment.client_secret,
            publishable_key=provider.publishable_key if provider and payment.client_secret else None,
        )
    return payment


async def pay_from_wallet(
    acting: Acting,
    payer: Organization,
    wallet: LedgerAccount,
    invoices: Sequence[Invoice],
    amount_minor: int,
    payment_id: UUID | None = None,
) -> Payment:
    """Pay locked open invoices from a locked wallet, in the transaction that is open; `amount_minor` is their sum.

    Refuses with InsufficientFunds.
    """
    key = payment_id or new_id()
    spent = spending(
        wallet,
        amount_minor,
        to=ours(AccountKind.CLEARING, wallet.currency),
        cause=TransferCause.PAYMENT,
        reference=public_id(Prefix.PAYMENT, key),
    )
    payment = await create(
        Payment,
        id=key,
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
    await allocate(acting, payment, invoices)
    paid = await settle_invoices(acting, payment, invoices, spent)
    succeeded = Happening(EventKind.PAYMENT_SUCCEEDED, id_of(payment), facts_of(payment))
    await record_events(acting, payer.id, [*paid, succeeded])
    return payment


async def cancel_payment(caller: Caller, *, payment_id: UUID) -> Payment:
    """Give up a payment that waits for its payer or for a bank transfer; its invoices can be paid otherwise then.

    Needs BILLING. Refuses with PaymentNotCancellable what is over, or what its provider does not give back. The key is
    taken in the transaction that gives the payment up, so that it never stands for one that went on (M3, M6).
    """

    async def look() -> Payment:
        found = await Payment.get(id=payment_id)
        payer = await lock_organization(found.billed_to_id)
        standing = await require(caller, payer, Right.BILLING)
        # Behind the lock, so that the same call at the same time is seen when it has ended.
        await find_replay(caller.once)
        payment = await Payment.filter(id=payment_id).select_for_update().get()
        refuse(why_not_cancel_payment(standing, payment.id, payment.state, payment.method_kind))
        return payment

    async def remember(ended: Payment) -> None:
        if ended.state is PaymentState.CANCELLED:
            await claim(caller)
            await settle(caller, id_of(ended))

    payment = await in_one_transaction(look)
    payment = await call_back(caller, caller.policy, caller.payments, payment, remember)
    if payment.state is not PaymentState.CANCELLED:
        raise PaymentNotCancellable(payment_id=payment.id, state=payment.state)
    return payment
