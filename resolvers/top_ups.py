"""Filling a wallet from outside: when its owner asks for it, and by itself when it is low (WAL2, WAL7)."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import F, Q

from models import AutomaticTopUp, LedgerAccount, Payment, PaymentMethod
from resolvers.access import require
from resolvers.caller import Caller, Clerk
from resolvers.charging import call_back, charge
from resolvers.idempotency import claim, settle
from resolvers.ledger import available_minor
from resolvers.payment_choices import Choice, Way, find_way
from resolvers.payment_parts import id_of
from resolvers.payments import begin_outside, finish_payment
from resolvers.records import record_event
from resolvers.settlement import LIVE
from resolvers.transactions import in_one_transaction
from resolvers.wallets import lock_owner_and_wallet
from rules.denials import NotFound
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.money_refusals import PaymentMethodNotAllowed
from rules.permitted import refuse, why_not_use_wallet
from rules.policy import Policy
from rules.refusals import AmountOutOfRange
from rules.rights import Right
from rules.states import PaymentMethodKind, PaymentMethodState, PaymentPurpose, PaymentState

AT_ONCE = 100


@dataclass(frozen=True)
class TopUpRule:
    """Below which available amount a wallet is topped up by itself, by how much, and by which stored method."""

    threshold_minor: int
    amount_minor: int
    method_id: UUID


async def top_up_wallet(caller: Caller, *, wallet_id: UUID, amount_minor: int, choice: Choice) -> Payment:
    """Begin to fill a wallet by another method than itself; the payment says how it goes on.

    Needs BILLING. Refuses with AmountOutOfRange what is outside the limits, those of the balance included, with
    PaymentMethodNotAllowed, and with PaymentDeclined; ends with PaymentActionRequired when the payer must confirm.
    """

    async def work() -> Payment:
        await claim(caller)
        owner, wallet = await lock_owner_and_wallet(wallet_id)
        refuse(why_not_use_wallet(await require(caller, owner, Right.BILLING)))
        await _check_amount(caller.policy, wallet, amount_minor)
        way = await find_way(
            caller,
            choice,
            payer_id=owner.id,
            purpose=PaymentPurpose.TOP_UP,
            currency=wallet.currency,
            amount_minor=amount_minor,
        )
        payment = await begin_outside(caller, owner, wallet, (), amount_minor, way)
        await settle(caller, id_of(payment))
        return payment

    return await finish_payment(caller, await in_one_transaction(work), choice)


async def _check_amount(policy: Policy, wallet: LedgerAccount, amount_minor: int) -> None:
    """Refuse an amount outside the limits; what is under way already counts as if it were there (WAL2)."""
    largest = min(policy.top_up_maximum_minor, await _room_minor(policy, wallet))
    if not policy.top_up_minimum_minor <= amount_minor <= largest:
        raise AmountOutOfRange(policy.top_up_minimum_minor, max(largest, 0), wallet.currency, path=("amount_minor",))


async def _room_minor(policy: Policy, wallet: LedgerAccount) -> int:
    live = Payment.filter(wallet_id=wallet.id, purpose=PaymentPurpose.TOP_UP, state__in=list(LIVE))
    amounts = [payment.amount_minor for payment in await live]
    return policy.wallet_maximum_minor - wallet.balance_minor - sum(amounts)


async def set_automatic_top_up(caller: Caller, *, wallet_id: UUID, rule: TopUpRule | None) -> LedgerAccount:
    """Say when and how a wallet is topped up by itself, or with None that it is not (WAL7).

    Needs BILLING. Refuses with AmountOutOfRange, and with PaymentMethodNotAllowed a stored method that wallets are not
    filled by.
    """

    async def work() -> LedgerAccount:
        owner, wallet = await lock_owner_and_wallet(wallet_id)
        refuse(why_not_use_wallet(await require(caller, owner, Right.BILLING)))
        await AutomaticTopUp.filter(account_id=wallet.id).delete()
        data: dict[str, object] = {"threshold_minor": None, "currency": wallet.currency}
        if rule is not None:
            await _write_rule(caller, wallet, rule)
            data |= {"threshold_minor": rule.threshold_minor, "amount_minor": rule.amount_minor}
        subject = public_id(Prefix.WALLET, wallet.id)
        await record_event(caller, owner.id, EventKind.AUTOMATIC_TOP_UP_SET, subject, data)
        return wallet

    return await in_one_transaction(work)


async def _write_rule(caller: Caller, wallet: LedgerAccount, rule: TopUpRule) -> None:
    policy = caller.policy
    smallest, largest = policy.top_up_minimum_minor, policy.top_up_maximum_minor
    if not smallest <= rule.amount_minor <= largest:
        raise AmountOutOfRange(smallest, largest, wallet.currency, path=("rule", "amount_minor"))
    if not 0 < rule.threshold_minor < policy.wallet_maximum_minor:
        largest = policy.wallet_maximum_minor - 1
        raise AmountOutOfRange(1, largest, wallet.currency, path=("rule", "threshold_minor"))
    method = await PaymentMethod.filter(id=rule.method_id, organization_id=wallet.organization_id).first()
    if method is None or method.state is PaymentMethodState.REMOVED:
        raise NotFound
    allowed = caller.payments.kinds_for(PaymentPurpose.TOP_UP, wallet.currency)
    storable = tuple(kind for kind in allowed if kind is not PaymentMethodKind.BANK_TRANSFER)
    if method.kind not in storable or method.state is not PaymentMethodState.ACTIVE:
        path = ("rule", "payment_method_id")
        raise PaymentMethodNotAllowed(kind=method.kind, allowed=storable, path=path)
    await AutomaticTopUp.create(
        organization_id=wallet.organization_id,
        account_id=wallet.id,
        method_id=method.id,
        currency=wallet.currency,
        threshold_minor=rule.threshold_minor,
        amount_minor=rule.amount_minor,
        created_at=caller.now,
    )


async def top_up_automatically(clerk: Clerk) -> int:
    """Begin to fill the wallets that are below their owners' thresholds; answers how many were begun (WAL7)."""
    waiting = AutomaticTopUp.filter(Q(paused_until=None) | Q(paused_until__lte=clerk.now))
    low = waiting.filter(account__balance_minor__lt=F("threshold_minor") + F("account__held_minor"))
    begun = 0
    for key in await low.order_by("id").limit(AT_ONCE).values_list("account_id", flat=True):
        payment = await _begin_automatically(clerk, UUID(str(key)))
        if payment is not None:
            begun += 1
            await _charge_automatically(clerk, payment)
    return begun


async def _begin_automatically(clerk: Clerk, wallet_id: UUID) -> Payment | None:
    async def work() -> Payment | None:
        try:
            owner, wallet = await lock_owner_and_wallet(wallet_id)
        except NotFound:
            # Its organization is gone, and whatever was agreed with it.
            await AutomaticTopUp.filter(account_id=wallet_id).delete()
            return None
        rule = await AutomaticTopUp.filter(account_id=wallet_id).select_related("method").first()
        under_way = Payment.filter(wallet_id=wallet.id, created_by_automatic_top_up=True, state__in=list(LIVE))
        if rule is None or available_minor(wallet) >= rule.threshold_minor or await under_way.exists():
            return None
        amount_minor = min(rule.amount_minor, await _room_minor(clerk.policy, wallet))
        if amount_minor < clerk.policy.top_up_minimum_minor or rule.method.provider not in clerk.payments.providers:
            return None
        way = Way(0, rule.method.kind, rule.method_id)
        return await begin_outside(clerk, owner, wallet, (), amount_minor, way, automatic=True)

    return await in_one_transaction(work)


async def _charge_automatically(clerk: Clerk, payment: Payment) -> None:
    """Charge without anybody there: a payer who would have to confirm is none, and the payment is given up."""
    payment = await charge(clerk, clerk.policy, clerk.payments, payment)
    if payment.state is PaymentState.ACTION_REQUIRED:
        await call_back(clerk, clerk.policy, clerk.payments, payment)
