"""Wallets as their owners use them: told when they are low (WAL1, WAL7)."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import F

from models import LedgerAccount, Organization
from resolvers.access import lock_organization, require
from resolvers.caller import Acting, Caller, Nobody
from resolvers.ledger import available_minor
from resolvers.records import record_event, tell_payers
from resolvers.transactions import in_one_transaction
from rules.denials import NotFound
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.money import spell_amount
from rules.refusals import AmountOutOfRange
from rules.rights import Right
from rules.states import AccountKind

AT_ONCE = 100


async def lock_owner_and_wallet(wallet_id: UUID) -> tuple[Organization, LedgerAccount]:
    """Lock a wallet's organization and then the wallet, and read both as they are now; refuses with NotFound."""
    known = await LedgerAccount.filter(id=wallet_id, kind=AccountKind.WALLET).first()
    if known is None or known.organization_id is None:
        raise NotFound
    owner = await lock_organization(known.organization_id)
    return owner, await LedgerAccount.filter(id=wallet_id).select_for_update().get()


async def set_low_balance_alert(caller: Caller, *, wallet_id: UUID, amount_minor: int | None) -> LedgerAccount:
    """Say below which available amount those who pay are told, or with None that they are not to be told (WAL7).

    Needs BILLING. Refuses with AmountOutOfRange what is not above zero, or beyond what a wallet is filled up to.
    """

    async def work() -> LedgerAccount:
        owner, wallet = await lock_owner_and_wallet(wallet_id)
        await require(caller, owner, Right.BILLING)
        maximum_minor = caller.policy.wallet_maximum_minor
        if amount_minor is not None and not 0 < amount_minor <= maximum_minor:
            raise AmountOutOfRange(1, maximum_minor, wallet.currency, path=("amount_minor",))
        wallet.low_balance_minor, wallet.low_balance_told_at = amount_minor, None
        await wallet.save(update_fields=["low_balance_minor", "low_balance_told_at"])
        data = {"amount_minor": amount_minor, "currency": wallet.currency}
        subject = public_id(Prefix.WALLET, wallet.id)
        await record_event(caller, owner.id, EventKind.LOW_BALANCE_ALERT_SET, subject, data)
        return wallet

    return await in_one_transaction(work)


async def tell_low_balances(now: datetime) -> int:
    """Tell those who pay of each wallet that fell below its amount, once until it is above it again (WAL7).

    Answers how many wallets were told of; the worker calls again while there are any.
    """
    watched = LedgerAccount.filter(low_balance_minor__not_isnull=True)
    enough = F("low_balance_minor") + F("held_minor")
    told = watched.filter(low_balance_told_at__not_isnull=True, balance_minor__gte=enough)
    await told.update(low_balance_told_at=None)
    low = watched.filter(low_balance_told_at=None, balance_minor__lt=enough)
    keys = await low.order_by("id").limit(AT_ONCE).values_list("id", flat=True)
    for key in keys:
        await _tell_low_balance(Nobody(now), UUID(str(key)))
    return len(keys)


async def _tell_low_balance(acting: Acting, wallet_id: UUID) -> None:
    async def work() -> None:
        try:
            owner, wallet = await lock_owner_and_wallet(wallet_id)
        except NotFound:
            # Its organization is gone; nobody is left to be told.
            await LedgerAccount.filter(id=wallet_id).update(low_balance_minor=None)
            return
        threshold_minor = wallet.low_balance_minor
        if threshold_minor is None or wallet.low_balance_told_at or available_minor(wallet) >= threshold_minor:
            return
        wallet.low_balance_told_at = acting.now
        await wallet.save(update_fields=["low_balance_told_at"])
        spelled = {
            "available": spell_amount(available_minor(wallet), wallet.currency),
            "threshold": spell_amount(threshold_minor, wallet.currency),
        }
        await tell_payers(acting, owner, LetterKind.LOW_BALANCE, spelled)
        data = {"available_minor": available_minor(wallet), "currency": wallet.currency}
        await record_event(acting, owner.id, EventKind.WALLET_LOW, public_id(Prefix.WALLET, wallet.id), data)

    await in_one_transaction(work)
