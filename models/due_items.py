"""What is to be paid, as one list: invoices and charges, read through a view of the database (INV5)."""

from datetime import date
from uuid import UUID

from tortoise import fields
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from models.fields import Amount, IdField, NameField
from models.invoices import Charge, Invoice
from models.organizations import Organization
from models.products import Product
from rules.money import Currency
from rules.organizations import OrganizationKind, VatStatus
from rules.states import ChargeKind, DueItemKind


class DueItem(Model):
    """An invoice or a charge that was to be paid once, and is while `is_due`; its key is that of what it shows.

    Only read: the table is a view. An invoice has a total; a charge has a net amount and what decides its VAT.
    """

    id = IdField(primary_key=True)
    kind = NameField(DueItemKind)
    is_due = fields.BooleanField()
    is_being_paid = fields.BooleanField()
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="concerning_due_items", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    billed_to: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="due_items", on_delete=fields.RESTRICT
    )
    billed_to_id: UUID
    invoice: fields.ForeignKeyNullableRelation[Invoice] = fields.ForeignKeyField(
        "models.Invoice", related_name="due_items", on_delete=fields.RESTRICT, null=True
    )
    invoice_id: UUID | None
    charge: fields.ForeignKeyNullableRelation[Charge] = fields.ForeignKeyField(
        "models.Charge", related_name="due_items", on_delete=fields.RESTRICT, null=True
    )
    charge_id: UUID | None
    product: fields.ForeignKeyNullableRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="due_items", on_delete=fields.RESTRICT, null=True
    )
    product_id: UUID | None
    # The number of an invoice, the words of a charge.
    description = fields.CharField(max_length=300)
    currency = NameField(Currency)
    due_on = fields.DateField()
    # The total of an invoice, the net amount of a charge.
    amount_minor = Amount()
    charge_kind = NameField(ChargeKind, null=True)
    period_start: date | None = fields.DateField(null=True)
    period_end: date | None = fields.DateField(null=True)
    payer_country = fields.CharField(max_length=2)
    payer_kind = NameField(OrganizationKind)
    payer_vat_status = NameField(VatStatus, null=True)

    class Meta:
        table = "due_items"


# Models that are views: no migration makes a table of them. One that builds a table of theirs anew on SQLite, or
# changes a column of theirs on PostgreSQL, must drop the view before and create it afterwards.
VIEWS: tuple[type[Model], ...] = (DueItem,)

_DAY = {"sqlite": "date(c.created_at)", "postgres": "CAST(c.created_at AT TIME ZONE 'UTC' AS DATE)"}
_DUE_ITEMS = """
    CREATE VIEW due_items AS
    SELECT i.id AS id, 'INVOICE' AS kind, i.state = 'OPEN' AS is_due, i.is_being_paid AS is_being_paid,
        i.organization_id AS organization_id, i.billed_to_id AS billed_to_id, i.id AS invoice_id,
        NULL AS charge_id, NULL AS product_id, i.number AS description, i.currency AS currency, i.due_on AS due_on,
        i.total_minor AS amount_minor, NULL AS charge_kind, NULL AS period_start, NULL AS period_end,
        p.country AS payer_country, p.kind AS payer_kind, p.vat_status AS payer_vat_status
    FROM invoices i JOIN organizations p ON p.id = i.billed_to_id
    WHERE i.kind = 'INVOICE' AND i.number <> ''
    UNION ALL
    SELECT c.id, 'CHARGE', c.state = 'OPEN', c.state <> c.state,
        c.organization_id, c.billed_to_id, NULL, c.id, c.product_id, c.description, c.currency, {day},
        c.net_minor, c.kind, c.period_start, c.period_end, p.country, p.kind, p.vat_status
    FROM charges c JOIN organizations p ON p.id = c.billed_to_id
"""


async def create_views(client: BaseDBAsyncClient) -> None:
    """Create the views, on both databases."""
    await client.execute_query(_DUE_ITEMS.format(day=_DAY[client.capabilities.dialect]))
