"""Payments and what they pay, stored payment methods, money that arrives at the bank, and what providers told us."""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.fields import Amount, IdField, Instant, NameField, SortedText
from models.invoices import Invoice
from models.ledger import Hold, LedgerAccount
from models.organizations import Organization
from rules.money import Currency
from rules.states import PaymentMethodKind, PaymentMethodState, PaymentPurpose, PaymentState


class PaymentMethod(Model):
    """A stored way to pay: a reference at the payment provider, never card data (INV8).

    While it is PENDING its owner has not confirmed it to the provider; there is only the reference of the setup.
    """

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="payment_methods", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    kind = NameField(PaymentMethodKind)
    state = NameField(PaymentMethodState)
    provider = fields.CharField(max_length=20)
    setup_reference = fields.CharField(max_length=255)
    provider_reference = fields.CharField(max_length=255, null=True)
    # What people recognise it by: the brand and last four digits, the account's address.
    label = fields.CharField(max_length=100)
    expires_on = fields.DateField(null=True)
    is_default = fields.BooleanField()
    created_at = Instant()
    removed_at = Instant(null=True)

    class Meta:
        table = "payment_methods"
        indexes = (("organization_id", "created_at", "id"), ("state", "created_at"))
        constraints = (
            UniqueConstraint(fields=("organization_id",), name="payment_methods_one_default", condition="is_default"),
            UniqueConstraint(fields=("provider", "setup_reference"), name="payment_methods_setup_once"),
            UniqueConstraint(fields=("provider", "provider_reference"), name="payment_methods_reference_once"),
            CheckConstraint(check="NOT is_default OR state = 'ACTIVE'", name="payment_methods_default_is_there"),
            CheckConstraint(
                check="(state = 'REMOVED') = (removed_at IS NOT NULL)", name="payment_methods_removed_has_instant"
            ),
            CheckConstraint(
                check="state <> 'ACTIVE' OR provider_reference IS NOT NULL", name="payment_methods_active_has_reference"
            ),
            UniqueConstraint(fields=("organization_id", "id"), name="payment_methods_key_in_organization"),
        )


class Payment(Model):
    """One payment: of invoices, from the wallet, by another method, or split between both; or a top-up (INV6).

    It is written before a provider is asked, with the key that the provider is asked under, so that an outcome that
    never arrived can be asked for (INV9). `amount_minor` is the sum of the wallet's part and the rest.
    """

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="concerning_payments", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    billed_to: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="payments", on_delete=fields.RESTRICT
    )
    billed_to_id: UUID
    purpose = NameField(PaymentPurpose)
    state = NameField(PaymentState)
    currency = NameField(Currency)
    amount_minor = Amount()
    wallet_minor = Amount()
    # What the rest is paid by; WALLET when there is no rest.
    method_kind = NameField(PaymentMethodKind)
    method: fields.ForeignKeyNullableRelation[PaymentMethod] = fields.ForeignKeyField(
        "models.PaymentMethod", related_name="payments", on_delete=fields.RESTRICT, null=True
    )
    method_id: UUID | None
    wallet: fields.ForeignKeyNullableRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="payments", on_delete=fields.RESTRICT, null=True
    )
    wallet_id: UUID | None
    hold: fields.ForeignKeyNullableRelation[Hold] = fields.ForeignKeyField(
        "models.Hold", related_name="payments", on_delete=fields.RESTRICT, null=True
    )
    hold_id: UUID | None
    provider = fields.CharField(max_length=20)
    provider_reference = fields.CharField(max_length=255, null=True)
    # What a bank transfer for it must carry, where it is paid by one.
    payment_reference = fields.CharField(max_length=27, null=True, unique=True)
    action_url = fields.CharField(max_length=2000, null=True)
    client_secret = fields.CharField(max_length=255, null=True)
    decline_code = fields.CharField(max_length=60, null=True)
    created_at = Instant()
    # When the provider is asked again, or when waiting for a bank transfer ends.
    next_check_at = Instant(null=True)
    expires_at = Instant(null=True)
    settled_at = Instant(null=True)
    created_by_automatic_top_up = fields.BooleanField(default=False)

    class Meta:
        table = "payments"
        indexes = (
            ("billed_to_id", "created_at", "id"),
            ("state", "next_check_at"),
            ("organization_id",),
            ("provider", "provider_reference"),
        )
        constraints = (
            CheckConstraint(
                check="amount_minor > 0 AND wallet_minor >= 0 AND wallet_minor <= amount_minor",
                name="payments_amounts",
            ),
            CheckConstraint(
                check="(method_kind = 'WALLET') = (wallet_minor = amount_minor)", name="payments_rest_has_method"
            ),
            CheckConstraint(check="purpose <> 'TOP_UP' OR wallet_minor = 0", name="payments_top_up_from_outside"),
            UniqueConstraint(
                fields=("provider", "provider_reference"),
                name="payments_provider_reference_once",
                condition="provider_reference IS NOT NULL",
            ),
            UniqueConstraint(
                fields=("wallet_id",),
                name="payments_one_automatic_top_up_at_a_time",
                condition="created_by_automatic_top_up AND state IN ('PENDING', 'ACTION_REQUIRED', 'UNKNOWN')",
            ),
        )


class PaymentAllocation(Model):
    """What of a payment is for which invoice; a live allocation keeps others from paying the same invoice."""

    id = IdField(primary_key=True)
    billed_to: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="payment_allocations", on_delete=fields.RESTRICT
    )
    billed_to_id: UUID
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField(
        "models.Payment", related_name="allocations", on_delete=fields.RESTRICT
    )
    payment_id: UUID
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField(
        "models.Invoice", related_name="allocations", on_delete=fields.RESTRICT
    )
    invoice_id: UUID
    currency = NameField(Currency)
    amount_minor = Amount()
    # Live while its payment may still succeed, or did and was not reversed.
    is_live = fields.BooleanField()
    created_at = Instant()

    class Meta:
        table = "payment_allocations"
        indexes = (("payment_id",), ("billed_to_id",))
        constraints = (
            CheckConstraint(check="amount_minor > 0", name="payment_allocations_positive"),
            UniqueConstraint(
                fields=("invoice_id",), name="payment_allocations_one_live_per_invoice", condition="is_live"
            ),
        )


class ProviderEvent(Model):
    """A message of a payment provider that was taken in; the same one again changes nothing (M22)."""

    id = IdField(primary_key=True)
    provider = fields.CharField(max_length=20)
    event_reference = fields.CharField(max_length=255)
    kind = fields.CharField(max_length=100)
    received_at = Instant()

    class Meta:
        table = "provider_events"
        constraints = (UniqueConstraint(fields=("provider", "event_reference"), name="provider_events_once"),)


class IncomingTransfer(Model):
    """Money that arrived at the bank, as one entry of a statement says; matched, credited to a wallet, or unmatched.

    `matched` says what became of it: the public id of a payment or wallet; empty while it waits for staff (INV7).
    """

    id = IdField(primary_key=True)
    bank_reference = fields.CharField(max_length=100, unique=True)
    currency = NameField(Currency)
    amount_minor = Amount()
    payment_reference = fields.CharField(max_length=140)
    payer_name = fields.CharField(max_length=200)
    payer_iban = fields.CharField(max_length=34)
    message = fields.CharField(max_length=500)
    booked_on = fields.DateField()
    matched = SortedText(max_length=60)
    received_at = Instant()
    settled_at = Instant(null=True)

    class Meta:
        table = "incoming_transfers"
        indexes = (("matched", "received_at", "id"),)
        constraints = (CheckConstraint(check="amount_minor > 0", name="incoming_transfers_positive"),)


class AutomaticTopUp(Model):
    """When a wallet is topped up by itself, by how much, and by which stored method (WAL7)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="automatic_top_ups", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    account: fields.OneToOneRelation[LedgerAccount] = fields.OneToOneField(
        "models.LedgerAccount", related_name="automatic_top_up", on_delete=fields.RESTRICT
    )
    account_id: UUID
    method: fields.ForeignKeyRelation[PaymentMethod] = fields.ForeignKeyField(
        "models.PaymentMethod", related_name="automatic_top_ups", on_delete=fields.RESTRICT
    )
    method_id: UUID
    currency = NameField(Currency)
    threshold_minor = Amount()
    amount_minor = Amount()
    # A failed attempt is not repeated before this.
    paused_until = Instant(null=True)
    created_at = Instant()

    class Meta:
        table = "automatic_top_ups"
        constraints = (
            CheckConstraint(check="threshold_minor > 0 AND amount_minor > 0", name="automatic_top_ups_positive"),
        )
