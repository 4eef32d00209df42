"""What an organization is, and what follows from its address (ORG2, ORG5, ORG6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rules.checks import check_text
from rules.countries import COUNTRIES, EUROPEAN_UNION
from rules.money import Currency
from rules.names import full_name
from rules.refusals import Problem, ProblemCode
from rules.time_zones import time_zones


class OrganizationKind(StrEnum):
    """What an organization is in law."""

    INDIVIDUAL = "INDIVIDUAL"
    COMPANY = "COMPANY"
    ASSOCIATION = "ASSOCIATION"
    PUBLIC_BODY = "PUBLIC_BODY"


class VatStatus(StrEnum):
    """What is known of a VAT number; only VALID gives reverse charge (ORG6)."""

    UNVERIFIED = "UNVERIFIED"
    VALID = "VALID"
    INVALID = "INVALID"


NAME_LENGTH = 200
FRANC_COUNTRIES = frozenset({"CH", "LI"})


def currency_of(country: str) -> Currency:
    """The currency of future invoices for a postal address: CHF for Switzerland and Liechtenstein, else EUR (ORG5)."""
    return Currency.CHF if country in FRANC_COUNTRIES else Currency.EUR


def default_name(*, first_name: str, last_name: str) -> str:
    """The name that a natural person's organization gets unless one is chosen; a company brings its own (ORG2)."""
    return full_name(first_name, last_name)[:NAME_LENGTH].rstrip()


def is_country(code: str) -> bool:
    """Whether a text is a two-letter country code of ISO 3166-1."""
    return code in COUNTRIES


def takes_vat_number(kind: OrganizationKind, country: str) -> bool:
    """Whether a VAT number means anything here: in the European Union, and not for a natural person (ORG6)."""
    return country in EUROPEAN_UNION and kind is not OrganizationKind.INDIVIDUAL


@dataclass(frozen=True)
class OrganizationDetails:
    """What a customer tells about an organization.

    Only a natural person may leave out the name (ORG2); without a time zone it is the country's.
    """

    kind: OrganizationKind
    street: str
    postal_code: str
    city: str
    country: str
    name: str | None = None
    time_zone: str | None = None
    vat_number: str | None = None


def check_details(details: OrganizationDetails, path: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Everything that cannot be accepted, the VAT number's validity apart; `path` leads to the details."""
    if details.name is not None:
        yield from check_text((*path, "name"), details.name, maximum=NAME_LENGTH)
    elif details.kind is not OrganizationKind.INDIVIDUAL:
        yield Problem((*path, "name"), ProblemCode.REQUIRED)
    yield from check_text((*path, "street"), details.street, maximum=200)
    # Not every country has postal codes.
    yield from check_text((*path, "postal_code"), details.postal_code, maximum=20, minimum=0)
    yield from check_text((*path, "city"), details.city, maximum=100)
    if not is_country(details.country):
        yield Problem((*path, "country"), ProblemCode.MALFORMED)
    if details.time_zone is not None and details.time_zone not in time_zones():
        yield Problem((*path, "time_zone"), ProblemCode.MALFORMED)
