"""What becomes of a payment: one function for every way in which its outcome is learned (INV6, INV9)."""

from uuid import UUID

from models import Payment
from resolvers.caller import Acting
from resolvers.payment_providers import Outcome
from rules.policy import Policy


async def settle_payment(acting: Acting, policy: Policy, payment_id: UUID, outcome: Outcome) -> Payment:
    """Record what became of a payment, in one transaction; told the same or something older again, nothing happens."""
    raise NotImplementedError
