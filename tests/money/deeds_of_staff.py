"""What our systems and staff charge and correct, and how that is paid: for the play of any order of things."""

from uuid import UUID

from hypothesis import strategies as st

from models import Charge, InvoiceLine
from rules.identifiers import Prefix, public_id
from rules.states import AccountKind, ChargeState
from tests.money.deeds_of_customers import CARD, COURSES, TWICE
from tests.money.expectation import Bill, Fee, Purse
from tests.money.play import AMOUNTS, PLACES, WHICH, Place, Play, deed, pick
from tests.money.playing import key_of
from tests.scripted_provider import Script
from tests.world import id_of


@deed(who=st.integers(0, 1), net=AMOUNTS, weight=2)
async def charge(play: Play, who: int, net: int) -> None:
    """INV4: once per source, however often it is recorded."""
    customer = play.customers[who]
    recorded = await play.stage.charge(customer, net)
    play.books.fees.append(Fee(recorded.source_reference, play.purse_of(customer, recorded.currency), net))


@deed(place=PLACES, with_bill=st.booleans(), percent=st.sampled_from([10, 100]), course=COURSES, twice=TWICE, weight=3)
async def pay_what_is_due(play: Play, place: Place, with_bill: bool, percent: int, course: Script, twice: bool) -> None:
    """INV5: charges are put on one fresh invoice, and paid together with others; VAT is rounded once (INV2)."""
    customer, purse = play.at(place)
    fees = [fee for fee in play.books.fees if fee.payer is purse and fee.state is ChargeState.OPEN][:3]
    bills = [bill for bill in play.books.bills if bill.payer is purse and bill.is_payable][:with_bill]
    if not fees:
        return
    fresh = _bill_of(purse, fees)
    total = fresh.total + sum(bill.total for bill in bills)
    inside = total * percent // 100
    outside = total - inside
    play.script(course if outside else None)
    recorded = await Charge.filter(source_reference__in=[fee.source for fee in fees])
    answer = await play.stage.ask(
        customer,
        "payDueItems",
        organizationId=id_of(customer.organization),
        dueItemIds=[public_id(Prefix.DUE_ITEM, key) for key in (*(each.id for each in recorded), *_keys(bills))],
        expectedAmountMinor=str(total),
        payWith={"methodKind": CARD, "walletAmountMinor": str(inside)} if outside else None,
        twice=twice,
    )
    if inside > purse.available:
        assert answer.refused() == "INSUFFICIENT_FUNDS"
        return
    line = await InvoiceLine.filter(charge_id=recorded[0].id, invoice__kind="INVOICE").get()
    fresh.key = public_id(Prefix.INVOICE, line.invoice_id)
    for fee in fees:
        fee.state = ChargeState.INVOICED
    play.books.bills.append(fresh)
    bills.append(fresh)
    if outside:
        part = purse.part(inside, with_credit=True)
        play.follow(play.begun(answer, purse, CARD, outside, bills=bills, inside=part), course)
    else:
        play.books.pay_from_purse(answer.result()["payment"]["id"], purse, bills)


def _bill_of(purse: Purse, fees: list[Fee]) -> Bill:
    """The invoice over some charges, before it has a key: Swiss VAT on what was sold, none on what was lent."""
    sold = sum(fee.net for fee in fees if not fee.is_lent)
    shares = {
        AccountKind.REVENUE: sold,
        AccountKind.VAT_DUE: (sold * 81 + 500) // 1_000,
        AccountKind.CHARGEBACKS: sum(fee.net for fee in fees if fee.is_lent),
    }
    return Bill("", purse, shares, fees)


def _keys(bills: list[Bill]) -> list[UUID]:
    return [key_of(bill.key) for bill in bills]


@deed(which=WHICH, weight=2)
async def correct(play: Play, which: int) -> None:
    """INV1: an invoice is corrected by a credit note, once; what was paid comes back to the wallet."""
    bill = pick(play.books.bills, which, play.books.can_be_credited)
    assert bill is not None
    is_possible = play.books.can_be_credited(bill)
    assert await play.stage.credit(bill.key) is is_possible
    if is_possible:
        play.books.credit(bill)
