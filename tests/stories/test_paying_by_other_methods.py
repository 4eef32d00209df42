"""INV5, INV6, INV8, INV9: invoices paid by card, by transfer, and by both the wallet and another method."""

from typing import Any

import pytest

from models import Hold, IdempotencyRecord, Invoice, LedgerTransfer, OutboxMail, Payment
from resolvers.payment_providers import ActionRequired, Declined, Pending, ProviderUnreachable, Reversed, Succeeded
from resolvers.settlement import settle_payment
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.states import HoldState, InvoiceState, PaymentState, TransferCause
from tests.books import Books
from tests.paying import add_method, clerk_of

pytestmark = pytest.mark.anyio


def id_of_method(method: object) -> str:
    return public_id(Prefix.PAYMENT_METHOD, method.id)  # type: ignore[attr-defined] # a stored method


async def settle(books: Books, payment: Payment, outcome: Succeeded | Reversed) -> Payment:
    clerk = clerk_of(books.world)
    return await settle_payment(clerk, clerk.policy, payment.id, outcome)


async def test_a_stored_card_pays_at_once(books: Books) -> None:
    invoice, method = await books.owe(10_000), await add_method(books.world, books.organization)

    answer = await books.pay([invoice], paymentMethodId=id_of_method(method))

    assert answer.result()["payment"]["state"] == "SUCCEEDED"
    (order,) = books.world.provider.orders
    assert (order.amount_minor, order.stored) == (10_810, method.provider_reference)
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID
    assert await books.balance() == 0


async def test_a_split_payment_takes_the_rest_by_card(books: Books) -> None:
    """INV6: whole or in part from the wallet."""
    await books.top_up(3_000)
    invoice = await books.owe(10_000)

    answer = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")

    assert answer.result()["payment"]["fromWallet"] == {"amountMinor": "3000"}
    assert books.world.provider.orders[0].amount_minor == 7_810
    assert await books.balance() == 0
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID


async def test_a_declined_card_keeps_nothing_and_the_key_can_be_used_again(books: Books) -> None:
    """INV6: if the second part fails, nothing is kept from the first. M6: nothing is remembered."""
    await books.top_up(3_000)
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(Declined("insufficient_funds"))

    declined = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")

    assert declined.refused() == "PAYMENT_DECLINED"
    assert declined.result()["declineCode"] == "insufficient_funds"
    wallet = await books.wallet()
    assert (wallet.balance_minor, wallet.held_minor) == (3_000, 0)
    assert not await IdempotencyRecord.exists()
    again = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")
    assert again.result()["payment"]["state"] == "SUCCEEDED"


async def test_a_card_that_asks_its_owner_waits_with_the_wallets_part_kept_aside(books: Books) -> None:
    """INV8: PAYMENT_ACTION_REQUIRED with what a frontend needs; a replay answers where the payment stands."""
    await books.top_up(3_000)
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(ActionRequired("", client_secret="secret"))

    asked = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")

    assert asked.refused() == "PAYMENT_ACTION_REQUIRED"
    assert asked.result()["clientSecret"] == "secret"
    assert asked.result()["publishableKey"] == "pk_scripted"
    assert (await books.wallet()).held_minor == 3_000
    other = await books.pay([invoice], key="another")
    assert other.refused() == "INVOICE_NOT_PAYABLE"
    replay = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")
    assert replay.refused() == "PAYMENT_ACTION_REQUIRED"

    payment = await Payment.get()
    books.world.provider.became[public_id(Prefix.PAYMENT, payment.id)] = Succeeded("charge")
    books.world.clock.move(minutes=2)
    await books.world.work()

    replay = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")
    assert replay.result()["payment"]["state"] == "SUCCEEDED"
    assert replay.body["extensions"]["idempotency"] == {"replayed": ["payInvoices"]}
    assert await books.balance() == 0


async def test_a_card_that_nobody_confirms_is_given_up(books: Books) -> None:
    await books.top_up(3_000)
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(ActionRequired("", url="https://confirm.example"))
    await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")

    books.world.clock.move(minutes=61)
    await books.world.work()

    payment = await Payment.get()
    assert payment.state is PaymentState.CANCELLED
    assert (await books.wallet()).held_minor == 0
    replay = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")
    assert replay.refused() == "PAYMENT_DECLINED"
    assert (await books.pay([await Invoice.get(id=invoice.id)], key="k2", methodKind="CARD")).result()["payment"]


async def test_an_unknown_outcome_is_asked_for_and_never_charged_again(books: Books) -> None:
    """INV9: timeout, then success."""
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(ProviderUnreachable)

    unknown = await books.pay([invoice], methodKind="CARD")

    assert unknown.result()["payment"]["state"] == "UNKNOWN"
    payment = await Payment.get()
    books.world.provider.became[public_id(Prefix.PAYMENT, payment.id)] = Succeeded("charge")
    books.world.clock.move(minutes=2)
    await books.world.work()
    assert (await Payment.get()).state is PaymentState.SUCCEEDED
    assert len(books.world.provider.orders) == 1


async def test_a_charge_that_never_arrived_is_over_after_a_while(books: Books) -> None:
    """INV9: timeout, then nothing."""
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(ProviderUnreachable)
    await books.pay([invoice], methodKind="CARD")

    books.world.clock.move(minutes=10)
    await books.world.work()
    assert (await Payment.get()).state is PaymentState.UNKNOWN
    books.world.clock.move(minutes=30)
    await books.world.work()

    payment = await Payment.get()
    assert (payment.state, payment.decline_code) == (PaymentState.CANCELLED, "never_arrived")
    assert (await Invoice.get(id=invoice.id)).is_being_paid is False


async def test_a_late_failure_is_mailed_and_keeps_nothing(books: Books) -> None:
    await books.top_up(3_000)
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(Pending(""))
    pending = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")
    assert pending.result()["payment"]["state"] == "PENDING"

    payment = await Payment.get()
    books.world.provider.became[public_id(Prefix.PAYMENT, payment.id)] = Declined("expired_card")
    books.world.clock.move(minutes=2)
    await books.world.work()

    assert (await Payment.get()).state is PaymentState.FAILED
    assert (await books.wallet()).held_minor == 0
    assert await OutboxMail.filter(kind=LetterKind.PAYMENT_FAILED).count() == 1
    replay = await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")
    assert replay.refused() == "PAYMENT_DECLINED"


async def test_money_that_arrives_for_a_payment_that_is_over_goes_to_the_wallet_once(books: Books) -> None:
    """WAL6: late money is credited with its cause; it never pays what somebody else may have paid meanwhile."""
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(Declined("card_declined"))
    await books.pay([invoice], methodKind="CARD")
    payment = await Payment.get()

    for _ in range(2):
        await settle(books, payment, Succeeded("charge"))

    assert await books.balance() == 10_810
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.OPEN
    assert await LedgerTransfer.filter(cause=TransferCause.LATE_PAYMENT).count() == 1
    for _ in range(2):
        await settle(books, payment, Reversed("charge"))
    assert await books.balance() == 0


async def test_a_charge_back_opens_the_invoices_again_and_gives_the_wallets_part_back(books: Books) -> None:
    await books.give_credit(1_000)
    await books.top_up(2_000)
    invoice = await books.owe(10_000)
    await books.pay([invoice], walletAmountMinor="3000", methodKind="CARD")
    payment = await Payment.get()

    for _ in range(2):
        await settle(books, payment, Reversed("charge"))

    assert (await Payment.get()).state is PaymentState.REVERSED
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.OPEN
    wallet = await books.wallet()
    assert (wallet.balance_minor, wallet.promotional_minor) == (3_000, 1_000)
    assert await OutboxMail.filter(kind=LetterKind.PAYMENT_REVERSED).count() == 1
    again = await books.pay([await Invoice.get(id=invoice.id)], key="again", methodKind="CARD")
    assert again.result()["payment"]["state"] == "SUCCEEDED"


async def test_what_was_reversed_before_it_was_known_has_failed(books: Books) -> None:
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(ProviderUnreachable)
    await books.pay([invoice], methodKind="CARD")

    await settle(books, await Payment.get(), Reversed("charge"))

    assert (await Payment.get()).state is PaymentState.FAILED


async def test_a_bank_transfer_says_where_to_pay_and_is_waited_for(books: Books) -> None:
    """INV6: while it may still come the wallet part is held, for 10 days."""
    await books.top_up(3_000)
    invoice = await books.owe(10_000)

    answer = await books.pay([invoice], walletAmountMinor="3000", methodKind="BANK_TRANSFER")

    payment = answer.result()["payment"]
    assert payment["state"] == "PENDING"
    assert payment["bankTransfer"]["iban"] == "CH4431999123000889012"
    assert len(payment["bankTransfer"]["reference"]) == 27
    books.world.clock.move(days=9)
    await books.world.work()
    assert (await Hold.get()).state is HoldState.ACTIVE
    books.world.clock.move(days=2)
    await books.world.work()
    assert (await Payment.get()).state is PaymentState.CANCELLED
    assert (await Hold.get()).state is HoldState.RELEASED
    replay = await books.pay([invoice], walletAmountMinor="3000", methodKind="BANK_TRANSFER")
    assert replay.refused() == "PAYMENT_DECLINED"
    assert books.world.provider.orders == []


async def test_a_payment_that_waits_can_be_given_up(books: Books) -> None:
    await books.top_up(3_000)
    invoice = await books.owe(10_000)
    begun = await books.pay([invoice], walletAmountMinor="3000", methodKind="BANK_TRANSFER")
    payment_id = begun.result()["payment"]["id"]
    selection = "... on CancelPaymentSuccess { payment { state viewerCan { cancel { allowed code } } } }"

    cancelled = await books.client.do("cancelPayment", selection, paymentId=payment_id, idempotencyKey="cancel")

    assert cancelled.result()["payment"] == {
        "state": "CANCELLED",
        "viewerCan": {"cancel": {"allowed": False, "code": "PAYMENT_NOT_CANCELLABLE"}},
    }
    assert (await books.wallet()).held_minor == 0
    again = await books.client.do("cancelPayment", selection, paymentId=payment_id, idempotencyKey="other")
    assert again.refused() == "PAYMENT_NOT_CANCELLABLE"


async def test_a_payment_that_went_through_meanwhile_cannot_be_given_up(books: Books) -> None:
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(ActionRequired("", client_secret="secret"))
    begun = await books.pay([invoice], methodKind="CARD")
    payment = await Payment.get()
    books.world.provider.became[public_id(Prefix.PAYMENT, payment.id)] = Succeeded("charge")

    answer = await books.client.do(
        "cancelPayment",
        "... on PaymentNotCancellable { state }",
        paymentId=begun.result()["paymentId"],
        idempotencyKey="cancel",
    )

    assert answer.refused() == "PAYMENT_NOT_CANCELLABLE"
    assert answer.result()["state"] == "SUCCEEDED"
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID


@pytest.mark.parametrize(
    ("pay_with", "code"),
    [
        ({"walletAmountMinor": "100"}, "INVALID_INPUT"),
        ({"methodKind": "TWINT"}, "INVALID_INPUT"),
        ({"methodKind": "TWINT", "returnUrl": "https://elsewhere.example/"}, "INVALID_INPUT"),
        ({"methodKind": "CARD", "walletAmountMinor": "10810"}, "AMOUNT_OUT_OF_RANGE"),
        ({"methodKind": "CARD", "walletAmountMinor": "-1"}, "AMOUNT_OUT_OF_RANGE"),
        ({"methodKind": "CARD", "walletAmountMinor": "500"}, "INSUFFICIENT_FUNDS"),
    ],
)
async def test_a_choice_that_makes_no_sense_is_refused(books: Books, pay_with: dict[str, Any], code: str) -> None:
    invoice = await books.owe(10_000)

    answer = await books.pay([invoice], **pay_with)

    assert answer.refused() == code
    assert not await Payment.exists()


async def test_a_way_of_paying_that_is_not_open_names_those_that_are(books: Books) -> None:
    """INV8: PostFinance and TWINT are for francs only."""
    books.organization.country, books.organization.currency = "FR", "EUR"  # type: ignore[assignment] # as stored
    await books.organization.save()
    invoice = await books.owe(10_000)

    answer = await books.pay([invoice], methodKind="TWINT", returnUrl="https://panel.example/done")

    assert answer.refused() == "PAYMENT_METHOD_NOT_ALLOWED"
    assert answer.result()["allowed"] == ["CARD", "PAYPAL", "BANK_TRANSFER", "WALLET"]


async def test_a_method_and_a_kind_contradict_each_other(books: Books) -> None:
    invoice, method = await books.owe(10_000), await add_method(books.world, books.organization)

    answer = await books.pay([invoice], paymentMethodId=id_of_method(method), methodKind="CARD")

    assert answer.refused() == "INVALID_INPUT"


async def test_nobody_pays_by_a_method_of_another_organization(books: Books) -> None:
    """ORG4: an id of another organization is not found, and nobody is charged."""
    other = await Books.open(books.world)
    invoice, foreign = await books.owe(10_000), await add_method(books.world, other.organization)

    answer = await books.pay([invoice], paymentMethodId=id_of_method(foreign))

    assert answer.codes == ["NOT_FOUND"]
    assert books.world.provider.orders == []
