"""INV1, STA1, WAL4: what was billed is corrected by credit notes, never more than it was, and money comes back."""

import asyncio
from typing import Any

import pytest

from models import Charge, Invoice, InvoiceLine, LedgerEntry, OutboxMail
from resolvers.credit_notes import issue_credit_note, spread_over_lines
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.money_refusals import InvoiceNotCreditable
from rules.policy import Policy
from rules.states import ChargeState, InvoiceKind, InvoiceState
from tests.books import Books
from tests.world import Answer, id_of

pytestmark = pytest.mark.anyio

CREDITED = """... on StaffIssueCreditNoteSuccess { creditNoteId number total { amountMinor } }
    ... on InvoiceNotCreditable { invoiceId remaining { amountMinor } }
    ... on InvalidInput { problems { path code } }"""


async def credit(books: Books, invoice: Invoice, *lines: tuple[int, int], key: str = "key", **more: Any) -> Answer:
    """A credit note for net amounts of some lines, or for the whole invoice."""
    if lines:
        more["lines"] = [{"position": position, "netMinor": str(net)} for position, net in lines]
    staff = await books.world.sign_in_staff()
    values = {"invoiceId": public_id(Prefix.INVOICE, invoice.id), "reason": "billed twice", **more}
    return await staff.do("staffIssueCreditNote", CREDITED, **values, idempotencyKey=key)


async def paid(books: Books, *net_minor: int) -> Invoice:
    """An invoice that was paid with money that was topped up for it."""
    invoice = await books.owe(*net_minor)
    await books.top_up(invoice.total_minor)
    await books.pay([invoice], key=invoice.number)
    await invoice.refresh_from_db()
    return invoice


async def test_a_paid_invoice_that_is_credited_comes_back_to_the_wallet(books: Books) -> None:
    invoice = await paid(books, 10_000, 2_000)

    answer = await credit(books, invoice)

    assert answer.result()["number"] == "C2026-000001"
    assert answer.result()["total"] == {"amountMinor": "-12972"}
    assert await books.balance() == 12_972
    entry = await LedgerEntry.filter(cause="CREDIT_NOTE").order_by("position").first()
    assert entry is not None
    assert entry.reference == answer.result()["creditNoteId"]
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID, "an issued invoice never changes"
    (mail,) = await OutboxMail.filter(kind=LetterKind.CREDIT_NOTE_ISSUED)
    assert (mail.recipient, "billed twice" in mail.details) == (books.user.login, True)


async def test_the_customer_sees_what_was_corrected_and_why(books: Books) -> None:
    invoice = await paid(books, 10_000)
    note = (await credit(books, invoice, (1, 2_500))).result()["creditNoteId"]

    answer = await books.client.ask(
        """query Q($id: ID!) { node(id: $id) { ... on Invoice { kind reason state corrects { number }
            net { amount } vat { amount } total { amount } lines { position net { amount } vatRate } } } }""",
        id=note,
    )

    assert answer.data["node"] == {
        "kind": "CREDIT_NOTE",
        "reason": "billed twice",
        "state": "PAID",
        "corrects": {"number": invoice.number},
        "net": {"amount": "-25.00"},
        "vat": {"amount": "-2.03"},
        "total": {"amount": "-27.03"},
        "lines": [{"position": 1, "net": {"amount": "-25.00"}, "vatRate": 810}],
    }


async def test_an_invoice_leads_to_its_credit_notes(books: Books) -> None:
    """INV1: whoever looks at an invoice sees what of it was taken back."""
    invoice, other = await paid(books, 10_000), await paid(books, 500)
    await credit(books, invoice, (1, 2_500))
    await credit(books, invoice, (1, 1_000), key="more")
    document = """query Q($id: ID!) { node(id: $id) { ... on Invoice {
        creditNotes { totalCount nodes { number net { amount } corrects { number } } } } } }"""

    corrected, untouched = [
        (await books.client.ask(document, id=public_id(Prefix.INVOICE, each.id))).data["node"]["creditNotes"]
        for each in (invoice, other)
    ]

    assert corrected == {
        "totalCount": 2,
        "nodes": [
            {"number": "C2026-000002", "net": {"amount": "-10.00"}, "corrects": {"number": invoice.number}},
            {"number": "C2026-000001", "net": {"amount": "-25.00"}, "corrects": {"number": invoice.number}},
        ],
    }
    assert untouched == {"totalCount": 0, "nodes": []}


async def test_parts_add_up_to_the_invoice_to_the_cent(books: Books) -> None:
    """INV2: each part alone would bear VAT of nothing; all of them together bear that of the invoice."""
    invoice = await paid(books, 20)
    assert invoice.total_minor == 22

    totals = [
        int((await credit(books, invoice, (1, 5), key=str(number))).result()["total"]["amountMinor"])
        for number in range(4)
    ]

    assert (sum(totals), len(set(totals))) == (-22, 2)
    assert await books.balance() == 22
    assert (await credit(books, invoice, key="more")).result()["remaining"] == {"amountMinor": "0"}


async def test_no_line_is_credited_beyond_what_was_billed(books: Books) -> None:
    invoice = await paid(books, 1_000, 500)
    await credit(books, invoice, (2, 400))

    answer = await credit(books, invoice, (2, 101), key="more")

    assert answer.refused() == "INVOICE_NOT_CREDITABLE"
    assert answer.result()["remaining"] == {"amountMinor": str(invoice.total_minor - 432)}
    assert await books.balance() == 432
    assert await Invoice.filter(kind=InvoiceKind.CREDIT_NOTE).count() == 1


async def test_of_many_at_once_no_more_is_credited_than_was_billed(books: Books) -> None:
    invoice = await paid(books, 1_000)

    answers = await asyncio.gather(*(credit(books, invoice, (1, 400), key=str(number)) for number in range(6)))

    outcomes = sorted(each.result()["__typename"] for each in answers)
    assert outcomes == ["InvoiceNotCreditable"] * 4 + ["StaffIssueCreditNoteSuccess"] * 2
    numbers = sorted(
        str(each) for each in await Invoice.filter(corrects_id=invoice.id).values_list("number", flat=True)
    )
    assert numbers == ["C2026-000001", "C2026-000002"]


async def test_the_same_key_credits_once(books: Books) -> None:
    invoice = await paid(books, 1_000)
    staff = await books.world.sign_in_staff()
    values = {"invoiceId": public_id(Prefix.INVOICE, invoice.id), "reason": "twice", "idempotencyKey": "key"}

    first, again = [await staff.do("staffIssueCreditNote", CREDITED, **values) for _ in range(2)]

    assert first.result() == again.result()
    assert again.body["extensions"]["idempotency"] == {"replayed": ["staffIssueCreditNote"]}
    assert await books.balance() == invoice.total_minor


async def test_an_open_invoice_is_taken_back_as_a_whole_with_its_charges(books: Books) -> None:
    invoice = await books.owe(10_000, 500)

    part = await credit(books, invoice, (1, 100))
    whole = await credit(books, invoice, (2, 500), (1, 10_000), key="whole")
    again = await credit(books, invoice, key="again")

    assert (part.refused(), part.result()["remaining"]) == (
        "INVOICE_NOT_CREDITABLE",
        {"amountMinor": str(invoice.total_minor)},
    )
    assert whole.result()["total"] == {"amountMinor": str(-invoice.total_minor)}
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.VOID
    assert again.result()["remaining"] == {"amountMinor": "0"}
    assert (await books.balance(), await books.due()) == (0, [])
    assert (await books.pay([invoice])).refused() == "INVOICE_NOT_PAYABLE"


async def test_what_is_being_paid_is_not_credited(books: Books) -> None:
    invoice = await books.owe(10_000)
    await Invoice.filter(id=invoice.id).update(is_being_paid=True)

    answer = await credit(books, invoice)

    assert (answer.refused(), answer.result()["remaining"]) == ("INVOICE_NOT_CREDITABLE", {"amountMinor": "0"})
    assert not await Invoice.exists(kind=InvoiceKind.CREDIT_NOTE)


async def test_a_credit_note_is_not_credited_itself(books: Books) -> None:
    note = (await credit(books, await paid(books, 100))).result()["creditNoteId"]

    answer = await credit(books, await Invoice.get(kind=InvoiceKind.CREDIT_NOTE), key="again")

    assert (answer.refused(), answer.result()["invoiceId"]) == ("INVOICE_NOT_CREDITABLE", note)


async def test_promotional_credit_comes_back_as_such(books: Books) -> None:
    """WAL4: nobody makes money that can be withdrawn out of credit, by however many notes."""
    await books.give_credit(3_000)
    await books.top_up(20_000)
    first, second = await books.owe(5_000), await books.owe(5_000)
    await books.pay([first, second])

    await credit(books, first, (1, 1_000))
    early = await books.wallet()
    await credit(books, first, key="rest")

    wallet = await books.wallet()
    assert (early.promotional_minor, wallet.promotional_minor) == (1_081, 1_500)
    assert wallet.balance_minor == 23_000 - second.total_minor
    await credit(books, second, key="second")
    assert (await books.wallet()).promotional_minor == 3_000


async def test_a_settled_charge_is_credited_as_other_lines_are(books: Books) -> None:
    await books.top_up(5_000)
    charge = await books.charge(1_000)
    await books.pay_due([public_id(Prefix.DUE_ITEM, charge.id)])

    await credit(books, await Invoice.get())

    await charge.refresh_from_db()
    assert charge.state is ChargeState.SETTLED
    assert await books.balance() == 5_000


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"lines": []}, [{"path": ["lines"], "code": "REQUIRED"}]),
        ({"lines": [(1, 0)]}, [{"path": ["lines", "0", "netMinor"], "code": "NOT_ALLOWED"}]),
        ({"lines": [(1, -5)]}, [{"path": ["lines", "0", "netMinor"], "code": "NOT_ALLOWED"}]),
        ({"lines": [(1, 1), (1, 2)]}, [{"path": ["lines"], "code": "DUPLICATE"}]),
        ({"lines": [(1, 1), (7, 2)]}, [{"path": ["lines", "1", "position"], "code": "NOT_ALLOWED"}]),
        ({"reason": " "}, [{"path": ["reason"], "code": "REQUIRED"}]),
    ],
)
async def test_what_cannot_be_meant_is_refused(books: Books, given: dict[str, Any], problems: Any) -> None:
    invoice = await paid(books, 1_000)
    if "lines" in given:
        lines = [{"position": position, "netMinor": str(net)} for position, net in given["lines"]]
        given = {**given, "lines": lines}

    answer = await credit(books, invoice, **given)

    assert answer.result()["problems"] == problems
    assert not await Invoice.exists(kind=InvoiceKind.CREDIT_NOTE)


async def test_an_amount_is_spread_over_the_lines(books: Books) -> None:
    """As the command line does."""
    invoice, acting = await paid(books, 1_000, 2_000), await books.world.staff_at_terminal()

    parts = await spread_over_lines(invoice.id, 1_000)
    note = await issue_credit_note(acting, Policy(), invoice_id=invoice.id, parts=parts, reason="goodwill")
    rest = await spread_over_lines(invoice.id, 2_000)

    assert [(part.position, part.net_minor) for part in parts] == [(1, 333), (2, 667)]
    assert [(part.position, part.net_minor) for part in rest] == [(1, 667), (2, 1_333)]
    assert [line.net_minor for line in await InvoiceLine.filter(invoice_id=note.id).order_by("position")] == [
        -333,
        -667,
    ]
    with pytest.raises(InvoiceNotCreditable):
        await spread_over_lines(invoice.id, 2_001)


async def test_only_staff_corrects_invoices_and_gives_credit(books: Books) -> None:
    """STA1."""
    invoice = await paid(books, 1_000)
    values = {"reason": "because", "idempotencyKey": "key"}

    answers = [
        await books.client.do(
            "staffIssueCreditNote", CREDITED, invoiceId=public_id(Prefix.INVOICE, invoice.id), **values
        ),
        await books.client.do(
            "staffGivePromotionalCredit", "", organizationId=id_of(books.organization), amountMinor="1", **values
        ),
    ]

    assert [each.codes for each in answers] == [["FORBIDDEN"]] * 2
    assert await books.balance() == 0
    assert not await Charge.exists()


GIVEN = """... on StaffGivePromotionalCreditSuccess { walletId promotional { amountMinor } }
    ... on AmountOutOfRange { maximum { amountMinor } }"""


async def test_staff_gives_credit_that_cannot_be_withdrawn(books: Books) -> None:
    staff = await books.world.sign_in_staff()
    values = {"organizationId": id_of(books.organization), "reason": "a long outage"}

    given, again = [
        await staff.do("staffGivePromotionalCredit", GIVEN, **values, amountMinor="2500", idempotencyKey="key")
        for _ in range(2)
    ]
    refused = [
        await staff.do("staffGivePromotionalCredit", GIVEN, **values, amountMinor=amount, idempotencyKey=amount)
        for amount in ("0", "5000001")
    ]

    assert given.result() == again.result()
    assert given.result()["promotional"] == {"amountMinor": "2500"}
    assert [each.refused() for each in refused] == ["AMOUNT_OUT_OF_RANGE"] * 2
    wallet = await books.wallet()
    assert (wallet.balance_minor, wallet.promotional_minor) == (2_500, 2_500)
