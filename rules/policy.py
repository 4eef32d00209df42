"""The numbers of the rules that a provider may change, with the values that the rules name."""

from dataclasses import dataclass, field
from typing import Any


def _number(default: int, meaning: str) -> Any:
    """A number with its value unless a provider says otherwise, and what it means."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Policy:
    """Lifetimes and sizes; every field is a setting of the same name, in upper case."""

    sign_up_hours: int = _number(24, "how long the link of a sign-up works (ORG1)")
    login_change_hours: int = _number(24, "how long the link of a login change works (USR3)")
    recovery_email_hours: int = _number(24, "how long the link of a new recovery address works (USR4)")
    password_reset_minutes: int = _number(60, "how long the link of a password reset works (USR10)")
    invitation_days: int = _number(7, "how long an invitation can be accepted (MEM6)")
    reauthentication_minutes: int = _number(15, "how long a proof of the password counts (USR13)")
    password_minimum: int = _number(12, "least number of characters of a password (USR6)")
    password_maximum: int = _number(256, "largest number of characters of a password (USR6)")
    session_days: int = _number(30, "a session ends this long after log-in (USR9)")
    session_idle_days: int = _number(14, "and this long after its last use (USR9)")
    sign_in_attempts_per_account: int = _number(10, "failed log-ins of an account from one network in a window")
    sign_in_attempts_per_account_from_everywhere: int = _number(
        100, "failed log-ins of an account in a window; beyond, only networks that it knows are heard"
    )
    sign_in_attempts_per_address: int = _number(100, "failed log-ins from one network in a window, of all accounts")
    throttle_minutes: int = _number(15, "length of the window that failed log-ins are counted in")
    mails_per_address_and_hour: int = _number(5, "links that one address gets in an hour, of each kind of request")
    invitations_per_user_and_hour: int = _number(100, "invitations that a user sends in an hour, anew or again")
    idempotency_days: int = _number(30, "how long an idempotency key is remembered")
    memberships_maximum: int = _number(1000, "members and pending invitations of one organization")
    organizations_maximum: int = _number(100, "organizations that a user creates in a day")
    download_minutes: int = _number(10, "how long a link to a document can be opened (INV3, INV10)")
    top_up_minimum_minor: int = _number(500, "least amount of a top-up, in minor units (WAL2)")
    top_up_maximum_minor: int = _number(1_000_000, "largest amount of a top-up, in minor units (WAL2)")
    wallet_maximum_minor: int = _number(5_000_000, "top-ups fill a wallet up to this, in minor units (WAL2)")
    automatic_top_up_pause_hours: int = _number(24, "an automatic top-up that failed is not repeated before (WAL7)")
    payment_answer_seconds: int = _number(7, "a payment provider that takes longer to answer is asked later (INV9)")
    payment_check_seconds: int = _number(60, "a payment without an outcome is asked for after this long (INV9)")
    payment_unknown_minutes: int = _number(30, "a payment that its provider never heard of has failed after this long")
    payment_action_minutes: int = _number(60, "a payer must have confirmed a payment within (INV8)")
    bank_transfer_days: int = _number(10, "a bank transfer is waited for this long, its wallet part held (INV6)")
    invoice_due_days: int = _number(30, "an invoice is due this long after it is issued")
    due_ahead_days: int = _number(62, "what will be due is listed this far ahead (INV5)")
    mail_retry_days: int = _number(3, "a mail that nobody takes is given up after this long (MSG2)")
    retention_days: int = _number(30, "sent mails, and links that are over, are deleted after this long")
