"""Writing payments: invoices paid from the wallet, by another method, or by both."""

import strawberry

import models
from execution.scalars import BigInt
from permissions.guards import MayPayInvoices
from resolvers import payments
from rules import money_refusals, refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.inputs import optional
from schema.payment_choice import REFUSED_WHEN_PAYING, PaymentChoice, choice_of
from schema.types import links
from schema.types.payment import Payment


@strawberry.input(description="Invoices to pay together, and what they come to.")
class PayInvoicesInput:
    """One payment."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization that pays.")
    invoice_ids: list[strawberry.ID] = reference(
        Prefix.INVOICE, "Open invoices of the organization, all of one currency, up to 100."
    )
    expected_amount_minor: BigInt = strawberry.field(
        description="Sum of their totals as you have shown it, in minor units; nothing else is paid."
    )
    pay_with: PaymentChoice | None = optional("How to pay; left out, everything comes from the wallet.")
    idempotency_key: str = idempotency_key()


@strawberry.type(
    description="The payment was made, or is under way: its state tells. A bank transfer is waited for, and the "
    "payment's bankTransfer says what the payer must type."
)
class PayInvoicesSuccess:
    """Carries the payment."""

    payment: links.Payment = strawberry.field(description="Payment that was made or begun.")


@strawberry.input(description="Which payment to give up.")
class CancelPaymentInput:
    """One payment."""

    payment_id: strawberry.ID = reference(Prefix.PAYMENT, "Payment that waits for its payer or for a bank transfer.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The payment was given up; what it was for can be paid otherwise.")
class CancelPaymentSuccess:
    """Carries the payment."""

    payment: links.Payment = strawberry.field(description="Payment that was given up.")


@mutation(
    who=MayPayInvoices(),
    refuses=(
        refusals.InsufficientFunds,
        refusals.InvoiceNotPayable,
        refusals.AmountChanged,
        refusals.CurrencyMismatch,
        *REFUSED_WHEN_PAYING,
    ),
    again=Replay(models.Payment, lambda row: PayInvoicesSuccess(payment=Payment.of(row)), check=payments.show_outcome),
)
async def pay_invoices(info: Info, input: PayInvoicesInput) -> PayInvoicesSuccess:
    """Pay open invoices of one currency in one payment: all of them, or none.

    From the wallet, by another method, or split between both (`payWith`). What comes from the wallet is spent at once
    when it pays everything, promotional credit first; with another method it is kept aside until that one's outcome is
    certain, and given back if it fails. Of several people who pay the same invoice one succeeds, the others are told
    (InvoiceNotPayable). PaymentActionRequired says that the payer must confirm; the payment goes on then, and the same
    call repeated under its key answers where it stands. Causes the events PAYMENT_BEGUN where another method pays,
    PAYMENT_SUCCEEDED and INVOICE_PAID, or PAYMENT_FAILED; a failure that comes late is mailed (PAYMENT_FAILED).
    """
    payment = await payments.pay_invoices(
        info.context.caller,
        organization_id=key(input.organization_id),
        invoice_ids=[key(each) for each in input.invoice_ids],
        expected_amount_minor=input.expected_amount_minor,
        choice=choice_of(input.pay_with),
    )
    return PayInvoicesSuccess(payment=Payment.of(payment))


@mutation(
    who=MayPayInvoices(),
    refuses=(money_refusals.PaymentNotCancellable,),
    again=Replay(models.Payment, lambda row: CancelPaymentSuccess(payment=Payment.of(row))),
)
async def cancel_payment(info: Info, input: CancelPaymentInput) -> CancelPaymentSuccess:
    """Give up a payment that waits for its payer or for a bank transfer.

    What was kept aside in the wallet is free again, and the invoices can be paid otherwise. Money that arrives all the
    same is credited to the wallet. Causes the event PAYMENT_CANCELLED.
    """
    payment = await payments.cancel_payment(info.context.caller, payment_id=key(input.payment_id))
    return CancelPaymentSuccess(payment=Payment.of(payment))
