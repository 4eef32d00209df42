"""The withdrawal as clients see it."""

from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Node, column, computed, lookup, one, table, value
from permissions.guards import IsMember, MayViewBilling, MayViewWithdrawals
from permissions.held import NAMES, SEEN_BY_STAFF, STANDINGS
from permissions.standings import Standings
from rules.identifiers import Prefix
from rules.money import Currency
from rules.states import WithdrawalState, WithdrawalTarget
from schema.context import Context
from schema.types import links
from schema.types.money import Money
from schema.types.named_organization import NamedOrganization
from schema.types.viewer_can import WithdrawalViewerCan, on_withdrawal


@strawberry.input(description="Which withdrawals to list.")
class WithdrawalFilter:
    """Lookups of a list of withdrawals."""

    state: list[WithdrawalState] | None = lookup("state__in", "Only withdrawals in these states.")
    target: list[WithdrawalTarget] | None = lookup("target__in", "Only withdrawals to such accounts.")
    currency: list[Currency] | None = lookup("currency__in", "Only withdrawals in these currencies.")
    reference: str | None = lookup("end_to_end_reference", "Only the withdrawal whose payment carries this reference.")
    payout_file: strawberry.ID | None = lookup(
        "payout_file_id", "Only withdrawals that were handed over in this file, whose id the provider's people know."
    )


@strawberry.enum(description="Orders of a list of withdrawals.")
class WithdrawalOrder(Enum):
    """Orders of a list of withdrawals."""

    NEWEST = strawberry.enum_value("-requested_at", description="The last requested first.")
    OLDEST = strawberry.enum_value("requested_at", description="The first requested first.")


def _owner(_context: Context, organization_id: UUID, standings: Standings) -> NamedOrganization | None:
    named = standings.named(organization_id)
    return NamedOrganization.of(named) if named else None


@table(
    models.Withdrawal,
    prefix=Prefix.WITHDRAWAL,
    seen=Q(IsMember.allows, SEEN_BY_STAFF, join_type=Q.OR),
    who=MayViewWithdrawals(),
)
class Withdrawal(Node):
    """Money on its way from a wallet to a bank account or PayPal account of its owner."""

    organization: links.Organization | None = one("Organization that withdraws, where you belong to it.")
    owner: NamedOrganization | None = computed(
        "Organization that withdraws, by its name: for the provider's own people as well, who belong to none.",
        by=_owner,
        needs=("organization_id", NAMES),
    )
    wallet: links.Wallet | None = one("Wallet that the money is from.", over="account", who=MayViewBilling())
    state: WithdrawalState = column("State of the withdrawal.")
    amount: Money = value("Amount of the withdrawal.", amount_minor="amount_minor", currency="currency")
    target: WithdrawalTarget = column("Kind of account that it goes to.")
    destination_shown: str = column("Account that it goes to, in part: enough to know it again.")
    holder: str = column("Holder of the bank account; empty for PayPal.")
    reference: str = column("Reference that the payment carries.", of="end_to_end_reference")
    failure_reason: str | None = column("Why it did not arrive; null where it has not failed.")
    requested_at: datetime = column("Instant of the request.")
    handed_over_at: datetime | None = column("Instant at which it was handed over; null while it was not.")
    settled_at: datetime | None = column("Instant at which it was paid, failed or was cancelled; null before.")
    viewer_can: WithdrawalViewerCan = computed(
        "What you may do with the withdrawal now.",
        by=on_withdrawal,
        needs=("id", "organization_id", "state", STANDINGS),
    )
