"""INV7, WAL6, STA2: money that arrives at the bank pays what it names, else reaches its payer's wallet, else staff."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from stdnum import iso11649

from models import AuditEntry, Event, IncomingTransfer, Invoice, LedgerEntry, Organization, Payment
from resolvers.bank_statements import Finding, import_movements
from resolvers.caller import Nobody
from resolvers.reconciliation import reconcile
from rules.money import Currency, decimal_amount
from rules.policy import Policy
from rules.references import creditor_reference
from rules.states import InvoiceState, PaymentMethodKind, PaymentState
from server.payouts.camt import read_statements
from tests.bank_files import OWN_IBAN, Entry, Part, notification, statement
from tests.books import Books
from tests.withdrawals import REASON, add_staff
from tests.world import Client, id_of

pytestmark = pytest.mark.anyio


async def take_in(books: Books, content: bytes) -> list[Finding]:
    """Import a file of the bank, and say what came of each entry."""
    movements = read_statements(content, frozenset({OWN_IBAN}))
    imported = import_movements(Nobody(books.world.clock.now()), Policy(), movements)
    return [finding async for _, finding in imported]


def paid(reference: str, amount_minor: int, name: str = "B1", currency: str = "CHF") -> bytes:
    """A statement that says that so much arrived with a reference."""
    return statement(Entry(decimal_amount(amount_minor), name, (Part(reference=reference),), currency=currency))


async def assign(client: Client, transfer: IncomingTransfer, organization: Organization, **more: str) -> Any:
    return await client.do(
        "staffAssignIncomingTransfer",
        """... on StaffAssignIncomingTransferSuccess { incomingTransfer { isUnmatched matched settledAt } }
        ... on IncomingTransferAssigned { incomingTransferId }""",
        incomingTransferId=f"itr_{transfer.id.hex}",
        organizationId=id_of(organization),
        **{"reason": REASON, "idempotencyKey": "key", **more},
    )


async def cause_of_last_line(books: Books) -> str:
    entry = await LedgerEntry.filter(organization_id=books.organization.id).order_by("-position").first()
    assert entry is not None
    return entry.cause


async def test_an_invoice_is_paid_by_a_transfer_with_its_own_reference(books: Books) -> None:
    """INV7: exactly its total, in its currency."""
    invoice = await books.owe(10_000)

    found = await take_in(books, paid(invoice.payment_reference, invoice.total_minor))

    assert found == [Finding.MATCHED]
    payment, transfer = await Payment.get(), await IncomingTransfer.get()
    assert (payment.state, payment.method_kind) == (PaymentState.SUCCEEDED, PaymentMethodKind.BANK_TRANSFER)
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID
    assert (transfer.matched, transfer.settled_at) == (f"pay_{payment.id.hex}", books.world.clock.now())
    assert await books.balance() == 0


async def test_a_payment_that_waits_is_completed_with_the_part_of_the_wallet(books: Books) -> None:
    """INV6, INV7: the transfer brings the rest alone."""
    await books.top_up(5_000)
    invoice = await books.owe(10_000)
    await books.pay([invoice], walletAmountMinor="3000", methodKind="BANK_TRANSFER")
    waiting = await Payment.get()
    assert waiting.payment_reference is not None

    found = await take_in(books, paid(waiting.payment_reference, invoice.total_minor - 3_000))

    assert found == [Finding.MATCHED]
    assert (await Payment.get()).state is PaymentState.SUCCEEDED
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID
    assert await books.balance() == 2_000


async def test_the_same_entry_is_taken_in_once_from_whatever_file(books: Books) -> None:
    invoice = await books.owe(10_000)
    entry = Entry("108.10", "B1", (Part(reference=invoice.payment_reference, bank_reference="P7"),))

    found = [await take_in(books, file) for file in (notification(entry), statement(entry), statement(entry))]

    assert found == [[Finding.MATCHED], [Finding.KNOWN], [Finding.KNOWN]]
    assert await IncomingTransfer.all().count() == await Payment.all().count() == 1


async def test_two_who_import_the_same_file_at_once_pay_once(books: Books) -> None:
    invoice = await books.owe(10_000)
    content = paid(invoice.payment_reference, invoice.total_minor)

    found = await asyncio.gather(*(take_in(books, content) for _ in range(4)))

    assert sorted(each for (each,) in found) == sorted([Finding.MATCHED] + [Finding.KNOWN] * 3)
    assert await Payment.all().count() == 1


@pytest.mark.parametrize("difference_minor", [-1, 1])
async def test_another_amount_than_was_asked_for_goes_to_the_payers_wallet(books: Books, difference_minor: int) -> None:
    """INV7: nothing is paid in part, nothing is lost."""
    invoice = await books.owe(10_000)

    found = await take_in(books, paid(invoice.payment_reference, invoice.total_minor + difference_minor))

    assert found == [Finding.CREDITED]
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.OPEN
    assert await books.balance() == invoice.total_minor + difference_minor
    assert await cause_of_last_line(books) == "UNMATCHED_PAYMENT"
    assert (await IncomingTransfer.get()).matched == await books.wallet_id()
    assert await Event.filter(kind="WALLET_CREDITED").count() == 1


async def test_another_currency_goes_to_the_wallet_of_that_currency(books: Books) -> None:
    """INV11: currencies never mix."""
    invoice = await books.owe(10_000)

    found = await take_in(books, paid(invoice.payment_reference, invoice.total_minor, currency="EUR"))

    assert found == [Finding.CREDITED]
    assert (await books.wallet(Currency.EUR)).balance_minor == invoice.total_minor
    assert await books.balance() == 0


async def test_an_invoice_that_is_paid_twice_is_paid_once_and_the_rest_credited(books: Books) -> None:
    """WAL6."""
    invoice = await books.owe(10_000)
    await take_in(books, paid(invoice.payment_reference, invoice.total_minor, "B1"))

    found = await take_in(books, paid(invoice.payment_reference, invoice.total_minor, "B2"))

    assert found == [Finding.CREDITED]
    assert await books.balance() == invoice.total_minor
    assert await cause_of_last_line(books) == "LATE_PAYMENT"


async def test_a_transfer_for_a_payment_that_was_given_up_is_credited(books: Books) -> None:
    """WAL6, ORD6: late money never revives what is over."""
    invoice = await books.owe(10_000)
    await books.pay([invoice], methodKind="BANK_TRANSFER")
    waiting = await Payment.get()
    await books.client.do("cancelPayment", paymentId=f"pay_{waiting.id.hex}", idempotencyKey="cancel")
    assert waiting.payment_reference is not None

    found = await take_in(books, paid(waiting.payment_reference, invoice.total_minor))

    assert found == [Finding.CREDITED]
    assert (await Payment.get()).state is PaymentState.CANCELLED
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.OPEN
    assert await books.balance() == invoice.total_minor


async def test_of_two_transfers_for_one_payment_at_once_one_pays_and_one_is_credited(books: Books) -> None:
    invoice = await books.owe(10_000)
    await books.pay([invoice], methodKind="BANK_TRANSFER")
    reference = (await Payment.get()).payment_reference
    assert reference is not None

    found = await asyncio.gather(*(take_in(books, paid(reference, invoice.total_minor, name)) for name in ("B1", "B2")))

    assert sorted(each for (each,) in found) == sorted([Finding.MATCHED, Finding.CREDITED])
    assert await books.balance() == invoice.total_minor


async def test_a_payer_abroad_is_told_a_creditor_reference_that_pays_the_same_payment(books: Books) -> None:
    """INV7: asked for by the API, and brought by a statement as the payer's bank spelled it."""
    invoice = await books.owe(10_000)
    asked = await books.pay([invoice], methodKind="BANK_TRANSFER")
    told = asked.result()["payment"]["bankTransfer"]
    reference = told["fromAbroad"]["creditorReference"]
    spelled = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4)).lower()

    found = await take_in(books, paid(spelled, invoice.total_minor))

    assert iso11649.is_valid(reference)
    assert (told["fromAbroad"]["iban"], told["fromAbroad"]["bic"]) == (OWN_IBAN, "SAMPCHZZXXX")
    assert found == [Finding.MATCHED]
    payment, transfer = await Payment.get(), await IncomingTransfer.get()
    assert (payment.state, payment.payment_reference) == (PaymentState.SUCCEEDED, told["reference"])
    assert (transfer.matched, transfer.payment_reference) == (f"pay_{payment.id.hex}", reference)
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID
    assert await reconcile() == []


@pytest.mark.parametrize("file", [statement, notification])
@pytest.mark.parametrize("part", [lambda text: Part(reference=text), lambda text: Part(message=text)])
async def test_an_invoice_is_paid_by_its_creditor_reference(
    books: Books, file: Callable[..., bytes], part: Callable[[str], Part]
) -> None:
    """INV3, INV7: structured, or as a message that is nothing else, in either kind of file."""
    invoice = await books.owe(10_000)
    reference = creditor_reference(invoice.payment_reference)

    found = await take_in(books, file(Entry(decimal_amount(invoice.total_minor), "B1", (part(reference),))))

    assert found == [Finding.MATCHED]
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID


@pytest.mark.parametrize("wallet_minor", [0, 3_000])
async def test_a_top_up_and_a_split_payment_take_creditor_references(books: Books, wallet_minor: int) -> None:
    """INV6, WAL2: whatever waits for a transfer."""
    filled = await books.fill(5_000, methodKind="BANK_TRANSFER")
    top_up = filled.result()["payment"]["bankTransfer"]["fromAbroad"]["creditorReference"]
    first = await take_in(books, paid(top_up, 5_000))
    invoice = await books.owe(10_000)
    asked = await books.pay([invoice], walletAmountMinor=str(wallet_minor), methodKind="BANK_TRANSFER")
    rest = asked.result()["payment"]["bankTransfer"]["fromAbroad"]["creditorReference"]

    second = await take_in(books, paid(rest, invoice.total_minor - wallet_minor, "B2"))

    assert (first, second) == ([Finding.MATCHED], [Finding.MATCHED])
    assert await books.balance() == 5_000 - wallet_minor
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.PAID


@pytest.mark.parametrize("both", [tuple, reversed])
async def test_money_with_both_references_pays_once_and_is_late_once(
    books: Books, both: Callable[[tuple[str, str]], Iterable[str]]
) -> None:
    """WAL6: whichever comes first."""
    invoice = await books.owe(10_000)
    await books.pay([invoice], methodKind="BANK_TRANSFER")
    reference = (await Payment.get()).payment_reference
    assert reference is not None

    found = [
        await take_in(books, paid(text, invoice.total_minor, f"B{number}"))
        for number, text in enumerate(both((reference, creditor_reference(reference))))
    ]

    assert found == [[Finding.MATCHED], [Finding.CREDITED]]
    assert await books.balance() == invoice.total_minor
    assert await cause_of_last_line(books) == "LATE_PAYMENT"


async def test_a_creditor_reference_with_wrong_check_digits_is_kept_for_staff(books: Books) -> None:
    """INV7: never a guess, although the rest of it would fit."""
    invoice = await books.owe(10_000)
    right = creditor_reference(invoice.payment_reference)
    wrong = f"RF{(int(right[2:4]) + 1) % 100:02}{right[4:]}"

    found = await take_in(books, paid(wrong, invoice.total_minor))

    assert found == [Finding.UNMATCHED]
    assert (await IncomingTransfer.get()).payment_reference == wrong
    assert (await Invoice.get(id=invoice.id)).state is InvoiceState.OPEN
    assert await books.balance() == 0


async def test_a_reference_of_nothing_is_kept_for_staff(books: Books) -> None:
    assert await take_in(books, paid("0" * 27, 1_000)) == [Finding.UNMATCHED]
    assert (await IncomingTransfer.get()).payment_reference == "0" * 27


async def test_unknown_money_waits_for_staff_who_finds_its_owner(books: Books) -> None:
    """STA2: once, with the reason; the list shows what the bank says of the payer."""
    await take_in(books, statement(Entry("75.00", "B1", (Part(message="for the new web site"),))))
    transfer = await IncomingTransfer.get()
    user, staff = await add_staff(books.world)
    listed = await staff.ask(
        """{ staff { incomingTransfers(filter: {unmatchedOnly: true}) { nodes { amount { amount currency } payerName
            payerIban message bookedOn isUnmatched matched settledAt } } } }"""
    )

    assigned = await assign(staff, transfer, books.organization)
    again = await assign(staff, transfer, books.organization)
    other = await assign(staff, transfer, books.organization, idempotencyKey="other")

    assert listed.data["staff"]["incomingTransfers"]["nodes"] == [
        {
            "amount": {"amount": "75.00", "currency": "CHF"},
            "payerName": "Grace Moser",
            "payerIban": "CH5604835012345678009",
            "message": "for the new web site",
            "bookedOn": "2026-03-03",
            "isUnmatched": True,
            "matched": "",
            "settledAt": None,
        }
    ]
    assert assigned.result() == again.result()
    assert assigned.result()["incomingTransfer"]["matched"] == await books.wallet_id()
    assert other.refused() == "INCOMING_TRANSFER_ASSIGNED"
    assert await books.balance() == 7_500
    assert await cause_of_last_line(books) == "UNMATCHED_ASSIGNED"
    (entry,) = await AuditEntry.filter(action="INCOMING_TRANSFER_ASSIGNED")
    assert (entry.user_id, REASON in entry.data) == (user.id, True)
    empty = await staff.ask("{ staff { incomingTransfers(filter: {unmatchedOnly: true}) { totalCount } } }")
    assert empty.data == {"staff": {"incomingTransfers": {"totalCount": 0}}}


async def test_of_two_of_staff_at_once_one_assigns(books: Books) -> None:
    other = await Books.open(books.world)
    await take_in(books, statement(Entry("75.00", "B1")))
    transfer = await IncomingTransfer.get()
    _, staff = await add_staff(books.world)

    answers = await asyncio.gather(
        *(
            assign(staff, transfer, each.organization, idempotencyKey=str(number))
            for number, each in enumerate((books, other))
        )
    )

    outcomes = sorted(each.result()["__typename"] for each in answers)
    assert outcomes == ["IncomingTransferAssigned", "StaffAssignIncomingTransferSuccess"]
    assert await books.balance() + await other.balance() == 7_500


async def test_an_organization_that_is_gone_gets_no_money(books: Books) -> None:
    """DEL6, INV7: it waits for staff, who cannot give it there either."""
    invoice = await books.owe(10_000)
    await Organization.filter(id=books.organization.id).update(deleted_at=books.world.clock.now())

    found = await take_in(books, paid(invoice.payment_reference, invoice.total_minor))
    _, staff = await add_staff(books.world)
    assigned = await assign(staff, await IncomingTransfer.get(), books.organization)

    assert found == [Finding.UNMATCHED]
    assert assigned.codes == ["NOT_FOUND"]
    assert await books.balance() == 0


async def test_nobody_but_staff_assigns_and_a_reason_is_needed(books: Books) -> None:
    """STA1."""
    await take_in(books, statement(Entry("75.00", "B1")))
    transfer = await IncomingTransfer.get()
    _, staff = await add_staff(books.world)

    assert (await assign(books.client, transfer, books.organization)).codes == ["FORBIDDEN"]
    assert (await assign(staff, transfer, books.organization, reason="")).refused() == "INVALID_INPUT"
    seen = await books.client.ask("query Q($id: ID!) { node(id: $id) { id } }", id=f"itr_{transfer.id.hex}")
    assert seen.codes == ["NOT_FOUND"]
    assert (await IncomingTransfer.get()).matched == ""


async def test_an_import_that_breaks_off_goes_on_where_it_ended(books: Books) -> None:
    """Each entry is a transaction of its own."""
    invoices = [await books.owe(10_000) for _ in range(3)]
    entries = [
        Entry("108.10", f"B{number}", (Part(reference=each.payment_reference),)) for number, each in enumerate(invoices)
    ]
    movements = read_statements(statement(*entries), frozenset({OWN_IBAN}))
    begun = import_movements(Nobody(books.world.clock.now()), Policy(), movements)
    await anext(begun)

    found = await take_in(books, statement(*entries))

    assert found == [Finding.KNOWN, Finding.MATCHED, Finding.MATCHED]
    assert await Invoice.filter(state=InvoiceState.PAID).count() == 3


async def test_a_top_up_by_transfer_fills_the_wallet(books: Books) -> None:
    """WAL2, INV7."""
    await books.fill(5_000, methodKind="BANK_TRANSFER")
    reference = (await Payment.get()).payment_reference
    assert reference is not None

    assert await take_in(books, paid(reference, 5_000)) == [Finding.MATCHED]
    assert await books.balance() == 5_000
    assert await cause_of_last_line(books) == "TOP_UP"
