"""One believable outbox row of every kind, as the resolvers post them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from models import OutboxMail
from rules.letters import LetterKind
from rules.locales import Locale

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SECRET = "kZ3-x_" + "a" * 37
EXPIRES_AT = (NOW + timedelta(days=1)).isoformat()

WITHDRAWAL = {
    "first_name": "Ada",
    "organization": "Blue Door Bakery",
    "amount": "CHF 250.00",
    "destination": "CH •••• 2957",
}

DETAILS: Mapping[LetterKind, Mapping[str, Any]] = {
    LetterKind.SIGN_UP: {"secret": SECRET, "first_name": "Ada", "expires_at": EXPIRES_AT},
    LetterKind.SIGN_UP_EXISTING: {},
    LetterKind.LOW_BALANCE: {
        "first_name": "Ada",
        "organization": "Blue Door Bakery",
        "available": "CHF 12.50",
        "threshold": "CHF 50.00",
    },
    LetterKind.PAYMENT_FAILED: {
        "first_name": "Ada",
        "organization": "Blue Door Bakery",
        "amount": "CHF 107.90",
    },
    LetterKind.PAYMENT_REVERSED: {
        "first_name": "Ada",
        "organization": "Blue Door Bakery",
        "amount": "CHF 107.90",
    },
    LetterKind.AUTOMATIC_TOP_UP_FAILED: {
        "first_name": "Ada",
        "organization": "Blue Door Bakery",
        "amount": "CHF 107.90",
    },
    LetterKind.WITHDRAWAL_REQUESTED: WITHDRAWAL,
    LetterKind.WITHDRAWAL_CANCELLED: WITHDRAWAL,
    LetterKind.WITHDRAWAL_HANDED_OVER: WITHDRAWAL,
    LetterKind.WITHDRAWAL_PAID: WITHDRAWAL,
    LetterKind.WITHDRAWAL_FAILED: {**WITHDRAWAL, "failure": "AC04"},
    LetterKind.INVOICE_ISSUED: {
        "first_name": "Ada",
        "organization": "Alpine Bakery",
        "number": "2026-000001",
        "amount": "CHF 107.90",
        "due_on": "2026-12-31",
    },
    LetterKind.CREDIT_NOTE_ISSUED: {
        "first_name": "Ada",
        "organization": "Alpine Bakery",
        "number": "C2026-000001",
        "corrects": "2026-000001",
        "amount": "CHF 107.90",
        "reason": "Billed twice",
    },
    LetterKind.SECOND_FACTOR_ON: {"first_name": "Ada", "login": "ada@old.example"},
    LetterKind.SECOND_FACTOR_OFF: {"first_name": "Ada", "login": "ada@old.example"},
    LetterKind.LOGIN_CHANGE: {
        "secret": SECRET,
        "first_name": "Ada",
        "old_login": "ada@old.example",
        "new_login": "ada@new.example",
        "expires_at": EXPIRES_AT,
    },
    LetterKind.LOGIN_CHANGE_NOTICE: {"first_name": "Ada", "new_login": "ada@new.example", "expires_at": EXPIRES_AT},
    LetterKind.LOGIN_CHANGED: {"first_name": "Ada", "old_login": "ada@old.example", "new_login": "ada@new.example"},
    LetterKind.RECOVERY_EMAIL: {
        "secret": SECRET,
        "first_name": "Ada",
        "login": "ada@old.example",
        "expires_at": EXPIRES_AT,
    },
    LetterKind.RECOVERY_EMAIL_CHANGED: {"first_name": "Ada", "recovery_email": None},
    LetterKind.PASSWORD_RESET: {
        "secret": SECRET,
        "first_name": "Ada",
        "login": "ada@old.example",
        "expires_at": EXPIRES_AT,
    },
    LetterKind.PASSWORD_CHANGED: {"first_name": "Ada", "login": "ada@old.example"},
    LetterKind.ACCOUNT_CLOSED: {"first_name": "Ada", "login": "ada@old.example"},
    LetterKind.INVITATION: {
        "secret": SECRET,
        "organization": "Blue Door Bakery",
        "inviter": "Grace Moser",
        "role": "COLLABORATOR",
        "expires_at": EXPIRES_AT,
    },
    LetterKind.ROLE_CHANGED: {
        "first_name": "Ada",
        "organization": "Blue Door Bakery",
        "role": "COLLABORATOR",
        "billing": True,
        "products": ["bakery.example", "WEB_HOSTING"],
    },
    LetterKind.MEMBER_REMOVED: {"first_name": "Ada", "organization": "Blue Door Bakery"},
    LetterKind.DETAILS_CHANGED: {
        "first_name": "Ada",
        "organization": "Blue Door Bakery",
        "changes": [
            ["kind", "INDIVIDUAL", "COMPANY"],
            ["street", "Old Lane 1", "New Lane 2"],
            ["vat_number", None, "FR40303265045"],
        ],
    },
}


def outbox_mail(kind: LetterKind, *, locale: Locale = Locale.EN, recipient: str = "ada@old.example") -> OutboxMail:
    return OutboxMail(
        kind=kind,
        recipient=recipient,
        locale=locale,
        details=json.dumps(DETAILS[kind]),
        created_at=NOW,
        due_at=NOW,
    )
