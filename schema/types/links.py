"""How types refer to each other without importing each other: real classes for mypy, lazy ones at run time."""

from typing import TYPE_CHECKING, Any

from strawberry.types.lazy_type import LazyType

__all__ = [
    "AutomaticTopUp",
    "Charge",
    "Confirmation",
    "DueItem",
    "IncomingTransfer",
    "Invitation",
    "InvitationGrant",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "Mailbox",
    "Membership",
    "Organization",
    "Payment",
    "PaymentAllocation",
    "PaymentMethod",
    "PayoutFile",
    "Product",
    "ProductGrant",
    "RecoveryCode",
    "SecondFactor",
    "Session",
    "User",
    "Viewer",
    "Wallet",
    "WalletEntry",
    "Withdrawal",
]

if TYPE_CHECKING:
    from schema.types.charge import Charge
    from schema.types.confirmation import Confirmation
    from schema.types.due_item import DueItem
    from schema.types.incoming_transfer import IncomingTransfer
    from schema.types.invitation import Invitation, InvitationGrant
    from schema.types.invoice import Invoice, InvoiceLine, InvoiceTax
    from schema.types.mailbox import Mailbox
    from schema.types.membership import Membership
    from schema.types.organization import Organization
    from schema.types.payment import Payment, PaymentAllocation
    from schema.types.payment_method import PaymentMethod
    from schema.types.payout_file import PayoutFile
    from schema.types.product import Product
    from schema.types.product_grant import ProductGrant
    from schema.types.second_factor import RecoveryCode, SecondFactor
    from schema.types.session import Session
    from schema.types.user import User
    from schema.types.viewer import Viewer
    from schema.types.wallet import AutomaticTopUp, Wallet, WalletEntry
    from schema.types.withdrawal import Withdrawal
else:

    def _link(name: str, module: str) -> Any:
        return LazyType(name, f"schema.types.{module}")

    Charge = _link("Charge", "charge")
    Confirmation = _link("Confirmation", "confirmation")
    DueItem = _link("DueItem", "due_item")
    IncomingTransfer = _link("IncomingTransfer", "incoming_transfer")
    Invitation = _link("Invitation", "invitation")
    InvitationGrant = _link("InvitationGrant", "invitation")
    Invoice = _link("Invoice", "invoice")
    InvoiceLine = _link("InvoiceLine", "invoice")
    InvoiceTax = _link("InvoiceTax", "invoice")
    Mailbox = _link("Mailbox", "mailbox")
    Membership = _link("Membership", "membership")
    Organization = _link("Organization", "organization")
    Payment = _link("Payment", "payment")
    PaymentAllocation = _link("PaymentAllocation", "payment")
    PaymentMethod = _link("PaymentMethod", "payment_method")
    PayoutFile = _link("PayoutFile", "payout_file")
    Product = _link("Product", "product")
    ProductGrant = _link("ProductGrant", "product_grant")
    RecoveryCode = _link("RecoveryCode", "second_factor")
    SecondFactor = _link("SecondFactor", "second_factor")
    Session = _link("Session", "session")
    User = _link("User", "user")
    Viewer = _link("Viewer", "viewer")
    Wallet = _link("Wallet", "wallet")
    AutomaticTopUp = _link("AutomaticTopUp", "wallet")
    WalletEntry = _link("WalletEntry", "wallet")
    Withdrawal = _link("Withdrawal", "withdrawal")
