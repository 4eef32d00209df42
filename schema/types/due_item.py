"""What is to be paid as clients see it: invoices and charges in one list, and what they come to together."""

from datetime import date, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Given, Node, column, computed, fetched, lookup, one, table
from execution.guards import visible
from execution.scalars import BigInt
from execution.tables import read_id, table_of
from permissions.guards import IsMember, MayViewBilling
from permissions.held import STANDINGS
from resolvers.due_items import due_totals as find_due_totals
from rules.charges import charge_vat_rate, total_alone_minor
from rules.identifiers import Prefix
from rules.money import Currency
from rules.organizations import OrganizationKind, VatStatus
from rules.states import ChargeKind, DueItemKind
from schema.context import Context
from schema.types import links
from schema.types.money import Money
from schema.types.viewer_can import DueItemViewerCan, on_due_item


def _last_day(context: Context) -> date:
    return context.now.date() + timedelta(days=context.caller.policy.due_ahead_days)


LAST_DAY_AHEAD = Given(name="the last day that is due soon", memory=_last_day)


@strawberry.input(description="Which due items to list.")
class DueItemFilter:
    """Lookups of a list of what is to be paid."""

    kind: list[DueItemKind] | None = lookup("kind__in", "Only due items of these kinds.")
    currency: list[Currency] | None = lookup("currency__in", "Only due items in these currencies.")
    due_before: date | None = lookup("due_on__lt", "Only what is due before this day.")
    is_being_paid: bool | None = lookup("is_being_paid", "Only what a payment is under way for, or only the others.")


@strawberry.enum(description="Orders of a list of due items.")
class DueItemOrder(Enum):
    """Orders of a list of what is to be paid."""

    DUE_FIRST = strawberry.enum_value("due_on", description="What is due first, first.")
    DUE_LAST = strawberry.enum_value("-due_on", description="What is due last, first.")


def _amount(
    _context: Context,
    amount_minor: int,
    currency: Currency,
    charge_kind: ChargeKind | None,
    period_start: date | None,
    country: str,
    payer_kind: OrganizationKind,
    vat_status: VatStatus | None,
) -> Money:
    """The total of an invoice, or what a charge comes to with the VAT that its payer bears today."""
    if charge_kind is not None and period_start is not None:
        rate = charge_vat_rate(charge_kind, country, payer_kind, vat_status, on=period_start)
        amount_minor = total_alone_minor(amount_minor, rate)
    return Money(amount_minor=BigInt(amount_minor), currency=currency)


@table(models.DueItem, prefix=Prefix.DUE_ITEM, owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class DueItem(Node):
    """Something to be paid: an open invoice, or a charge that stands on no invoice yet. Any of them can be mixed."""

    kind: DueItemKind = column("Kind of the due item.")
    description: str = column("What is to be paid: the number of the invoice, the words of the charge.")
    due_on: date = column("Day by which it is to be paid; of a charge, the day on which it was recorded.")
    amount: Money = computed(
        "Amount to be paid, VAT included. VAT is rounded once on an invoice: what several charges come to together is "
        "told by Organization.dueTotals.",
        by=_amount,
        needs=(
            "amount_minor",
            "currency",
            "charge_kind",
            "period_start",
            "payer_country",
            "payer_kind",
            "payer_vat_status",
        ),
    )
    is_due: bool = column("Whether it is still to be paid.")
    is_being_paid: bool = column("Whether a payment is under way that may still pay it.")
    organization: links.Organization | None = one("Organization that it is about.")
    billed_to: links.Organization | None = one("Organization that pays it.")
    invoice: links.Invoice | None = one("Invoice that is to be paid; null for a charge.", who=MayViewBilling())
    charge: links.Charge | None = one("Charge that is to be paid; null for an invoice.", who=MayViewBilling())
    product: links.Product | None = one("Product that is charged, where there is one that you may see.")
    viewer_can: DueItemViewerCan = computed(
        "What you may do with it now.",
        by=on_due_item,
        needs=("billed_to_id", "invoice_id", "charge_id", "is_due", "is_being_paid", STANDINGS),
    )


@strawberry.type(description="What due items of one currency come to when they are paid together.")
class DueTotal:
    """The amount that payDueItems expects."""

    count: int = strawberry.field(description="Number of the due items.")
    amount: Money = strawberry.field(
        description="Amount to be paid, VAT included, rounded as it will be on the one invoice of all charges."
    )


def _chosen(given: dict[str, Any]) -> tuple[UUID, ...] | None:
    """The due items that are named; None where all that can be paid now are meant."""
    ids = given.get("due_item_ids")
    return None if ids is None or ids is strawberry.UNSET else tuple(read_id(each, models.DueItem) for each in ids)


async def _due_totals(
    context: Context, keys: list[UUID], chosen: tuple[UUID, ...] | None
) -> dict[UUID, list[DueTotal]]:
    found = await find_due_totals(Q(*visible(table_of(models.DueItem), context)), keys, chosen)
    return {
        key: [
            DueTotal(count=each.count, amount=Money(amount_minor=BigInt(each.amount_minor), currency=each.currency))
            for each in totals
        ]
        for key, totals in found.items()
    }


due_totals = fetched(
    "What due items come to when they are paid together, currency by currency.",
    by=_due_totals,
    read=_chosen,
    arguments={
        "due_item_ids": (
            list[strawberry.ID] | None,
            "Due items to add up; left out: all that can be paid now. Unknown ones are ignored.",
            strawberry.UNSET,
        )
    },
    who=MayViewBilling(),
)
