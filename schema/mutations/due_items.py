"""Writing payments of what is due: invoices and charges together."""

import strawberry

import models
from execution.scalars import BigInt
from permissions.guards import MayPayInvoices
from resolvers import due_items, payments
from rules import money_refusals, refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.inputs import optional
from schema.payment_choice import REFUSED_WHEN_PAYING, PaymentChoice, choice_of
from schema.types import links
from schema.types.payment import Payment


@strawberry.input(description="Due items to pay together, and what they come to.")
class PayDueItemsInput:
    """One payment."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization that pays.")
    due_item_ids: list[strawberry.ID] = reference(
        Prefix.DUE_ITEM, "Due items of the organization, all of one currency, up to 100."
    )
    expected_amount_minor: BigInt = strawberry.field(
        description="What they come to together as you have shown it, in minor units: see Organization.dueTotals."
    )
    pay_with: PaymentChoice | None = optional("How to pay; left out, everything comes from the wallet.")
    idempotency_key: str = idempotency_key()


@strawberry.type(
    description="The payment was made, or is under way: its state tells. A bank transfer is waited for, and the "
    "payment's bankTransfer says what the payer must type."
)
class PayDueItemsSuccess:
    """Carries the payment."""

    payment: links.Payment = strawberry.field(description="Payment that was made or begun.")


@mutation(
    who=MayPayInvoices(),
    refuses=(
        refusals.InsufficientFunds,
        refusals.InvoiceNotPayable,
        money_refusals.ChargeNotOpen,
        refusals.AmountChanged,
        refusals.CurrencyMismatch,
        *REFUSED_WHEN_PAYING,
    ),
    again=Replay(models.Payment, lambda row: PayDueItemsSuccess(payment=Payment.of(row)), check=payments.show_outcome),
)
async def pay_due_items(info: Info, input: PayDueItemsInput) -> PayDueItemsSuccess:
    """Pay invoices and charges of one currency, in any mixture, in one payment: all of them, or none.

    From the wallet, by another method, or split between both (`payWith`), as payInvoices does. The charges are put on
    one invoice that is issued beforehand, and is an open one like any other if the payment fails; name the same due
    items to try again. Those who pay get the mail INVOICE_ISSUED of it. Causes the events INVOICE_ISSUED, and those of
    payInvoices.
    """
    payment = await due_items.pay_due_items(
        info.context.caller,
        organization_id=key(input.organization_id),
        due_item_ids=[key(each) for each in input.due_item_ids],
        expected_amount_minor=input.expected_amount_minor,
        choice=choice_of(input.pay_with),
    )
    return PayDueItemsSuccess(payment=Payment.of(payment))
