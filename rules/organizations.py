"""What an organization is, and what follows from its address (ORG2, ORG5)."""

from enum import StrEnum

from rules.countries import COUNTRIES


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


class Currency(StrEnum):
    """A currency that invoices and wallets are kept in."""

    CHF = "CHF"
    EUR = "EUR"


FRANC_COUNTRIES = frozenset({"CH", "LI"})


def currency_of(country: str) -> Currency:
    """The currency of future invoices for a postal address: CHF for Switzerland and Liechtenstein, else EUR (ORG5)."""
    return Currency.CHF if country in FRANC_COUNTRIES else Currency.EUR


def default_name(kind: OrganizationKind, *, first_name: str, last_name: str, company_name: str | None) -> str:
    """The name a new organization gets unless one is chosen: the person's, or the company's own (ORG2)."""
    if kind is OrganizationKind.INDIVIDUAL or not company_name:
        return f"{first_name} {last_name}".strip()
    return company_name


def is_country(code: str) -> bool:
    """Whether a text is a two-letter country code of ISO 3166-1."""
    return code in COUNTRIES
