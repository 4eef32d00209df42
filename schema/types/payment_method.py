"""The stored payment method as clients see it."""

from datetime import date, datetime

import models
from execution.declare import Node, column, computed, one, table
from permissions.guards import IsMember, MayViewBilling
from permissions.held import STANDINGS
from rules.identifiers import Prefix
from rules.states import PaymentMethodKind, PaymentMethodState
from schema.types import links
from schema.types.viewer_can import PaymentMethodViewerCan, on_payment_method


@table(models.PaymentMethod, prefix=Prefix.PAYMENT_METHOD, seen=IsMember.allows, who=MayViewBilling())
class PaymentMethod(Node):
    """A way to pay that the payment provider keeps for an organization. Card numbers are never known here."""

    organization: links.Organization | None = one("Organization that pays by the method.")
    kind: PaymentMethodKind = column("Kind of the payment method.")
    state: PaymentMethodState = column("State of the payment method.")
    label: str = column("What people recognise the method by, such as the last digits; empty while it is pending.")
    expires_on: date | None = column("Last day on which the method can pay; null where there is none.")
    is_default: bool = column("Whether the method is used where none is named.")
    created_at: datetime = column("Instant at which the method was added.")
    viewer_can: PaymentMethodViewerCan = computed(
        "What you may do with the method now.", by=on_payment_method, needs=("organization_id", STANDINGS)
    )
