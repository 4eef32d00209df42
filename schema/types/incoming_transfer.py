"""The incoming transfer as the provider's own people see it."""

from datetime import date, datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Node, column, fact, lookup, table, value
from permissions.held import SEEN_BY_STAFF
from rules.identifiers import Prefix
from rules.money import Currency
from schema.types.money import Money


@strawberry.input(description="Which incoming transfers to list.")
class IncomingTransferFilter:
    """Lookups of a list of incoming transfers."""

    unmatched_only: bool | None = lookup(
        "settled_at__isnull", "True for those that wait to be assigned, false for all others."
    )
    currency: list[Currency] | None = lookup("currency__in", "Only transfers in these currencies.")


@strawberry.enum(description="Orders of a list of incoming transfers.")
class IncomingTransferOrder(Enum):
    """Orders of a list of incoming transfers."""

    NEWEST = strawberry.enum_value("-received_at", description="The last imported first.")
    OLDEST = strawberry.enum_value("received_at", description="The first imported first.")


@table(models.IncomingTransfer, prefix=Prefix.INCOMING_TRANSFER, owner=None, seen=SEEN_BY_STAFF)
class IncomingTransfer(Node):
    """Money that arrived at the bank, as an entry of a statement says."""

    bank_reference: str = column("Reference of the entry at the bank, after the account.")
    amount: Money = value("Amount of the transfer.", amount_minor="amount_minor", currency="currency")
    payment_reference: str = column("Reference that the payer gave; empty where there is none.")
    payer_name: str = column("Name of the payer, as the bank says; may be empty.")
    payer_iban: str = column("IBAN of the payer, as the bank says; may be empty.")
    message: str = column(
        "Message of the payer; may be empty. Of a payment of ours that came back: its reference, and why it came back."
    )
    booked_on: date = column("Day on which the bank booked it.")
    is_unmatched: bool = fact("Whether it waits to be assigned.", Q(matched=""))
    matched: str = column("Id of the payment or wallet that it became; empty while it waits.")
    received_at: datetime = column("Instant at which it was imported.")
    settled_at: datetime | None = column("Instant at which it was matched or assigned; null while it waits.")
