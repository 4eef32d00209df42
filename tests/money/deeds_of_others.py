"""What providers, banks, staff and time do with money: for the play of any order of things."""

from collections.abc import Callable

from hypothesis import strategies as st

from models import Invoice, Payment
from resolvers.payment_providers import ActionRequired, Cancelled, Declined, Outcome, Pending, Reversed, Succeeded
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import AccountKind, PaymentMethodKind, PaymentState, WithdrawalState, WithdrawalTarget
from tests.money.expectation import LIVE, Part, Paying
from tests.money.play import AMOUNTS, PLACES, WHICH, Place, Play, deed, pick
from tests.money.playing import key_of

CARD, TRANSFER = PaymentMethodKind.CARD, PaymentMethodKind.BANK_TRANSFER
NEWS = st.sampled_from([Succeeded, Succeeded, Declined, Cancelled, Pending, Reversed, Reversed])
MOSTLY_RIGHT = st.sampled_from([0, 0, 1])


@deed(which=WHICH, news=NEWS, is_told=st.sampled_from([True, True, False]), weight=6)
async def learn(play: Play, which: int, news: Callable[[str], Outcome], is_told: bool) -> None:
    """A provider comes to an outcome; untold, it is only found when somebody asks (INV9, WAL6)."""
    payments = [each for each in play.books.payments if each.kind is CARD]
    payment = pick(payments, which, lambda each: each.state is not PaymentState.SUCCEEDED)
    assert payment is not None
    outcome = news(f"charge of {payment.key}")
    if is_told:
        await play.stage.tell(payment.key, outcome)
        play.books.learn(payment, outcome)
    else:
        play.stage.world.provider.became[payment.key] = outcome


@deed(which=WHICH, more=MOSTLY_RIGHT, elsewhere=st.sampled_from([False, False, True]), weight=2)
async def transfer_for_a_payment(play: Play, which: int, more: int, elsewhere: bool) -> None:
    """INV7: it must agree in amount and currency, and come in time; else it is the payer's to keep."""
    payments = [each for each in play.books.payments if each.kind is TRANSFER]
    if not payments:
        return
    payment = payments[which % len(payments)]
    reference = (await Payment.get(id=key_of(payment.key))).payment_reference
    if reference is None:  # it was brought by a transfer for a bill
        return
    currencies = [each for each in Currency if (each is payment.purse.currency) is not elsewhere]
    await play.stage.transfer(reference, currencies[0], payment.outside + more)
    if payment.state in LIVE and not more and not elsewhere:
        play.books.learn(payment, Succeeded(""))
    else:
        purse = play.purse_of(play.owner_of(payment.purse), currencies[0])
        play.books.arrive(purse, Part(payment.outside + more))


@deed(which=WHICH, more=MOSTLY_RIGHT, weight=2)
async def transfer_for_a_bill(play: Play, which: int, more: int) -> None:
    """INV7: a bill can be paid by its own reference, also when a transfer for it alone is waited for."""
    bill = play.books.bills[which % len(play.books.bills)]
    reference = (await Invoice.get(id=key_of(bill.key))).payment_reference
    await play.stage.transfer(reference, bill.payer.currency, bill.total + more)
    waiting = [
        each
        for each in play.books.payments
        if each.state in LIVE and each.bills == [bill] and each.kind is TRANSFER and not each.inside.amount
    ]
    if more or not (bill.is_payable or waiting):
        play.books.arrive(bill.payer, Part(bill.total + more))
    elif waiting:
        play.books.learn(waiting[0], Succeeded(""))
    else:
        paid = await Payment.filter(allocations__invoice_id=key_of(bill.key), allocations__is_live=True).get()
        key = public_id(Prefix.PAYMENT, paid.id)
        play.books.complete(play.books.begin(Paying(key, bill.payer, TRANSFER, bill.total, [bill])))


@deed(currency=st.sampled_from(Currency), amount=AMOUNTS, who=st.integers(0, 1))
async def transfer_for_nobody(play: Play, currency: Currency, amount: int, who: int) -> None:
    """Money without a reference waits until staff finds out whose it is; here, until the next comes (STA2)."""
    stray = await play.stage.transfer("", currency, amount)
    play.books.ours[AccountKind.PAYMENTS_IN_TRANSIT, currency] -= amount
    play.books.ours[AccountKind.UNMATCHED, currency] += amount
    play.strays.append((stray, currency, amount))
    if len(play.strays) > 1:
        stray, currency, amount = play.strays.pop(0)
        await play.stage.assign(stray, play.customers[who])
        play.books.arrive(play.purse_of(play.customers[who], currency), Part(amount), AccountKind.UNMATCHED)


@deed(place=PLACES, amount=AMOUNTS)
async def give_credit(play: Play, place: Place, amount: int) -> None:
    """WAL4."""
    customer, purse = play.at(place)
    await play.stage.give(customer, purse.currency, amount)
    play.books.arrive(purse, Part(amount, amount), AccountKind.PROMOTIONS)


@deed(currency=st.sampled_from(Currency), weight=2)
async def hand_over(play: Play, currency: Currency) -> None:
    """STA2: the money of withdrawals leaves the wallets when they are handed over."""
    for target in WithdrawalTarget:
        await play.stage.hand_over(target, currency)
    for payout in play.books.payouts:
        if payout.state is WithdrawalState.REQUESTED and payout.purse.currency is currency:
            payout.state = WithdrawalState.IN_TRANSIT
            payout.purse.free(payout.part)
            play.books.leave(payout.purse, payout.part, AccountKind.PAYOUTS)


@deed(which=WHICH, becomes=st.sampled_from([WithdrawalState.PAID, WithdrawalState.FAILED]), weight=3)
async def settle_withdrawal(play: Play, which: int, becomes: WithdrawalState) -> None:
    """WAL3: it comes back when it fails, even after PAID was reported; told the same again, nothing happens."""
    sent = [each for each in play.books.payouts if each.state in (WithdrawalState.IN_TRANSIT, WithdrawalState.PAID)]
    payout = pick(sent, which, lambda each: each.state is not becomes)
    if payout is None:
        return
    await play.stage.settle(payout.key, becomes)
    if payout.state is not becomes:
        payout.state = becomes
        if becomes is WithdrawalState.FAILED:
            play.books.arrive(payout.purse, payout.part, AccountKind.PAYOUTS)


@deed()
async def wait(play: Play) -> None:
    """So much time passes that whatever waits is over, and that providers are asked about everything (INV6, INV9)."""
    known = {each.key: play.known_of(each) for each in play.books.payments}
    await play.stage.wait(*play.customers)
    for payment in play.books.payments:
        if payment.state in LIVE:
            found = None if payment.kind is TRANSFER else known[payment.key]
            if found is None or isinstance(found, ActionRequired):
                found = Cancelled("expired")
            play.books.learn(payment, found)
