"""A payment provider that plays: for the demo, for frontends at work, and for tests. No money moves (INV8, INV9).

How a payment ends is chosen by whoever tries it; see docs/payments.md. Nothing here waits or is left to chance.
"""

from dataclasses import replace
from datetime import date

from resolvers.payment_providers import (
    Cancelled,
    ChargeOrder,
    Declined,
    Outcome,
    ProviderUnreachable,
    SetupFailed,
    SetupInstructions,
    SetupOrder,
    StoredMethod,
)
from rules.states import PaymentMethodKind
from server.clock import Clock
from server.payments.sandbox_memory import SandboxMemory
from server.payments.sandbox_rules import (
    COURSES,
    DECLINED,
    GIVEN_UP,
    LATER,
    UNHEARD,
    Behaviour,
    SandboxCharge,
    SandboxSetup,
    SandboxState,
    begins_by_asking,
    behaviour_of,
    key_of,
    outcome_of,
    reference_of,
    stored_name,
)

NAME = "sandbox"
KINDS = (PaymentMethodKind.CARD, PaymentMethodKind.POSTFINANCE, PaymentMethodKind.TWINT, PaymentMethodKind.PAYPAL)
CHARGES, SETUPS = "charges", "setups"
PATH = "/sandbox"
LABELS = {
    PaymentMethodKind.CARD: "Visa •••• 4242",
    PaymentMethodKind.POSTFINANCE: "PostFinance •••• 4242",
    PaymentMethodKind.TWINT: "TWINT •••• 4242",
    PaymentMethodKind.PAYPAL: "payer-4242@example.org",
}
EXPIRES_ON = date(2039, 12, 31)


class Sandbox:
    """The payment provider that plays every kind of method."""

    name = NAME
    publishable_key: str | None = None

    def __init__(self, memory: SandboxMemory, clock: Clock, address: str) -> None:
        """What it remembers, its time, and where people reach the server that shows its pages."""
        self._memory = memory
        self._clock = clock
        self._address = address

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Charge; the same key again answers what became of the first."""
        if order.stored is not None and await self._memory.is_forgotten(order.stored):
            return Declined(DECLINED)
        behaviour = behaviour_of(order)
        state, later = (SandboxState.WAITING, None) if begins_by_asking(order) else COURSES[behaviour]
        charge = SandboxCharge(
            key=order.key,
            payer=order.payer,
            amount_minor=order.amount_minor,
            currency=order.currency,
            kind=order.kind,
            behaviour=behaviour,
            state=state,
            later=later,
            later_at=self._clock.now() + LATER if later else None,
            return_address=order.return_address,
        )
        known, is_new = await self._memory.add_charge(charge)
        if is_new and behaviour in UNHEARD:
            raise ProviderUnreachable
        return self._outcome(known, order)

    async def find(self, order: ChargeOrder) -> Outcome | None:
        """What became of a charge; None when there never was one."""
        charge = await self._memory.find_charge(order.key)
        return self._outcome(charge, order) if charge else None

    async def cancel(self, order: ChargeOrder) -> Outcome:
        """Give a charge up that waits for its payer; answers what it has become."""
        charge = await self._move(order.key, SandboxState.WAITING, SandboxState.CANCELLED)
        return self._outcome(charge, order) if charge else Cancelled(GIVEN_UP)

    def _outcome(self, charge: SandboxCharge, order: ChargeOrder) -> Outcome:
        if (charge.amount_minor, charge.currency) != (order.amount_minor, order.currency):
            raise ProviderUnreachable
        return outcome_of(charge.as_of(self._clock.now()), reference_of(charge.key), self._page(CHARGES, charge.key))

    async def prepare_method(self, order: SetupOrder) -> SetupInstructions:
        """Prepare the storing of a method, which its owner confirms on a page."""
        setup = SandboxSetup(order.key, order.payer, order.kind, return_address=order.return_address)
        await self._memory.add_setup(setup)
        return SetupInstructions(reference_of(order.key), url=self._page(SETUPS, order.key))

    async def find_method(self, setup: str) -> StoredMethod | SetupFailed | None:
        """What became of a setup; None while it waits for the payer."""
        found = await self._memory.find_setup(key_of(setup))
        if found is None:
            return SetupFailed()
        if not found.is_answered:
            return None
        if found.stored is None:
            return SetupFailed()
        expires_on = EXPIRES_ON if found.kind is PaymentMethodKind.CARD else None
        return StoredMethod(found.stored, LABELS[found.kind], expires_on)

    async def forget_method(self, reference: str) -> None:
        """Forget a stored method: it is declined from now on."""
        await self._memory.forget(reference)

    async def charges(self) -> list[SandboxCharge]:
        """Every charge as it stands now."""
        now = self._clock.now()
        return [replace(charge, state=charge.as_of(now)) for charge in await self._memory.all_charges()]

    async def find_charge(self, key: str) -> SandboxCharge | None:
        """A charge as it stands now, by its key."""
        charge = await self._memory.find_charge(key)
        return replace(charge, state=charge.as_of(self._clock.now())) if charge else None

    async def find_setup(self, key: str) -> SandboxSetup | None:
        """The storing of a method, by its key."""
        return await self._memory.find_setup(key)

    async def answer_charge(self, key: str, *, confirmed: bool) -> None:
        """Confirm or refuse a charge in its payer's place; one that does not wait any more stays as it is."""
        charge = await self._memory.find_charge(key)
        if charge is None:
            return
        state, later = COURSES[charge.behaviour] if confirmed else (SandboxState.DECLINED, None)
        await self._move(key, SandboxState.WAITING, state, later)

    async def take_back(self, key: str) -> None:
        """Take a charge back that succeeded, as the payer's bank does."""
        await self._move(key, SandboxState.SUCCEEDED, SandboxState.REVERSED)

    async def untold_charge_backs(self) -> list[str]:
        """The keys of charges that their behaviour has taken back by now, and that nobody was told of."""
        now = self._clock.now()
        charges = await self._memory.charges_becoming(SandboxState.REVERSED)
        return [each.key for each in charges if each.as_of(now) is SandboxState.REVERSED]

    async def mark_told(self, key: str) -> None:
        """Remember that somebody was told of a charge that was taken back."""
        await self._move(key, SandboxState.REVERSED, SandboxState.REVERSED)

    async def answer_setup(self, key: str, behaviour: Behaviour | None) -> None:
        """Store a method that behaves so in its owner's place, or refuse to."""
        await self._memory.answer_setup(key, stored_name(behaviour, key) if behaviour else None)

    async def _move(
        self, key: str, only_from: SandboxState, to: SandboxState, later: SandboxState | None = None
    ) -> SandboxCharge | None:
        now = self._clock.now()
        later_at = now + LATER if later else None
        return await self._memory.move_charge(key, now, only_from=only_from, to=to, later=later, later_at=later_at)

    def _page(self, kind: str, key: str) -> str:
        return f"{self._address}{PATH}/{kind}/{key}"
