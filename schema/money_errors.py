"""Refusals of paying, withdrawing, charging and crediting as clients see them; the others stand in schema.errors."""

import strawberry

from rules import money_refusals
from rules.states import ChargeState, PaymentMethodKind, PaymentState, WithdrawalState
from schema.errors import UserError, shows
from schema.types.money import Money


@shows(money_refusals.PaymentMethodNotAllowed)
@strawberry.type(description="This cannot be paid in this way here. Nothing was paid.")
class PaymentMethodNotAllowed(UserError):
    """Says what is possible instead."""

    kind: PaymentMethodKind = strawberry.field(description="Kind of the payment method that was asked for.")
    allowed: list[PaymentMethodKind] = strawberry.field(description="Kinds of payment methods that are possible.")


@shows(money_refusals.PaymentDeclined)
@strawberry.type(description="The payment was declined. Nothing was taken, and nothing is paid.")
class PaymentDeclined(UserError):
    """Says why, as far as the payment provider tells."""

    payment_id: strawberry.ID = strawberry.field(description="Id of the payment that failed.")
    decline_code: str = strawberry.field(description="Reason of the payment provider, such as insufficient_funds.")


@shows(money_refusals.PaymentActionRequired)
@strawberry.type(
    description="The payer must confirm the payment: send them to `url`, or use `clientSecret` with the payment "
    "provider's own library. The payment waits for it and goes on; its state tells the outcome."
)
class PaymentActionRequired(UserError):
    """What a frontend needs to go on."""

    payment_id: strawberry.ID = strawberry.field(description="Id of the payment that waits.")
    url: str | None = strawberry.field(description="Page on which the payer confirms; null where there is none.")
    client_secret: str | None = strawberry.field(
        description="Secret for the payment provider's library in your page; null where a page is enough."
    )
    publishable_key: str | None = strawberry.field(description="Key that goes with the client secret; else null.")


@shows(money_refusals.PaymentNotCancellable)
@strawberry.type(description="The payment is over, or cannot be called back any more.")
class PaymentNotCancellable(UserError):
    """Says where it stands."""

    payment_id: strawberry.ID = strawberry.field(description="Id of the payment.")
    state: PaymentState = strawberry.field(description="State of the payment now.")


@shows(money_refusals.WithdrawalNotCancellable)
@strawberry.type(description="The withdrawal was handed over to the bank already, or is over.")
class WithdrawalNotCancellable(UserError):
    """Says where it stands."""

    withdrawal_id: strawberry.ID = strawberry.field(description="Id of the withdrawal.")
    state: WithdrawalState = strawberry.field(description="State of the withdrawal now.")


@shows(money_refusals.WithdrawalNotSettleable)
@strawberry.type(description="The withdrawal was not handed over, or cannot become what you said of it.")
class WithdrawalNotSettleable(UserError):
    """Says where it stands."""

    withdrawal_id: strawberry.ID = strawberry.field(description="Id of the withdrawal.")
    state: WithdrawalState = strawberry.field(description="State of the withdrawal now.")


@shows(money_refusals.IncomingTransferAssigned)
@strawberry.type(description="Somebody found out already whose money it was.")
class IncomingTransferAssigned(UserError):
    """Says which."""

    incoming_transfer_id: strawberry.ID = strawberry.field(description="Id of the incoming transfer.")


@shows(money_refusals.ChargeNotOpen)
@strawberry.type(description="The charge stands on an invoice already, is settled, or was cancelled.")
class ChargeNotOpen(UserError):
    """Says which, and where it stands."""

    charge_id: strawberry.ID = strawberry.field(description="Id of the charge.")
    charge_state: ChargeState = strawberry.field(description="State of the charge now.")


@shows(money_refusals.SourceReferenceReused)
@strawberry.type(description="The source reference stands for another charge already.")
class SourceReferenceReused(UserError):
    """Says which."""

    charge_id: strawberry.ID = strawberry.field(description="Id of the charge that it stands for.")


@shows(money_refusals.InvoiceNotCreditable)
@strawberry.type(
    description="This cannot be credited: it is more than was billed and not credited yet, or a part of an open "
    "invoice, which can only be credited as a whole and not while it is being paid."
)
class InvoiceNotCreditable(UserError):
    """Says what can be credited."""

    invoice_id: strawberry.ID = strawberry.field(description="Id of the invoice.")
    remaining: Money = strawberry.field(description="What of the invoice can still be credited.")
