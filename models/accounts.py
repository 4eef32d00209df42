"""People who log in, their sessions, the one-time links sent to them, and the throttle."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.fields import IdField, Instant, NameField, SortedText
from rules.locales import Locale


class User(Model):
    """A person with a login (USR). A closed account keeps its row for the books; its login is free again (USR14)."""

    id = IdField(primary_key=True)
    login = fields.CharField(max_length=254)
    # The canonical form that is compared and unique; a closed account holds "closed:<id>" here.
    login_key = SortedText(max_length=320, unique=True)
    password_hash = fields.CharField(max_length=200)
    first_name = fields.CharField(max_length=100)
    last_name = fields.CharField(max_length=100)
    name = fields.CharField(max_length=201)
    name_sort = SortedText(max_length=420)
    locale = NameField(Locale)
    recovery_email = fields.CharField(max_length=254, null=True)
    recovery_key = SortedText(max_length=320, null=True)
    # Works for the provider; switched by the command line only (STA1).
    is_staff = fields.BooleanField(default=False)
    created_at = Instant()
    closed_at = Instant(null=True)

    class Meta:
        table = "users"


class Session(Model):
    """A log-in on one application; its secret is stored as a hash only (USR9)."""

    id = IdField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=fields.RESTRICT
    )
    user_id: UUID
    secret_hash = fields.CharField(max_length=64, unique=True)
    application = fields.CharField(max_length=100)
    user_agent = fields.CharField(max_length=300)
    address = fields.CharField(max_length=64)
    created_at = Instant()
    last_used_at = Instant()
    expires_at = Instant()
    proved_at = Instant()
    # When this session proved the second factor; never for a session that was opened without one (USR12).
    second_factor_at = Instant(null=True)
    ended_at = Instant(null=True)

    class Meta:
        table = "sessions"
        indexes = (("user_id", "created_at"),)


class ConfirmationKind(StrEnum):
    """What opening and confirming a link does."""

    SIGN_UP = "SIGN_UP"
    LOGIN_CHANGE = "LOGIN_CHANGE"
    RECOVERY_EMAIL = "RECOVERY_EMAIL"
    PASSWORD_RESET = "PASSWORD_RESET"


class ConfirmationOutcome(StrEnum):
    """How a link came to its end."""

    CONFIRMED = "CONFIRMED"
    WITHDRAWN = "WITHDRAWN"
    REPLACED = "REPLACED"


class Confirmation(Model):
    """A one-time link that went to an address, and what it will do; its secret is stored as a hash only (USR3)."""

    id = IdField(primary_key=True)
    kind = NameField(ConfirmationKind)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="confirmations", on_delete=fields.RESTRICT, null=True
    )
    user_id: UUID | None
    secret_hash = fields.CharField(max_length=64, unique=True)
    address = fields.CharField(max_length=254)
    address_key = SortedText(max_length=320)
    # The login, or the password hash's own hash, that must still be in force when the link is confirmed.
    bound_to = fields.CharField(max_length=320)
    details = fields.TextField()
    created_at = Instant()
    expires_at = Instant()
    settled_at = Instant(null=True)
    outcome = NameField(ConfirmationOutcome, null=True)

    class Meta:
        table = "confirmations"
        indexes = (("address_key", "created_at"),)
        constraints = (
            UniqueConstraint(
                fields=("user_id", "kind"), name="confirmations_one_open_per_user", condition="settled_at IS NULL"
            ),
        )


class ThrottleCounter(Model):
    """Attempts counted within one window, shared by all processes; the key is a hash, never an address."""

    id = IdField(primary_key=True)
    key = fields.CharField(max_length=64, unique=True)
    window_ends_at = Instant()
    attempts = fields.IntField()

    class Meta:
        table = "throttle_counters"
