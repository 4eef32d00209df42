"""What payment providers are asked and what they answer: the contract that the server's providers keep (INV8, INV9).

A provider is called between two transactions: the first has committed the payment, whose public id is the key that the
provider is asked under, the second records the answer. Asked twice under one key, a provider charges once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from rules.money import Currency
from rules.payment_methods import NEVER_STORED, methods_for
from rules.states import PaymentMethodKind, PaymentPurpose


class ProviderUnreachable(Exception):
    """The provider did not answer, or not so that one could tell what it did: the outcome is unknown (INV9)."""


@dataclass(frozen=True)
class ChargeOrder:
    """What is to be charged: the key, who pays, how much and how.

    `stored` is the provider's reference of a stored method; without one the payer says how on a page of the provider,
    and comes back to `return_address`. `reference` is what the provider called this charge before, if it was asked.
    """

    key: str
    payer: str
    amount_minor: int
    currency: Currency
    kind: PaymentMethodKind
    stored: str | None = None
    reference: str | None = None
    return_address: str | None = None


@dataclass(frozen=True)
class Succeeded:
    """The money is on its way to us. `reference` is what the provider calls the charge, here as below."""

    reference: str


@dataclass(frozen=True)
class ActionRequired:
    """The payer must confirm: on a page at `url`, or in the client's own page by `client_secret`."""

    reference: str
    url: str | None = None
    client_secret: str | None = None


@dataclass(frozen=True)
class Pending:
    """The provider has it and does not know yet how it ends."""

    reference: str


@dataclass(frozen=True)
class Declined:
    """Nothing was taken and nothing will be; `code` says why, in the provider's words."""

    code: str
    reference: str | None = None


@dataclass(frozen=True)
class Cancelled:
    """It was given up before anything was taken; `code` says why, in our words."""

    code: str


@dataclass(frozen=True)
class Reversed:
    """The payer's bank took the money back after it had succeeded."""

    reference: str


Outcome = Succeeded | ActionRequired | Pending | Declined | Cancelled | Reversed


@dataclass(frozen=True)
class SetupOrder:
    """A way to pay that an organization wants to store, under a key of its own."""

    key: str
    payer: str
    kind: PaymentMethodKind
    return_address: str | None = None


@dataclass(frozen=True)
class SetupInstructions:
    """How a frontend goes on to store a way to pay: on a page at `url`, or by `client_secret` in its own page."""

    reference: str
    url: str | None = None
    client_secret: str | None = None


@dataclass(frozen=True)
class StoredMethod:
    """A way to pay that the provider keeps: its reference there, and what people recognise it by."""

    reference: str
    label: str
    expires_on: date | None = None


@dataclass(frozen=True)
class SetupFailed:
    """The payer did not confirm the method, or the provider would not take it."""


@dataclass(frozen=True)
class Told:
    """Something that a provider told us by itself: a reason to ask it, never believed as it stands (M22).

    `event` is the provider's own name of the message, the same when it is told again. What it is about is named by the
    key that a charge was made under, or by what the provider calls the charge or the setup.
    """

    provider: str
    event: str
    kind: str
    key: str | None = None
    charge: str | None = None
    setup: str | None = None


class PaymentProvider(Protocol):
    """Somebody who moves money for us. Each call may raise ProviderUnreachable."""

    @property
    def name(self) -> str:
        """What payments and methods remember the provider by, at most 20 letters."""
        ...

    @property
    def publishable_key(self) -> str | None:
        """What a frontend needs besides a client secret; None where there is no such thing."""
        ...

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Charge; the same key again answers what became of the first."""
        ...

    async def find(self, order: ChargeOrder) -> Outcome | None:
        """What became of a charge, also long after; None when the provider never heard of it. Charges nothing.

        A charge of another amount or currency than ordered is no answer: ProviderUnreachable.
        """
        ...

    async def cancel(self, order: ChargeOrder) -> Outcome:
        """Give a charge up that waits for its payer; answers what it has become, which may be that it succeeded."""
        ...

    async def prepare_method(self, order: SetupOrder) -> SetupInstructions:
        """Prepare the storing of a method."""
        ...

    async def find_method(self, setup: str) -> StoredMethod | SetupFailed | None:
        """What became of a setup, by its reference; None while it waits for the payer."""
        ...

    async def forget_method(self, reference: str) -> None:
        """Forget a stored method; one that is unknown is forgotten already."""
        ...


@dataclass(frozen=True)
class BankAccount:
    """An account of ours that bank transfers go to: by its QR-IBAN with QR references, by its IBAN with all others."""

    holder: str
    qr_iban: str
    iban: str
    bic: str


def _never(_address: str) -> bool:
    return False


@dataclass(frozen=True)
class PaymentDesk:
    """Everything that can be paid by: the providers by name, which of them plays which kind, and our bank accounts.

    `may_return_to` says whether payers may be sent back to an address.
    """

    providers: Mapping[str, PaymentProvider] = field(default_factory=dict)
    provider_of: Mapping[PaymentMethodKind, str] = field(default_factory=dict)
    accounts: Mapping[Currency, BankAccount] = field(default_factory=dict)
    may_return_to: Callable[[str], bool] = _never

    def kinds_for(self, purpose: PaymentPurpose, currency: Currency) -> tuple[PaymentMethodKind, ...]:
        """The kinds of methods that a payment of this purpose and currency can be made by here, in their order."""
        return tuple(kind for kind in methods_for(purpose, currency) if self._offers(kind, currency))

    def storable_in(self, currency: Currency) -> tuple[PaymentMethodKind, ...]:
        """The kinds of methods that are stored here by those who pay in a currency, in their order."""
        return tuple(kind for kind in self.kinds_for(PaymentPurpose.INVOICES, currency) if kind not in NEVER_STORED)

    def _offers(self, kind: PaymentMethodKind, currency: Currency) -> bool:
        if kind is PaymentMethodKind.WALLET:
            return True
        return currency in self.accounts if kind is PaymentMethodKind.BANK_TRANSFER else kind in self.provider_of

    def provider_for(self, kind: PaymentMethodKind) -> PaymentProvider:
        """The provider that plays a kind; LookupError where none does."""
        return self.providers[self.provider_of[kind]]


NO_PAYMENTS = PaymentDesk()
