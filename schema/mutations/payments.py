"""Writing payments: invoices paid from the wallet."""

import strawberry

import models
from execution.scalars import BigInt
from permissions.guards import MayPayInvoices
from resolvers import payments
from rules import refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
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
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The invoices are paid.")
class PayInvoicesSuccess:
    """Carries the payment."""

    payment: links.Payment = strawberry.field(description="Payment that was made.")


@mutation(
    who=MayPayInvoices(),
    refuses=(
        refusals.InsufficientFunds,
        refusals.InvoiceNotPayable,
        refusals.AmountChanged,
        refusals.CurrencyMismatch,
    ),
    again=Replay(models.Payment, lambda row: PayInvoicesSuccess(payment=Payment.of(row))),
)
async def pay_invoices(info: Info, input: PayInvoicesInput) -> PayInvoicesSuccess:
    """Pay open invoices from the organization's wallet of their currency: all of them, or none.

    Promotional credit is spent first. Of several people who pay the same invoice one succeeds, the others are told
    (InvoiceNotPayable). Causes the events INVOICE_PAID and PAYMENT_SUCCEEDED.
    """
    payment = await payments.pay_invoices(
        info.context.caller,
        organization_id=key(input.organization_id),
        invoice_ids=[key(each) for each in input.invoice_ids],
        expected_amount_minor=input.expected_amount_minor,
    )
    return PayInvoicesSuccess(payment=Payment.of(payment))
