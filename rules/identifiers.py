"""Public ids: the prefix of each kind of thing, and how an id is spelled. Ids are for ever."""

from enum import StrEnum
from uuid import UUID


class Prefix(StrEnum):
    """The first letters of a public id, before the underscore and the 32 hexadecimal digits."""

    USER = "usr"
    SESSION = "ses"
    SECOND_FACTOR = "sfa"
    RECOVERY_CODE = "rcv"
    CONFIRMATION = "cnf"
    ORGANIZATION = "org"
    MEMBERSHIP = "mem"
    PRODUCT_GRANT = "pgr"
    INVITATION = "ivt"
    INVITATION_GRANT = "igr"
    PRODUCT = "prd"
    MAILBOX = "mbx"
    WALLET = "wal"
    WALLET_ENTRY = "wen"
    INVOICE = "inv"
    INVOICE_LINE = "inl"
    INVOICE_TAX = "int"
    PAYMENT = "pay"
    PAYMENT_ALLOCATION = "pal"
    PAYMENT_METHOD = "pme"
    AUTOMATIC_TOP_UP = "atu"
    DUE_ITEM = "due"
    CHARGE = "chg"
    WITHDRAWAL = "wdr"
    PAYOUT_FILE = "pof"
    INCOMING_TRANSFER = "itr"


def public_id(prefix: Prefix, key: UUID) -> str:
    """Spell the public id of a row."""
    return f"{prefix}_{key.hex}"


def read_key(prefix: Prefix, text: str) -> UUID | None:
    """The key in a public id of a kind; None for every other text."""
    found, _, digits = text.partition("_")
    if found != prefix or len(digits) != 32 or set(digits) - set("0123456789abcdef"):
        return None
    return UUID(digits)
