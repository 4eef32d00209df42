"""The payout file as the provider's own people see it."""

from datetime import datetime
from enum import Enum

import strawberry

import models
from execution.declare import Node, column, table, value
from permissions.held import SEEN_BY_STAFF
from rules.identifiers import Prefix
from rules.money import Currency
from rules.states import WithdrawalTarget
from schema.types.money import Money


@strawberry.enum(description="Orders of a list of payout files.")
class PayoutFileOrder(Enum):
    """Orders of a list of payout files."""

    NEWEST = strawberry.enum_value("-created_at", description="The latest first.")
    OLDEST = strawberry.enum_value("created_at", description="The first first.")


@table(models.PayoutFile, prefix=Prefix.PAYOUT_FILE, owner=None, seen=SEEN_BY_STAFF)
class PayoutFile(Node):
    """Withdrawals that were handed over together, to the bank or to PayPal. What it says is had at the terminal."""

    target: WithdrawalTarget = column("Kind of accounts that its payments go to.")
    currency: Currency = column("Currency of its payments.")
    message_reference: str = column("Reference of the file at the bank.")
    withdrawal_count: int = column("Number of its payments.")
    total: Money = value("Sum of its payments.", amount_minor="total_minor", currency="currency")
    created_at: datetime = column("Instant at which it was made.")
