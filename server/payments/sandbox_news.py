"""What the sandbox tells by itself: that money which had arrived was taken back. Of all else it is asked anyway."""

from resolvers.caller import Clerk
from resolvers.payment_providers import Told
from resolvers.provider_events import take_told
from server.payments.sandbox import NAME, Sandbox


async def tell_charge_backs(clerk: Clerk) -> int:
    """Tell of each charge that was taken back since, once; answers how many there were."""
    sandbox = clerk.payments.providers.get(NAME)
    if not isinstance(sandbox, Sandbox):
        return 0
    keys = await sandbox.untold_charge_backs()
    for key in keys:
        await take_told(clerk, clerk.policy, clerk.payments, Told(NAME, f"{key} reversed", "charge.reversed", key=key))
        await sandbox.mark_told(key)
    return len(keys)
