"""A small world with every kind of column, relation and order that declarations know."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.fields import Amount, IdField, Instant, NameField, SortedText


class InvoiceStatus(StrEnum):
    OPEN = "OPEN"
    PAID = "PAID"
    VOID = "VOID"


class ProductKind(StrEnum):
    DOMAIN = "DOMAIN"
    MAIL = "MAIL"
    HOSTING = "HOSTING"


class Mood(StrEnum):
    CALM = "CALM"
    SAD = "SAD"
    WILD = "WILD"


class User(Model):
    """Somebody; belongs to no organization by itself."""

    id = IdField(primary_key=True)
    name = SortedText(max_length=80)
    birthday = fields.DateField(null=True)

    class Meta:
        table = "sample_users"


class Organization(Model):
    id = IdField(primary_key=True)
    name = SortedText(max_length=80)
    vat_id = fields.CharField(max_length=20, null=True)
    created_at = Instant()

    class Meta:
        table = "sample_organizations"


class Membership(Model):
    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "sample.Organization", related_name="memberships"
    )
    organization_id: UUID
    user: fields.ForeignKeyRelation["User"] = fields.ForeignKeyField("sample.User", related_name="memberships")
    user_id: UUID
    billing = fields.BooleanField()

    class Meta:
        table = "sample_memberships"


class Wallet(Model):
    id = IdField(primary_key=True)
    organization: fields.OneToOneRelation["Organization"] = fields.OneToOneField(
        "sample.Organization", related_name="wallet"
    )
    organization_id: UUID
    balance_minor = Amount()
    bonus_minor = Amount(null=True)
    currency = fields.CharField(max_length=3)

    class Meta:
        table = "sample_wallets"


class Product(Model):
    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "sample.Organization", related_name="products"
    )
    organization_id: UUID
    keeper: fields.ForeignKeyNullableRelation["User"] = fields.ForeignKeyField(
        "sample.User", related_name="kept_products", null=True
    )
    keeper_id: UUID | None
    kind = NameField(ProductKind)
    name = SortedText(max_length=80)
    name_folded = SortedText(max_length=160)
    label_folded = SortedText(max_length=160)
    price_minor = Amount()
    currency = fields.CharField(max_length=3)
    renews = fields.BooleanField()
    expires_on = fields.DateField(null=True)
    blocks_at = Instant(null=True)
    created_at = Instant()
    rank = fields.SmallIntField()

    class Meta:
        table = "sample_products"


class Invoice(Model):
    """Owned by whom it is billed to, which need not be the organization that holds the product."""

    id = IdField(primary_key=True)
    billed_to: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "sample.Organization", related_name="invoices"
    )
    billed_to_id: UUID
    product: fields.ForeignKeyNullableRelation["Product"] = fields.ForeignKeyField(
        "sample.Product", related_name="invoices", null=True
    )
    product_id: UUID | None
    number = SortedText(max_length=40)
    status = NameField(InvoiceStatus)
    issued_on = fields.DateField()
    overdue_at = Instant(null=True)
    total_minor = Amount()
    currency = fields.CharField(max_length=3)

    class Meta:
        table = "sample_invoices"


class InvoiceLine(Model):
    id = IdField(primary_key=True)
    billed_to: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "sample.Organization", related_name="invoice_lines"
    )
    billed_to_id: UUID
    invoice: fields.ForeignKeyRelation["Invoice"] = fields.ForeignKeyField("sample.Invoice", related_name="lines")
    invoice_id: UUID
    product: fields.ForeignKeyNullableRelation["Product"] = fields.ForeignKeyField(
        "sample.Product", related_name="invoice_lines", null=True
    )
    product_id: UUID | None
    position = fields.IntField()
    text = fields.TextField()

    class Meta:
        table = "sample_invoice_lines"


class Specimen(Model):
    """One column of every kind, NULL and not, and every relation, to itself as well."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation["Organization"] = fields.ForeignKeyField(
        "sample.Organization", related_name="specimens"
    )
    organization_id: UUID
    parent: fields.ForeignKeyNullableRelation["Specimen"] = fields.ForeignKeyField(
        "sample.Specimen", related_name="children", null=True
    )
    parent_id: UUID | None
    keeper: fields.ForeignKeyNullableRelation["User"] = fields.ForeignKeyField(
        "sample.User", related_name="kept_specimens", null=True
    )
    keeper_id: UUID | None
    kind = NameField(ProductKind)
    mood = NameField(Mood, null=True)
    name = SortedText(max_length=80)
    nickname = SortedText(max_length=80, null=True)
    note = fields.TextField()
    worth_minor = Amount()
    bonus_minor = Amount(null=True)
    currency = fields.CharField(max_length=3)
    bonus_currency = fields.CharField(max_length=3, null=True)
    renews = fields.BooleanField()
    rank = fields.SmallIntField()
    size = fields.IntField(null=True)
    made_on = fields.DateField()
    expires_on = fields.DateField(null=True)
    made_at = Instant()
    blocks_at = Instant(null=True)

    class Meta:
        table = "sample_specimens"
