"""The ledger: accounts, transfers between two of them, what each transfer did to a wallet, and money kept aside.

The database keeps the balances itself: inserting a transfer moves both balances and writes a wallet's entry (see the
triggers in the migration). Transfers and entries are never changed or deleted; a correction is another transfer (WAL5).
"""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.fields import Amount, IdField, Instant, NameField
from models.organizations import Organization
from rules.money import Currency
from rules.states import AccountKind, HoldState, TransferCause

# The provider's own accounts have the same keys everywhere; the migration writes them.
OUR_ACCOUNTS: dict[tuple[AccountKind, Currency], UUID] = {
    (kind, currency): UUID(int=(0x7 << 76) | (0b10 << 62) | (place << 8) | number)
    for place, kind in enumerate(AccountKind)
    if kind is not AccountKind.WALLET
    for number, currency in enumerate(Currency)
}


class LedgerAccount(Model):
    """A wallet of an organization, or an account of the provider's own (then without organization and balance).

    A wallet's balance holds what is kept aside (`held_minor`) and what was given as credit (`promotional_minor`):
    available is the balance less what is held, withdrawable is what of that was not given as credit (WAL1, WAL4).
    `promotional_held_minor` is what of the credit is kept aside.
    """

    id = IdField(primary_key=True)
    kind = NameField(AccountKind)
    organization: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="wallets", on_delete=fields.RESTRICT, null=True
    )
    organization_id: UUID | None
    currency = NameField(Currency)
    balance_minor = Amount(default=0)
    held_minor = Amount(default=0)
    promotional_minor = Amount(default=0)
    promotional_held_minor = Amount(default=0)
    entry_count = fields.BigIntField(default=0)
    # Whether it is in the currency of the organization's future invoices (WAL1, ORG5).
    is_current = fields.BooleanField(default=False)
    # WAL7: none while null. Both are asked after each movement.
    low_balance_minor = Amount(null=True)
    low_balance_told_at = Instant(null=True)
    created_at = Instant()

    class Meta:
        table = "ledger_accounts"
        indexes = (("low_balance_minor",),)
        constraints = (
            CheckConstraint(
                check="(kind = 'WALLET' AND organization_id IS NOT NULL) "
                "OR (kind <> 'WALLET' AND organization_id IS NULL AND balance_minor = 0)",
                name="ledger_accounts_wallets_have_owners",
            ),
            CheckConstraint(
                check="balance_minor >= 0 AND held_minor >= 0 AND promotional_minor >= 0 "
                "AND held_minor <= balance_minor AND promotional_minor <= balance_minor",
                name="ledger_accounts_never_negative",
            ),
            # What is kept aside for a withdrawal is money that came from outside, and stays there (WAL4).
            CheckConstraint(
                check="promotional_held_minor >= 0 AND promotional_held_minor <= promotional_minor "
                "AND promotional_held_minor <= held_minor "
                "AND held_minor - promotional_held_minor <= balance_minor - promotional_minor",
                name="ledger_accounts_credit_kept_aside",
            ),
            UniqueConstraint(
                fields=("organization_id", "currency"),
                name="ledger_accounts_one_wallet_per_currency",
                condition="kind = 'WALLET'",
            ),
            UniqueConstraint(
                fields=("kind", "currency"), name="ledger_accounts_one_of_ours", condition="kind <> 'WALLET'"
            ),
            UniqueConstraint(
                fields=("organization_id",), name="ledger_accounts_one_current_wallet", condition="is_current"
            ),
            UniqueConstraint(fields=("organization_id", "id"), name="ledger_accounts_key_in_organization"),
        )


class LedgerTransfer(Model):
    """One movement: `amount_minor` from the debited to the credited account, and why. Immutable."""

    id = IdField(primary_key=True)
    debit: fields.ForeignKeyRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="debits", on_delete=fields.RESTRICT
    )
    debit_id: UUID
    credit: fields.ForeignKeyRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="credits", on_delete=fields.RESTRICT
    )
    credit_id: UUID
    currency = NameField(Currency)
    amount_minor = Amount()
    # How much of it is promotional credit; on the wallet's side only (WAL4).
    promotional_minor = Amount(default=0)
    cause = NameField(TransferCause)
    # The public id of what caused it: a payment, an invoice, a withdrawal.
    reference = fields.CharField(max_length=60)
    debit_entry_id = IdField()
    credit_entry_id = IdField()
    created_at = Instant()

    class Meta:
        table = "ledger_transfers"
        indexes = (("debit_id",), ("credit_id",), ("reference",))
        constraints = (
            CheckConstraint(check="amount_minor > 0", name="ledger_transfers_positive"),
            CheckConstraint(
                check="promotional_minor >= 0 AND promotional_minor <= amount_minor",
                name="ledger_transfers_promotional_part",
            ),
            CheckConstraint(check="debit_id <> credit_id", name="ledger_transfers_two_accounts"),
        )


class LedgerEntry(Model):
    """A line of a wallet's statement: what a transfer did to it, and the balance after it. Written by the database."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="wallet_entries", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    account: fields.ForeignKeyRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="entries", on_delete=fields.RESTRICT
    )
    account_id: UUID
    transfer: fields.ForeignKeyRelation[LedgerTransfer] = fields.ForeignKeyField(
        "models.LedgerTransfer", related_name="entries", on_delete=fields.RESTRICT
    )
    transfer_id: UUID
    position = fields.BigIntField()
    currency = NameField(Currency)
    amount_minor = Amount()
    promotional_minor = Amount()
    balance_after_minor = Amount()
    cause = NameField(TransferCause)
    reference = fields.CharField(max_length=60)
    created_at = Instant()

    class Meta:
        table = "ledger_entries"
        indexes = (("transfer_id",),)
        constraints = (
            UniqueConstraint(fields=("account_id", "position"), name="ledger_entries_position_once"),
            CheckConstraint(check="balance_after_minor >= 0", name="ledger_entries_never_negative"),
        )


class Hold(Model):
    """Money of a wallet that is kept aside until a payment or withdrawal is certain; part of its balance meanwhile."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="holds", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    account: fields.ForeignKeyRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="holds", on_delete=fields.RESTRICT
    )
    account_id: UUID
    amount_minor = Amount()
    # How much of the hold is promotional credit; nothing of it for a withdrawal.
    promotional_minor = Amount(default=0)
    state = NameField(HoldState)
    reference = fields.CharField(max_length=60)
    created_at = Instant()
    settled_at = Instant(null=True)

    class Meta:
        table = "holds"
        indexes = (("account_id", "state"),)
        constraints = (
            CheckConstraint(
                check="amount_minor > 0 AND promotional_minor >= 0 AND promotional_minor <= amount_minor",
                name="holds_amounts",
            ),
            UniqueConstraint(fields=("reference",), name="holds_one_per_reference"),
        )
