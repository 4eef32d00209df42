"""References that banks carry: what a transfer to us must name (INV3), and what our own payments name (WAL3)."""

import base64
import re
import string
from uuid import UUID

LENGTH = 27
CREDITOR_REFERENCE = re.compile(r"RF[0-9]{2}[0-9A-Z]{17}")
_CARRY = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
_SIGNS = string.digits + string.ascii_uppercase


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
    return _qr_reference(key.int)


def _qr_reference(number: int) -> str:
    digits = f"{number % 10 ** (LENGTH - 1):0{LENGTH - 1}}"
    return f"{digits}{check_digit(digits)}"


def creditor_reference(reference: str) -> str:
    """The creditor reference (ISO 11649) that says what a QR reference says: its 26 digits, in 17 signs of base 36.

    It is for payers whose banks know no QR references, and is paid to an ordinary IBAN (INV3).
    """
    number, signs = int(reference[:-1]), ""
    for _ in range(17):
        number, sign = divmod(number, 36)
        signs = _SIGNS[sign] + signs
    return f"RF{_check_number(signs):02}{signs}"


def _check_number(signs: str) -> int:
    """The two check digits of a creditor reference: modulo 97, letters counting from 10 for A to 35 for Z."""
    return 98 - int("".join(str(int(sign, 36)) for sign in f"{signs}RF00")) % 97


def find_reference(text: str) -> str:
    """The QR reference that a text stands for: the one of a creditor reference of ours, else the text in one spelling.

    A creditor reference whose check digits are wrong stands for itself, and so for nothing of ours (INV7).
    """
    spelled = read_reference(text)
    if not CREDITOR_REFERENCE.fullmatch(spelled):
        return spelled
    reference = _qr_reference(int(spelled[4:], 36))
    return reference if creditor_reference(reference) == spelled else spelled


def is_reference(text: str) -> bool:
    """Whether a text is a QR reference, 27 digits that agree with their check digit, or a creditor reference of ours.

    Neither spaces nor capitals count.
    """
    digits = find_reference(text)
    if len(digits) != LENGTH or not digits.isascii() or not digits.isdigit():
        return False
    return check_digit(digits[:-1]) == int(digits[-1])


def read_reference(text: str) -> str:
    """A reference in its one spelling: without blanks, in capitals."""
    return "".join(text.split()).upper()


def short_reference(letter: str, key: UUID) -> str:
    """What our own payments and files are called at banks and PayPal: a letter and the key, 27 letters and digits."""
    return letter + base64.b32encode(key.bytes).decode("ascii").rstrip("=")
