"""INV4, STA1: fees and overages of products, recorded by staff once each, cancelled, and seen by those who pay."""

import asyncio
from datetime import date
from typing import Any

import pytest

from models import AuditEntry, Charge, Event, Organization
from rules.identifiers import Prefix, public_id
from rules.kinds import ProductState
from rules.money import Currency
from rules.refusals import InvalidInput
from rules.rights import Role
from rules.states import ChargeKind
from tests.books import Books
from tests.world import Answer, Client, id_of

pytestmark = pytest.mark.anyio

RECORDED = """... on StaffRecordChargeSuccess { chargeId net { amountMinor currency } }
    ... on SourceReferenceReused { chargeId } ... on InvalidInput { problems { path code } }
    ... on AmountOutOfRange { minimum { amountMinor } } ... on CurrencyMismatch { currencies }"""
CANCELLED = "... on StaffCancelChargeSuccess { chargeId state } ... on ChargeNotOpen { chargeId chargeState }"
CHARGES = """query Q($id: ID!, $filter: ChargeFilter) { organization(id: $id) { charges(filter: $filter) {
    totalCount nodes { id kind state description quantity unitNet { amountMinor } net { amountMinor } periodStart
        periodEnd settledAt product { name charges { totalCount } } line { invoice { number state } } } } } }"""


async def record(books: Books, staff: Client, key: str = "key", **more: Any) -> Answer:
    product = more.pop("product", None) or await books.world.add_product(books.organization)
    facts = {
        "productId": id_of(product),
        "kind": "FEE",
        "description": "Restored  backup",
        "currency": "CHF",
        "quantity": "3",
        "unitNetMinor": "1500",
        "periodStart": "2026-02-01",
        "periodEnd": "2026-03-01",
        "sourceReference": "ticket 17",
        "reason": "asked for by telephone",
    }
    return await staff.do("staffRecordCharge", RECORDED, **{**facts, **more}, idempotencyKey=key)


def id_of_charge(charge: Charge) -> str:
    return public_id(Prefix.CHARGE, charge.id)


async def test_staff_records_a_fee_and_those_who_pay_see_it(books: Books) -> None:
    staff = await books.world.sign_in_staff()

    answer = await record(books, staff)

    assert answer.result()["net"] == {"amountMinor": "4500", "currency": "CHF"}
    asked = await books.client.ask(CHARGES, id=id_of(books.organization))
    (charge,) = asked.data["organization"]["charges"]["nodes"]
    assert charge["id"] == answer.result()["chargeId"]
    assert (charge["kind"], charge["state"], charge["description"]) == ("FEE", "OPEN", "Restored backup")
    assert (charge["quantity"], charge["unitNet"], charge["net"]) == (
        "3",
        {"amountMinor": "1500"},
        {"amountMinor": "4500"},
    )
    assert (charge["line"], charge["product"]["charges"]) == (None, {"totalCount": 1})
    entry = await AuditEntry.get(action="CHARGE_RECORDED", organization_id=None)
    assert '"reason":"asked for by telephone"' in entry.data
    assert await Event.filter(kind="CHARGE_RECORDED", subject=charge["id"]).count() == 1


@pytest.mark.parametrize("state", [ProductState.BLOCKED, ProductState.TERMINATED])
async def test_an_ending_product_can_still_be_charged(books: Books, state: ProductState) -> None:
    """INV4: what is owed stays owed."""
    product = await books.world.add_product(books.organization, state=state)

    answer = await record(books, await books.world.sign_in_staff(), product=product)

    assert answer.result()["__typename"] == "StaffRecordChargeSuccess"


async def test_a_source_reference_stands_for_one_charge(books: Books) -> None:
    """The same again answers the first, also under another key and after the organization moved."""
    staff, product = await books.world.sign_in_staff(), await books.world.add_product(books.organization)
    first = await record(books, staff, product=product)
    replayed = await record(books, staff, product=product)
    await Organization.filter(id=books.organization.id).update(country="DE", currency=Currency.EUR)

    again = await record(books, staff, key="another", product=product)
    other = await record(books, staff, key="a third", product=product, quantity="4")

    charge = first.result()["chargeId"]
    assert (replayed.result()["chargeId"], again.result()["chargeId"]) == (charge, charge)
    assert replayed.body["extensions"]["idempotency"] == {"replayed": ["staffRecordCharge"]}
    assert (other.refused(), other.result()["chargeId"]) == ("SOURCE_REFERENCE_REUSED", charge)
    assert await Charge.all().count() == await Event.filter(kind="CHARGE_RECORDED").count() == 1


async def test_the_same_reference_many_times_at_once_is_recorded_once(books: Books) -> None:
    """Also where two organizations are charged, whose locks do not know of each other."""
    other = await Books.open(books.world)
    mine = await books.world.add_product(books.organization)
    theirs = await books.world.add_product(other.organization)

    outcomes = await asyncio.gather(
        *(books.charge(100, product_id=mine.id, source_reference="once") for _ in range(3)),
        *(other.charge(100, product_id=theirs.id, source_reference="once") for _ in range(3)),
        return_exceptions=True,
    )

    assert {type(each).__name__ for each in outcomes} == {"Charge", "SourceReferenceReused"}
    assert await Charge.all().count() == 1


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"kind": "REVERSED_TOP_UP"}, ["kind"], "NOT_ALLOWED"),
        ({"description": " "}, ["description"], "REQUIRED"),
        ({"description": "x" * 301}, ["description"], "TOO_LONG"),
        ({"sourceReference": "x" * 101}, ["sourceReference"], "TOO_LONG"),
        ({"sourceReference": "pay_1"}, ["sourceReference"], "NOT_ALLOWED"),
        ({"quantity": "0"}, ["quantity"], "NOT_ALLOWED"),
        ({"quantity": "-2", "unitNetMinor": "-5"}, ["quantity"], "NOT_ALLOWED"),
        ({"periodStart": "2014-12-31"}, ["periodStart"], "NOT_ALLOWED"),
        ({"periodEnd": "2026-02-01"}, ["periodEnd"], "NOT_ALLOWED"),
        ({"reason": ""}, ["reason"], "REQUIRED"),
    ],
)
async def test_what_cannot_be_charged_is_refused(books: Books, given: dict[str, Any], path: Any, code: str) -> None:
    answer = await record(books, await books.world.sign_in_staff(), **given)

    assert answer.result()["problems"] == [{"path": path, "code": code}]
    assert not await Charge.exists()


@pytest.mark.parametrize("price", ["0", "-1", "100000000000"])
async def test_a_charge_has_an_amount(books: Books, price: str) -> None:
    answer = await record(books, await books.world.sign_in_staff(), unitNetMinor=price)

    assert answer.refused() == "AMOUNT_OUT_OF_RANGE"


async def test_a_charge_is_in_the_currency_of_its_payer(books: Books) -> None:
    """INV11."""
    answer = await record(books, await books.world.sign_in_staff(), currency="EUR")

    assert (answer.refused(), answer.result()["currencies"]) == ("CURRENCY_MISMATCH", ["CHF", "EUR"])


async def test_a_cancelled_charge_is_not_due_any_more(books: Books) -> None:
    staff, charge = await books.world.sign_in_staff(), await books.charge(1_000)
    values = {"chargeId": id_of_charge(charge), "reason": "our mistake"}

    answer = await staff.do("staffCancelCharge", CANCELLED, **values, idempotencyKey="key")
    again = await staff.do("staffCancelCharge", CANCELLED, **values, idempotencyKey="another")

    assert answer.result()["state"] == "CANCELLED"
    assert (again.refused(), again.result()["chargeState"]) == ("CHARGE_NOT_OPEN", "CANCELLED")
    assert await books.due() == []
    entry = await AuditEntry.get(action="CHARGE_CANCELLED", organization_id=None)
    assert '"reason":"our mistake"' in entry.data


async def test_what_is_invoiced_is_not_cancelled(books: Books) -> None:
    await books.top_up(10_000)
    charge = await books.charge(1_000)
    await books.pay_due([item["id"] for item in await books.due()])

    answer = await (await books.world.sign_in_staff()).do(
        "staffCancelCharge", CANCELLED, chargeId=id_of_charge(charge), reason="no", idempotencyKey="key"
    )

    assert (answer.refused(), answer.result()["chargeState"]) == ("CHARGE_NOT_OPEN", "SETTLED")


async def test_charges_are_listed_by_state(books: Books) -> None:
    await books.top_up(10_000)
    await books.charge(1_000)
    await books.pay_due([item["id"] for item in await books.due()])
    await books.charge(2_000)

    open_, settled = [
        (await books.client.ask(CHARGES, id=id_of(books.organization), filter={"state": [state]})).data["organization"]
        for state in ("OPEN", "SETTLED")
    ]

    assert [each["net"]["amountMinor"] for each in open_["charges"]["nodes"]] == ["2000"]
    (paid,) = settled["charges"]["nodes"]
    assert paid["line"] == {"invoice": {"number": "2026-000001", "state": "PAID"}}
    assert paid["settledAt"] is not None


async def test_who_works_for_nobody_records_nothing(books: Books) -> None:
    """STA1: neither a legal representative, nor staff without a second factor, nor staff no longer."""
    staff = await books.world.sign_in_staff()
    answers = [await record(books, books.client)]
    user = await books.world.add_user()
    user.is_staff = True
    await user.save()
    answers.append(await record(books, await books.world.sign_in(user)))
    await type(user).filter(first_name="Sam").update(is_staff=False)
    answers.append(await record(books, staff))

    assert [each.codes for each in answers] == [["FORBIDDEN"]] * 3
    assert not await Charge.exists()


async def test_without_the_billing_right_no_charge_is_seen(books: Books) -> None:
    """MEM5: not even how many."""
    charge = await books.charge(6_789)
    colleague = await books.world.add_user()
    await books.world.add_member(books.organization, colleague, Role.EXTERNAL)
    client = await books.world.sign_in(colleague)

    answer = await client.ask(
        """query Q($id: ID!, $charge: ID!) { organization(id: $id) { charges { totalCount } dueItems { totalCount }
            allDueItems { totalCount } dueTotals { count } } node(id: $charge) { id } }""",
        id=id_of(books.organization),
        charge=id_of_charge(charge),
    )

    assert answer.body["data"] == {
        "organization": {"charges": None, "dueItems": None, "allDueItems": None, "dueTotals": None},
        "node": None,
    }
    assert answer.codes == ["FORBIDDEN"] * 5


async def test_a_period_before_the_first_known_vat_rate_is_refused_everywhere(books: Books) -> None:
    """INV2: the period decides the rate, so there must be one."""
    with pytest.raises(InvalidInput):
        await books.charge(100, period_start=date(2014, 12, 31))
    oldest = await books.charge(100, period_start=date(2015, 1, 1), kind=ChargeKind.FEE)

    assert [item["amount"]["amountMinor"] for item in await books.due()] == ["108"]
    assert oldest.period_start == date(2015, 1, 1)
