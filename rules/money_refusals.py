"""Refusals of paying, withdrawing, charging and crediting; the others stand in rules.refusals."""

from dataclasses import dataclass
from uuid import UUID

from rules.money import Currency
from rules.refusals import Refusal, RefusalCode
from rules.states import ChargeState, PaymentMethodKind, PaymentState, WithdrawalState


@dataclass(eq=False)
class PaymentMethodNotAllowed(Refusal):
    """This cannot be paid like that here; `allowed` lists the kinds of methods that it can be paid by (INV8, WAL2)."""

    code = RefusalCode.PAYMENT_METHOD_NOT_ALLOWED
    kind: PaymentMethodKind
    allowed: tuple[PaymentMethodKind, ...]


@dataclass(eq=False)
class PaymentDeclined(Refusal):
    """The payment provider, or the payer's bank, said no; nothing was taken (INV8)."""

    code = RefusalCode.PAYMENT_DECLINED
    payment_id: UUID
    decline_code: str


@dataclass(eq=False)
class PaymentActionRequired(Refusal):
    """The payer must confirm the payment, on a page or by a client secret; until then nothing is paid (INV8).

    It is remembered under its idempotency key, for the payment goes on.
    """

    code = RefusalCode.PAYMENT_ACTION_REQUIRED
    payment_id: UUID
    url: str | None
    client_secret: str | None
    publishable_key: str | None


@dataclass(eq=False)
class PaymentNotCancellable(Refusal):
    """The payment is over, or cannot be called back any more."""

    code = RefusalCode.PAYMENT_NOT_CANCELLABLE
    payment_id: UUID
    state: PaymentState


@dataclass(eq=False)
class WithdrawalNotCancellable(Refusal):
    """A withdrawal that was handed over, or is over (WAL3)."""

    code = RefusalCode.WITHDRAWAL_NOT_CANCELLABLE
    withdrawal_id: UUID
    state: WithdrawalState


@dataclass(eq=False)
class WithdrawalNotSettleable(Refusal):
    """A withdrawal that was not handed over, or cannot become what was said of it (WAL3, STA2)."""

    code = RefusalCode.WITHDRAWAL_NOT_SETTLEABLE
    withdrawal_id: UUID
    state: WithdrawalState


@dataclass(eq=False)
class IncomingTransferAssigned(Refusal):
    """Somebody found out already whose money it was (INV7, STA2)."""

    code = RefusalCode.INCOMING_TRANSFER_ASSIGNED
    incoming_transfer_id: UUID


@dataclass(eq=False)
class ChargeNotOpen(Refusal):
    """A charge that stands on an invoice already, is settled, or was cancelled (INV4)."""

    code = RefusalCode.CHARGE_NOT_OPEN
    charge_id: UUID
    charge_state: ChargeState


@dataclass(eq=False)
class SourceReferenceReused(Refusal):
    """The source reference stands for another charge already (INV4)."""

    code = RefusalCode.SOURCE_REFERENCE_REUSED
    charge_id: UUID


@dataclass(eq=False)
class InvoiceNotCreditable(Refusal):
    """This cannot be credited; `remaining_minor` is what can be, VAT included (INV1).

    More than was billed and not credited yet, a part of an open invoice, or anything of one that is being paid or over.
    """

    code = RefusalCode.INVOICE_NOT_CREDITABLE
    invoice_id: UUID
    remaining_minor: int
    currency: Currency
