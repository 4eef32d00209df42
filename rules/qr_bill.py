"""The Swiss QR-bill: what its code says, and how references and accounts are grouped for people (INV3).

The text of the code follows the Swiss Payment Standards, version 0200 with structured addresses. Its fields are short
and its letters those of European languages in Latin script: what does not fit is cut or replaced here, in the code
alone.
"""

import unicodedata
from dataclasses import dataclass, replace

from rules.money import Currency

NAME_LENGTH, STREET_LENGTH, POSTAL_CODE_LENGTH, CITY_LENGTH, MESSAGE_LENGTH = 70, 70, 16, 35, 140
LARGEST_MINOR = 99_999_999_999
STRUCTURED = "S"
QR_REFERENCE = "QRR"
QR_BILL_COUNTRIES = frozenset({"CH", "LI"})
NOBODY = ("",) * 7
# Printable letters of Basic Latin, Latin-1 and Latin Extended-A, four letters of Romanian, and the euro sign.
LETTERS = frozenset(chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x20AC))


@dataclass(frozen=True)
class Party:
    """Who pays or is paid, with an address; the house number stands in the street."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True)
class QrBill:
    """A bill: to which QR-IBAN, by whom, how much, and the reference that tells which bill was paid."""

    qr_iban: str
    creditor: Party
    debtor: Party
    amount_minor: int
    currency: Currency
    reference: str
    message: str = ""

    @property
    def printed_debtor(self) -> Party:
        """Who pays, in as many letters as the code holds: both parts of a bill say the same."""
        debtor = self.debtor
        return replace(
            debtor, name=debtor.name[:NAME_LENGTH], street=debtor.street[:STREET_LENGTH], city=debtor.city[:CITY_LENGTH]
        )

    @property
    def fits(self) -> bool:
        """Whether a code can carry the amount: between 0.01 and 999,999,999.99."""
        return 0 < self.amount_minor <= LARGEST_MINOR


def is_qr_iban(iban: str) -> bool:
    """Whether an IBAN, whose check digits are right already, is one that QR references are paid to."""
    return (
        iban[:2] in QR_BILL_COUNTRIES and len(iban) == 21 and iban[4:9].isdigit() and 30_000 <= int(iban[4:9]) <= 31_999
    )


def code_text(bill: QrBill) -> str:
    """The text that the QR code holds."""
    amount = f"{bill.amount_minor // 100}.{bill.amount_minor % 100:02}"
    return "\n".join(
        (
            "SPC",
            "0200",
            "1",
            bill.qr_iban,
            *_party(bill.creditor),
            *NOBODY,
            amount,
            bill.currency,
            *_party(bill.debtor),
            QR_REFERENCE,
            bill.reference,
            fitting(bill.message, MESSAGE_LENGTH),
            "EPD",
        )
    )


def _party(party: Party) -> tuple[str, ...]:
    """The seven fields of an address; all empty where a part is missing that the code must have."""
    name, postal_code = fitting(party.name, NAME_LENGTH), fitting(party.postal_code, POSTAL_CODE_LENGTH)
    street, city = fitting(party.street, STREET_LENGTH), fitting(party.city, CITY_LENGTH)
    if not (name and postal_code and city):
        return NOBODY
    return (STRUCTURED, name, street, "", postal_code, city, party.country)


def fitting(text: str, maximum: int) -> str:
    """A text in the letters of the code, and of Swiss payment files, on one line, cut to what its field holds."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(_allowed(letter) for letter in composed)[:maximum].strip()


def _allowed(letter: str) -> str:
    if letter in LETTERS:
        return letter
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if part in LETTERS)
    return plain or "."


def group_reference(reference: str) -> str:
    """A QR reference as people read it: two digits, then groups of five."""
    digits = [reference[:2], *(reference[at : at + 5] for at in range(2, len(reference), 5))]
    return " ".join(digits)


def group_fours(text: str) -> str:
    """An IBAN or a creditor reference as people read it: in groups of four."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
