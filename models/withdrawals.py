"""Withdrawals of wallet money, and the files in which they are handed over (WAL3, STA2)."""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.fields import Amount, IdField, Instant, NameField
from models.ledger import Hold, LedgerAccount
from models.organizations import Organization
from rules.money import Currency
from rules.states import WithdrawalState, WithdrawalTarget


class PayoutFile(Model):
    """A file of withdrawals that staff handed to the bank or to PayPal."""

    id = IdField(primary_key=True)
    target = NameField(WithdrawalTarget)
    currency = NameField(Currency)
    message_reference = fields.CharField(max_length=35, unique=True)
    withdrawal_count = fields.IntField()
    total_minor = Amount()
    content = fields.TextField()
    created_at = Instant()

    class Meta:
        table = "payout_files"
        indexes = (("created_at", "id"),)


class Withdrawal(Model):
    """Money on its way from a wallet to its owner's bank account or PayPal (WAL3)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="withdrawals", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    account: fields.ForeignKeyRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="withdrawals", on_delete=fields.RESTRICT
    )
    account_id: UUID
    hold: fields.ForeignKeyRelation[Hold] = fields.ForeignKeyField(
        "models.Hold", related_name="withdrawals", on_delete=fields.RESTRICT
    )
    hold_id: UUID
    state = NameField(WithdrawalState)
    currency = NameField(Currency)
    amount_minor = Amount()
    target = NameField(WithdrawalTarget)
    # The IBAN in full, or the PayPal address; what is shown to clients is `destination_shown`.
    destination = fields.CharField(max_length=254)
    destination_shown = fields.CharField(max_length=254)
    holder = fields.CharField(max_length=70)
    bic = fields.CharField(max_length=11, null=True)
    # What the bank sees and reports back.
    end_to_end_reference = fields.CharField(max_length=35, unique=True)
    payout_file: fields.ForeignKeyNullableRelation[PayoutFile] = fields.ForeignKeyField(
        "models.PayoutFile", related_name="withdrawals", on_delete=fields.RESTRICT, null=True
    )
    payout_file_id: UUID | None
    failure_reason = fields.CharField(max_length=300, null=True)
    requested_at = Instant()
    handed_over_at = Instant(null=True)
    settled_at = Instant(null=True)

    class Meta:
        table = "withdrawals"
        indexes = (("organization_id", "requested_at", "id"), ("state", "requested_at"))
        constraints = (
            CheckConstraint(check="amount_minor > 0", name="withdrawals_positive"),
            UniqueConstraint(fields=("organization_id", "id"), name="withdrawals_key_in_organization"),
        )
