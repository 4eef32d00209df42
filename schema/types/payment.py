"""The payment as clients see it."""

from datetime import datetime

import models
from execution.declare import Connection, Node, column, one, pages, table, value
from permissions.guards import IsMember, MayViewBilling
from rules.identifiers import Prefix
from rules.states import PaymentMethodKind, PaymentPurpose, PaymentState
from schema.types import links
from schema.types.money import Money


@table(models.Payment, prefix=Prefix.PAYMENT, owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class Payment(Node):
    """One payment, of one invoice or of several together."""

    purpose: PaymentPurpose = column("What the payment is for.")
    state: PaymentState = column("State of the payment.")
    amount: Money = value("Amount of the payment.", amount_minor="amount_minor", currency="currency")
    from_wallet: Money = value(
        "What of the amount comes from the wallet.", amount_minor="wallet_minor", currency="currency"
    )
    method_kind: PaymentMethodKind = column("How the payment is made, or what of it does not come from the wallet.")
    billed_to: links.Organization | None = one("Organization that pays.")
    wallet: links.Wallet | None = one("Wallet that pays, where one does.", who=MayViewBilling())
    allocations: Connection[links.PaymentAllocation] | None = pages(
        "What the payment pays.", order="created_at", who=MayViewBilling()
    )
    created_at: datetime = column("Instant at which the payment was begun.")
    settled_at: datetime | None = column("Instant at which its outcome was certain; null while it is not.")


@table(
    models.PaymentAllocation,
    prefix=Prefix.PAYMENT_ALLOCATION,
    owner="billed_to_id",
    seen=IsMember.allows,
    who=MayViewBilling(),
)
class PaymentAllocation(Node):
    """What of a payment is for which invoice."""

    payment: links.Payment | None = one("Payment that pays.", who=MayViewBilling())
    invoice: links.Invoice | None = one("Invoice that is paid.", who=MayViewBilling())
    amount: Money = value("Amount of it.", amount_minor="amount_minor", currency="currency")
    is_live: bool = column("Whether it still counts: its payment has neither failed nor been taken back.")
    created_at: datetime = column("Instant at which the payment was begun.")
