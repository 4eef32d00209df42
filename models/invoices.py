"""Invoices with their lines and taxes, charges that will stand on one, and counters of numbers (INV1–INV4)."""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.constraints import SameOrganization
from models.fields import Amount, IdField, Instant, NameField, SortedText
from models.organizations import Organization
from models.products import Product
from rules.locales import Locale
from rules.money import Currency
from rules.states import ChargeKind, ChargeState, InvoiceKind, InvoiceState


class InvoiceSeries(Model):
    """The last number given in a year by an issuer; raised under its lock, so numbers have no gaps (INV1)."""

    id = IdField(primary_key=True)
    issuer = fields.CharField(max_length=20)
    kind = NameField(InvoiceKind)
    year = fields.IntField()
    last_number = fields.IntField()

    class Meta:
        table = "invoice_series"
        constraints = (UniqueConstraint(fields=("issuer", "kind", "year"), name="invoice_series_once"),)


class Invoice(Model):
    """What an organization owes, or gets back by a credit note; it never changes once it is issued (INV1).

    `organization` is the one concerned, `billed_to` the one that pays and sees it. A credit note has negative amounts.
    What is printed of the payer is copied here, since addresses change and invoices do not.
    """

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="concerning_invoices", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    billed_to: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="invoices", on_delete=fields.RESTRICT
    )
    billed_to_id: UUID
    kind = NameField(InvoiceKind)
    state = NameField(InvoiceState)
    # Whether a payment is under way that may still pay it; nobody else can pay it meanwhile.
    is_being_paid = fields.BooleanField(default=False)
    # Empty while it is a draft, then such as 2026-000123; sorts by year and number.
    number = SortedText(max_length=30)
    currency = NameField(Currency)
    net_minor = Amount()
    vat_minor = Amount()
    total_minor = Amount()
    is_reverse_charge = fields.BooleanField()
    payer_name = fields.CharField(max_length=200)
    payer_street = fields.CharField(max_length=200)
    payer_postal_code = fields.CharField(max_length=20)
    payer_city = fields.CharField(max_length=100)
    payer_country = fields.CharField(max_length=2)
    payer_vat_number = fields.CharField(max_length=20, null=True)
    locale = NameField(Locale)
    # The structured reference that a bank transfer carries; each invoice has its own (INV3, INV7).
    payment_reference = fields.CharField(max_length=27, unique=True)
    corrects: fields.ForeignKeyNullableRelation["Invoice"] = fields.ForeignKeyField(
        "models.Invoice", related_name="credit_notes", on_delete=fields.RESTRICT, null=True
    )
    corrects_id: UUID | None
    reason = fields.CharField(max_length=300, null=True)
    created_at = Instant()
    issued_on = fields.DateField(null=True)
    issued_at = Instant(null=True)
    due_on = fields.DateField(null=True)
    overdue_at = Instant(null=True)
    paid_at = Instant(null=True)

    class Meta:
        table = "invoices"
        indexes = (
            ("billed_to_id", "state", "created_at"),
            ("billed_to_id", "created_at", "id"),
            ("billed_to_id", "number", "id"),
            ("organization_id",),
            ("corrects_id",),
        )
        constraints = (
            CheckConstraint(check="total_minor = net_minor + vat_minor", name="invoices_total_is_sum"),
            CheckConstraint(
                check="(kind = 'INVOICE' AND total_minor >= 0) "
                "OR (kind = 'CREDIT_NOTE' AND total_minor <= 0 AND corrects_id IS NOT NULL)",
                name="invoices_sign",
            ),
            CheckConstraint(
                check="(state = 'DRAFT') = (number = '') AND (number = '') = (issued_on IS NULL)",
                name="invoices_number_when_issued",
            ),
            CheckConstraint(check="(state = 'PAID') = (paid_at IS NOT NULL)", name="invoices_paid_has_instant"),
            CheckConstraint(check="NOT is_being_paid OR state = 'OPEN'", name="invoices_open_while_being_paid"),
            UniqueConstraint(fields=("number",), name="invoices_number_once", condition="number <> ''"),
            UniqueConstraint(fields=("billed_to_id", "id"), name="invoices_key_of_payer"),
        )


class Charge(Model):
    """A fee or overage of one product, due at once and invoiced with its next payment (INV4)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="concerning_charges", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    billed_to: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="charges", on_delete=fields.RESTRICT
    )
    billed_to_id: UUID
    # Null for the charge of a top-up that was taken back (WAL6).
    product: fields.ForeignKeyNullableRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="charges", on_delete=fields.RESTRICT, null=True
    )
    product_id: UUID | None
    kind = NameField(ChargeKind)
    state = NameField(ChargeState)
    description = fields.CharField(max_length=300)
    currency = NameField(Currency)
    quantity = fields.BigIntField()
    unit_net_minor = Amount()
    net_minor = Amount()
    period_start = fields.DateField()
    period_end = fields.DateField()
    # What the provider's system calls it; the same twice is recorded once.
    source_reference = fields.CharField(max_length=100, unique=True)
    created_at = Instant()
    settled_at = Instant(null=True)

    class Meta:
        table = "charges"
        indexes = (("billed_to_id", "state", "created_at"), ("product_id",), ("organization_id",))
        constraints = (
            CheckConstraint(check="quantity > 0 AND unit_net_minor >= 0 AND net_minor > 0", name="charges_positive"),
            CheckConstraint(check="period_end > period_start", name="charges_period"),
            SameOrganization(column="product_id", table="products", name="charges_product_inside"),
            UniqueConstraint(fields=("billed_to_id", "id"), name="charges_key_of_payer"),
        )


class InvoiceLine(Model):
    """A line of an invoice: what, for which service period (half-open), at which price and VAT rate (INV2)."""

    id = IdField(primary_key=True)
    # The payer, as on the invoice: lines are seen by whom the invoice is.
    billed_to: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="invoice_lines", on_delete=fields.RESTRICT
    )
    billed_to_id: UUID
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField(
        "models.Invoice", related_name="lines", on_delete=fields.RESTRICT
    )
    invoice_id: UUID
    position = fields.IntField()
    description = fields.CharField(max_length=300)
    product: fields.ForeignKeyNullableRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="invoice_lines", on_delete=fields.RESTRICT, null=True
    )
    product_id: UUID | None
    charge: fields.ForeignKeyNullableRelation[Charge] = fields.ForeignKeyField(
        "models.Charge", related_name="invoice_lines", on_delete=fields.RESTRICT, null=True
    )
    charge_id: UUID | None
    period_start = fields.DateField(null=True)
    period_end = fields.DateField(null=True)
    currency = NameField(Currency)
    quantity = fields.BigIntField()
    unit_net_minor = Amount()
    discount_minor = Amount()
    net_minor = Amount()
    # In hundredths of a percent: 810 is 8.1 %.
    vat_rate = fields.IntField()
    vat_minor = Amount()

    class Meta:
        table = "invoice_lines"
        indexes = (("product_id",), ("charge_id",), ("billed_to_id",))
        constraints = (
            UniqueConstraint(fields=("invoice_id", "position"), name="invoice_lines_position_once"),
            CheckConstraint(check="quantity > 0 AND vat_rate >= 0", name="invoice_lines_amounts"),
            CheckConstraint(
                check="(period_start IS NULL AND period_end IS NULL) OR period_end > period_start",
                name="invoice_lines_period",
            ),
        )


class InvoiceTax(Model):
    """The VAT of an invoice at one rate; rounded once, on the sum of its lines (INV2)."""

    id = IdField(primary_key=True)
    billed_to: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="invoice_taxes", on_delete=fields.RESTRICT
    )
    billed_to_id: UUID
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField(
        "models.Invoice", related_name="taxes", on_delete=fields.RESTRICT
    )
    invoice_id: UUID
    vat_rate = fields.IntField()
    currency = NameField(Currency)
    net_minor = Amount()
    vat_minor = Amount()

    class Meta:
        table = "invoice_taxes"
        indexes = (("billed_to_id",),)
        constraints = (UniqueConstraint(fields=("invoice_id", "vat_rate"), name="invoice_taxes_rate_once"),)
