"""A payment provider that plays what a test says: nothing by itself, and each charge once per key."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from resolvers.payment_providers import (
    ActionRequired,
    BankAccount,
    Cancelled,
    ChargeOrder,
    Declined,
    Outcome,
    PaymentDesk,
    Pending,
    ProviderUnreachable,
    SetupFailed,
    SetupInstructions,
    SetupOrder,
    StoredMethod,
    Succeeded,
)
from rules.money import Currency
from rules.states import PaymentMethodKind

PAGES = "https://panel.example"
Script = Outcome | type[ProviderUnreachable]


@dataclass
class ScriptedProvider:
    """Answers charges in the order of `plays`, and succeeds when nothing is written there.

    `meanwhile` happens elsewhere before a charge is answered.
    `became` is what a charge is found to be, by its key; a play that is unreachable leaves what `unheard` says.
    """

    name: str = "scripted"
    publishable_key: str | None = "pk_scripted"
    plays: deque[Script] = field(default_factory=deque)
    became: dict[str, Outcome] = field(default_factory=dict)
    orders: list[ChargeOrder] = field(default_factory=list)
    stored: dict[str, StoredMethod | SetupFailed] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    is_reachable: bool = True
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def charge(self, order: ChargeOrder) -> Outcome:
        self.orders.append(order)
        if self.meanwhile is not None:
            await self.meanwhile()
        if order.key in self.became:
            return self.became[order.key]
        play = self.plays.popleft() if self.plays else Succeeded("")
        if isinstance(play, type):
            raise ProviderUnreachable
        outcome = _named(play, order)
        self.became[order.key] = outcome
        return outcome

    async def find(self, order: ChargeOrder) -> Outcome | None:
        if not self.is_reachable:
            raise ProviderUnreachable
        return self.became.get(order.key)

    async def cancel(self, order: ChargeOrder) -> Outcome:
        if not self.is_reachable:
            raise ProviderUnreachable
        if isinstance(self.became.get(order.key), ActionRequired | None):
            self.became[order.key] = Cancelled("given_up")
        return self.became[order.key]

    async def prepare_method(self, order: SetupOrder) -> SetupInstructions:
        if not self.is_reachable:
            raise ProviderUnreachable
        return SetupInstructions(f"setup of {order.key}", client_secret="secret of the setup")

    async def find_method(self, setup: str) -> StoredMethod | SetupFailed | None:
        return self.stored.get(setup)

    async def forget_method(self, reference: str) -> None:
        if not self.is_reachable:
            raise ProviderUnreachable
        self.forgotten.append(reference)


def _named(play: Outcome, order: ChargeOrder) -> Outcome:
    """The outcome with a reference of its own, as providers give one to each charge."""
    if isinstance(play, Cancelled) or (isinstance(play, Declined | Pending | ActionRequired) and play.reference):
        return play
    return replace(play, reference=f"charge of {order.key}")


ACCOUNT = BankAccount("Manager", "CH4431999123000889012", "CH2708999000000000001", "SAMPCHZZXXX")


def desk_of(provider: ScriptedProvider) -> PaymentDesk:
    """A desk where the provider plays every kind but transfers, which go to accounts of ours."""
    outside = set(PaymentMethodKind) - {PaymentMethodKind.WALLET, PaymentMethodKind.BANK_TRANSFER}
    return PaymentDesk(
        providers={provider.name: provider},
        provider_of=dict.fromkeys(outside, provider.name),
        accounts=dict.fromkeys(Currency, ACCOUNT),
        may_return_to=lambda address: address.startswith(PAGES),
    )
