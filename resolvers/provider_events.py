"""What payment providers tell by themselves: taken in once, and never believed, but a reason to ask them (M22)."""

from uuid import UUID

from models import Payment, PaymentMethod, ProviderEvent
from resolvers.caller import Acting
from resolvers.charging import ask_about
from resolvers.payment_methods import ask_about_method
from resolvers.payment_providers import PaymentDesk, Told
from resolvers.transactions import transaction
from rules.identifiers import Prefix
from rules.policy import Policy

LONGEST_NAME = 255


async def take_told(acting: Acting, policy: Policy, desk: PaymentDesk, told: Told) -> None:
    """Ask about the payment or the method that a provider told of; the same message again changes nothing.

    What is unknown here is ignored: providers also tell of what others charged.
    """
    payment = await _payment_of(told)
    if payment is not None:
        await ask_about(acting, policy, desk, payment.id)
    elif told.setup is not None:
        method = await PaymentMethod.filter(provider=told.provider, setup_reference=told.setup).first()
        if method is not None:
            await ask_about_method(acting, policy, desk, method.id)
    await _remember(acting, told)


async def _payment_of(told: Told) -> Payment | None:
    prefix = f"{Prefix.PAYMENT}_"
    if told.key is not None and told.key.startswith(prefix):
        try:
            key = UUID(told.key.removeprefix(prefix))
        except ValueError:
            return None
        return await Payment.filter(id=key, provider=told.provider).first()
    if told.charge is None:
        return None
    return await Payment.filter(provider=told.provider, provider_reference=told.charge).first()


async def _remember(acting: Acting, told: Told) -> None:
    """Write the message down last: what could not be asked about is told again."""
    async with transaction():
        event = ProviderEvent(
            provider=told.provider,
            event_reference=told.event[:LONGEST_NAME],
            kind=told.kind[:100],
            received_at=acting.now,
        )
        await ProviderEvent.bulk_create([event], ignore_conflicts=True)
