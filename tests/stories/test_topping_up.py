"""WAL2, WAL6, WAL7: a wallet filled by card and by transfer, within limits, and by itself; and taken back again."""

import pytest

from models import AutomaticTopUp, Charge, OutboxMail, Payment
from resolvers.payment_providers import ActionRequired, Declined, ProviderUnreachable, Reversed, Succeeded
from resolvers.settlement import settle_payment
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.rights import Role
from rules.states import ChargeKind, PaymentMethodKind, PaymentState
from tests.books import Books
from tests.paying import add_method, clerk_of

pytestmark = pytest.mark.anyio


async def set_rule(books: Books, threshold: int = 2_000, amount: int = 5_000, **more: object) -> object:
    """Have the wallet filled by a stored card; answers what that was answered with."""
    method = await add_method(books.world, books.organization, **more)  # type: ignore[arg-type] # facts of a method
    rule = {
        "thresholdMinor": str(threshold),
        "amountMinor": str(amount),
        "paymentMethodId": public_id(Prefix.PAYMENT_METHOD, method.id),
    }
    answer = await books.client.do(
        "setAutomaticTopUp",
        """... on SetAutomaticTopUpSuccess { wallet { automaticTopUp { threshold { amount } amount { amount }
            method { label } pausedUntil } } } ... on AmountOutOfRange { maximum { amountMinor } }""",
        walletId=await books.wallet_id(),
        rule=rule,
    )
    return answer.result()


async def test_a_card_fills_the_wallet(books: Books) -> None:
    answer = await books.fill(5_000)

    assert answer.result()["payment"]["state"] == "SUCCEEDED"
    assert answer.result()["payment"]["wallet"] == {"balance": {"amount": "50.00"}}
    assert await books.balance() == 5_000


async def test_the_same_top_up_twice_fills_once(books: Books) -> None:
    first = await books.fill(5_000)
    second = await books.fill(5_000)

    assert first.result()["payment"]["id"] == second.result()["payment"]["id"]
    assert await books.balance() == 5_000
    assert (await books.fill(6_000)).refused() == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("amount", [0, -500, 499, 1_000_001, 2**62])
async def test_an_amount_outside_the_limits_is_refused_with_them(books: Books, amount: int) -> None:
    """WAL2, M17."""
    answer = await books.fill(amount)

    assert answer.refused() == "AMOUNT_OUT_OF_RANGE"
    assert answer.result()["minimum"] == {"amountMinor": "500"}
    assert answer.result()["maximum"] == {"amountMinor": "1000000"}
    assert not await Payment.exists()


async def test_what_is_under_way_counts_towards_the_largest_balance(books: Books) -> None:
    """WAL2: 50,000.00 bind top-ups."""
    await books.top_up(4_500_000)
    await books.fill(400_000, methodKind="BANK_TRANSFER")

    answer = await books.fill(200_000, key="second")

    assert answer.refused() == "AMOUNT_OUT_OF_RANGE"
    assert answer.result()["maximum"] == {"amountMinor": "100000"}


@pytest.mark.parametrize("kind", ["PAYPAL", "WALLET"])
async def test_a_wallet_is_not_filled_by_itself_or_by_paypal(books: Books, kind: str) -> None:
    """WAL2 [K]."""
    answer = await books.fill(5_000, methodKind=kind, returnUrl="https://panel.example/")

    assert answer.refused() == "PAYMENT_METHOD_NOT_ALLOWED"
    assert answer.result()["allowed"] == ["CARD", "POSTFINANCE", "TWINT", "BANK_TRANSFER"]


async def test_a_declined_top_up_leaves_nothing(books: Books) -> None:
    books.world.provider.plays.append(Declined("card_declined"))

    answer = await books.fill(5_000)

    assert answer.refused() == "PAYMENT_DECLINED"
    assert await books.balance() == 0
    assert (await books.fill(5_000)).result()["payment"]["state"] == "SUCCEEDED"


async def test_a_top_up_by_transfer_says_where_to_pay(books: Books) -> None:
    """WAL2: instructions follow."""
    answer = await books.fill(5_000, methodKind="BANK_TRANSFER")

    payment = answer.result()["payment"]
    assert payment["state"] == "PENDING"
    assert payment["bankTransfer"]["holder"] == "Manager"
    assert await books.balance() == 0


async def test_a_top_up_that_is_confirmed_later_arrives_then(books: Books) -> None:
    books.world.provider.plays.append(ActionRequired("", url="https://confirm.example"))
    asked = await books.fill(5_000)
    assert asked.refused() == "PAYMENT_ACTION_REQUIRED"
    assert asked.result()["url"] == "https://confirm.example"
    assert asked.result()["publishableKey"] is None

    books.world.provider.became[asked.result()["paymentId"]] = Succeeded("charge")
    books.world.clock.move(minutes=2)
    await books.world.work()

    assert await books.balance() == 5_000


async def test_a_top_up_taken_back_after_it_was_spent_becomes_a_charge(books: Books) -> None:
    """WAL6, M2: the wallet stays at 0 and never falls below."""
    await books.fill(10_000)
    await books.pay([await books.owe(5_000)])
    top_up = await Payment.get(purpose="TOP_UP")
    clerk = clerk_of(books.world)

    for _ in range(2):
        await settle_payment(clerk, clerk.policy, top_up.id, Reversed("charge"))

    assert await books.balance() == 0
    charge = await Charge.get()
    assert (charge.kind, charge.net_minor) == (ChargeKind.REVERSED_TOP_UP, 5_405)
    assert (await Payment.get(id=top_up.id)).state is PaymentState.REVERSED


async def test_a_wallet_that_is_low_fills_itself(books: Books) -> None:
    """WAL7."""
    await books.top_up(2_500)
    assert await set_rule(books) == {
        "__typename": "SetAutomaticTopUpSuccess",
        "wallet": {
            "automaticTopUp": {
                "threshold": {"amount": "20.00"},
                "amount": {"amount": "50.00"},
                "method": {"label": "Card"},
                "pausedUntil": None,
            }
        },
    }
    await books.world.work()
    assert await books.balance() == 2_500

    await books.pay([await books.owe(1_000)])
    await books.world.work()

    assert await books.balance() == 2_500 - 1_081 + 5_000
    assert books.world.provider.orders[-1].stored is not None


async def test_an_automatic_top_up_that_is_refused_is_mailed_and_waits_a_day(books: Books) -> None:
    books.world.provider.plays.append(Declined("expired_card"))
    await set_rule(books)

    await books.world.work()

    assert len(books.world.provider.orders) == 1
    assert await OutboxMail.filter(kind=LetterKind.AUTOMATIC_TOP_UP_FAILED).count() == 1
    books.world.clock.move(hours=25)
    await books.world.work()
    assert await books.balance() == 5_000


async def test_an_automatic_top_up_does_not_wait_for_somebody_to_confirm(books: Books) -> None:
    books.world.provider.plays.append(ActionRequired("", client_secret="secret"))
    await set_rule(books)

    await books.world.work()

    assert (await Payment.get()).state is PaymentState.CANCELLED
    assert (await AutomaticTopUp.get()).paused_until is not None
    assert await OutboxMail.filter(kind=LetterKind.AUTOMATIC_TOP_UP_FAILED).count() == 1


async def test_an_automatic_top_up_without_an_answer_is_not_tried_twice(books: Books) -> None:
    """INV9: one at a time, whatever is not known of it."""
    books.world.provider.plays.append(ProviderUnreachable)
    await set_rule(books)

    await books.world.work()
    books.world.clock.move(minutes=5)
    await books.world.work()

    assert len(books.world.provider.orders) == 1
    assert await Payment.all().count() == 1


async def test_an_automatic_top_up_can_be_switched_off(books: Books) -> None:
    await set_rule(books)

    answer = await books.client.do(
        "setAutomaticTopUp",
        "... on SetAutomaticTopUpSuccess { wallet { automaticTopUp { id } } }",
        walletId=await books.wallet_id(),
        rule=None,
    )

    assert answer.result()["wallet"] == {"automaticTopUp": None}
    await books.world.work()
    assert books.world.provider.orders == []


async def test_a_rule_outside_the_limits_is_refused(books: Books) -> None:
    for threshold, amount in ((0, 5_000), (5_000_000, 5_000), (2_000, 499), (2_000, 1_000_001)):
        answer = await set_rule(books, threshold, amount)
        assert answer["code"] == "AMOUNT_OUT_OF_RANGE"  # type: ignore[index] # a refusal
    answer = await set_rule(books, kind=PaymentMethodKind.PAYPAL)
    assert answer["code"] == "PAYMENT_METHOD_NOT_ALLOWED"  # type: ignore[index] # a refusal
    assert not await AutomaticTopUp.exists()


async def test_a_member_without_the_billing_right_fills_nothing(books: Books) -> None:
    """MEM5."""
    user = await books.world.add_user()
    await books.world.add_member(books.organization, user, Role.COLLABORATOR)
    client = await books.world.sign_in(user)

    answer = await client.do(
        "topUpWallet",
        walletId=await books.wallet_id(),
        amountMinor="5000",
        payWith={"methodKind": "CARD"},
        idempotencyKey="key",
    )

    assert answer.codes == ["FORBIDDEN"]
    assert not await Payment.exists()
    assert books.world.provider.orders == []
