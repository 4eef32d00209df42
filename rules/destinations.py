"""Where a withdrawal goes, and how little of it is shown (WAL3)."""

from dataclasses import dataclass

from rules.money import Currency
from rules.states import WithdrawalTarget

HOLDER_LENGTH = 70
# Between these, francs are paid without the bank being named.
FRANC_COUNTRIES = frozenset({"CH", "LI"})


@dataclass(frozen=True)
class Destination:
    """A bank account or PayPal account of the customer's own; `shown` is all of it that is ever shown, sent or logged.

    `bic` names the bank where the IBAN alone does not lead there; `holder` is empty for PayPal.
    """

    target: WithdrawalTarget
    address: str
    shown: str
    holder: str = ""
    bic: str | None = None


def mask_iban(iban: str) -> str:
    """The country and the last four characters of an IBAN: enough for its owner to know it again."""
    return f"{iban[:2]} •••• {iban[-4:]}"


def mask_email(address: str) -> str:
    """The first letter and the domain of an e-mail address."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def needs_bic(country: str, currency: Currency, *, in_sepa: bool) -> bool:
    """Whether a payment to an account in this country must name the bank by its BIC.

    Euros need it outside the SEPA zone, francs outside Switzerland and Liechtenstein.
    """
    if currency is Currency.EUR:
        return not in_sepa
    return country not in FRANC_COUNTRIES
