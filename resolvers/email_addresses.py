"""E-mail addresses: which are well formed, how they are written, and when two are the same (USR4)."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from rules.refusals import InvalidInput, Problem, ProblemCode

LONGEST_ADDRESS = 254
LONGEST_KEY = 320


@dataclass(frozen=True)
class EmailAddress:
    """An address as it is written to, and the key that it is compared by."""

    text: str
    key: str


def read_email_address(text: str) -> EmailAddress | None:
    """Read an address; None when it is malformed, too long, or cannot be delivered to by its form alone.

    The key folds case and look-alike spellings (NFKC), and writes the domain as ASCII, so that one mailbox has one key.
    Tags after a plus sign are kept: they are different addresses for many mail services.
    """
    candidate = text.strip()
    if len(candidate) > LONGEST_ADDRESS or any(letter in candidate for letter in "\r\n\0"):
        return None
    try:
        parsed = validate_email(candidate.rstrip("."), check_deliverability=False)
    except EmailNotValidError:
        return None
    local = unicodedata.normalize("NFKC", parsed.local_part).casefold()
    domain = (parsed.ascii_domain or parsed.domain).lower().rstrip(".")
    text, key = f"{parsed.local_part}@{parsed.domain.lower()}", f"{local}@{domain}"
    # Folding may lengthen an address many times over: one letter can stand for a whole sentence.
    return EmailAddress(text, key) if len(text) <= LONGEST_ADDRESS and len(key) <= LONGEST_KEY else None


def require_email_address(text: str, path: tuple[str, ...]) -> EmailAddress:
    """Read an address, or refuse it with InvalidInput."""
    address = read_email_address(text)
    if address is None:
        raise InvalidInput(problems=(Problem(path, ProblemCode.MALFORMED),))
    return address
