"""The wallet as clients see it."""

from datetime import datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Connection, Node, column, lookup, one, pages, table, value
from execution.scalars import BigInt
from permissions.guards import IsMember, MayViewBilling
from rules.identifiers import Prefix
from rules.money import Currency
from rules.states import AccountKind, TransferCause
from schema.types import links
from schema.types.money import Money


@strawberry.input(description="Which lines of a wallet's statement to list.")
class WalletEntryFilter:
    """Lookups of a statement."""

    cause: list[TransferCause] | None = lookup("cause__in", "Only lines with these causes.")
    created_from: datetime | None = lookup("created_at__gte", "Only lines of this instant or later.")
    created_before: datetime | None = lookup("created_at__lt", "Only lines before this instant.")


@strawberry.enum(description="Orders of a wallet's statement.")
class WalletEntryOrder(Enum):
    """Orders of a wallet's statement."""

    NEWEST = strawberry.enum_value("-position", description="The latest line first.")
    OLDEST = strawberry.enum_value("position", description="The first line first.")


@table(
    models.LedgerAccount,
    prefix=Prefix.WALLET,
    seen=Q(IsMember.allows, Q(kind=AccountKind.WALLET)),
    who=MayViewBilling(),
    name="Wallet",
)
class Wallet(Node):
    """Money that an organization keeps in reserve, in one currency. It pays invoices."""

    organization: links.Organization | None = one("Organization that owns the wallet.")
    currency: Currency = column("Currency of the wallet.")
    balance: Money = value(
        "Everything in the wallet, what is kept aside included.", amount_minor="balance_minor", currency="currency"
    )
    held: Money = value(
        "What of the balance is kept aside for payments and withdrawals under way.",
        amount_minor="held_minor",
        currency="currency",
    )
    promotional: Money = value(
        "What of the balance was given as credit: it is spent first and cannot be withdrawn.",
        amount_minor="promotional_minor",
        currency="currency",
    )
    entries: Connection[links.WalletEntry] | None = pages(
        "Statement of the wallet, the latest line first; each line shows the balance after it.",
        order="-position",
        filter=WalletEntryFilter,
        order_by=WalletEntryOrder,
        who=MayViewBilling(),
    )
    created_at: datetime = column("Instant at which the wallet was opened.")


@table(models.LedgerEntry, prefix=Prefix.WALLET_ENTRY, seen=IsMember.allows, who=MayViewBilling(), name="WalletEntry")
class WalletEntry(Node):
    """A line of a wallet's statement. It never changes."""

    position: BigInt = column("Place of the line in the statement, counted from 1 without gaps.")
    cause: TransferCause = column("Why the money moved.")
    amount: Money = value(
        "What the line did to the wallet: negative when money left it.",
        amount_minor="amount_minor",
        currency="currency",
    )
    balance_after: Money = value(
        "Balance of the wallet after the line.", amount_minor="balance_after_minor", currency="currency"
    )
    reference: str = column("Id of what caused the line, such as a payment.")
    created_at: datetime = column("Instant of the line.")
