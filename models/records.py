"""What is written beside every change, in its transaction: events, the audit log, mails to send, remembered keys."""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.accounts import Session, User
from models.fields import IdField, Instant, NameField
from models.organizations import Organization
from rules.locales import Locale


class Event(Model):
    """Something that happened in an organization; positions come from its own counter, without gaps (RES6)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="events", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    position = fields.BigIntField()
    kind = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=60)
    actor: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="events", on_delete=fields.RESTRICT, null=True
    )
    actor_id: UUID | None
    data = fields.TextField()
    occurred_at = Instant()

    class Meta:
        table = "events"
        constraints = (UniqueConstraint(fields=("organization_id", "position"), name="events_position_once"),)


class AuditEntry(Model):
    """Who did what to what, through which session, by which request, and when (RES8).

    Never a password, a secret or a link. Without a request it happened by itself; the idempotency key is the caller's.
    """

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="audit_entries", on_delete=fields.RESTRICT, null=True
    )
    organization_id: UUID | None
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="audit_entries", on_delete=fields.RESTRICT, null=True
    )
    user_id: UUID | None
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="audit_entries", on_delete=fields.RESTRICT, null=True
    )
    session_id: UUID | None
    action = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=60)
    data = fields.TextField()
    address = fields.CharField(max_length=64)
    request_id = fields.CharField(max_length=32, null=True)
    idempotency_key = fields.CharField(max_length=255, null=True)
    occurred_at = Instant()

    class Meta:
        table = "audit_entries"
        indexes = (("organization_id", "occurred_at"), ("user_id", "occurred_at"))


class OutboxMail(Model):
    """A mail that will be sent, at least once, because its transaction committed (MSG2).

    `details` may hold a link's secret; it is emptied as soon as the mail is sent.
    """

    id = IdField(primary_key=True)
    kind = fields.CharField(max_length=60)
    recipient = fields.CharField(max_length=254)
    locale = NameField(Locale)
    details = fields.TextField()
    created_at = Instant()
    due_at = Instant()
    leased_until = Instant(null=True)
    attempts = fields.IntField(default=0)
    sent_at = Instant(null=True)
    failed_at = Instant(null=True)

    class Meta:
        table = "outbox_mails"
        indexes = (("sent_at", "due_at"),)


class IdempotencyRecord(Model):
    """A key that a mutation succeeded under: what it was asked (as a hash) and what it made, by reference."""

    id = IdField(primary_key=True)
    scope = fields.CharField(max_length=64)
    mutation = fields.CharField(max_length=60)
    key = fields.CharField(max_length=255)
    fingerprint = fields.CharField(max_length=64)
    reference = fields.CharField(max_length=60)
    created_at = Instant()

    class Meta:
        table = "idempotency_records"
        indexes = (("created_at",),)
        constraints = (UniqueConstraint(fields=("scope", "mutation", "key"), name="idempotency_records_key_once"),)
