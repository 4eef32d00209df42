"""The payment as clients see it."""

from datetime import datetime

import strawberry

import models
from execution.declare import Connection, Node, column, computed, one, pages, table, value
from permissions.guards import IsMember, MayViewBilling
from permissions.held import STANDINGS
from rules.identifiers import Prefix
from rules.money import Currency
from rules.references import creditor_reference
from rules.states import PaymentMethodKind, PaymentPurpose, PaymentState
from schema.context import Context
from schema.types import links
from schema.types.money import Money
from schema.types.viewer_can import PaymentViewerCan, on_payment


@strawberry.type(
    description="How to transfer from any bank, abroad as well: a creditor reference goes with an ordinary IBAN."
)
class TransferFromAbroad:
    """What a payer types into their e-banking whose bank knows no QR references."""

    iban: str = strawberry.field(description="Account to transfer to: an ordinary IBAN, never for a QR reference.")
    bic: str = strawberry.field(description="BIC of the account's bank.")
    creditor_reference: str = strawberry.field(
        description="Reference that the transfer must carry: a creditor reference of ISO 11649, 21 letters and digits."
    )


@strawberry.type(
    description="Where a bank transfer must go, and the reference that it must carry. Payers whose bank is in "
    "Switzerland or Liechtenstein need `iban` and `reference`, all others what `fromAbroad` says; the two never mix."
)
class BankTransferInstructions:
    """What the payer types into their e-banking."""

    iban: str = strawberry.field(description="Account to transfer to: a QR-IBAN, for `reference` alone.")
    holder: str = strawberry.field(description="Name of the account's holder.")
    reference: str = strawberry.field(description="Reference that the transfer must carry: a QR reference, 27 digits.")
    from_abroad: TransferFromAbroad = strawberry.field(
        description="What to type instead where the payer's bank is neither in Switzerland nor in Liechtenstein."
    )


def _bank_transfer(
    context: Context, currency: Currency, reference: str | None, state: PaymentState
) -> BankTransferInstructions | None:
    account = context.caller.payments.accounts.get(currency)
    if reference is None or account is None or state is not PaymentState.PENDING:
        return None
    abroad = TransferFromAbroad(iban=account.iban, bic=account.bic, creditor_reference=creditor_reference(reference))
    return BankTransferInstructions(
        holder=account.holder, iban=account.qr_iban, reference=reference, from_abroad=abroad
    )


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
    method: links.PaymentMethod | None = one("Stored payment method that pays, where one does.", who=MayViewBilling())
    billed_to: links.Organization | None = one("Organization that pays.")
    wallet: links.Wallet | None = one("Wallet that pays, where one does.", who=MayViewBilling())
    allocations: Connection[links.PaymentAllocation] | None = pages(
        "What the payment pays.", order="created_at", who=MayViewBilling()
    )
    bank_transfer: BankTransferInstructions | None = computed(
        "What to type into an e-banking while a bank transfer is waited for; else null.",
        by=_bank_transfer,
        needs=("currency", "payment_reference", "state"),
    )
    action_url: str | None = column("Page on which the payer must confirm; null where nothing is to be confirmed.")
    decline_code: str | None = column("Why the payment failed or was cancelled; null where it did not.")
    expires_at: datetime | None = column("Instant until which the payment is waited for; null where it is not.")
    created_at: datetime = column("Instant at which the payment was begun.")
    settled_at: datetime | None = column("Instant at which its outcome was certain; null while it is not.")
    viewer_can: PaymentViewerCan = computed(
        "What you may do with the payment now.",
        by=on_payment,
        needs=("id", "billed_to_id", "state", "method_kind", STANDINGS),
    )


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
