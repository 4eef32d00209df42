"""The kinds of mails, and what each one tells (MSG1). The words are the server's; here are the facts."""

from collections.abc import Mapping
from enum import StrEnum


class LetterKind(StrEnum):
    """Why a mail is sent."""

    SIGN_UP = "SIGN_UP"
    SIGN_UP_EXISTING = "SIGN_UP_EXISTING"
    LOGIN_CHANGE = "LOGIN_CHANGE"
    LOGIN_CHANGE_NOTICE = "LOGIN_CHANGE_NOTICE"
    LOGIN_CHANGED = "LOGIN_CHANGED"
    RECOVERY_EMAIL = "RECOVERY_EMAIL"
    RECOVERY_EMAIL_CHANGED = "RECOVERY_EMAIL_CHANGED"
    PASSWORD_RESET = "PASSWORD_RESET"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    SECOND_FACTOR_ON = "SECOND_FACTOR_ON"
    SECOND_FACTOR_OFF = "SECOND_FACTOR_OFF"
    INVOICE_ISSUED = "INVOICE_ISSUED"
    CREDIT_NOTE_ISSUED = "CREDIT_NOTE_ISSUED"
    LOW_BALANCE = "LOW_BALANCE"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    PAYMENT_REVERSED = "PAYMENT_REVERSED"
    AUTOMATIC_TOP_UP_FAILED = "AUTOMATIC_TOP_UP_FAILED"
    WITHDRAWAL_REQUESTED = "WITHDRAWAL_REQUESTED"
    WITHDRAWAL_CANCELLED = "WITHDRAWAL_CANCELLED"
    WITHDRAWAL_HANDED_OVER = "WITHDRAWAL_HANDED_OVER"
    WITHDRAWAL_PAID = "WITHDRAWAL_PAID"
    WITHDRAWAL_FAILED = "WITHDRAWAL_FAILED"
    INVITATION = "INVITATION"
    ROLE_CHANGED = "ROLE_CHANGED"
    MEMBER_REMOVED = "MEMBER_REMOVED"
    DETAILS_CHANGED = "DETAILS_CHANGED"


_WITHDRAWAL = frozenset({"first_name", "organization", "amount", "destination"})

# What must be known when the mail is written. A `secret` becomes the link of the mail; `expires_at` is an instant;
# `products` lists names and kinds, or is null for all; `changes` lists [field, old, new]; the rest is text.
FACTS: Mapping[LetterKind, frozenset[str]] = {
    LetterKind.SIGN_UP: frozenset({"secret", "first_name", "expires_at"}),
    LetterKind.SIGN_UP_EXISTING: frozenset(),
    LetterKind.LOGIN_CHANGE: frozenset({"secret", "first_name", "old_login", "new_login", "expires_at"}),
    LetterKind.LOGIN_CHANGE_NOTICE: frozenset({"first_name", "new_login", "expires_at"}),
    LetterKind.LOGIN_CHANGED: frozenset({"first_name", "old_login", "new_login"}),
    LetterKind.RECOVERY_EMAIL: frozenset({"secret", "first_name", "login", "expires_at"}),
    LetterKind.RECOVERY_EMAIL_CHANGED: frozenset({"first_name", "recovery_email"}),
    LetterKind.PASSWORD_RESET: frozenset({"secret", "first_name", "login", "expires_at"}),
    LetterKind.PASSWORD_CHANGED: frozenset({"first_name", "login"}),
    LetterKind.ACCOUNT_CLOSED: frozenset({"first_name", "login"}),
    LetterKind.SECOND_FACTOR_ON: frozenset({"first_name", "login"}),
    LetterKind.SECOND_FACTOR_OFF: frozenset({"first_name", "login"}),
    LetterKind.INVOICE_ISSUED: frozenset({"first_name", "organization", "number", "amount", "due_on"}),
    LetterKind.CREDIT_NOTE_ISSUED: frozenset({"first_name", "organization", "number", "corrects", "amount", "reason"}),
    LetterKind.LOW_BALANCE: frozenset({"first_name", "organization", "available", "threshold"}),
    LetterKind.PAYMENT_FAILED: frozenset({"first_name", "organization", "amount"}),
    LetterKind.PAYMENT_REVERSED: frozenset({"first_name", "organization", "amount"}),
    LetterKind.AUTOMATIC_TOP_UP_FAILED: frozenset({"first_name", "organization", "amount"}),
    LetterKind.WITHDRAWAL_REQUESTED: _WITHDRAWAL,
    LetterKind.WITHDRAWAL_CANCELLED: _WITHDRAWAL,
    LetterKind.WITHDRAWAL_HANDED_OVER: _WITHDRAWAL,
    LetterKind.WITHDRAWAL_PAID: _WITHDRAWAL,
    LetterKind.WITHDRAWAL_FAILED: _WITHDRAWAL | {"failure"},
    LetterKind.INVITATION: frozenset({"secret", "organization", "inviter", "role", "expires_at"}),
    LetterKind.ROLE_CHANGED: frozenset({"first_name", "organization", "role", "billing", "products"}),
    LetterKind.MEMBER_REMOVED: frozenset({"first_name", "organization"}),
    LetterKind.DETAILS_CHANGED: frozenset({"first_name", "organization", "changes"}),
}
