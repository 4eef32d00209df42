"""References that banks carry: what a transfer to us must name (INV3), and what our own payments name (WAL3)."""

import base64
from uuid import UUID

LENGTH = 27
_CARRY = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def check_digit(digits: str) -> int:
    """The check digit of a QR reference: modulo 10, recursive."""
    carry = 0
    for digit in digits:
        carry = _CARRY[(carry + int(digit)) % 10]
    return (10 - carry) % 10


def make_reference(key: UUID) -> str:
    """The QR reference of a payable thing, from its key: 26 digits of it, and the check digit.

    Keys are random enough that 26 digits tell them apart; the database refuses the same one twice.
    """
    digits = f"{key.int % 10 ** (LENGTH - 1):0{LENGTH - 1}}"
    return f"{digits}{check_digit(digits)}"


def is_reference(text: str) -> bool:
    """Whether a text is a QR reference: 27 digits that agree with their check digit; spaces do not count."""
    digits = text.replace(" ", "")
    if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit():
        return False
    return check_digit(digits[:-1]) == int(digits[-1])


def read_reference(text: str) -> str:
    """A reference in its one spelling: without blanks, in capitals."""
    return "".join(text.split()).upper()


def short_reference(letter: str, key: UUID) -> str:
    """What our own payments and files are called at banks and PayPal: a letter and the key, 27 letters and digits."""
    return letter + base64.b32encode(key.bytes).decode("ascii").rstrip("=")
