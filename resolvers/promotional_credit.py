"""Promotional credit: given by the provider, spent first, never withdrawn (WAL4)."""

from models import LedgerAccount, Organization
from resolvers.caller import Acting
from resolvers.ledger import lock_wallet, move, ours
from resolvers.records import record_event
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import AccountKind, TransferCause


async def give_credit(
    acting: Acting, organization: Organization, currency: Currency, amount_minor: int
) -> LedgerAccount:
    """Credit a locked organization's wallet, in the transaction that is open; answers the wallet."""
    wallet = await lock_wallet(acting, organization.id, currency)
    subject = public_id(Prefix.WALLET, wallet.id)
    await move(
        acting,
        debit=ours(AccountKind.PROMOTIONS, currency),
        credit=wallet.id,
        currency=currency,
        amount_minor=amount_minor,
        promotional_minor=amount_minor,
        cause=TransferCause.PROMOTIONAL_CREDIT,
        reference=subject,
    )
    await wallet.refresh_from_db()
    data = {"amount_minor": amount_minor, "currency": currency}
    await record_event(acting, organization.id, EventKind.WALLET_CREDITED, subject, data)
    return wallet
