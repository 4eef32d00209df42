"""Where withdrawals go, read: an IBAN with its check digits, or the address of a PayPal account (WAL3)."""

from collections.abc import Iterator
from dataclasses import dataclass

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from resolvers.email_addresses import read_email_address
from rules.checks import check_text, refuse_problems
from rules.destinations import HOLDER_LENGTH, Destination, mask_email, mask_iban, needs_bic
from rules.money import Currency
from rules.qr_bill import is_qr_iban
from rules.refusals import InvalidInput, Problem, ProblemCode
from rules.states import WithdrawalTarget

LONGEST_INPUT = 64


@dataclass(frozen=True)
class BankAccount:
    """A bank account as somebody has typed it."""

    iban: str
    holder: str
    bic: str | None = None


def read_destination(account: BankAccount | None, paypal_email: str | None, currency: Currency) -> Destination:
    """Read where a withdrawal goes: exactly one of the two must be given.

    Refuses with InvalidInput: an IBAN whose check digits are wrong, one that only bills are paid to (QR-IBAN), a BIC
    that is missing where it is needed or is of another country, a holder that is missing, an address that is none.
    """
    refuse_problems(_check_choice(account, paypal_email))
    if account is not None:
        return _read_account(account, currency)
    address = read_email_address(paypal_email or "")
    # One that begins with a sign would be a formula in the list that PayPal is given.
    if address is None or not address.text[0].isalnum():
        raise InvalidInput(problems=(Problem(("paypal", "email"), ProblemCode.MALFORMED),))
    return Destination(WithdrawalTarget.PAYPAL, address.text, mask_email(address.text))


def _check_choice(account: BankAccount | None, paypal_email: str | None) -> Iterator[Problem]:
    if account is None and paypal_email is None:
        yield Problem(("iban",), ProblemCode.REQUIRED)
    if account is not None and paypal_email is not None:
        yield Problem(("paypal",), ProblemCode.NOT_ALLOWED)


def _read_account(account: BankAccount, currency: Currency) -> Destination:
    iban = _read_iban(account.iban)
    bic = _read_bic(account.bic) if account.bic else None
    refuse_problems(
        check_text(("iban", "holder"), account.holder, maximum=HOLDER_LENGTH),
        _check_iban(iban),
        _check_bic(account.bic, bic, iban, currency),
    )
    assert iban is not None
    compact = str(iban.compact)
    return Destination(
        WithdrawalTarget.IBAN,
        compact,
        mask_iban(compact),
        holder=account.holder.strip(),
        bic=None if bic is None else str(bic.compact),
    )


def _read_iban(text: str) -> IBAN | None:
    try:
        return IBAN(text.strip()) if len(text) <= LONGEST_INPUT else None
    except SchwiftyException:
        return None


def _read_bic(text: str) -> BIC | None:
    try:
        return BIC(text.strip().upper()) if len(text) <= LONGEST_INPUT else None
    except SchwiftyException:
        return None


def _check_iban(iban: IBAN | None) -> Iterator[Problem]:
    if iban is None:
        yield Problem(("iban", "iban"), ProblemCode.MALFORMED)
    elif is_qr_iban(str(iban.compact)):
        yield Problem(("iban", "iban"), ProblemCode.NOT_ALLOWED)


def _check_bic(given: str | None, bic: BIC | None, iban: IBAN | None, currency: Currency) -> Iterator[Problem]:
    if given and bic is None:
        yield Problem(("iban", "bic"), ProblemCode.MALFORMED)
    elif iban is None:
        return
    elif bic is None and needs_bic(iban.country_code, currency, in_sepa=iban.in_sepa_zone):
        yield Problem(("iban", "bic"), ProblemCode.REQUIRED)
    elif bic is not None and bic.country_code != iban.country_code:
        yield Problem(("iban", "bic"), ProblemCode.NOT_ALLOWED)
