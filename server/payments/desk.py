"""What can be paid by in this installation."""

from urllib.parse import urlsplit

from execution.origins import Origins
from resolvers.payment_providers import BankAccount, PaymentDesk, PaymentProvider
from server.clock import Clock
from server.payments.card_api import CardApi
from server.payments.cards import Cards
from server.payments.sandbox import KINDS, Sandbox
from server.payments.sandbox_memory import SandboxMemory
from server.settings import Settings


def open_desk(settings: Settings, clock: Clock) -> PaymentDesk:
    """The providers and bank accounts that the settings describe.

    With an account at the card provider, that plays what the account offers; without, the sandbox plays everything
    where it may. Payers may be sent back to pages that may call this server, wherever those are.
    """
    creditor = settings.creditor
    origins = Origins(settings.origins)
    providers: list[PaymentProvider] = []
    provider_of = {}
    if settings.plays_payments:
        # Also beside a real account, which then takes over: what was played before can still be asked about.
        sandbox = Sandbox(SandboxMemory(settings.sandbox_file), clock, settings.address)
        providers.append(sandbox)
        provider_of = dict.fromkeys(KINDS, sandbox.name)
    if settings.card_api_key:
        # Somewhat shorter than we wait for it, so that a call that hangs is closed and not merely left.
        seconds = settings.payment_answer_seconds * 0.9
        api = CardApi(settings.card_api_key, settings.card_api_address, seconds)
        cards = Cards(api, settings.card_publishable_key)
        providers.append(cards)
        provider_of = dict.fromkeys(settings.card_kinds, cards.name)

    def may_return_to(address: str) -> bool:
        parts = urlsplit(address)
        return origins.allow(f"{parts.scheme}://{parts.netloc}")

    return PaymentDesk(
        providers={provider.name: provider for provider in providers},
        provider_of=provider_of,
        accounts={
            currency: BankAccount(creditor.party.name, qr_iban, creditor.ibans[currency], creditor.bic)
            for currency, qr_iban in creditor.qr_ibans.items()
        },
        may_return_to=may_return_to,
    )
