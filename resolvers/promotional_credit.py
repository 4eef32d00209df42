"""Promotional credit: given by the provider, spent first, never withdrawn (WAL4)."""

from uuid import UUID

from models import LedgerAccount, Organization
from resolvers.access import lock_organization
from resolvers.caller import Acting, Caller
from resolvers.idempotency import claim, settle
from resolvers.ledger import lock_wallet, move, ours
from resolvers.records import record_event, record_staff_action
from resolvers.staff import check_reason, require_staff
from resolvers.transactions import in_one_transaction
from rules.checks import refuse_problems
from rules.events import EventKind, StaffAction
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.names import one_line
from rules.refusals import AmountOutOfRange
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


async def staff_give_credit(caller: Caller, *, organization_id: UUID, amount_minor: int, reason: str) -> LedgerAccount:
    """Credit an organization's wallet of today's currency, by somebody who works for the provider (STA1).

    The reason is audited. Refuses with AmountOutOfRange what is not above zero, or beyond what a wallet is filled to.
    """
    refuse_problems(check_reason(reason))

    async def work() -> LedgerAccount:
        await claim(caller)
        organization = await lock_organization(organization_id)
        await require_staff(caller)
        currency, maximum_minor = organization.currency, caller.policy.wallet_maximum_minor
        if not 0 < amount_minor <= maximum_minor:
            raise AmountOutOfRange(1, maximum_minor, currency, path=("amount_minor",))
        wallet = await give_credit(caller, organization, currency, amount_minor)
        subject = public_id(Prefix.WALLET, wallet.id)
        await record_staff_action(caller, StaffAction.PROMOTIONAL_CREDIT_GIVEN, subject, one_line(reason))
        await settle(caller, subject)
        return wallet

    return await in_one_transaction(work)
