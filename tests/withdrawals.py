"""What stories about withdrawals do over and over: ask for one, hand over what waits, and act as staff."""

from datetime import date
from typing import Any

from models import IncomingTransfer, LedgerAccount, Organization, PayoutFile, Session, User, Withdrawal
from resolvers.access import lock_organization
from resolvers.caller import Acting, Nobody
from resolvers.incoming_transfers import Credit, take_in
from resolvers.ledger import lock_wallet, move, ours
from resolvers.payouts import create_payout_file
from resolvers.transactions import transaction
from resolvers.withdrawals import _keep_aside
from rules.destinations import Destination
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.policy import Policy
from rules.states import AccountKind, TransferCause, WithdrawalTarget
from server.payouts.writing import writer_for
from tests.books import Books
from tests.world import Answer, Client, World

IBAN, MASKED = "CH93 0076 2011 6238 5295 7", "CH •••• 2957"
ACCOUNT = {"iban": IBAN, "holder": "Ada Meier"}
REASON = "Ticket 4711"

SHOWN = """withdrawal { id state amount { amount currency } target destinationShown holder reference failureReason
    requestedAt handedOverAt settledAt viewerCan { cancel { allowed code } } }"""


async def ask_for(books: Books, amount_minor: int | None = None, *, key: str = "key", **where: Any) -> Answer:
    """Ask for a withdrawal from the wallet in francs; to a Swiss bank account unless told otherwise."""
    return await books.client.do(
        "requestWithdrawal",
        f"... on RequestWithdrawalSuccess {{ {SHOWN} }} ... on InsufficientFunds {{ missing {{ amountMinor }} }}"
        " ... on InvalidInput { problems { path code } }",
        walletId=await books.wallet_id(),
        **({} if amount_minor is None else {"amountMinor": str(amount_minor)}),
        **(where or {"iban": ACCOUNT}),
        idempotencyKey=key,
    )


async def requested(books: Books, amount_minor: int | None = None, **more: Any) -> dict[str, Any]:
    """The withdrawal that was asked for."""
    withdrawal: dict[str, Any] = (await ask_for(books, amount_minor, **more)).result()["withdrawal"]
    return withdrawal


async def add_staff(world: World) -> tuple[User, Client]:
    """One of the provider's people, in a session that proved a second factor."""
    user = await world.add_user()
    user.is_staff = True
    await user.save()
    client = await world.sign_in(user)
    await Session.filter(user_id=user.id).update(second_factor_at=world.clock.now())
    return user, client


async def at_terminal(world: World) -> Acting:
    """One of the provider's people who runs the command line."""
    return await world.staff_at_terminal()


async def hand_over(
    world: World, target: WithdrawalTarget = WithdrawalTarget.IBAN, currency: Currency = Currency.CHF
) -> PayoutFile | None:
    """Hand over what waits."""
    write = writer_for(world.settings.debtor)
    acting = await at_terminal(world)
    return await create_payout_file(acting, write, target=target, currency=currency, reason=REASON)


async def state_of(books: Books, withdrawal_id: str) -> dict[str, Any]:
    """A withdrawal as its owner sees it now."""
    answer = await books.client.ask(
        f"query Q($id: ID!) {{ node(id: $id) {{ ... on Withdrawal {SHOWN.removeprefix('withdrawal ')} }} }}",
        id=withdrawal_id,
    )
    shown: dict[str, Any] = answer.data["node"]
    return shown


async def fill_wallet(acting: Acting, wallet: LedgerAccount, amount_minor: int) -> None:
    """Money from outside, in the transaction that is open: what alone can be withdrawn."""
    await move(
        acting,
        debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, wallet.currency),
        credit=wallet.id,
        currency=wallet.currency,
        amount_minor=amount_minor,
        cause=TransferCause.TOP_UP,
        reference=public_id(Prefix.WALLET, wallet.id),
    )


async def add_withdrawal(
    world: World, organization: Organization, amount_minor: int, *, holder: str = "Ada Meier"
) -> Withdrawal:
    """A withdrawal in francs that waits, of money that is in the wallet."""
    acting = Nobody(world.clock.now())
    destination = Destination(WithdrawalTarget.IBAN, IBAN.replace(" ", ""), MASKED, holder)
    async with transaction():
        owner = await lock_organization(organization.id)
        wallet = await lock_wallet(acting, owner.id, Currency.CHF)
        return await _keep_aside(acting, owner, wallet, amount_minor, destination)


async def add_incoming_transfer(world: World, name: str) -> IncomingTransfer:
    """Money that waits for staff."""
    credit = Credit(name, Currency.CHF, 5_000, "", "Grace Moser", "", "", date(2026, 3, 2))
    transfer = await take_in(Nobody(world.clock.now()), Policy(), credit)
    assert transfer is not None
    return transfer
