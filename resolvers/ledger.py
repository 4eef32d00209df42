"""The ledger: the only place that moves money, and that keeps some of a wallet aside (WAL5).

Every movement is one transfer between two accounts; the database moves the balances and writes the wallet's entry. All
of it happens in the transaction that is open. Locks are taken in this order: organization, wallet, invoice, charge,
payment, product; whatever is decided is decided behind them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from models import Hold, LedgerAccount, LedgerTransfer
from models.fields import new_id
from models.ledger import OUR_ACCOUNTS
from models.statements import insert, insert_unless_there, lock
from resolvers.caller import Acting
from rules.money import Currency, withdrawable_part
from rules.refusals import InsufficientFunds
from rules.states import AccountKind, HoldState, TransferCause


def ours(kind: AccountKind, currency: Currency) -> UUID:
    """The key of one of the provider's own accounts."""
    return OUR_ACCOUNTS[kind, currency]


async def open_wallet(acting: Acting, organization_id: UUID, currency: Currency) -> None:
    """See to it that an organization has a wallet in a currency; nothing happens when it has (WAL1)."""
    owner = {"organization_id": organization_id, "currency": currency}
    await insert_unless_there(LedgerAccount, {"kind": AccountKind.WALLET, **owner, "created_at": acting.now})


async def make_current(acting: Acting, organization_id: UUID, currency: Currency) -> None:
    """Make the wallet in this currency the one of today, opening it if need be (WAL1, ORG5).

    For whoever made the organization or changed its currency, in the transaction that is open.
    """
    await open_wallet(acting, organization_id, currency)
    wallets = LedgerAccount.filter(organization_id=organization_id)
    await wallets.exclude(currency=currency).update(is_current=False)
    await wallets.filter(currency=currency).update(is_current=True)


async def lock_wallet(acting: Acting, organization_id: UUID, currency: Currency) -> LedgerAccount:
    """Lock the wallet of an organization in a currency, opening it if need be, and read it as it is now."""
    asked = ("kind = ? AND organization_id = ? AND currency = ?", AccountKind.WALLET, organization_id, currency)
    while not (wallets := await lock(LedgerAccount, *asked)):
        await open_wallet(acting, organization_id, currency)
    return wallets[0]


async def lock_wallets(organization_id: UUID) -> dict[Currency, LedgerAccount]:
    """Lock the wallets that an organization has, and read them as they are now."""
    wallets = await lock(LedgerAccount, "kind = ? AND organization_id = ?", AccountKind.WALLET, organization_id)
    return {wallet.currency: wallet for wallet in wallets}


def available_minor(wallet: LedgerAccount) -> int:
    """What of a wallet can be spent: its balance but for what is kept aside."""
    return wallet.balance_minor - wallet.held_minor


def withdrawable_minor(wallet: LedgerAccount) -> int:
    """What of a wallet can be paid out: nothing that is kept aside, and no promotional credit (WAL4)."""
    return withdrawable_part(
        wallet.balance_minor, wallet.held_minor, wallet.promotional_minor, wallet.promotional_held_minor
    )


def free_credit_minor(wallet: LedgerAccount) -> int:
    """How much promotional credit of a wallet is not kept aside."""
    return wallet.promotional_minor - wallet.promotional_held_minor


@dataclass(frozen=True)
class Movement:
    """An amount that goes from one account to another, both of them of this currency.

    `promotional_minor` says how much of it is promotional credit on a wallet's side. `reference` is the public id of
    what caused it.
    """

    debit: UUID
    credit: UUID
    currency: Currency
    amount_minor: int
    cause: TransferCause
    reference: str
    promotional_minor: int = 0


async def move_all(acting: Acting, movements: Iterable[Movement]) -> None:
    """Move amounts, one after the other; the database refuses to take more from a wallet than it holds."""
    transfers = [
        {
            "debit_id": each.debit,
            "credit_id": each.credit,
            "currency": each.currency,
            "amount_minor": each.amount_minor,
            "promotional_minor": each.promotional_minor,
            "cause": each.cause,
            "reference": each.reference,
            "debit_entry_id": new_id(),
            "credit_entry_id": new_id(),
            "created_at": acting.now,
        }
        for each in movements
    ]
    await insert(LedgerTransfer, transfers)


async def move(
    acting: Acting,
    *,
    debit: UUID,
    credit: UUID,
    currency: Currency,
    amount_minor: int,
    promotional_minor: int = 0,
    cause: TransferCause,
    reference: str,
) -> None:
    """Move one amount, as `move_all` does."""
    await move_all(acting, [Movement(debit, credit, currency, amount_minor, cause, reference, promotional_minor)])


def spending(wallet: LedgerAccount, amount_minor: int, *, to: UUID, cause: TransferCause, reference: str) -> Movement:
    """The movement that spends money of a locked wallet, promotional credit first (WAL4).

    Refuses with InsufficientFunds, naming what is missing, when less than that is available.
    """
    missing = amount_minor - available_minor(wallet)
    if missing > 0:
        raise InsufficientFunds(missing_minor=missing, currency=wallet.currency)
    promotional = min(amount_minor, free_credit_minor(wallet))
    return Movement(wallet.id, to, wallet.currency, amount_minor, cause, reference, promotional)


async def hold(
    acting: Acting, wallet: LedgerAccount, amount_minor: int, reference: str, *, promotional_allowed: bool
) -> Hold:
    """Keep some of a locked wallet aside until it is certain what becomes of it (INV6, WAL3).

    Promotional credit is kept aside first where it may be, and never where it may not. Refuses with InsufficientFunds.
    """
    free = available_minor(wallet) if promotional_allowed else withdrawable_minor(wallet)
    if amount_minor > free:
        raise InsufficientFunds(missing_minor=amount_minor - free, currency=wallet.currency)
    promotional = min(amount_minor, free_credit_minor(wallet)) if promotional_allowed else 0
    await _keep_aside(wallet, amount_minor, promotional)
    return await Hold.create(
        organization_id=wallet.organization_id,
        account_id=wallet.id,
        amount_minor=amount_minor,
        promotional_minor=promotional,
        state=HoldState.ACTIVE,
        reference=reference,
        created_at=acting.now,
    )


async def release(acting: Acting, wallet: LedgerAccount, kept: Hold) -> None:
    """Give what was kept aside back to its locked wallet; nothing happens when the hold has ended already."""
    await _end_hold(acting, wallet, kept, HoldState.RELEASED)


async def capture(
    acting: Acting, wallet: LedgerAccount, kept: Hold, *, to: UUID, cause: TransferCause, reference: str
) -> None:
    """Move what was kept aside in a locked wallet to where it was meant for; nothing happens when it has ended."""
    if not await _end_hold(acting, wallet, kept, HoldState.CAPTURED):
        return
    await move(
        acting,
        debit=wallet.id,
        credit=to,
        currency=wallet.currency,
        amount_minor=kept.amount_minor,
        promotional_minor=kept.promotional_minor,
        cause=cause,
        reference=reference,
    )
    await wallet.refresh_from_db()


async def _end_hold(acting: Acting, wallet: LedgerAccount, kept: Hold, state: HoldState) -> bool:
    ended = await Hold.filter(id=kept.id, state=HoldState.ACTIVE).update(state=state, settled_at=acting.now)
    if not ended:
        return False
    await _keep_aside(wallet, -kept.amount_minor, -kept.promotional_minor)
    await kept.refresh_from_db()
    return True


async def _keep_aside(wallet: LedgerAccount, amount_minor: int, promotional_minor: int) -> None:
    """Keep more of a locked wallet aside, or less with negative amounts."""
    wallet.held_minor += amount_minor
    wallet.promotional_held_minor += promotional_minor
    await wallet.save(update_fields=["held_minor", "promotional_held_minor"])
