"""WAL1, WAL2, WAL4, WAL7, MEM5: the wallet as its owner sees it, and is told when it is low."""

import pytest

from models import LedgerAccount, Membership, OutboxMail, Payment
from resolvers.caller import Nobody
from resolvers.ledger import hold, lock_wallet, release
from resolvers.transactions import transaction
from resolvers.wallets import tell_low_balances
from rules.letters import LetterKind
from rules.money import Currency
from rules.rights import Role
from tests.books import Books
from tests.world import id_of

pytestmark = pytest.mark.anyio

WALLET = """query Q($id: ID!) { organization(id: $id) { wallet { currency isCurrent
    balance { amount } held { amount } available { amount } promotional { amount } withdrawable { amount } }
    wallets { nodes { currency isCurrent } } } }"""
ALERT = "... on SetLowBalanceAlertSuccess { wallet { lowBalanceAlert { amount } } }"


async def seen(books: Books) -> dict[str, object]:
    answer = await books.client.ask(WALLET, id=id_of(books.organization))
    wallet: dict[str, object] = answer.data["organization"]["wallet"]
    return wallet


async def test_an_organization_has_an_empty_wallet_from_the_start(books: Books) -> None:
    """WAL1."""
    answer = await books.client.do(
        "createOrganization",
        "... on CreateOrganizationSuccess { organization { wallet { currency balance { amountMinor } } } }",
        kind="COMPANY",
        name="Blue Door",
        street="Main Street 1",
        postalCode="75001",
        city="Paris",
        country="FR",
    )

    assert answer.result()["organization"]["wallet"] == {"currency": "EUR", "balance": {"amountMinor": "0"}}


async def test_a_wallet_says_what_can_be_spent_and_what_can_be_withdrawn(books: Books) -> None:
    """WAL4: credit is part of the balance, is kept aside first for a payment, and is never withdrawable."""
    await books.top_up(10_000)
    await books.give_credit(3_000)
    acting = Nobody(books.world.clock.now())
    async with transaction():
        wallet = await lock_wallet(acting, books.organization.id, Currency.CHF)
        kept = await hold(acting, wallet, 4_000, "a payment under way", promotional_allowed=True)

    assert await seen(books) == {
        "currency": "CHF",
        "isCurrent": True,
        "balance": {"amount": "130.00"},
        "held": {"amount": "40.00"},
        "available": {"amount": "90.00"},
        "promotional": {"amount": "30.00"},
        "withdrawable": {"amount": "90.00"},
    }
    async with transaction():
        await release(acting, await lock_wallet(acting, books.organization.id, Currency.CHF), kept)
    assert (await seen(books))["withdrawable"] == {"amount": "100.00"}


async def test_the_wallet_follows_the_currency_and_the_old_one_stays(books: Books) -> None:
    """WAL1, ORG5: the address decides the currency of what comes."""
    await books.top_up(10_000)
    address = {"street": "Quai 1", "postalCode": "75001", "city": "Paris", "country": "FR"}

    await books.client.do("updateOrganization", organizationId=id_of(books.organization), **address)

    answer = await books.client.ask(WALLET, id=id_of(books.organization))
    assert answer.data["organization"]["wallet"]["currency"] == "EUR"
    assert answer.data["organization"]["wallets"]["nodes"] == [
        {"currency": "CHF", "isCurrent": False},
        {"currency": "EUR", "isCurrent": True},
    ]


async def test_limits_and_methods_of_top_ups_are_shown_beforehand(books: Books) -> None:
    """WAL2, INV8: no PayPal, and PostFinance and TWINT in francs only."""
    await lock_and_open(books, Currency.EUR)

    answer = await books.client.ask(
        """query Q($id: ID!) { organization(id: $id) { wallets { nodes { topUpPolicy {
            minimum { amount currency } maximum { amount } balanceMaximum { amount } methods } } } } }""",
        id=id_of(books.organization),
    )

    francs, euros = (each["topUpPolicy"] for each in answer.data["organization"]["wallets"]["nodes"])
    assert francs == {
        "minimum": {"amount": "5.00", "currency": "CHF"},
        "maximum": {"amount": "10000.00"},
        "balanceMaximum": {"amount": "50000.00"},
        "methods": ["CARD", "POSTFINANCE", "TWINT", "BANK_TRANSFER"],
    }
    assert euros["methods"] == ["CARD", "BANK_TRANSFER"]


async def lock_and_open(books: Books, currency: Currency) -> LedgerAccount:
    async with transaction():
        return await lock_wallet(Nobody(books.world.clock.now()), books.organization.id, currency)


async def set_alert(books: Books, amount_minor: int | None) -> object:
    values = {} if amount_minor is None else {"amountMinor": str(amount_minor)}
    answer = await books.client.do("setLowBalanceAlert", ALERT, walletId=await books.wallet_id(), **values)
    return answer.result()["wallet"]["lowBalanceAlert"]


async def told(books: Books) -> int:
    """How many mails about it were written, once the worker has looked."""
    while await tell_low_balances(books.world.clock.now()):
        pass
    return await OutboxMail.filter(kind=LetterKind.LOW_BALANCE).count()


async def test_whoever_pays_is_told_once_that_the_wallet_is_low(books: Books) -> None:
    """WAL7, MEM8: and again only after it was above the amount in between."""
    await books.top_up(10_000)
    quiet = await books.world.add_user()
    member = await books.world.add_member(books.organization, quiet, Role.COLLABORATOR, billing=True)
    await Membership.filter(id=member.id).update(billing_reminders=False)
    assert await set_alert(books, 5_000) == {"amount": "50.00"}
    assert await told(books) == 0

    await books.pay([await books.owe(5_000)], key="first")
    assert [await told(books), await told(books)] == [1, 1]

    await books.top_up(10_000)
    assert await told(books) == 1
    await books.pay([await books.owe(9_000)], key="second")
    assert await told(books) == 2
    (mail,) = {each.recipient for each in await OutboxMail.filter(kind=LetterKind.LOW_BALANCE)}
    assert mail == books.user.login


async def test_nobody_is_told_any_more_once_the_alert_is_taken_back(books: Books) -> None:
    """WAL7."""
    await set_alert(books, 5_000)
    assert await set_alert(books, None) is None

    assert await told(books) == 0


@pytest.mark.parametrize("amount_minor", ["0", "-1", "5000001", str(2**63 - 1)])
async def test_an_alert_is_above_nothing_and_within_what_a_wallet_holds(books: Books, amount_minor: str) -> None:
    """M17."""
    answer = await books.client.do(
        "setLowBalanceAlert",
        "... on AmountOutOfRange { minimum { amount } maximum { amount } }",
        walletId=await books.wallet_id(),
        amountMinor=amount_minor,
    )

    assert answer.refused() == "AMOUNT_OUT_OF_RANGE"
    assert answer.result()["maximum"] == {"amount": "50000.00"}
    assert (await books.wallet()).low_balance_minor is None


async def test_a_colleague_without_the_billing_right_learns_nothing_of_the_wallet(books: Books) -> None:
    """MEM5."""
    await books.top_up(12_345)
    colleague = await books.world.add_user()
    await books.world.add_member(books.organization, colleague, Role.COLLABORATOR, billing=False)
    client = await books.world.sign_in(colleague)

    answer = await client.ask(WALLET, id=id_of(books.organization))

    assert answer.body["data"]["organization"] == {"wallet": None, "wallets": None}
    assert answer.codes == ["FORBIDDEN", "FORBIDDEN"]
    assert await Payment.exists() is False
