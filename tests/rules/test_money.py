"""Amounts, VAT and references: whatever the numbers, nothing is lost (INV2, INV3)."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.countries import EUROPEAN_UNION
from rules.invoicing import Line, add_up
from rules.money import read_amount, round_share, spell_amount, split_evenly
from rules.organizations import OrganizationKind, VatStatus
from rules.references import is_reference, make_reference
from rules.tax import STANDARD_RATES, is_reverse_charge, vat_rate

AMOUNTS = st.integers(min_value=-(2**50), max_value=2**50)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=2**40), min_size=1, max_size=20).filter(any)
RATES = st.sampled_from([0, 250, 810, 1900, 2550])
LINES = st.lists(
    st.builds(
        Line,
        description=st.just("service"),
        quantity=st.integers(min_value=1, max_value=1000),
        unit_net_minor=st.integers(min_value=0, max_value=10**9),
        vat_rate=RATES,
    ),
    min_size=1,
    max_size=12,
)


@given(AMOUNTS, WEIGHTS)
def test_the_parts_of_a_split_sum_to_the_whole(total: int, weights: list[int]) -> None:
    """M16: no cent is lost, and no part is off by more than one from its exact share."""
    parts = split_evenly(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@given(AMOUNTS, RATES)
def test_rounding_is_to_the_nearest_and_the_same_for_both_signs(amount: int, rate: int) -> None:
    rounded = round_share(amount, rate, 10_000)

    assert abs(rounded * 10_000 - amount * rate) <= 5_000
    assert round_share(-amount, rate, 10_000) == -rounded


@pytest.mark.parametrize(("amount", "rounded"), [(50, 1), (49, 0), (-50, -1), (150, 2), (0, 0)])
def test_halves_round_away_from_zero(amount: int, rounded: int) -> None:
    assert round_share(amount, 1, 100) == rounded


@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=12), RATES)
def test_documents_one_after_the_other_bear_the_vat_of_a_single_one(nets: list[int], rate: int) -> None:
    """INV1, INV2: an invoice that is credited in parts is credited to the cent."""
    whole = add_up([Line("service", 1, sum(nets), rate)])

    credited = [add_up([Line("service", 1, -net, rate)], {rate: -sum(nets[:place])}) for place, net in enumerate(nets)]

    assert sum(each.vat_minor for each in credited) == -whole.vat_minor
    assert all(each.vat_minor <= 0 and sum(each.line_vats) == each.vat_minor for each in credited)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.50", 1_250),
        ("7", 700),
        ("0.05", 5),
        ("1.5", None),
        ("-1.00", None),
        ("1,00", None),
        ("", None),
        ("٣", None),
    ],
)
def test_an_amount_is_read_as_it_is_written(text: str, amount: int | None) -> None:
    assert read_amount(text) == amount


@given(LINES)
def test_an_invoice_adds_up_in_every_direction(lines: list[Line]) -> None:
    """INV2: Σ lines = Σ taxes = totals; VAT is rounded once per rate."""
    totals = add_up(lines)

    assert totals.net_minor == sum(line.net_minor for line in lines) == sum(tax.net_minor for tax in totals.taxes)
    assert totals.vat_minor == sum(totals.line_vats) == sum(tax.vat_minor for tax in totals.taxes)
    for tax in totals.taxes:
        assert abs(tax.vat_minor * 10_000 - tax.net_minor * tax.vat_rate) <= 5_000
        shares = [vat for line, vat in zip(lines, totals.line_vats, strict=True) if line.vat_rate == tax.vat_rate]
        assert sum(shares) == tax.vat_minor


@given(LINES)
def test_a_credit_note_mirrors_its_invoice(lines: list[Line]) -> None:
    mirrored = [Line(each.description, each.quantity, -each.unit_net_minor, each.vat_rate) for each in lines]

    assert add_up(mirrored).total_minor == -add_up(lines).total_minor
    assert add_up(mirrored).vat_minor == -add_up(lines).vat_minor


@pytest.mark.parametrize(
    ("country", "on", "rate"),
    [
        ("CH", date(2023, 12, 31), 770),
        ("CH", date(2024, 1, 1), 810),
        ("LI", date(2026, 3, 1), 810),
        ("DE", date(2020, 12, 31), 1600),
        ("DE", date(2026, 3, 1), 1900),
        ("FI", date(2024, 8, 31), 2400),
        ("FI", date(2024, 9, 1), 2550),
        ("EE", date(2025, 7, 1), 2400),
        ("RO", date(2025, 8, 1), 2100),
        ("US", date(2026, 3, 1), 0),
        ("GB", date(2026, 3, 1), 0),
    ],
)
def test_the_day_of_the_service_decides_the_rate(country: str, on: date, rate: int) -> None:
    """INV2."""
    assert vat_rate(country, on, reverse_charge=False) == rate


def test_only_a_valid_number_of_a_business_in_the_union_gives_reverse_charge() -> None:
    """ORG6."""
    assert is_reverse_charge("DE", OrganizationKind.COMPANY, VatStatus.VALID)
    assert vat_rate("DE", date(2026, 3, 1), reverse_charge=True) == 0
    for country, kind, status in (
        ("DE", OrganizationKind.COMPANY, VatStatus.UNVERIFIED),
        ("DE", OrganizationKind.COMPANY, None),
        ("DE", OrganizationKind.INDIVIDUAL, VatStatus.VALID),
        ("CH", OrganizationKind.COMPANY, VatStatus.VALID),
    ):
        assert not is_reverse_charge(country, kind, status)


def test_every_country_that_bears_vat_has_rates_in_order() -> None:
    assert EUROPEAN_UNION | {"CH", "LI"} == STANDARD_RATES.keys()
    for rates in STANDARD_RATES.values():
        days = [rate.since for rate in rates]
        assert days == sorted(set(days))


@given(st.uuids())
def test_a_reference_checks_itself(key: UUID) -> None:
    """INV3: one wrong digit, or two neighbours swapped, is noticed."""
    reference = make_reference(key)

    assert is_reference(reference)
    assert is_reference(" ".join(reference[place : place + 5] for place in range(0, 27, 5)))
    for place in range(27):
        wrong = reference[:place] + str((int(reference[place]) + 1) % 10) + reference[place + 1 :]
        assert not is_reference(wrong)


@pytest.mark.parametrize("text", ["", "1" * 26, "x" * 27, "٠" * 27, "21000000000313947143000901 7"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert is_reference(text) is (text == "21000000000313947143000901 7")


@pytest.mark.parametrize(
    ("amount", "spelled"), [(0, "CHF 0.00"), (5, "CHF 0.05"), (-5, "CHF -0.05"), (123450, "CHF 1234.50")]
)
def test_amounts_are_spelled_alike_everywhere(amount: int, spelled: str) -> None:
    assert spell_amount(amount, "CHF") == spelled
