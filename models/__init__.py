"""What is stored: tables with their constraints and indexes, and no business verbs."""

from models.accounts import Confirmation, ConfirmationKind, ConfirmationOutcome, Session, ThrottleCounter, User
from models.due_items import DueItem
from models.invoices import Charge, Invoice, InvoiceLine, InvoiceSeries, InvoiceTax
from models.ledger import Hold, LedgerAccount, LedgerEntry, LedgerTransfer
from models.memberships import Invitation, InvitationGrant, InvitationState, Membership, ProductGrant
from models.organizations import Organization
from models.payments import (
    AutomaticTopUp,
    IncomingTransfer,
    Payment,
    PaymentAllocation,
    PaymentMethod,
    ProviderEvent,
)
from models.products import Mailbox, Product
from models.records import AuditEntry, Event, IdempotencyRecord, OutboxMail
from models.second_factors import RecoveryCode, SecondFactor
from models.withdrawals import PayoutFile, Withdrawal

__all__ = [
    "AuditEntry",
    "AutomaticTopUp",
    "Charge",
    "Confirmation",
    "ConfirmationKind",
    "ConfirmationOutcome",
    "DueItem",
    "Event",
    "Hold",
    "IdempotencyRecord",
    "IncomingTransfer",
    "Invitation",
    "InvitationGrant",
    "InvitationState",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "InvoiceTax",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransfer",
    "Mailbox",
    "Membership",
    "Organization",
    "OutboxMail",
    "Payment",
    "PaymentAllocation",
    "PaymentMethod",
    "PayoutFile",
    "Product",
    "ProductGrant",
    "ProviderEvent",
    "RecoveryCode",
    "SecondFactor",
    "Session",
    "ThrottleCounter",
    "User",
    "Withdrawal",
]
__models__ = [
    AuditEntry,
    AutomaticTopUp,
    Charge,
    Confirmation,
    DueItem,
    Event,
    Hold,
    IdempotencyRecord,
    IncomingTransfer,
    Invitation,
    InvitationGrant,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceTax,
    LedgerAccount,
    LedgerEntry,
    LedgerTransfer,
    Mailbox,
    Membership,
    Organization,
    OutboxMail,
    Payment,
    PaymentAllocation,
    PaymentMethod,
    PayoutFile,
    Product,
    ProductGrant,
    ProviderEvent,
    RecoveryCode,
    SecondFactor,
    Session,
    ThrottleCounter,
    User,
    Withdrawal,
]
