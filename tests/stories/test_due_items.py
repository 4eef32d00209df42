"""INV4, INV5, INV6, INV11: what is to be paid in one list, and any mixture of it paid together, to the cent."""

import asyncio

import pytest

from models import Charge, Invoice, LedgerTransfer, Organization, Payment
from models.ledger import OUR_ACCOUNTS
from resolvers.charges import charged_lines_of, revenue_of
from resolvers.payment_providers import Declined, Reversed
from resolvers.settlement import settle_payment
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.organizations import VatStatus
from rules.states import AccountKind, ChargeKind, ChargeState
from tests.books import Books
from tests.paying import clerk_of
from tests.world import id_of

pytestmark = pytest.mark.anyio

ALL = """query Q($id: ID!, $filter: DueItemFilter, $order: DueItemOrder) { organization(id: $id) {
    dueItems(filter: $filter, orderBy: $order) { nodes { description } } allDueItems { totalCount } } }"""


def due_id(row: Invoice | Charge) -> str:
    return public_id(Prefix.DUE_ITEM, row.id)


async def test_invoices_and_charges_stand_in_one_list(books: Books) -> None:
    invoice, charge = await books.owe(10_000), await books.charge(1_000, 3)

    first, second = await books.due()

    assert (first["kind"], first["description"], first["dueOn"]) == ("CHARGE", charge.description, "2026-03-02")
    assert (first["amount"], first["charge"], first["invoice"]) == (
        {"amountMinor": "3243", "currency": "CHF"},
        {"state": "OPEN"},
        None,
    )
    assert (second["kind"], second["description"], second["dueOn"]) == ("INVOICE", invoice.number, "2026-04-01")
    assert (second["amount"]["amountMinor"], second["invoice"]) == ("10810", {"number": invoice.number})
    assert {each["viewerCan"]["pay"]["allowed"] for each in (first, second)} == {True}


async def test_a_mixture_is_paid_in_one_payment(books: Books) -> None:
    await books.top_up(50_000)
    invoice, first, second = await books.owe(10_000), await books.charge(333), await books.charge(444)
    await books.owe(99)

    answer = await books.pay_due([due_id(invoice), due_id(first), due_id(second)])

    payment = answer.result()["payment"]
    fresh, paid = sorted(
        (each["invoice"] for each in payment["allocations"]["nodes"]), key=lambda each: len(each["lines"])
    )[::-1]
    assert payment["amount"] == {"amountMinor": str(10_810 + 840)}
    assert (paid["state"], fresh["state"], fresh["total"]) == ("PAID", "PAID", {"amountMinor": "840"})
    assert [line["charge"]["state"] for line in fresh["lines"]] == ["SETTLED", "SETTLED"]
    assert await books.balance() == 50_000 - 11_650
    assert [item["amount"]["amountMinor"] for item in await books.due()] == ["107"]


async def test_vat_is_rounded_once_on_the_invoice_of_all_charges(books: Books) -> None:
    """INV2, INV5: what is added up beforehand is what is paid, though each charge alone comes to something else."""
    await books.top_up(1_000)
    charges = [await books.charge(19) for _ in range(3)]

    alone = [int(item["amount"]["amountMinor"]) for item in await books.due()]
    together = await books.due_totals()
    answer = await books.pay_due([due_id(charge) for charge in charges])

    assert (sum(alone), together) == (63, {"CHF": 62})
    assert answer.result()["payment"]["amount"] == {"amountMinor": "62"}


async def test_the_same_key_pays_once(books: Books) -> None:
    await books.top_up(50_000)
    ids = [due_id(await books.charge(1_000)), due_id(await books.owe(1_000))]

    answers = await asyncio.gather(*(books.pay_due(ids, expected=2_162) for _ in range(4)))
    later = await books.pay_due(ids, expected=2_162)

    assert len({each.result()["payment"]["id"] for each in [*answers, later] if not each.codes}) == 1
    assert later.body["extensions"]["idempotency"] == {"replayed": ["payDueItems"]}
    assert await books.balance() == 50_000 - 2_162
    assert await Invoice.all().count() == 2


async def test_of_many_who_pay_the_same_charge_one_succeeds(books: Books) -> None:
    await books.top_up(50_000)
    charge = await books.charge(1_000)

    answers = await asyncio.gather(*(books.pay_due([due_id(charge)], expected=1_081, key=str(n)) for n in range(6)))

    outcomes = sorted(each.result()["__typename"] for each in answers)
    assert outcomes == ["ChargeNotOpen"] * 5 + ["PayDueItemsSuccess"]
    assert await Invoice.all().count() == 1


async def test_a_refusal_invoices_nothing(books: Books) -> None:
    """INV6: too little money, another amount than shown, something that is paid; then all is as before."""
    paid = await books.owe(1_000)
    await books.top_up(1_081)
    await books.pay([paid])
    charge = await books.charge(1_000)

    poor = await books.pay_due([due_id(charge)])
    changed = await books.pay_due([due_id(charge)], expected=1_080)
    over = await books.pay_due([due_id(charge), due_id(paid)], expected=2_162)

    assert (poor.refused(), poor.result()["missing"]) == ("INSUFFICIENT_FUNDS", {"amountMinor": "1081"})
    assert (changed.refused(), changed.result()["amount"]) == ("AMOUNT_CHANGED", {"amountMinor": "1081"})
    assert (over.refused(), over.result()["state"]) == ("INVOICE_NOT_PAYABLE", "PAID")
    assert (await Charge.get()).state is ChargeState.OPEN
    assert await Invoice.all().count() == await Payment.all().count() == 1


async def test_a_selection_is_something_and_names_everything_once(books: Books) -> None:
    charge = await books.charge(1_000)

    answers = [await books.pay_due(ids, expected=0) for ids in ([], [due_id(charge)] * 2)]

    assert [each.refused() for each in answers] == ["INVALID_INPUT"] * 2


async def test_somebody_elses_due_item_is_not_found(books: Books) -> None:
    """ORG4: neither paid nor added up."""
    other = await Books.open(books.world)
    theirs, mine = await other.charge(1_000), await books.charge(500)

    answer = await books.pay_due([due_id(mine), due_id(theirs)], expected=1_622)

    assert answer.codes == ["NOT_FOUND"]
    assert await books.due_totals([due_id(theirs)]) == {}
    assert {charge.state for charge in await Charge.all()} == {ChargeState.OPEN}


async def test_a_charge_keeps_its_currency_and_currencies_never_mix(books: Books) -> None:
    """INV11, ORG5: the organization moves to Germany; the charge in francs is still one, with the VAT of today."""
    await books.top_up(50_000)
    francs = await books.charge(1_000)
    await Organization.filter(id=books.organization.id).update(country="DE", currency=Currency.EUR)
    euros = await books.charge(1_000, currency=Currency.EUR)

    mixed = await books.pay_due([due_id(francs), due_id(euros)], expected=2_380)
    assert await books.due_totals() == {"CHF": 1_190, "EUR": 1_190}
    paid = await books.pay_due([due_id(francs)])

    assert (mixed.refused(), mixed.result()["currencies"]) == ("CURRENCY_MISMATCH", ["CHF", "EUR"])
    assert paid.result()["payment"]["amount"] == {"amountMinor": "1190"}
    assert (await Invoice.get()).currency is Currency.CHF


async def test_under_reverse_charge_a_charge_bears_no_vat(books: Books) -> None:
    """ORG6."""
    await Organization.filter(id=books.organization.id).update(
        country="DE", vat_number="DE811569869", vat_status=VatStatus.VALID
    )
    await books.charge(1_000)

    (item,) = await books.due()

    assert item["amount"]["amountMinor"] == "1000"


async def test_a_reversed_top_up_bears_no_vat_and_pays_back_what_was_lent(books: Books) -> None:
    """WAL6: nothing was sold, so neither revenue nor VAT is earned."""
    await books.top_up(50_000)
    fee, lent = await books.charge(1_000), await books.charge(700)
    await Charge.filter(id=lent.id).update(kind=ChargeKind.REVERSED_TOP_UP, product_id=None)

    answer = await books.pay_due([due_id(fee), due_id(lent)])

    assert answer.result()["payment"]["amount"] == {"amountMinor": str(1_081 + 700)}
    invoice = await Invoice.get()
    assert list(revenue_of(invoice, await charged_lines_of([invoice]))) == [
        (AccountKind.REVENUE, 1_000),
        (AccountKind.CHARGEBACKS, 700),
        (AccountKind.VAT_DUE, 81),
    ]
    paid_back = await LedgerTransfer.get(credit_id=OUR_ACCOUNTS[AccountKind.CHARGEBACKS, Currency.CHF])
    assert paid_back.amount_minor == 700


async def test_only_what_is_due_soon_is_listed_unless_all_is_asked_for(books: Books) -> None:
    """INV5: within about two months, what is overdue included."""
    invoice, charge = await books.owe(10_000), await books.charge(100)
    organization, world = id_of(books.organization), books.world

    world.clock.move(days=-40)  # the invoice is due in ten weeks
    early = await (await world.sign_in(books.user)).ask(ALL, id=organization)
    world.clock.move(days=100)
    overdue = await (await world.sign_in(books.user)).ask(ALL, id=organization, order="DUE_LAST")
    narrowed = await (await world.sign_in(books.user)).ask(ALL, id=organization, filter={"dueBefore": "2026-04-01"})

    assert early.data["organization"]["dueItems"]["nodes"] == [{"description": charge.description}]
    assert early.data["organization"]["allDueItems"] == {"totalCount": 2}
    assert [each["description"] for each in overdue.data["organization"]["dueItems"]["nodes"]] == [
        invoice.number,
        charge.description,
    ]
    assert narrowed.data["organization"]["dueItems"]["nodes"] == [{"description": charge.description}]


async def test_what_is_being_paid_is_in_no_total(books: Books) -> None:
    """INV6: nobody is invited to pay it twice."""
    invoice, charge = await books.owe(10_000), await books.charge(100)
    await Invoice.filter(id=invoice.id).update(is_being_paid=True)

    items = {item["kind"]: item["isBeingPaid"] for item in await books.due()}

    assert items == {"INVOICE": True, "CHARGE": False}
    assert await books.due_totals() == {"CHF": 108}
    assert await books.due_totals([due_id(invoice), due_id(charge)]) == {"CHF": 10_918}


async def test_a_due_item_that_is_paid_says_so(books: Books) -> None:
    await books.top_up(50_000)
    charge, invoice = await books.charge(100), await books.owe(100)
    await books.pay_due([due_id(charge), due_id(invoice)])

    answer = await books.client.ask(
        "query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on DueItem { isDue viewerCan { pay { code } } } } }",
        ids=[due_id(charge), due_id(invoice)],
    )

    assert answer.data["nodes"] == [
        {"isDue": False, "viewerCan": {"pay": {"code": "CHARGE_NOT_OPEN"}}},
        {"isDue": False, "viewerCan": {"pay": {"code": "INVOICE_NOT_PAYABLE"}}},
    ]


async def test_what_is_due_is_paid_by_card_and_wallet_together(books: Books) -> None:
    """INV6."""
    await books.top_up(500)
    charge, invoice = await books.charge(1_000), await books.owe(1_000)

    answer = await books.pay_due([due_id(charge), due_id(invoice)], walletAmountMinor="500", methodKind="CARD")

    assert answer.result()["payment"]["state"] == "SUCCEEDED"
    assert books.world.provider.orders[0].amount_minor == 2_162 - 500
    assert (await books.balance(), await books.due()) == (0, [])
    assert (await Charge.get()).state is ChargeState.SETTLED


async def test_a_declined_payment_is_tried_again_with_the_same_due_items(books: Books) -> None:
    """INV4, INV6: the charges stand on an open invoice now, on one alone, and nothing is lost."""
    charges = [await books.charge(1_000), await books.charge(500)]
    ids = [due_id(charge) for charge in charges]
    books.world.provider.plays.append(Declined("card_declined"))

    declined = await books.pay_due(ids, methodKind="CARD")
    (item,) = await books.due()
    part = await books.pay_due(ids[:1], expected=1_081, methodKind="CARD")
    again = await books.pay_due(ids, expected=1_622, methodKind="CARD")

    assert (declined.refused(), declined.result()["declineCode"]) == ("PAYMENT_DECLINED", "card_declined")
    assert (item["kind"], item["amount"]["amountMinor"]) == ("INVOICE", "1622")
    assert (part.refused(), part.result()["amount"]) == ("AMOUNT_CHANGED", {"amountMinor": "1622"})
    assert again.result()["payment"]["state"] == "SUCCEEDED"
    assert {charge.state for charge in await Charge.all()} == {ChargeState.SETTLED}
    assert await Invoice.all().count() == 1


async def test_what_waits_for_a_transfer_is_not_paid_otherwise(books: Books) -> None:
    """INV6: its invoice is being paid."""
    await books.top_up(5_000)
    charge = await books.charge(1_000)
    waiting = await books.pay_due([due_id(charge)], methodKind="BANK_TRANSFER")

    other = await books.pay_due([due_id(charge)], expected=1_081, key="other")

    assert waiting.result()["payment"]["state"] == "PENDING"
    assert (other.refused(), (await books.due())[0]["isBeingPaid"]) == ("INVOICE_NOT_PAYABLE", True)
    assert (await Charge.get()).state is ChargeState.INVOICED


async def test_a_payment_that_is_taken_back_leaves_its_charges_invoiced(books: Books) -> None:
    charge, clerk = await books.charge(1_000), clerk_of(books.world)
    await books.pay_due([due_id(charge)], methodKind="CARD")

    await settle_payment(clerk, clerk.policy, (await Payment.get()).id, Reversed("taken back"))

    await charge.refresh_from_db()
    assert (charge.state, charge.settled_at) == (ChargeState.INVOICED, None)
    assert [item["kind"] for item in await books.due()] == ["INVOICE"]


async def test_a_top_up_that_was_spent_and_taken_back_is_paid_back(books: Books) -> None:
    """WAL6: what was lent comes back to where it was lent from; no revenue, no VAT."""
    clerk, invoice = clerk_of(books.world), await books.owe(10_000)
    await books.fill(20_000)
    await books.pay([invoice])
    await settle_payment(clerk, clerk.policy, (await Payment.get(purpose="TOP_UP")).id, Reversed("taken back"))
    await books.top_up(50_000)

    (item,) = await books.due()
    answer = await books.pay_due([item["id"]], key="back")

    assert (item["kind"], item["amount"]["amountMinor"]) == ("CHARGE", "10810")
    assert answer.result()["payment"]["amount"] == {"amountMinor": "10810"}
    lending = OUR_ACCOUNTS[AccountKind.CHARGEBACKS, Currency.CHF]
    lent, paid_back = await LedgerTransfer.get(debit_id=lending), await LedgerTransfer.get(credit_id=lending)
    assert lent.amount_minor == paid_back.amount_minor == 10_810


async def test_a_malformed_id_is_a_bad_request(books: Books) -> None:
    answer = await books.client.ask(
        "query Q($id: ID!, $ids: [ID!]) { organization(id: $id) { dueTotals(dueItemIds: $ids) { count } } }",
        id=id_of(books.organization),
        ids=[id_of(books.organization)],
    )

    assert answer.codes == ["BAD_REQUEST"]
