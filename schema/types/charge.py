"""The charge as clients see it."""

from datetime import date, datetime
from enum import Enum

import strawberry

import models
from execution.declare import Node, column, lookup, one, table, value
from execution.scalars import BigInt
from permissions.guards import IsMember, MayViewBilling
from rules.identifiers import Prefix
from rules.states import ChargeKind, ChargeState
from schema.types import links
from schema.types.money import Money


@strawberry.input(description="Which charges to list.")
class ChargeFilter:
    """Lookups of a list of charges."""

    state: list[ChargeState] | None = lookup("state__in", "Only charges in these states.")
    kind: list[ChargeKind] | None = lookup("kind__in", "Only charges of these kinds.")
    created_from: datetime | None = lookup("created_at__gte", "Only charges recorded at this instant or later.")
    created_before: datetime | None = lookup("created_at__lt", "Only charges recorded before this instant.")


@strawberry.enum(description="Orders of a list of charges.")
class ChargeOrder(Enum):
    """Orders of a list of charges."""

    NEWEST = strawberry.enum_value("-created_at", description="Those recorded last, first.")
    OLDEST = strawberry.enum_value("created_at", description="Those recorded first, first.")


@table(models.Charge, prefix=Prefix.CHARGE, owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class Charge(Node):
    """A fee, or what was used beyond the plan, of one product. It is due at once, whatever becomes of the product."""

    kind: ChargeKind = column("Kind of the charge.")
    state: ChargeState = column("State of the charge.")
    description: str = column("What is charged.")
    organization: links.Organization | None = one("Organization that the charge is about.")
    billed_to: links.Organization | None = one("Organization that pays the charge and sees it.")
    product: links.Product | None = one("Product that is charged, where there is one that you may see.")
    period_start: date = column("First day of the charged period.")
    period_end: date = column("Day after the last of the charged period.")
    quantity: BigInt = column("How many.")
    unit_net: Money = value("Net price of one.", amount_minor="unit_net_minor", currency="currency")
    net: Money = value("Net amount of the charge.", amount_minor="net_minor", currency="currency")
    line: links.InvoiceLine | None = one(
        "Line of the invoice that the charge stands on; null while it stands on none.",
        over="invoice_lines",
        order="id",
        who=MayViewBilling(),
    )
    created_at: datetime = column("Instant at which the charge was recorded.")
    settled_at: datetime | None = column("Instant at which the charge was paid; null while it is not.")
