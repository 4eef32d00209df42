"""The wallet as clients see it."""

from datetime import datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Connection, Node, column, computed, lookup, one, pages, table, value
from execution.scalars import BigInt
from permissions.guards import IsMember, MayViewBilling, MayViewWithdrawals
from permissions.held import STANDINGS
from rules.identifiers import Prefix
from rules.money import Currency, withdrawable_part
from rules.states import AccountKind, PaymentMethodKind, PaymentPurpose, TransferCause
from schema.context import Context
from schema.types import links
from schema.types.money import Money
from schema.types.viewer_can import WalletViewerCan, on_wallet
from schema.types.withdrawal import WithdrawalFilter, WithdrawalOrder


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


@strawberry.type(description="How a wallet can be topped up.")
class TopUpPolicy:
    """Known before topping up."""

    minimum: Money = strawberry.field(description="Least amount of a top-up.")
    maximum: Money = strawberry.field(description="Largest amount of a top-up.")
    balance_maximum: Money = strawberry.field(
        description="Balance that top-ups fill the wallet up to, those under way included. Other credits may exceed it."
    )
    methods: list[PaymentMethodKind] = strawberry.field(description="Kinds of payment methods for a top-up.")


# What decides how much can be withdrawn.
FREE = ("balance_minor", "held_minor", "promotional_minor", "promotional_held_minor", "currency")


def _available(_context: Context, balance_minor: int, held_minor: int, currency: Currency) -> Money:
    return Money(amount_minor=BigInt(balance_minor - held_minor), currency=currency)


def _withdrawable(
    _context: Context,
    balance_minor: int,
    held_minor: int,
    credit_minor: int,
    credit_held_minor: int,
    currency: Currency,
) -> Money:
    free_minor = withdrawable_part(balance_minor, held_minor, credit_minor, credit_held_minor)
    return Money(amount_minor=BigInt(free_minor), currency=currency)


def _top_up_policy(context: Context, currency: Currency) -> TopUpPolicy:
    policy = context.caller.policy

    def money(amount_minor: int) -> Money:
        return Money(amount_minor=BigInt(amount_minor), currency=currency)

    return TopUpPolicy(
        minimum=money(policy.top_up_minimum_minor),
        maximum=money(policy.top_up_maximum_minor),
        balance_maximum=money(policy.wallet_maximum_minor),
        methods=list(context.caller.payments.kinds_for(PaymentPurpose.TOP_UP, currency)),
    )


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
    available: Money = computed(
        "What of the balance can be spent: all but what is kept aside.",
        by=_available,
        needs=("balance_minor", "held_minor", "currency"),
    )
    withdrawable: Money = computed(
        "What of the balance can be withdrawn: neither what is kept aside nor what was given as credit.",
        by=_withdrawable,
        needs=FREE,
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
    withdrawals: Connection[links.Withdrawal] | None = pages(
        "Withdrawals from the wallet, the last requested first.",
        order="-requested_at",
        filter=WithdrawalFilter,
        order_by=WithdrawalOrder,
        who=MayViewWithdrawals(),
    )
    is_current: bool = column("Whether the wallet is in the currency of the organization's future invoices.")
    top_up_policy: TopUpPolicy = computed("How the wallet can be topped up.", by=_top_up_policy, needs=("currency",))
    low_balance_alert: Money | None = value(
        "Amount below which those who pay are told, once each time; null when they are not to be told.",
        amount_minor="low_balance_minor",
        currency="currency",
    )
    automatic_top_up: links.AutomaticTopUp | None = one(
        "When and how the wallet is filled by itself; null when it is not.", who=MayViewBilling()
    )
    created_at: datetime = column("Instant at which the wallet was opened.")
    viewer_can: WalletViewerCan = computed(
        "What you may do with the wallet now.",
        by=on_wallet,
        needs=("organization_id", *FREE, STANDINGS),
    )


@table(
    models.AutomaticTopUp,
    prefix=Prefix.AUTOMATIC_TOP_UP,
    seen=IsMember.allows,
    who=MayViewBilling(),
    name="AutomaticTopUp",
)
class AutomaticTopUp(Node):
    """When a wallet is filled by itself, by how much, and by which stored method."""

    threshold: Money = value(
        "Available amount below which the wallet is filled.", amount_minor="threshold_minor", currency="currency"
    )
    amount: Money = value("Amount that it is filled by.", amount_minor="amount_minor", currency="currency")
    method: links.PaymentMethod | None = one("Stored payment method that pays.", who=MayViewBilling())
    paused_until: datetime | None = column(
        "Instant until which nothing is tried, after the method was refused; null where it was not."
    )
    created_at: datetime = column("Instant at which it was set.")


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
