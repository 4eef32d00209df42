"""Writing top-ups: a wallet filled from outside, at once or by itself."""

import strawberry

import models
from execution.scalars import BigInt
from permissions.guards import MayManageWallet
from resolvers import payments, top_ups
from rules import money_refusals, refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.inputs import given
from schema.payment_choice import REFUSED_WHEN_PAYING, PaymentChoice, choice_of
from schema.types import links
from schema.types.payment import Payment
from schema.types.wallet import Wallet


@strawberry.input(description="Which wallet to fill, by how much, and how.")
class TopUpWalletInput:
    """One top-up."""

    wallet_id: strawberry.ID = reference(Prefix.WALLET, "Wallet to fill.")
    amount_minor: BigInt = strawberry.field(description="Amount in minor units; see Wallet.topUpPolicy for its limits.")
    pay_with: PaymentChoice = strawberry.field(description="How to pay: not from the wallet itself.")
    idempotency_key: str = idempotency_key()


@strawberry.type(
    description="The wallet was filled, or will be: the payment's state tells. A bank transfer is waited for, and the "
    "payment's bankTransfer says what the payer must type."
)
class TopUpWalletSuccess:
    """Carries the payment."""

    payment: links.Payment = strawberry.field(description="Payment that was made or begun.")


@strawberry.input(description="When and how a wallet is filled by itself.")
class AutomaticTopUpRule:
    """One rule for one wallet."""

    threshold_minor: BigInt = strawberry.field(
        description="Available amount, in minor units, below which the wallet is filled."
    )
    amount_minor: BigInt = strawberry.field(description="Amount that it is filled by, in minor units.")
    payment_method_id: strawberry.ID = reference(Prefix.PAYMENT_METHOD, "Stored payment method that pays.")


@strawberry.input(description="Which wallet is filled by itself, and when.")
class SetAutomaticTopUpInput:
    """One wallet."""

    wallet_id: strawberry.ID = reference(Prefix.WALLET, "Wallet that is filled.")
    rule: AutomaticTopUpRule | None = strawberry.field(description="When and how; null for not any more.")


@strawberry.type(description="It is noted when the wallet is filled by itself.")
class SetAutomaticTopUpSuccess:
    """Carries the wallet."""

    wallet: links.Wallet = strawberry.field(description="Wallet that is filled.")


@mutation(
    who=MayManageWallet(),
    refuses=REFUSED_WHEN_PAYING,
    again=Replay(models.Payment, lambda row: TopUpWalletSuccess(payment=Payment.of(row)), check=payments.show_outcome),
)
async def top_up_wallet(info: Info, input: TopUpWalletInput) -> TopUpWalletSuccess:
    """Fill a wallet by a payment method.

    PaymentActionRequired says that the payer must confirm; the payment goes on then, and the same call repeated under
    its key answers where it stands. Causes the events PAYMENT_BEGUN, and PAYMENT_SUCCEEDED with WALLET_CREDITED, or
    PAYMENT_FAILED; a failure that comes late is mailed (PAYMENT_FAILED).
    """
    payment = await top_ups.top_up_wallet(
        info.context.caller,
        wallet_id=key(input.wallet_id),
        amount_minor=input.amount_minor,
        choice=choice_of(input.pay_with),
    )
    return TopUpWalletSuccess(payment=Payment.of(payment))


@mutation(who=MayManageWallet(), refuses=(refusals.AmountOutOfRange, money_refusals.PaymentMethodNotAllowed))
async def set_automatic_top_up(info: Info, input: SetAutomaticTopUpInput) -> SetAutomaticTopUpSuccess:
    """Have a wallet filled by itself when it is low, or no longer.

    As soon as less than the threshold is available, the stored method is charged. When it is refused, or its owner
    would have to confirm, those who pay get the mail AUTOMATIC_TOP_UP_FAILED, and nothing is tried for a day. Causes
    the event AUTOMATIC_TOP_UP_SET.
    """
    asked = given(input.rule)
    rule = (
        None
        if asked is None
        else top_ups.TopUpRule(
            threshold_minor=asked.threshold_minor,
            amount_minor=asked.amount_minor,
            method_id=key(asked.payment_method_id),
        )
    )
    wallet = await top_ups.set_automatic_top_up(info.context.caller, wallet_id=key(input.wallet_id), rule=rule)
    return SetAutomaticTopUpSuccess(wallet=Wallet.of(wallet))
