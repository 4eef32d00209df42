"""What customers do with their money, and what must come of it: for the play of any order of things."""

from typing import Any

from hypothesis import strategies as st

from resolvers.payment_providers import ActionRequired, Cancelled, Declined, Pending, ProviderUnreachable, Succeeded
from rules.money import Currency
from rules.states import PaymentMethodKind, PaymentState, WithdrawalState, WithdrawalTarget
from tests.money.expectation import Bill, Part, Paying, Payout, Purse
from tests.money.play import AMOUNTS, LINES, PLACES, WHICH, Place, Play, deed, pick
from tests.money.playing import Customer, destination
from tests.scripted_provider import Script
from tests.world import Answer, id_of

CARD, TRANSFER = PaymentMethodKind.CARD, PaymentMethodKind.BANK_TRANSFER
COURSES = st.sampled_from(
    [Succeeded(""), Declined("no"), ActionRequired("", url="https://bank.example"), Pending(""), ProviderUnreachable]
)
TWICE = st.booleans()


@deed(place=PLACES, amount=st.integers(490, 20_000), course=COURSES, twice=TWICE, weight=2)
async def fill(play: Play, place: Place, amount: int, course: Script, twice: bool) -> None:
    """A top-up by card (WAL2)."""
    customer, purse = play.at(place)
    play.script(course)
    answer = await _ask_to_fill(play, customer, purse, amount, CARD, twice=twice)
    if amount < 500:
        assert answer.refused() == "AMOUNT_OUT_OF_RANGE"
    else:
        play.follow(play.begun(answer, purse, CARD, amount), course)


@deed(place=PLACES, amount=st.integers(500, 20_000), twice=TWICE)
async def fill_by_transfer(play: Play, place: Place, amount: int, twice: bool) -> None:
    """A top-up that a bank must bring."""
    customer, purse = play.at(place)
    play.begun(await _ask_to_fill(play, customer, purse, amount, TRANSFER, twice=twice), purse, TRANSFER, amount)


async def _ask_to_fill(
    play: Play, customer: Customer, purse: Purse, amount: int, kind: PaymentMethodKind, *, twice: bool
) -> Answer:
    wallet, way = customer.wallets[purse.currency], {"methodKind": kind}
    values = {"walletId": wallet, "amountMinor": str(amount), "payWith": way}
    return await play.stage.ask(customer, "topUpWallet", twice=twice, **values)


@deed(which=WHICH, count=st.integers(1, 3), twice=TWICE, weight=2)
async def pay_from_wallet(play: Play, which: int, count: int, twice: bool) -> None:
    """INV6, WAL4."""
    bills = _some_bills(play, which, count)
    purse, total = bills[0].payer, sum(bill.total for bill in bills)
    answer = await _ask_to_pay(play, bills, None, twice=twice)
    if not all(bill.is_payable for bill in bills):
        assert answer.refused() == "INVOICE_NOT_PAYABLE"
    elif total > purse.available:
        assert answer.refused() == "INSUFFICIENT_FUNDS"
        assert answer.result()["missing"] == {"amountMinor": str(total - purse.available)}
    else:
        play.books.pay_from_purse(answer.result()["payment"]["id"], purse, bills)


@deed(
    which=WHICH,
    count=st.integers(1, 3),
    kind=st.sampled_from([CARD, CARD, TRANSFER]),
    percent=st.sampled_from([0, 10, 50, 99]),
    course=COURSES,
    twice=TWICE,
    weight=3,
)
async def pay_otherwise(
    play: Play, which: int, count: int, kind: PaymentMethodKind, percent: int, course: Script, twice: bool
) -> None:
    """By card or by transfer, whole or with a part from the wallet (INV6)."""
    bills = _some_bills(play, which, count)
    purse, total = bills[0].payer, sum(bill.total for bill in bills)
    inside = total * percent // 100
    play.script(course if kind is CARD else None)
    answer = await _ask_to_pay(play, bills, {"methodKind": kind, "walletAmountMinor": str(inside)}, twice=twice)
    if not all(bill.is_payable for bill in bills):
        assert answer.refused() == "INVOICE_NOT_PAYABLE"
    elif inside > purse.available:
        assert answer.refused() == "INSUFFICIENT_FUNDS"
    else:
        part = purse.part(inside, with_credit=True)
        payment = play.begun(answer, purse, kind, total - inside, bills=bills, inside=part)
        if kind is CARD:
            play.follow(payment, course)


def _some_bills(play: Play, which: int, count: int) -> list[Bill]:
    """A bill that can be paid if there is one, and the next ones of the same payer and currency."""
    first = pick(play.books.bills, which, lambda bill: bill.is_payable)
    assert first is not None
    same = [bill for bill in play.books.bills if bill.payer is first.payer and bill.is_payable == first.is_payable]
    place = next(place for place, bill in enumerate(same) if bill is first)
    return same[place : place + count]


async def _ask_to_pay(play: Play, bills: list[Bill], way: dict[str, Any] | None, *, twice: bool) -> Answer:
    customer = play.owner_of(bills[0].payer)
    return await play.stage.ask(
        customer,
        "payInvoices",
        organizationId=id_of(customer.organization),
        invoiceIds=[bill.key for bill in bills],
        expectedAmountMinor=str(sum(bill.total for bill in bills)),
        payWith=way,
        twice=twice,
    )


@deed(which=WHICH, twice=TWICE)
async def give_up(play: Play, which: int, twice: bool) -> None:
    """A payment that waits for its payer or for a transfer is given up, unless its provider knows better."""
    payment = pick(play.books.payments, which, _waits)
    assert payment is not None
    known, waits = play.known_of(payment), _waits(payment)
    values = {"paymentId": payment.key}
    answer = await play.stage.ask(play.owner_of(payment.purse), "cancelPayment", twice=twice, **values)
    if waits:
        play.books.learn(
            payment, Cancelled("given_up") if known is None or isinstance(known, ActionRequired) else known
        )
    if waits and payment.state is PaymentState.CANCELLED:
        assert answer.result()["payment"] == {"id": payment.key}
    else:
        assert answer.refused() == "PAYMENT_NOT_CANCELLABLE"


def _waits(payment: Paying) -> bool:
    """Whether a payment waits for its payer, or for a transfer."""
    by_transfer = payment.state is PaymentState.PENDING and payment.kind is TRANSFER
    return by_transfer or payment.state is PaymentState.ACTION_REQUIRED


@deed(place=PLACES, amount=st.none() | AMOUNTS, target=st.sampled_from(WithdrawalTarget), twice=TWICE, weight=2)
async def withdraw(play: Play, place: Place, amount: int | None, target: WithdrawalTarget, twice: bool) -> None:
    """WAL3, WAL4."""
    customer, purse = play.at(place)
    wanted = purse.withdrawable if amount is None else amount
    asked = {} if amount is None else {"amountMinor": str(amount)}
    values = {"walletId": customer.wallets[purse.currency], **asked, **destination(target)}
    answer = await play.stage.ask(customer, "requestWithdrawal", twice=twice, **values)
    if 0 < wanted <= purse.withdrawable:
        part = purse.keep(Part(wanted))
        play.books.payouts.append(Payout(answer.result()["withdrawal"]["id"], purse, part))
    else:
        assert answer.refused() == "INSUFFICIENT_FUNDS"


@deed(which=WHICH, twice=TWICE)
async def cancel_withdrawal(play: Play, which: int, twice: bool) -> None:
    """WAL3: only before it is handed over."""
    payout = pick(play.books.payouts, which, lambda each: each.state is WithdrawalState.REQUESTED)
    if payout is None:
        return
    values = {"withdrawalId": payout.key}
    answer = await play.stage.ask(play.owner_of(payout.purse), "cancelWithdrawal", twice=twice, **values)
    if payout.state is WithdrawalState.REQUESTED:
        payout.state = WithdrawalState.CANCELLED
        payout.purse.free(payout.part)
        assert answer.result()["withdrawal"] == {"id": payout.key}
    else:
        assert answer.refused() == "WITHDRAWAL_NOT_CANCELLABLE"


@deed(which=WHICH)
async def pay_with_the_money_of_others(play: Play, which: int) -> None:
    """ORG4: nobody pays with, or for, somebody else by naming them."""
    bill = play.books.bills[which % len(play.books.bills)]
    (other,) = [each for each in play.customers if each.organization.id != bill.payer.owner]
    for organization in (other.organization, play.owner_of(bill.payer).organization):
        answer = await other.client.do(
            "payInvoices",
            organizationId=id_of(organization),
            invoiceIds=[bill.key],
            expectedAmountMinor=str(bill.total),
            idempotencyKey="stolen",
        )
        assert answer.codes == ["NOT_FOUND"]


@deed(who=st.integers(0, 1), lines=LINES)
async def order(play: Play, who: int, lines: list[tuple[int, int]]) -> None:
    """Something is billed, in the currency of today."""
    await play.owe(who, lines)


@deed(who=st.integers(0, 1), currency=st.sampled_from(Currency))
async def move_abroad(play: Play, who: int, currency: Currency) -> None:
    """ORG5: future invoices are in another currency; what there is stays as it is."""
    await play.stage.change_currency(play.customers[who], currency)
