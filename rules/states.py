"""States of what money moves through, and the ways between them; nothing changes its state in any other way."""

from enum import StrEnum


class InvoiceKind(StrEnum):
    """What a document says: something is owed, or an invoice is corrected."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


class InvoiceState(StrEnum):
    """Where an invoice stands (INV1)."""

    DRAFT = "DRAFT"
    OPEN = "OPEN"
    PAID = "PAID"
    VOID = "VOID"
    UNCOLLECTIBLE = "UNCOLLECTIBLE"


class ChargeState(StrEnum):
    """Where a charge stands: due, on an invoice, or settled with it (INV4)."""

    OPEN = "OPEN"
    INVOICED = "INVOICED"
    SETTLED = "SETTLED"
    CANCELLED = "CANCELLED"  # by staff, with a reason; never by an ending of the product


class ChargeKind(StrEnum):
    """Why a charge is due."""

    FEE = "FEE"
    OVERAGE = "OVERAGE"
    REVERSED_TOP_UP = "REVERSED_TOP_UP"  # WAL6: without VAT, for nothing was sold


class PaymentMethodKind(StrEnum):
    """How money is paid (INV8)."""

    CARD = "CARD"
    POSTFINANCE = "POSTFINANCE"
    TWINT = "TWINT"
    PAYPAL = "PAYPAL"
    BANK_TRANSFER = "BANK_TRANSFER"
    WALLET = "WALLET"


class PaymentMethodState(StrEnum):
    """Where a stored way to pay stands (INV8)."""

    PENDING = "PENDING"  # its owner must still confirm it to the payment provider
    ACTIVE = "ACTIVE"
    REMOVED = "REMOVED"


class DueItemKind(StrEnum):
    """What is to be paid (INV5)."""

    INVOICE = "INVOICE"
    CHARGE = "CHARGE"


class PaymentPurpose(StrEnum):
    """What a payment is for."""

    INVOICES = "INVOICES"
    TOP_UP = "TOP_UP"


class PaymentState(StrEnum):
    """Where a payment stands (INV6, INV9)."""

    PENDING = "PENDING"  # asked of the provider, or waiting for a bank transfer
    ACTION_REQUIRED = "ACTION_REQUIRED"  # the payer must confirm somewhere
    UNKNOWN = "UNKNOWN"  # the provider did not answer; it will be asked
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    REVERSED = "REVERSED"  # taken back by the payer's bank after it succeeded


class HoldState(StrEnum):
    """Where money of a wallet that is kept aside stands."""

    ACTIVE = "ACTIVE"
    CAPTURED = "CAPTURED"
    RELEASED = "RELEASED"


class WithdrawalState(StrEnum):
    """Where a withdrawal stands (WAL3)."""

    REQUESTED = "REQUESTED"
    IN_TRANSIT = "IN_TRANSIT"
    PAID = "PAID"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class WithdrawalOutcome(StrEnum):
    """How a withdrawal that was handed over ended (WAL3)."""

    PAID = "PAID"
    FAILED = "FAILED"


class WithdrawalTarget(StrEnum):
    """Where a withdrawal goes."""

    IBAN = "IBAN"
    PAYPAL = "PAYPAL"


class AccountKind(StrEnum):
    """What a ledger account stands for: a customer's wallet, or one of the provider's own accounts."""

    WALLET = "WALLET"
    PAYMENTS_IN_TRANSIT = "PAYMENTS_IN_TRANSIT"  # money at payment providers and banks, on its way in or back
    CLEARING = "CLEARING"  # between a payment's sources and its invoices; zero after every payment
    REVENUE = "REVENUE"
    VAT_DUE = "VAT_DUE"
    PAYOUTS = "PAYOUTS"  # money on its way to customers' banks
    PROMOTIONS = "PROMOTIONS"  # given away as credit
    UNMATCHED = "UNMATCHED"  # arrived without anybody knowing for whom
    CHARGEBACKS = "CHARGEBACKS"  # lent where a top-up was taken back after it was spent


class TransferCause(StrEnum):
    """Why money moved from one account to another."""

    TOP_UP = "TOP_UP"
    TOP_UP_REVERSED = "TOP_UP_REVERSED"
    PAYMENT = "PAYMENT"
    PAYMENT_REVERSED = "PAYMENT_REVERSED"
    LATE_PAYMENT = "LATE_PAYMENT"
    UNMATCHED_PAYMENT = "UNMATCHED_PAYMENT"
    UNMATCHED_ASSIGNED = "UNMATCHED_ASSIGNED"
    PROMOTIONAL_CREDIT = "PROMOTIONAL_CREDIT"
    PROMOTIONAL_CREDIT_EXPIRED = "PROMOTIONAL_CREDIT_EXPIRED"
    CREDIT_NOTE = "CREDIT_NOTE"
    WITHDRAWAL = "WITHDRAWAL"
    WITHDRAWAL_RETURNED = "WITHDRAWAL_RETURNED"
    CASHBACK = "CASHBACK"
