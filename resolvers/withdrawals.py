"""Withdrawals as customers ask for them and cancel them; what becomes of them afterwards is in payouts (WAL3, WAL4)."""

from uuid import UUID

from models import LedgerAccount, Organization, Withdrawal
from models.fields import new_id
from resolvers.access import lock_organization, require
from resolvers.caller import Acting, Caller
from resolvers.destinations import BankAccount, read_destination
from resolvers.idempotency import claim, settle
from resolvers.ledger import hold, release, withdrawable_minor
from resolvers.records import record_event, tell_payers
from resolvers.transactions import in_one_transaction
from resolvers.wallets import lock_owner_and_wallet
from rules.denials import NotFound
from rules.destinations import Destination
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.money import spell_amount
from rules.permitted import refuse, why_not_cancel_withdrawal, why_not_withdraw
from rules.references import short_reference
from rules.refusals import AmountOutOfRange
from rules.rights import Right
from rules.states import WithdrawalState

# How each state is told: as an event of the organization, and in a mail to those who pay.
TOLD = {
    WithdrawalState.REQUESTED: (EventKind.WITHDRAWAL_REQUESTED, LetterKind.WITHDRAWAL_REQUESTED),
    WithdrawalState.CANCELLED: (EventKind.WITHDRAWAL_CANCELLED, LetterKind.WITHDRAWAL_CANCELLED),
    WithdrawalState.IN_TRANSIT: (EventKind.WITHDRAWAL_HANDED_OVER, LetterKind.WITHDRAWAL_HANDED_OVER),
    WithdrawalState.PAID: (EventKind.WITHDRAWAL_PAID, LetterKind.WITHDRAWAL_PAID),
    WithdrawalState.FAILED: (EventKind.WITHDRAWAL_FAILED, LetterKind.WITHDRAWAL_FAILED),
}


async def request_withdrawal(
    caller: Caller,
    *,
    wallet_id: UUID,
    amount_minor: int | None,
    account: BankAccount | None,
    paypal_email: str | None,
) -> Withdrawal:
    """Ask for money of a wallet to be paid out, to a bank account or to PayPal; it is kept aside from now on.

    Without an amount it is everything that can be withdrawn. Needs BILLING. Refuses with InvalidInput where it cannot
    be paid to, with AmountOutOfRange what is not above zero, and with InsufficientFunds, naming what is missing;
    promotional credit does not count (WAL4).
    """

    async def work() -> Withdrawal:
        await claim(caller)
        owner, wallet = await lock_owner_and_wallet(wallet_id)
        standing = await require(caller, owner, Right.BILLING)
        destination = read_destination(account, paypal_email, wallet.currency)
        free_minor = withdrawable_minor(wallet)
        if amount_minor is not None and amount_minor < 1:
            raise AmountOutOfRange(1, free_minor, wallet.currency, path=("amount_minor",))
        refuse(why_not_withdraw(standing, free_minor, wallet.currency))
        wanted_minor = free_minor if amount_minor is None else amount_minor
        withdrawal = await _keep_aside(caller, owner, wallet, wanted_minor, destination)
        await tell_state(caller, owner, withdrawal)
        await settle(caller, public_id(Prefix.WITHDRAWAL, withdrawal.id))
        return withdrawal

    return await in_one_transaction(work)


async def _keep_aside(
    acting: Acting, owner: Organization, wallet: LedgerAccount, amount_minor: int, destination: Destination
) -> Withdrawal:
    key = new_id()
    kept = await hold(acting, wallet, amount_minor, public_id(Prefix.WITHDRAWAL, key), promotional_allowed=False)
    return await Withdrawal.create(
        id=key,
        organization_id=owner.id,
        account_id=wallet.id,
        hold_id=kept.id,
        state=WithdrawalState.REQUESTED,
        currency=wallet.currency,
        amount_minor=amount_minor,
        target=destination.target,
        destination=destination.address,
        destination_shown=destination.shown,
        holder=destination.holder,
        bic=destination.bic,
        end_to_end_reference=short_reference("W", key),
        requested_at=acting.now,
    )


async def cancel_withdrawal(caller: Caller, *, withdrawal_id: UUID) -> Withdrawal:
    """Cancel a withdrawal before it is handed over; the amount can be spent again.

    Needs BILLING. Refuses with WithdrawalNotCancellable once it was handed over or is over.
    """

    async def work() -> Withdrawal:
        await claim(caller)
        owner, wallet, withdrawal = await lock_withdrawal(withdrawal_id)
        standing = await require(caller, owner, Right.BILLING)
        refuse(why_not_cancel_withdrawal(standing, withdrawal.id, withdrawal.state))
        await release(caller, wallet, await withdrawal.hold)
        withdrawal.state, withdrawal.settled_at = WithdrawalState.CANCELLED, caller.now
        await withdrawal.save(update_fields=["state", "settled_at"])
        await tell_state(caller, owner, withdrawal)
        await settle(caller, public_id(Prefix.WITHDRAWAL, withdrawal.id))
        return withdrawal

    return await in_one_transaction(work)


async def lock_withdrawal(withdrawal_id: UUID) -> tuple[Organization, LedgerAccount, Withdrawal]:
    """Lock a withdrawal's organization, wallet and then itself, and read them as they are now.

    Refuses with NotFound an unknown one, and one of an organization that is gone.
    """
    known = await Withdrawal.filter(id=withdrawal_id).first()
    if known is None:
        raise NotFound
    owner = await lock_organization(known.organization_id)
    wallet = await LedgerAccount.filter(id=known.account_id).select_for_update().get()
    return owner, wallet, await Withdrawal.filter(id=withdrawal_id).select_for_update().get()


async def tell_state(acting: Acting, owner: Organization, withdrawal: Withdrawal) -> None:
    """Record the state that a withdrawal has now, and write it to those who pay."""
    event, letter = TOLD[withdrawal.state]
    subject = public_id(Prefix.WITHDRAWAL, withdrawal.id)
    data = {
        "amount_minor": withdrawal.amount_minor,
        "currency": withdrawal.currency,
        "target": withdrawal.target,
        "destination": withdrawal.destination_shown,
    }
    await record_event(acting, owner.id, event, subject, data)
    facts = {
        "amount": spell_amount(withdrawal.amount_minor, withdrawal.currency),
        "destination": withdrawal.destination_shown,
    }
    if withdrawal.failure_reason is not None:
        facts["failure"] = withdrawal.failure_reason
    await tell_payers(acting, owner, letter, facts)
