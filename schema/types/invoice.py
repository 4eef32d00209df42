"""The invoice as clients see it."""

from datetime import date, datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import NOW, Connection, Node, column, computed, fact, lookup, many, one, pages, table, value
from execution.scalars import BigInt
from permissions.guards import IsMember, MayViewBilling
from permissions.held import STANDINGS
from rules.identifiers import Prefix
from rules.money import Currency
from rules.states import InvoiceKind, InvoiceState, PaymentMethodKind, PaymentPurpose
from schema.context import Context
from schema.types import links
from schema.types.money import Money
from schema.types.viewer_can import InvoiceViewerCan, on_invoice


@strawberry.type(description="Who an invoice is addressed to, as it was on the day it was issued.")
class InvoicePayer:
    """Copied onto the invoice: addresses change, invoices do not."""

    name: str = strawberry.field(description="Name of the payer.")
    street: str = strawberry.field(description="Street and number of the payer.")
    postal_code: str = strawberry.field(description="Postal code of the payer.")
    city: str = strawberry.field(description="City of the payer.")
    country: str = strawberry.field(description="Country of the payer, as a two-letter code of ISO 3166-1.")


def _payable_by(context: Context, currency: Currency) -> list[PaymentMethodKind]:
    return list(context.caller.payments.kinds_for(PaymentPurpose.INVOICES, currency))


@strawberry.input(description="Which invoices to list.")
class InvoiceFilter:
    """Lookups of a list of invoices (INV10)."""

    state: list[InvoiceState] | None = lookup("state__in", "Only invoices in these states.")
    kind: list[InvoiceKind] | None = lookup("kind__in", "Only documents of these kinds.")
    product_id: strawberry.ID | None = lookup(
        "product_id", "Only invoices with a line for this product, where it is one that you may see.", among="lines"
    )
    number: str | None = lookup("number", "Only the invoice with this number.")
    issued_from: date | None = lookup("issued_on__gte", "Only invoices issued on this day or later.")
    issued_before: date | None = lookup("issued_on__lt", "Only invoices issued before this day.")
    total_from_minor: BigInt | None = lookup("total_minor__gte", "Only invoices of at least this total.")
    total_to_minor: BigInt | None = lookup("total_minor__lte", "Only invoices of at most this total.")


@strawberry.enum(description="Orders of a list of invoices.")
class InvoiceOrder(Enum):
    """Orders of a list of invoices."""

    NEWEST = strawberry.enum_value("-created_at", description="The latest first.")
    OLDEST = strawberry.enum_value("created_at", description="The first first.")
    NUMBER = strawberry.enum_value("number", description="By number.")


@table(models.Invoice, prefix=Prefix.INVOICE, owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class Invoice(Node):
    """An amount that an organization owes, or gets back by a credit note. It never changes once it is issued."""

    kind: InvoiceKind = column("Kind of the document.")
    number: str = column("Number of the invoice; empty while it is a draft.")
    state: InvoiceState = column("State of the invoice.")
    is_being_paid: bool = column("Whether a payment of the invoice is under way, so that nobody else can pay it now.")
    is_overdue: bool = fact(
        "Whether the invoice is still to be paid although its day is over.",
        Q(state=InvoiceState.OPEN, overdue_at__lte=NOW),
    )
    currency: Currency = column("Currency of the invoice.")
    net: Money = value("Net total of the invoice.", amount_minor="net_minor", currency="currency")
    vat: Money = value("VAT of the invoice.", amount_minor="vat_minor", currency="currency")
    total: Money = value("Total of the invoice, VAT included.", amount_minor="total_minor", currency="currency")
    is_reverse_charge: bool = column("Whether the payer owes the VAT itself: the invoice carries none.")
    payer: InvoicePayer = value(
        "Payer of the invoice.",
        name="payer_name",
        street="payer_street",
        postal_code="payer_postal_code",
        city="payer_city",
        country="payer_country",
    )
    payer_vat_number: str | None = column("VAT number of the payer; null when there is none.")
    payable_by: list[PaymentMethodKind] = computed(
        "Kinds of payment methods that invoices of this currency can be paid by.", by=_payable_by, needs=("currency",)
    )
    payment_reference: str = column("Reference that a bank transfer for the invoice must carry.")
    organization: links.Organization | None = one("Organization that the invoice is about.")
    billed_to: links.Organization | None = one("Organization that pays the invoice and sees it.")
    corrects: links.Invoice | None = one(
        "Invoice that the credit note corrects; null for others.", who=MayViewBilling()
    )
    credit_notes: Connection[links.Invoice] | None = pages(
        "Credit notes that correct the invoice, the latest first.", order="-created_at", who=MayViewBilling()
    )
    reason: str | None = column("Why the credit note was issued; null for others.")
    lines: list[links.InvoiceLine] | None = many("Lines of the invoice.", order="position", who=MayViewBilling())
    taxes: list[links.InvoiceTax] | None = many("VAT of the invoice by rate.", order="vat_rate", who=MayViewBilling())
    payments: Connection[links.PaymentAllocation] | None = pages(
        "Payments of the invoice, the latest first.", over="allocations", order="-created_at", who=MayViewBilling()
    )
    issued_on: date | None = column("Day of issue; null while it is a draft.")
    due_on: date | None = column("Day by which the invoice is to be paid; null while it is a draft.")
    paid_at: datetime | None = column("Instant at which the invoice was paid; null while it was not.")
    created_at: datetime = column("Instant at which the invoice was drafted.")
    viewer_can: InvoiceViewerCan = computed(
        "What you may do with the invoice now.",
        by=on_invoice,
        needs=("id", "billed_to_id", "state", "is_being_paid", STANDINGS),
    )


@table(models.InvoiceLine, prefix=Prefix.INVOICE_LINE, owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class InvoiceLine(Node):
    """A line of the invoice."""

    position: int = column("Place of the line on the invoice; on a credit note that of the line it corrects.")
    invoice: links.Invoice | None = one("Invoice that the line stands on.", who=MayViewBilling())
    description: str = column("What is billed.")
    product: links.Product | None = one("Product that the line is for, where there is one that you may see.")
    charge: links.Charge | None = one("Charge that the line is for, where there is one.", who=MayViewBilling())
    period_start: date | None = column("First day of the service; null where there is no period.")
    period_end: date | None = column("Day after the last of the service; null where there is no period.")
    quantity: BigInt = column("How many.")
    unit_net: Money = value("Net price of one.", amount_minor="unit_net_minor", currency="currency")
    discount: Money = value("What is taken off.", amount_minor="discount_minor", currency="currency")
    net: Money = value("Net amount of the line.", amount_minor="net_minor", currency="currency")
    vat_rate: int = column("VAT rate of the line in hundredths of a percent: 810 is 8.1 %.")
    vat: Money = value("Share of the line in the invoice's VAT.", amount_minor="vat_minor", currency="currency")


@table(models.InvoiceTax, prefix=Prefix.INVOICE_TAX, owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class InvoiceTax(Node):
    """The VAT of the invoice at one rate."""

    vat_rate: int = column("VAT rate in hundredths of a percent: 810 is 8.1 %.")
    net: Money = value("Net amount at this rate.", amount_minor="net_minor", currency="currency")
    vat: Money = value("VAT at this rate, rounded once.", amount_minor="vat_minor", currency="currency")
