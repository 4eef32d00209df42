"""Asking payment providers: once to charge, and as often as it takes to learn what became of it (INV9).

A provider is asked between two transactions. The first committed the payment; whatever happens to this process then,
the payment is there, and the worker asks what became of it. Nothing is ever charged a second time.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from models import Payment, PaymentMethod
from resolvers.caller import Acting
from resolvers.payment_parts import id_of
from resolvers.payment_providers import (
    ActionRequired,
    Cancelled,
    ChargeOrder,
    Outcome,
    PaymentDesk,
    Pending,
    ProviderUnreachable,
)
from resolvers.settlement import LIVE, Note, note_nothing, settle_payment
from rules.identifiers import Prefix, public_id
from rules.policy import Policy
from rules.states import PaymentMethodKind, PaymentState

T = TypeVar("T")

AT_ONCE = 50
# A payment that is older is asked about less often: the pause grows to a tenth of its age.
SHARE_OF_AGE = 10
NEVER_ARRIVED, EXPIRED, NOT_CONFIRMED = "never_arrived", "expired", "not_confirmed"


async def charge(
    acting: Acting,
    policy: Policy,
    desk: PaymentDesk,
    payment: Payment,
    *,
    return_url: str | None = None,
    note: Note = note_nothing,
) -> Payment:
    """Ask the provider of a payment that was just committed to charge, and record its answer, with what `note` adds.

    A provider that does not answer in time leaves the payment UNKNOWN. A bank transfer is nobody's to ask for.
    """
    if payment.method_kind is PaymentMethodKind.BANK_TRANSFER or payment.state is not PaymentState.PENDING:
        return payment
    provider = desk.providers[payment.provider]
    try:
        outcome = await in_time(policy, provider.charge(await order_of(payment, return_url)))
    except ProviderUnreachable:
        await Payment.filter(id=payment.id, state=PaymentState.PENDING).update(state=PaymentState.UNKNOWN)
        payment = await Payment.get(id=payment.id)
        await note(payment)  # somebody else may have learned meanwhile how it ended
        return payment
    return await settle_payment(acting, policy, payment.id, outcome, note)


async def ask_due_payments(acting: Acting, policy: Policy, desk: PaymentDesk) -> int:
    """Ask what became of payments whose outcome is due; answers how many were asked about.

    Several workers may do so at once: each payment is asked about by one of them.
    """
    due = Payment.filter(state__in=list(LIVE), next_check_at__lte=acting.now)
    payments = await due.order_by("next_check_at", "id").limit(AT_ONCE)
    for payment in payments:
        if await _postpone(acting, policy, payment):
            await ask_about(acting, policy, desk, payment.id)
    return len(payments)


async def _postpone(acting: Acting, policy: Policy, payment: Payment) -> bool:
    """Say when the payment is asked about next; False when somebody else just did."""
    pause = max(timedelta(seconds=policy.payment_check_seconds), (acting.now - payment.created_at) / SHARE_OF_AGE)
    waiting = Payment.filter(id=payment.id, next_check_at=payment.next_check_at)
    return bool(await waiting.update(next_check_at=acting.now + pause))


async def ask_about(acting: Acting, policy: Policy, desk: PaymentDesk, payment_id: UUID) -> Payment:
    """Ask what became of a payment, and record it; nothing is known as long as the provider does not answer."""
    payment = await Payment.get(id=payment_id)
    try:
        outcome = await _look(acting, policy, desk, payment)
    except ProviderUnreachable:
        return payment
    if outcome is None:
        return payment
    return await settle_payment(acting, policy, payment_id, outcome)


async def _look(acting: Acting, policy: Policy, desk: PaymentDesk, payment: Payment) -> Outcome | None:
    is_over = payment.expires_at is not None and payment.expires_at <= acting.now
    if payment.method_kind is PaymentMethodKind.BANK_TRANSFER:
        return Cancelled(EXPIRED) if is_over and payment.state in LIVE else None
    provider = desk.providers.get(payment.provider)
    if provider is None:
        return None  # it was switched off; whoever switches it on again learns how its payments ended
    order = await order_of(payment)
    found = await in_time(policy, provider.find(order))
    if found is None:
        age = acting.now - payment.created_at
        return Cancelled(NEVER_ARRIVED) if age > timedelta(minutes=policy.payment_unknown_minutes) else None
    if isinstance(found, ActionRequired) and is_over:
        return await in_time(policy, provider.cancel(order))
    return found


async def call_back(
    acting: Acting, policy: Policy, desk: PaymentDesk, payment: Payment, note: Note = note_nothing
) -> Payment:
    """Give a payment up that waits for its payer, or for a bank transfer; answers what it has become."""
    if payment.method_kind is PaymentMethodKind.BANK_TRANSFER:
        return await settle_payment(acting, policy, payment.id, Cancelled("given_up"), note)
    try:
        outcome = await in_time(policy, desk.providers[payment.provider].cancel(await order_of(payment)))
    except ProviderUnreachable:
        return payment
    return payment if isinstance(outcome, Pending) else await settle_payment(acting, policy, payment.id, outcome, note)


async def order_of(payment: Payment, return_url: str | None = None) -> ChargeOrder:
    """What a payment's provider is, or was, asked to charge."""
    method = await PaymentMethod.get(id=payment.method_id) if payment.method_id else None
    return ChargeOrder(
        key=id_of(payment),
        payer=public_id(Prefix.ORGANIZATION, payment.billed_to_id),
        amount_minor=payment.amount_minor - payment.wallet_minor,
        currency=payment.currency,
        kind=payment.method_kind,
        stored=method.provider_reference if method else None,
        reference=payment.provider_reference,
        return_address=return_url,
    )


async def in_time(policy: Policy, answer: Awaitable[T]) -> T:
    """Wait for a provider as long as a request can; then its answer counts as unknown."""
    try:
        async with asyncio.timeout(policy.payment_answer_seconds):
            return await answer
    except TimeoutError:
        raise ProviderUnreachable from None
