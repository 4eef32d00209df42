"""VAT numbers: whether one is well formed for an address, and what the registry says of it (ORG6)."""

from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from resolvers.caller import Caller
from rules.organizations import OrganizationKind, VatStatus, takes_vat_number
from rules.refusals import VatNumberInvalid, VatNumberNotApplicable

# Greek numbers begin with the old spelling of the country.
PREFIX_OF_COUNTRY = {"GR": "EL"}


def read_vat_number(text: str, *, kind: OrganizationKind, country: str, path: tuple[str, ...] = ()) -> str:
    """Read a VAT number into its one spelling, with the country in front and without blanks.

    Refuses with VatNumberNotApplicable where none is taken, and with VatNumberInvalid when the form, the country or
    the check digits are wrong (ORG6).
    """
    if not takes_vat_number(kind, country):
        raise VatNumberNotApplicable(country=country, path=path)
    try:
        number = vat.validate(text)
    except ValidationError as error:
        raise VatNumberInvalid(path=path) from error
    if not number.startswith(PREFIX_OF_COUNTRY.get(country, country)):
        raise VatNumberInvalid(path=path)
    return number


async def ask_registry(caller: Caller, vat_number: str | None) -> VatStatus | None:
    """What the registry says of a number; UNVERIFIED when it cannot be asked now. Never inside a transaction."""
    if vat_number is None:
        return None
    registered = await caller.vat_registry.is_registered(vat_number)
    if registered is None:
        return VatStatus.UNVERIFIED
    return VatStatus.VALID if registered else VatStatus.INVALID
