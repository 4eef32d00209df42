"""What stories about withdrawals do over and over: ask for one, hand over what waits, and act as staff."""

from typing import Any

from models import PayoutFile, Session, User
from resolvers.caller import Acting, Nobody
from resolvers.payouts import create_payout_file
from rules.money import Currency
from rules.states import WithdrawalTarget
from rules.viewer import Viewer
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
    user, _ = await add_staff(world)
    return Nobody(world.clock.now(), Viewer(user.id, is_staff=True))


async def hand_over(
    books: Books, target: WithdrawalTarget = WithdrawalTarget.IBAN, currency: Currency = Currency.CHF
) -> PayoutFile | None:
    """Hand over what waits."""
    write = writer_for(books.world.settings.debtor)
    acting = await at_terminal(books.world)
    return await create_payout_file(acting, write, target=target, currency=currency, reason=REASON)


async def state_of(books: Books, withdrawal_id: str) -> dict[str, Any]:
    """A withdrawal as its owner sees it now."""
    answer = await books.client.ask(
        f"query Q($id: ID!) {{ node(id: $id) {{ ... on Withdrawal {SHOWN.removeprefix('withdrawal ')} }} }}",
        id=withdrawal_id,
    )
    shown: dict[str, Any] = answer.data["node"]
    return shown
