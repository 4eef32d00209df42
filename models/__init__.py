"""What is stored: tables with their constraints and indexes, and no business verbs."""

from models.accounts import Confirmation, ConfirmationKind, ConfirmationOutcome, Session, ThrottleCounter, User
from models.memberships import Invitation, InvitationGrant, InvitationState, Membership, ProductGrant
from models.organizations import Organization
from models.products import Mailbox, Product
from models.records import AuditEntry, Event, IdempotencyRecord, OutboxMail

__all__ = [
    "AuditEntry",
    "Confirmation",
    "ConfirmationKind",
    "ConfirmationOutcome",
    "Event",
    "IdempotencyRecord",
    "Invitation",
    "InvitationGrant",
    "InvitationState",
    "Mailbox",
    "Membership",
    "Organization",
    "OutboxMail",
    "Product",
    "ProductGrant",
    "Session",
    "ThrottleCounter",
    "User",
]
__models__ = [
    AuditEntry,
    Confirmation,
    Event,
    IdempotencyRecord,
    Invitation,
    InvitationGrant,
    Mailbox,
    Membership,
    Organization,
    OutboxMail,
    Product,
    ProductGrant,
    Session,
    ThrottleCounter,
    User,
]
