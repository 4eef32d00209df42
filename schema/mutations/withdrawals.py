"""Writing withdrawals: asked for, cancelled, and settled by the provider's own people."""

import strawberry

import models
from execution.scalars import BigInt
from permissions.guards import IsStaff, MayWithdraw
from resolvers import payouts, withdrawals
from resolvers.destinations import BankAccount
from rules import money_refusals, refusals
from rules.identifiers import Prefix
from rules.states import WithdrawalOutcome, WithdrawalState
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.inputs import given, optional
from schema.types import links
from schema.types.withdrawal import Withdrawal


@strawberry.input(description="A bank account to withdraw to.")
class IbanInput:
    """The bank follows from the IBAN where it can."""

    iban: str = strawberry.field(description="IBAN of the account; its check digits are checked. No QR-IBAN.")
    holder: str = strawberry.field(description="Holder of the account, up to 70 characters.")
    bic: str | None = optional(
        "BIC of the bank; needed for euros outside the SEPA zone, and for francs outside Switzerland and Liechtenstein."
    )


@strawberry.input(description="A PayPal account to withdraw to.")
class PaypalInput:
    """Named by its address."""

    email: str = strawberry.field(description="E-mail address of the account.")


@strawberry.input(description="How much to withdraw, and where to: either `iban` or `paypal` is given.")
class RequestWithdrawalInput:
    """One withdrawal."""

    wallet_id: strawberry.ID = reference(Prefix.WALLET, "Wallet to withdraw from.")
    amount_minor: BigInt | None = optional("Amount in minor units; left out, it is everything that can be withdrawn.")
    iban: IbanInput | None = optional("Bank account to withdraw to.")
    paypal: PaypalInput | None = optional("PayPal account to withdraw to.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The withdrawal is requested.")
class RequestWithdrawalSuccess:
    """Carries the withdrawal."""

    withdrawal: links.Withdrawal = strawberry.field(description="Withdrawal that was requested.")


@strawberry.input(description="The withdrawal to cancel.")
class CancelWithdrawalInput:
    """One withdrawal."""

    withdrawal_id: strawberry.ID = reference(Prefix.WITHDRAWAL, "Withdrawal to cancel.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The withdrawal is cancelled.")
class CancelWithdrawalSuccess:
    """Carries the withdrawal."""

    withdrawal: links.Withdrawal = strawberry.field(description="Withdrawal that was cancelled.")


@strawberry.input(description="What became of a withdrawal.")
class StaffSettleWithdrawalInput:
    """One withdrawal."""

    withdrawal_id: strawberry.ID = reference(Prefix.WITHDRAWAL, "Withdrawal that was handed over.")
    outcome: WithdrawalOutcome = strawberry.field(description="How it ended.")
    reason: str = strawberry.field(
        description="Why you say so, up to 300 characters; kept, and shown to the customer where it failed."
    )
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The withdrawal is settled.")
class StaffSettleWithdrawalSuccess:
    """Carries the withdrawal."""

    withdrawal: links.Withdrawal = strawberry.field(description="Withdrawal that was settled.")


@mutation(
    who=MayWithdraw(),
    refuses=(refusals.AmountOutOfRange, refusals.InsufficientFunds),
    again=Replay(models.Withdrawal, lambda row: RequestWithdrawalSuccess(withdrawal=Withdrawal.of(row))),
    recent_proof=True,
)
async def request_withdrawal(info: Info, input: RequestWithdrawalInput) -> RequestWithdrawalSuccess:
    """Withdraw money of a wallet, whole or in part, to a bank account or to PayPal.

    The amount is kept aside until it is handed over to the bank. Credit that was given cannot be withdrawn. Sends the
    mail WITHDRAWAL_REQUESTED to the members with the billing right who want to be reminded, and another one at each
    further step; causes the event WITHDRAWAL_REQUESTED.
    """
    account, paypal = given(input.iban), given(input.paypal)
    withdrawal = await withdrawals.request_withdrawal(
        info.context.caller,
        wallet_id=key(input.wallet_id),
        amount_minor=given(input.amount_minor),
        account=account and BankAccount(account.iban, account.holder, given(account.bic)),
        paypal_email=paypal and paypal.email,
    )
    return RequestWithdrawalSuccess(withdrawal=Withdrawal.of(withdrawal))


@mutation(
    who=MayWithdraw(),
    refuses=(money_refusals.WithdrawalNotCancellable,),
    again=Replay(models.Withdrawal, lambda row: CancelWithdrawalSuccess(withdrawal=Withdrawal.of(row))),
)
async def cancel_withdrawal(info: Info, input: CancelWithdrawalInput) -> CancelWithdrawalSuccess:
    """Cancel a withdrawal that was not handed over yet; its amount can be spent again.

    Sends the mail WITHDRAWAL_CANCELLED, and causes the event of the same name.
    """
    withdrawal = await withdrawals.cancel_withdrawal(info.context.caller, withdrawal_id=key(input.withdrawal_id))
    return CancelWithdrawalSuccess(withdrawal=Withdrawal.of(withdrawal))


@mutation(
    who=IsStaff(),
    refuses=(money_refusals.WithdrawalNotSettleable,),
    again=Replay(models.Withdrawal, lambda row: StaffSettleWithdrawalSuccess(withdrawal=Withdrawal.of(row))),
)
async def staff_settle_withdrawal(info: Info, input: StaffSettleWithdrawalInput) -> StaffSettleWithdrawalSuccess:
    """Say what became of a withdrawal, where neither the bank nor PayPal reports it. For the provider's own people.

    The money of one that failed returns to its wallet, also after it was reported paid; said again, nothing changes.
    Sends the mail WITHDRAWAL_PAID or WITHDRAWAL_FAILED, and causes the event of the same name. Audited with the reason.
    """
    withdrawal = await payouts.settle_withdrawal_as_staff(
        info.context.caller,
        withdrawal_id=key(input.withdrawal_id),
        becomes=WithdrawalState(input.outcome),
        reason=input.reason,
    )
    return StaffSettleWithdrawalSuccess(withdrawal=Withdrawal.of(withdrawal))
