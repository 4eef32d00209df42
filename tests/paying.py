"""Stored methods and payments under way, for tests."""

from models import LedgerAccount, Organization, Payment, PaymentMethod
from models.fields import new_id
from resolvers.caller import Clerk
from resolvers.payment_choices import Way
from resolvers.payments import begin_outside
from resolvers.transactions import transaction
from rules.states import PaymentMethodKind, PaymentMethodState
from tests.world import World


def clerk_of(world: World) -> Clerk:
    """Who pays by themselves in a test's world."""
    return Clerk(world.clock.now(), world.settings.policy, world.desk)


async def begin_transfer(world: World, payer: Organization, wallet: LedgerAccount) -> Payment:
    """A top-up by bank transfer that is waited for."""
    async with transaction():
        return await begin_outside(clerk_of(world), payer, wallet, (), 5_000, Way(0, PaymentMethodKind.BANK_TRANSFER))


async def add_method(
    world: World,
    payer: Organization,
    label: str = "Card",
    *,
    kind: PaymentMethodKind = PaymentMethodKind.CARD,
    is_default: bool = False,
) -> PaymentMethod:
    """A stored method that can pay."""
    key = new_id()
    return await PaymentMethod.create(
        id=key,
        organization_id=payer.id,
        kind=kind,
        state=PaymentMethodState.ACTIVE,
        provider=world.provider.name,
        setup_reference=f"setup {key}",
        provider_reference=f"method {key}",
        label=label,
        is_default=is_default,
        created_at=world.clock.now(),
    )
