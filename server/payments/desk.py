"""What can be paid by in this installation."""

from urllib.parse import urlsplit

from execution.origins import Origins
from resolvers.payment_providers import BankAccount, PaymentDesk
from server.settings import Settings


def open_desk(settings: Settings) -> PaymentDesk:
    """The providers and bank accounts that the settings describe.

    Payers may be sent back to pages that may call this server, wherever those are.
    """
    creditor = settings.creditor
    origins = Origins(settings.origins)

    def may_return_to(address: str) -> bool:
        parts = urlsplit(address)
        return origins.allow(f"{parts.scheme}://{parts.netloc}")

    return PaymentDesk(
        accounts={currency: BankAccount(iban, creditor.party.name) for currency, iban in creditor.qr_ibans.items()},
        may_return_to=may_return_to,
    )
