"""Withdrawals on their way: handed over to the bank or PayPal in files, and settled by what these report (WAL3, STA2).

A file and the states of its withdrawals are written in one transaction: a crash leaves both or neither, and of two who
make a file at once one finds nothing left. What a file says is stored, so that it can be had again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models import LedgerAccount, Organization, PayoutFile, Withdrawal
from models.fields import new_id
from resolvers.caller import Acting
from resolvers.idempotency import claim, settle
from resolvers.ledger import capture, move, ours
from resolvers.records import record_event, record_staff_action
from resolvers.staff import REASON_LENGTH, check_reason, require_staff
from resolvers.transactions import in_one_transaction
from resolvers.withdrawals import lock_withdrawal, tell_state
from rules.checks import refuse_problems
from rules.events import EventKind, StaffAction
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.permitted import refuse, why_not_settle_withdrawal
from rules.qr_bill import Party
from rules.references import short_reference
from rules.states import AccountKind, TransferCause, WithdrawalState, WithdrawalTarget

LARGEST_FILE = 100  # all of their organizations are locked meanwhile


@dataclass(frozen=True)
class Payout:
    """One payment of a file: how much to whom, and the reference that the bank or PayPal reports back."""

    reference: str
    amount_minor: int
    address: str
    bic: str | None
    payee: Party


@dataclass(frozen=True)
class PayoutOrder:
    """What a file says: its own reference, where it goes, and its payments, all in one currency."""

    reference: str
    target: WithdrawalTarget
    currency: Currency
    payouts: Sequence[Payout]
    created_at: datetime


WritePayouts = Callable[[PayoutOrder], str]


async def create_payout_file(
    acting: Acting, write: WritePayouts, *, target: WithdrawalTarget, currency: Currency, reason: str
) -> PayoutFile | None:
    """Hand over requested withdrawals of a target and currency, the oldest first, up to 100; None when there are none.

    Their money leaves the wallets, and those who pay are told. For staff, who says the reason.
    """
    refuse_problems(check_reason(reason))

    async def work() -> PayoutFile | None:
        waiting = Withdrawal.filter(state=WithdrawalState.REQUESTED, target=target, currency=currency)
        found = await waiting.order_by("requested_at", "id").limit(LARGEST_FILE)
        owners = await _lock_owners(found)
        await LedgerAccount.filter(id__in=[each.account_id for each in found]).order_by("id").select_for_update()
        keys = [each.id for each in found]
        withdrawals = await waiting.filter(id__in=keys).order_by("id").select_for_update()
        await require_staff(acting)
        if not withdrawals:
            return None
        file = await _write_file(acting, write, target, currency, withdrawals, owners)
        for withdrawal in withdrawals:
            await _hand_over(acting, owners[withdrawal.organization_id], withdrawal, file)
        subject = public_id(Prefix.PAYOUT_FILE, file.id)
        await record_staff_action(acting, StaffAction.PAYOUT_FILE_CREATED, subject, reason)
        return file

    return await in_one_transaction(work)


async def _lock_owners(withdrawals: Sequence[Withdrawal]) -> dict[UUID, Organization]:
    keys = {each.organization_id for each in withdrawals}
    return {each.id: each for each in await Organization.filter(id__in=keys).order_by("id").select_for_update()}


async def _write_file(
    acting: Acting,
    write: WritePayouts,
    target: WithdrawalTarget,
    currency: Currency,
    withdrawals: Sequence[Withdrawal],
    owners: dict[UUID, Organization],
) -> PayoutFile:
    key = new_id()
    reference = short_reference("P", key)
    payouts = [_payout(each, owners[each.organization_id]) for each in withdrawals]
    return await PayoutFile.create(
        id=key,
        target=target,
        currency=currency,
        message_reference=reference,
        withdrawal_count=len(payouts),
        total_minor=sum(each.amount_minor for each in payouts),
        content=write(PayoutOrder(reference, target, currency, payouts, acting.now)),
        created_at=acting.now,
    )


def _payout(withdrawal: Withdrawal, owner: Organization) -> Payout:
    payee = Party(withdrawal.holder, owner.street, owner.postal_code, owner.city, owner.country)
    return Payout(
        withdrawal.end_to_end_reference, withdrawal.amount_minor, withdrawal.destination, withdrawal.bic, payee
    )


async def _hand_over(acting: Acting, owner: Organization, withdrawal: Withdrawal, file: PayoutFile) -> None:
    """Move what was kept aside for a withdrawal out of its wallet; all of them are locked."""
    wallet = await LedgerAccount.get(id=withdrawal.account_id)
    await capture(
        acting,
        wallet,
        await withdrawal.hold,
        to=ours(AccountKind.PAYOUTS, withdrawal.currency),
        cause=TransferCause.WITHDRAWAL,
        reference=public_id(Prefix.WITHDRAWAL, withdrawal.id),
    )
    withdrawal.state, withdrawal.handed_over_at = WithdrawalState.IN_TRANSIT, acting.now
    withdrawal.payout_file_id = file.id
    await withdrawal.save(update_fields=["state", "handed_over_at", "payout_file_id"])
    await tell_state(acting, owner, withdrawal)


async def settle_withdrawal(
    acting: Acting, withdrawal_id: UUID, becomes: WithdrawalState, failure_reason: str
) -> Withdrawal:
    """Record that a withdrawal was PAID or FAILED, in one transaction; told the same again, nothing happens.

    `failure_reason` is kept and shown where it failed. The money of a failed one goes back to its wallet, also after it
    was reported paid. Refuses with WithdrawalNotSettleable, and with NotFound when its organization is gone.
    """

    async def work() -> Withdrawal:
        owner, wallet, withdrawal = await lock_withdrawal(withdrawal_id)
        refuse(why_not_settle_withdrawal(withdrawal.id, withdrawal.state, becomes))
        if withdrawal.state is becomes:
            return withdrawal
        if becomes is WithdrawalState.FAILED:
            await _bring_back(acting, wallet, withdrawal)
            withdrawal.failure_reason = failure_reason[:REASON_LENGTH]
        withdrawal.state, withdrawal.settled_at = becomes, acting.now
        await withdrawal.save(update_fields=["state", "settled_at", "failure_reason"])
        await tell_state(acting, owner, withdrawal)
        return withdrawal

    return await in_one_transaction(work)


async def _bring_back(acting: Acting, wallet: LedgerAccount, withdrawal: Withdrawal) -> None:
    await move(
        acting,
        debit=ours(AccountKind.PAYOUTS, withdrawal.currency),
        credit=wallet.id,
        currency=withdrawal.currency,
        amount_minor=withdrawal.amount_minor,
        cause=TransferCause.WITHDRAWAL_RETURNED,
        reference=public_id(Prefix.WITHDRAWAL, withdrawal.id),
    )
    subject = public_id(Prefix.WALLET, wallet.id)
    data = {"amount_minor": withdrawal.amount_minor, "currency": withdrawal.currency}
    await record_event(acting, withdrawal.organization_id, EventKind.WALLET_CREDITED, subject, data)


async def settle_withdrawal_as_staff(
    acting: Acting, *, withdrawal_id: UUID, becomes: WithdrawalState, reason: str
) -> Withdrawal:
    """Record by hand that a withdrawal was PAID or FAILED; the reason is audited, and shown where it failed (STA1).

    Refuses with InvalidInput a reason that is missing, and with WithdrawalNotSettleable.
    """
    refuse_problems(check_reason(reason))

    async def work() -> Withdrawal:
        await claim(acting)
        await lock_withdrawal(withdrawal_id)
        await require_staff(acting)
        withdrawal = await settle_withdrawal(acting, withdrawal_id, becomes, reason)
        subject = public_id(Prefix.WITHDRAWAL, withdrawal.id)
        await record_staff_action(acting, StaffAction.WITHDRAWAL_SETTLED, subject, reason)
        await settle(acting, subject)
        return withdrawal

    return await in_one_transaction(work)


async def list_payout_files() -> list[PayoutFile]:
    """All files, the latest first; whoever asks may see them all."""
    return await PayoutFile.all().order_by("-created_at", "-id")


async def find_payout_file(key: UUID) -> PayoutFile | None:
    """A file with what it says, for whoever hands it over."""
    return await PayoutFile.filter(id=key).first()
