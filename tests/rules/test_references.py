"""INV3, INV7: creditor references (ISO 11649) say what QR references say, and nothing else says it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from rules.references import check_digit, creditor_reference, find_reference, is_reference, make_reference

REFERENCE = make_reference(UUID(int=2026))
CREDITOR_REFERENCE = creditor_reference(REFERENCE)
NUMBERS = st.integers(0, 10**26 - 1)


def qr_reference(number: int) -> str:
    digits = f"{number:026}"
    return f"{digits}{check_digit(digits)}"


def with_check_digits(signs: str) -> str:
    """A creditor reference as anybody may make one."""
    return next(text for number in range(2, 99) if iso11649.is_valid(text := f"RF{number:02}{signs}"))


@given(NUMBERS)
def test_a_creditor_reference_is_valid_and_leads_back(number: int) -> None:
    reference = qr_reference(number)

    written = creditor_reference(reference)

    assert iso11649.is_valid(written)
    assert len(written) == 21
    assert find_reference(written) == reference
    assert is_reference(written)


@given(NUMBERS, NUMBERS)
def test_two_numbers_never_share_a_creditor_reference(one: int, other: int) -> None:
    same = creditor_reference(qr_reference(one)) == creditor_reference(qr_reference(other))

    assert same is (one == other)


@given(NUMBERS, st.data())
def test_one_wrong_sign_is_noticed(number: int, data: st.DataObject) -> None:
    written = creditor_reference(qr_reference(number))
    place = data.draw(st.integers(2, 20))
    signs = "0123456789" if place < 4 else "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    sign = data.draw(st.sampled_from(sorted(set(signs) - {written[place]})))

    wrong = written[:place] + sign + written[place + 1 :]

    assert find_reference(wrong) == wrong
    assert not is_reference(wrong)


@pytest.mark.parametrize("number", [0, 1, 10**26 - 1])
def test_the_least_and_the_greatest_number_have_one(number: int) -> None:
    assert find_reference(creditor_reference(qr_reference(number))) == qr_reference(number)


def test_neither_spaces_nor_capitals_count() -> None:
    spaced = " ".join(CREDITOR_REFERENCE[at : at + 4] for at in range(0, 21, 4)).lower()

    assert find_reference(f" {spaced}\n") == REFERENCE
    assert is_reference(spaced)


@pytest.mark.parametrize(
    "written",
    [
        with_check_digits("Z" * 17),
        with_check_digits("539007547034"),
        with_check_digits(CREDITOR_REFERENCE[4:].lstrip("0")),
        with_check_digits(f"0{CREDITOR_REFERENCE[4:]}"),
        CREDITOR_REFERENCE[:-1],
        "RF",
        "",
    ],
)
def test_a_creditor_reference_that_is_not_ours_stands_for_itself(written: str) -> None:
    """Too great for any number of ours, or not spelled as ours are."""
    assert find_reference(written) == written
    assert not is_reference(written)


def test_a_qr_reference_stands_for_itself() -> None:
    assert find_reference(f"{REFERENCE[:2]} {REFERENCE[2:]}") == REFERENCE
