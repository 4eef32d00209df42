"""VAT: which rate a service bears, by the country and kind of the customer and the day of the service (INV2, ORG6)."""

from dataclasses import dataclass
from datetime import date

from rules.countries import EUROPEAN_UNION
from rules.organizations import FRANC_COUNTRIES, OrganizationKind, VatStatus

PROVIDER_COUNTRY = "CH"


@dataclass(frozen=True)
class Rate:
    """A standard rate in hundredths of a percent, and the first day it is in force."""

    since: date
    hundredths: int


# The first day that rates are known of; no service that is billed began before.
SINCE_EVER = date(2015, 1, 1)


def _rates(*steps: tuple[date, int]) -> tuple[Rate, ...]:
    return tuple(Rate(since, hundredths) for since, hundredths in steps)


_SWISS = _rates((SINCE_EVER, 800), (date(2018, 1, 1), 770), (date(2024, 1, 1), 810))

# Standard rates of the countries in which we charge VAT; a change is a new step, never an edit of an old one.
STANDARD_RATES: dict[str, tuple[Rate, ...]] = {
    "CH": _SWISS,
    "LI": _SWISS,
    "AT": _rates((SINCE_EVER, 2000)),
    "BE": _rates((SINCE_EVER, 2100)),
    "BG": _rates((SINCE_EVER, 2000)),
    "CY": _rates((SINCE_EVER, 1900)),
    "CZ": _rates((SINCE_EVER, 2100)),
    "DE": _rates((SINCE_EVER, 1900), (date(2020, 7, 1), 1600), (date(2021, 1, 1), 1900)),
    "DK": _rates((SINCE_EVER, 2500)),
    "EE": _rates((SINCE_EVER, 2000), (date(2024, 1, 1), 2200), (date(2025, 7, 1), 2400)),
    "ES": _rates((SINCE_EVER, 2100)),
    "FI": _rates((SINCE_EVER, 2400), (date(2024, 9, 1), 2550)),
    "FR": _rates((SINCE_EVER, 2000)),
    "GR": _rates((SINCE_EVER, 2300), (date(2016, 6, 1), 2400)),
    "HR": _rates((SINCE_EVER, 2500)),
    "HU": _rates((SINCE_EVER, 2700)),
    "IE": _rates((SINCE_EVER, 2300), (date(2020, 9, 1), 2100), (date(2021, 3, 1), 2300)),
    "IT": _rates((SINCE_EVER, 2200)),
    "LT": _rates((SINCE_EVER, 2100)),
    "LU": _rates((SINCE_EVER, 1700), (date(2023, 1, 1), 1600), (date(2024, 1, 1), 1700)),
    "LV": _rates((SINCE_EVER, 2100)),
    "MT": _rates((SINCE_EVER, 1800)),
    "NL": _rates((SINCE_EVER, 2100)),
    "PL": _rates((SINCE_EVER, 2300)),
    "PT": _rates((SINCE_EVER, 2300)),
    "RO": _rates((SINCE_EVER, 2400), (date(2016, 1, 1), 2000), (date(2017, 1, 1), 1900), (date(2025, 8, 1), 2100)),
    "SE": _rates((SINCE_EVER, 2500)),
    "SI": _rates((SINCE_EVER, 2200)),
    "SK": _rates((SINCE_EVER, 2000), (date(2025, 1, 1), 2300)),
}


def is_reverse_charge(country: str, kind: OrganizationKind, vat_status: VatStatus | None) -> bool:
    """Whether the customer owes the VAT: a business in the European Union whose number is VALID (ORG6)."""
    return country in EUROPEAN_UNION and kind is not OrganizationKind.INDIVIDUAL and vat_status is VatStatus.VALID


def vat_rate(country: str, on: date, *, reverse_charge: bool) -> int:
    """The rate of a service on a day, in hundredths of a percent.

    Nothing under reverse charge, and nothing for customers outside Switzerland, Liechtenstein and the European Union.
    """
    if reverse_charge or country not in FRANC_COUNTRIES | EUROPEAN_UNION:
        return 0
    return max((rate for rate in STANDARD_RATES[country] if rate.since <= on), key=lambda rate: rate.since).hundredths


def rate_for_payer(country: str, kind: OrganizationKind, vat_status: VatStatus | None, on: date) -> int:
    """The rate that a payer of this country, kind and VAT number bears for a service that begins on a day."""
    return vat_rate(country, on, reverse_charge=is_reverse_charge(country, kind, vat_status))
