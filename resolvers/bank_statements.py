"""What statements of the bank, and results of PayPal, report: taken in entry by entry, as often as one likes (STA2).

An entry is one transaction. When the import of a file breaks off, importing it again goes on where it ended.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from models import Withdrawal
from resolvers.caller import Acting
from resolvers.incoming_transfers import Credit, take_in
from resolvers.payouts import settle_withdrawal
from rules.denials import NotFound
from rules.identifiers import Prefix
from rules.money import Currency
from rules.money_refusals import WithdrawalNotSettleable
from rules.policy import Policy
from rules.states import WithdrawalState


@dataclass(frozen=True)
class PaidOut:
    """A payment of ours that has left the account."""

    end_to_end_reference: str
    currency: Currency
    amount_minor: int


@dataclass(frozen=True)
class Returned:
    """A payment of ours that failed, and why; `credit` is the money that came back, where it had left already."""

    end_to_end_reference: str
    currency: Currency
    amount_minor: int
    reason: str
    credit: Credit | None = None


@dataclass(frozen=True)
class Unreadable:
    """An entry that a person must look at, and why."""

    why: str


Movement = Credit | PaidOut | Returned | Unreadable


class Finding(StrEnum):
    """What came of one entry."""

    KNOWN = "known already"
    MATCHED = "paid what it was for"
    CREDITED = "credited to a wallet"
    UNMATCHED = "waiting for staff"
    PAID_OUT = "withdrawal paid"
    RETURNED = "withdrawal returned"
    IGNORED = "not ours to settle"
    UNREADABLE = "to be looked at"


async def import_movements(
    acting: Acting, policy: Policy, movements: Iterable[Movement]
) -> AsyncIterator[tuple[Movement, Finding]]:
    """Take in every entry of a file, in its order; answers each with what came of it."""
    for movement in movements:
        yield movement, await _import(acting, policy, movement)


async def _import(acting: Acting, policy: Policy, movement: Movement) -> Finding:
    match movement:
        case Credit():
            return await _take_in(acting, policy, movement)
        case PaidOut():
            return await _note_paid(acting, movement)
        case Returned():
            return await _note_returned(acting, policy, movement)
        case Unreadable():
            return Finding.UNREADABLE


async def _take_in(acting: Acting, policy: Policy, credit: Credit) -> Finding:
    transfer = await take_in(acting, policy, credit)
    if transfer is None:
        return Finding.KNOWN
    if not transfer.matched:
        return Finding.UNMATCHED
    return Finding.CREDITED if transfer.matched.startswith(Prefix.WALLET) else Finding.MATCHED


async def _note_paid(acting: Acting, paid: PaidOut) -> Finding:
    withdrawal = await _named_by(paid)
    if withdrawal is None:
        return Finding.IGNORED
    # What came back stays back, although its payment is reported once more.
    if withdrawal.state in (WithdrawalState.PAID, WithdrawalState.FAILED):
        return Finding.KNOWN
    return await _settle(acting, withdrawal, WithdrawalState.PAID, "", Finding.PAID_OUT)


async def _note_returned(acting: Acting, policy: Policy, returned: Returned) -> Finding:
    withdrawal = await _named_by(returned)
    if withdrawal is not None:
        if withdrawal.state is WithdrawalState.FAILED:
            return Finding.KNOWN
        found = await _settle(acting, withdrawal, WithdrawalState.FAILED, returned.reason, Finding.RETURNED)
        if found is Finding.RETURNED:
            return found
    # Money that came back but fits no withdrawal, or one whose owner is gone, waits for staff: its reference names
    # a payment of ours, and is never taken for one of a customer's.
    if returned.credit is None:
        return Finding.IGNORED
    return await _take_in(acting, policy, _for_staff(returned, returned.credit))


def _for_staff(returned: Returned, credit: Credit) -> Credit:
    """Money that came back as staff gets it: the message says which payment of ours it was, and why it came back."""
    message = " ".join(each for each in (returned.end_to_end_reference, returned.reason, credit.message) if each)
    return replace(credit, payment_reference="", message=message)


async def _named_by(movement: PaidOut | Returned) -> Withdrawal | None:
    """The withdrawal that a movement names, where amount and currency agree."""
    return await Withdrawal.filter(
        end_to_end_reference=movement.end_to_end_reference,
        currency=movement.currency,
        amount_minor=movement.amount_minor,
    ).first()


async def _settle(
    acting: Acting, withdrawal: Withdrawal, becomes: WithdrawalState, reason: str, finding: Finding
) -> Finding:
    try:
        await settle_withdrawal(acting, withdrawal.id, becomes, reason)
    except (WithdrawalNotSettleable, NotFound):
        return Finding.IGNORED
    return finding
