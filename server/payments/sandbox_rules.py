"""How the sandbox's payments end: chosen by whoever tries them, by the stored method or by the amount. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from resolvers.payment_providers import (
    ActionRequired,
    Cancelled,
    ChargeOrder,
    Declined,
    Outcome,
    Pending,
    Reversed,
    Succeeded,
)
from rules.money import Currency
from rules.states import PaymentMethodKind

REFERENCE = "sandbox_"
LATER = timedelta(minutes=1)
DECLINED, GIVEN_UP = "declined", "given_up"


class Behaviour(StrEnum):
    """What a payment does when it is charged, or once its payer has confirmed it."""

    SUCCEED = "SUCCEED"
    DECLINE = "DECLINE"
    ASK = "ASK"  # the payer must confirm, also with a stored method
    SUCCEED_UNHEARD = "SUCCEED_UNHEARD"  # the answer gets lost
    DECLINE_UNHEARD = "DECLINE_UNHEARD"
    SUCCEED_LATER = "SUCCEED_LATER"
    FAIL_LATER = "FAIL_LATER"
    CHARGE_BACK = "CHARGE_BACK"  # succeeds, and is taken back later


# By the last two digits of an amount; every other amount succeeds.
ENDINGS = {
    91: Behaviour.DECLINE,
    92: Behaviour.ASK,
    93: Behaviour.SUCCEED_UNHEARD,
    94: Behaviour.DECLINE_UNHEARD,
    96: Behaviour.SUCCEED_LATER,
    97: Behaviour.FAIL_LATER,
    98: Behaviour.CHARGE_BACK,
}
UNHEARD = frozenset({Behaviour.SUCCEED_UNHEARD, Behaviour.DECLINE_UNHEARD})


class SandboxState(StrEnum):
    """Where a charge of the sandbox stands."""

    WAITING = "WAITING"
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    REVERSED = "REVERSED"


# What a charge is at first, and what it becomes later.
COURSES: dict[Behaviour, tuple[SandboxState, SandboxState | None]] = {
    Behaviour.SUCCEED: (SandboxState.SUCCEEDED, None),
    Behaviour.DECLINE: (SandboxState.DECLINED, None),
    Behaviour.ASK: (SandboxState.SUCCEEDED, None),
    Behaviour.SUCCEED_UNHEARD: (SandboxState.SUCCEEDED, None),
    Behaviour.DECLINE_UNHEARD: (SandboxState.DECLINED, None),
    Behaviour.SUCCEED_LATER: (SandboxState.PENDING, SandboxState.SUCCEEDED),
    Behaviour.FAIL_LATER: (SandboxState.PENDING, SandboxState.DECLINED),
    Behaviour.CHARGE_BACK: (SandboxState.SUCCEEDED, SandboxState.REVERSED),
}


@dataclass(frozen=True)
class SandboxCharge:
    """A charge as the sandbox remembers it. `later_at` is when it becomes what it is later, where it does."""

    key: str
    payer: str
    amount_minor: int
    currency: Currency
    kind: PaymentMethodKind
    behaviour: Behaviour
    state: SandboxState
    later: SandboxState | None = None
    later_at: datetime | None = None
    return_address: str | None = None

    def as_of(self, now: datetime) -> SandboxState:
        """Where it stands at an instant."""
        return self.later if self.later and self.later_at and now >= self.later_at else self.state


@dataclass(frozen=True)
class SandboxSetup:
    """The storing of a method as the sandbox remembers it: until it is answered it has no `stored` name."""

    key: str
    payer: str
    kind: PaymentMethodKind
    is_answered: bool = False
    stored: str | None = None
    return_address: str | None = None


def reference_of(key: str) -> str:
    """What the sandbox calls a charge or setup that was asked for under a key."""
    return f"{REFERENCE}{key}"


def key_of(reference: str) -> str:
    """The key again."""
    return reference.removeprefix(REFERENCE)


def stored_name(behaviour: Behaviour, key: str) -> str:
    """The name of a stored method that behaves so."""
    return f"{behaviour.lower()}/{key}"


def behaviour_of(order: ChargeOrder) -> Behaviour:
    """How a charge behaves: as its stored method says, else as its amount ends."""
    named = (order.stored or "").partition("/")[0].upper()
    if named in Behaviour.__members__ and named != Behaviour.SUCCEED:
        return Behaviour(named)
    return ENDINGS.get(order.amount_minor % 100, Behaviour.SUCCEED)


def begins_by_asking(order: ChargeOrder) -> bool:
    """Whether the payer must confirm a charge first: always, unless a stored method does without."""
    return order.stored is None or behaviour_of(order) is Behaviour.ASK


def outcome_of(state: SandboxState, reference: str, page: str) -> Outcome:
    """What the sandbox answers of a charge in a state, whose page is at an address."""
    match state:
        case SandboxState.WAITING:
            return ActionRequired(reference, url=page)
        case SandboxState.PENDING:
            return Pending(reference)
        case SandboxState.SUCCEEDED:
            return Succeeded(reference)
        case SandboxState.DECLINED:
            return Declined(DECLINED, reference)
        case SandboxState.CANCELLED:
            return Cancelled(GIVEN_UP)
        case SandboxState.REVERSED:
            return Reversed(reference)
