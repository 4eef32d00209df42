"""The tables that are asked for, as anybody would write them down for Tortoise."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model


class Key(fields.UUIDField[Any]):
    """In SQLite the keys stand without dashes."""

    def to_db_value(self, value: Any, instance: Any) -> str | None:
        return value and (value.hex if isinstance(value, UUID) else UUID(value).hex)


class User(Model):
    id = Key(primary_key=True)
    login = fields.CharField(max_length=254)
    first_name = fields.CharField(max_length=100)
    last_name = fields.CharField(max_length=100)
    locale = fields.CharField(max_length=63)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "users"


class Session(Model):
    id = Key(primary_key=True)
    user = fields.ForeignKeyField("stock.User", related_name="sessions")
    secret_hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"


class Organization(Model):
    id = Key(primary_key=True)
    name = fields.CharField(max_length=200)
    name_sort = fields.CharField(max_length=420)
    event_position = fields.BigIntField()

    class Meta:
        table = "organizations"


class Membership(Model):
    id = Key(primary_key=True)
    organization = fields.ForeignKeyField("stock.Organization", related_name="memberships")
    user = fields.ForeignKeyField("stock.User", related_name="memberships")

    class Meta:
        table = "memberships"


class Wallet(Model):
    id = Key(primary_key=True)
    kind = fields.CharField(max_length=63)
    organization = fields.ForeignKeyField("stock.Organization", related_name="wallets", null=True)
    currency = fields.CharField(max_length=63)
    balance_minor = fields.BigIntField()
    held_minor = fields.BigIntField()
    is_current = fields.BooleanField()

    class Meta:
        table = "ledger_accounts"


class Product(Model):
    id = Key(primary_key=True)
    organization = fields.ForeignKeyField("stock.Organization", related_name="products")
    kind = fields.CharField(max_length=63)
    family = fields.CharField(max_length=63)
    state = fields.CharField(max_length=63)
    name = fields.CharField(max_length=253)
    name_sort = fields.CharField(max_length=520)
    label = fields.CharField(max_length=100)
    expires_on = fields.DateField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "products"


class Invoice(Model):
    id = Key(primary_key=True)
    billed_to = fields.ForeignKeyField("stock.Organization", related_name="invoices")
    number = fields.CharField(max_length=30)
    state = fields.CharField(max_length=63)
    is_being_paid = fields.BooleanField()
    currency = fields.CharField(max_length=63)
    net_minor = fields.BigIntField()
    vat_minor = fields.BigIntField()
    total_minor = fields.BigIntField()
    created_at = fields.DatetimeField()
    issued_on = fields.DateField(null=True)
    due_on = fields.DateField(null=True)
    paid_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invoices"


class InvoiceLine(Model):
    id = Key(primary_key=True)
    invoice = fields.ForeignKeyField("stock.Invoice", related_name="lines")
    position = fields.IntField()
    description = fields.CharField(max_length=300)
    product = fields.ForeignKeyField("stock.Product", related_name="invoice_lines", null=True)
    currency = fields.CharField(max_length=63)
    quantity = fields.BigIntField()
    net_minor = fields.BigIntField()

    class Meta:
        table = "invoice_lines"


class Payment(Model):
    id = Key(primary_key=True)
    organization = fields.ForeignKeyField("stock.Organization", related_name="concerning_payments")
    billed_to = fields.ForeignKeyField("stock.Organization", related_name="payments")
    purpose = fields.CharField(max_length=63)
    state = fields.CharField(max_length=63)
    currency = fields.CharField(max_length=63)
    amount_minor = fields.BigIntField()
    wallet_minor = fields.BigIntField()
    method_kind = fields.CharField(max_length=63)
    wallet = fields.ForeignKeyField("stock.Wallet", related_name="payments", null=True)
    provider = fields.CharField(max_length=20)
    created_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    created_by_automatic_top_up = fields.BooleanField(default=False)

    class Meta:
        table = "payments"


class Allocation(Model):
    id = Key(primary_key=True)
    billed_to = fields.ForeignKeyField("stock.Organization", related_name="allocations")
    payment = fields.ForeignKeyField("stock.Payment", related_name="allocations")
    invoice = fields.ForeignKeyField("stock.Invoice", related_name="allocations")
    currency = fields.CharField(max_length=63)
    amount_minor = fields.BigIntField()
    is_live = fields.BooleanField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "payment_allocations"


class Transfer(Model):
    id = Key(primary_key=True)
    debit = fields.ForeignKeyField("stock.Wallet", related_name="debits")
    credit = fields.ForeignKeyField("stock.Wallet", related_name="credits")
    currency = fields.CharField(max_length=63)
    amount_minor = fields.BigIntField()
    promotional_minor = fields.BigIntField(default=0)
    cause = fields.CharField(max_length=63)
    reference = fields.CharField(max_length=60)
    debit_entry_id = fields.UUIDField()
    credit_entry_id = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "ledger_transfers"


class Event(Model):
    id = Key(primary_key=True)
    organization = fields.ForeignKeyField("stock.Organization", related_name="events")
    position = fields.BigIntField()
    kind = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=60)
    actor = fields.ForeignKeyField("stock.User", related_name="events")
    data = fields.TextField()
    occurred_at = fields.DatetimeField()

    class Meta:
        table = "events"


class AuditEntry(Model):
    id = Key(primary_key=True)
    organization = fields.ForeignKeyField("stock.Organization", related_name="audit_entries")
    user = fields.ForeignKeyField("stock.User", related_name="audit_entries")
    session = fields.ForeignKeyField("stock.Session", related_name="audit_entries")
    action = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=60)
    data = fields.TextField()
    address = fields.CharField(max_length=64)
    occurred_at = fields.DatetimeField()

    class Meta:
        table = "audit_entries"


class IdempotencyRecord(Model):
    id = Key(primary_key=True)
    scope = fields.CharField(max_length=64)
    mutation = fields.CharField(max_length=60)
    key = fields.CharField(max_length=255)
    fingerprint = fields.CharField(max_length=64)
    reference = fields.CharField(max_length=60)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_records"
