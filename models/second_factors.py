"""The second factor of whoever has one: an authenticator, and codes that stand in for it (USR12)."""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.accounts import User
from models.fields import IdField, Instant


class SecondFactor(Model):
    """A user's authenticator: its shared secret, encrypted, and the last step that was used (USR12)."""

    id = IdField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="second_factor", on_delete=fields.RESTRICT
    )
    user_id: UUID
    secret_encrypted = fields.CharField(max_length=300)
    # The 30-second step of the last code that was taken: none is taken twice.
    last_step = fields.BigIntField(default=0)
    created_at = Instant()
    confirmed_at = Instant(null=True)

    class Meta:
        table = "second_factors"


class RecoveryCode(Model):
    """A code that stands in for the authenticator once; stored as a hash only."""

    id = IdField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="recovery_codes", on_delete=fields.RESTRICT
    )
    user_id: UUID
    code_hash = fields.CharField(max_length=64)
    created_at = Instant()
    used_at = Instant(null=True)

    class Meta:
        table = "recovery_codes"
        constraints = (UniqueConstraint(fields=("user_id", "code_hash"), name="recovery_codes_once"),)
