"""What the code of a Swiss QR-bill says (INV3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import Currency, decimal_amount, group_amount
from rules.qr_bill import LETTERS, Party, QrBill, code_text, group_fours, group_reference, is_qr_iban
from rules.references import check_digit

CREDITOR = Party("Manager Hosting SA", "Chemin des Exemples 1", "1000", "Lausanne", "CH")
DEBTOR = Party("Atelier Müller", "Rue du Lac 1", "1003", "Lausanne", "CH")
REFERENCE = f"{'1' * 26}{check_digit('1' * 26)}"


def bill(
    debtor: Party = DEBTOR, *, amount_minor: int = 123_450, currency: Currency = Currency.CHF, message: str = ""
) -> QrBill:
    return QrBill("CH1831999000000000001", CREDITOR, debtor, amount_minor, currency, REFERENCE, message)


def test_the_text_has_every_field_in_its_place() -> None:
    assert code_text(bill(message="Invoice 2026-000001")).split("\n") == [
        *("SPC", "0200", "1", "CH1831999000000000001"),
        *("S", "Manager Hosting SA", "Chemin des Exemples 1", "", "1000", "Lausanne", "CH"),
        *("", "", "", "", "", "", ""),
        *("1234.50", "CHF"),
        *("S", "Atelier Müller", "Rue du Lac 1", "", "1003", "Lausanne", "CH"),
        *("QRR", REFERENCE, "Invoice 2026-000001", "EPD"),
    ]


@given(
    name=st.text(max_size=200),
    street=st.text(max_size=200),
    city=st.text(max_size=100),
    amount_minor=st.integers(min_value=1, max_value=99_999_999_999),
)
def test_whatever_people_are_called_the_code_stays_well_formed(
    name: str, street: str, city: str, amount_minor: int
) -> None:
    """No name adds a field, is too long for its own, or brings a letter that no bank reads."""
    lines = code_text(bill(Party(name, street, "1003", city, "CH"), amount_minor=amount_minor)).split("\n")

    assert len(lines) == 31
    assert all(set(line) <= LETTERS for line in lines)
    kind, said_name, said_street, house, postal_code, said_city, country = lines[20:27]
    assert len(said_name) <= 70
    assert len(said_street) <= 70
    assert len(said_city) <= 35
    assert house == ""
    assert (kind, postal_code, country) in {("S", "1003", "CH"), ("", "", "")}


def test_letters_that_no_bank_reads_are_replaced() -> None:
    lines = code_text(bill(Party("Cafe\u0301 Ｎord Ω", "Łódź", "1003", "Genève", "CH"))).split("\n")

    assert lines[21:23] == ["Café Nord .", "Łódź"]


def test_an_address_without_postal_code_is_left_out_of_the_code() -> None:
    lines = code_text(bill(Party("Harbour Ltd", "Pier 1", "", "Hong Kong", "HK"))).split("\n")

    assert lines[20:27] == [""] * 7


@pytest.mark.parametrize(("amount_minor", "fits"), [(0, False), (1, True), (99_999_999_999, True), (10**11, False)])
def test_a_code_carries_amounts_up_to_a_billion(amount_minor: int, fits: bool) -> None:
    assert bill(amount_minor=amount_minor).fits is fits


@pytest.mark.parametrize(
    ("iban", "answer"),
    [
        ("CH1831999000000000001", True),
        ("LI2130000000000000001", True),
        ("CH9300762011623852957", False),
        ("DE1831999000000000001", False),
        ("CH18319990000000000010", False),
    ],
)
def test_a_qr_iban_is_told_by_its_bank(iban: str, answer: bool) -> None:
    assert is_qr_iban(iban) is answer


def test_people_read_references_and_accounts_in_groups() -> None:
    assert group_reference("210000000003139471430009017") == "21 00000 00003 13947 14300 09017"
    assert group_fours("CH1831999000000000001") == "CH18 3199 9000 0000 0000 1"


@pytest.mark.parametrize(
    ("amount_minor", "grouped", "plain"),
    [
        (0, "0.00", "0.00"),
        (-5, "-0.05", "-0.05"),
        (123_456_789, "1\u00a0234\u00a0567.89", "1234567.89"),
        (2**62, "46\u00a0116\u00a0860\u00a0184\u00a0273\u00a0879.04", "46116860184273879.04"),
    ],
)
def test_amounts_are_spelled_without_losing_a_cent(amount_minor: int, grouped: str, plain: str) -> None:
    assert (group_amount(amount_minor), decimal_amount(amount_minor)) == (grouped, plain)
