"""Payment providers with somebody at the other end: payers who confirm, banks that say no, answers that get lost."""

from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from resolvers.payment_providers import ChargeOrder, PaymentProvider
from rules.money import Currency
from rules.states import PaymentMethodKind
from server.payments.cards import Cards
from server.payments.sandbox import Sandbox
from server.payments.sandbox_rules import Behaviour, SandboxState, key_of
from tests.payments.played_cards import ASKS, DECLINED, LATER, PAYS, PlayedCards
from tests.world import MovableClock

PAYER = "org_0199a0b1c2d3e4f5a6b7c8d9e0f1a2b3"
CUSTOMER = "cus_of_the_payer"
BACK = "https://panel.example/paid"
_numbers = count(1)


def order(stored: str | None = None, *, amount_minor: int = 12_300, back: str | None = None) -> ChargeOrder:
    return ChargeOrder(
        key=f"pay_{next(_numbers):032x}",
        payer=PAYER,
        amount_minor=amount_minor,
        currency=Currency.CHF,
        kind=PaymentMethodKind.CARD,
        stored=stored,
        return_address=back,
    )


class Rig(Protocol):
    """A provider, and what only its other side can do."""

    @property
    def provider(self) -> PaymentProvider: ...

    pays: str
    declined: str
    asks: str
    later: str

    async def answer(self, reference: str, *, confirmed: bool) -> None: ...

    async def answer_setup(self, reference: str, *, confirmed: bool) -> None: ...

    async def end_later(self, reference: str) -> None: ...

    async def take_back(self, reference: str) -> None: ...

    async def taken(self) -> list[tuple[str, int, str]]: ...

    def unheard(self, order: ChargeOrder) -> ChargeOrder: ...


@dataclass
class SandboxRig:
    provider: Sandbox
    clock: MovableClock
    pays: str = "succeed/1"
    declined: str = "decline/1"
    asks: str = "ask/1"
    later: str = "fail_later/1"

    async def answer(self, reference: str, *, confirmed: bool) -> None:
        await self.provider.answer_charge(key_of(reference), confirmed=confirmed)

    async def answer_setup(self, reference: str, *, confirmed: bool) -> None:
        await self.provider.answer_setup(key_of(reference), Behaviour.SUCCEED if confirmed else None)

    async def end_later(self, reference: str) -> None:
        self.clock.move(minutes=1)

    async def take_back(self, reference: str) -> None:
        await self.provider.take_back(key_of(reference))

    async def taken(self) -> list[tuple[str, int, str]]:
        charges = await self.provider.charges()
        return [
            (each.key, each.amount_minor, each.currency) for each in charges if each.state is SandboxState.SUCCEEDED
        ]

    def unheard(self, order: ChargeOrder) -> ChargeOrder:
        return replace(order, amount_minor=12_393)


@dataclass
class CardsRig:
    provider: Cards
    played: PlayedCards
    pays: str = f"{CUSTOMER}/{PAYS}"
    declined: str = f"{CUSTOMER}/{DECLINED}"
    asks: str = f"{CUSTOMER}/{ASKS}"
    later: str = f"{CUSTOMER}/{LATER}"

    async def answer(self, reference: str, *, confirmed: bool) -> None:
        (self.played.succeed if confirmed else self.played.decline)(reference)

    async def answer_setup(self, reference: str, *, confirmed: bool) -> None:
        (self.played.confirm_setup if confirmed else self.played.refuse_setup)(reference)

    async def end_later(self, reference: str) -> None:
        self.played.decline(reference)

    async def take_back(self, reference: str) -> None:
        self.played.dispute(reference, "lost")

    async def taken(self) -> list[tuple[str, int, str]]:
        return self.played.taken()

    def unheard(self, order: ChargeOrder) -> ChargeOrder:
        self.played.trouble("/v1/payment_intents", 500, after=True)
        return order
