"""The export as a file: RFC 4180, and nothing in it that a spreadsheet would run (INV10, O4)."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Invoice, InvoiceLine
from resolvers.documents import PrintedInvoice
from rules.invoicing import Line
from rules.qr_bill import Party
from rules.states import InvoiceKind, PaymentMethodKind
from server.documents.billing_csv import COLUMNS, defused, write_billing
from tests.documents.samples import GIVEN_BACK, printed

pytestmark = pytest.mark.anyio


async def lines_of(*invoices: PrintedInvoice) -> AsyncIterator[tuple[Invoice, Sequence[InvoiceLine]]]:
    for each in invoices:
        yield each.invoice, each.lines


async def written(*invoices: PrintedInvoice) -> str:
    return "".join([piece async for piece in write_billing(lines_of(*invoices))])


async def read(*invoices: PrintedInvoice) -> list[dict[str, str]]:
    text = await written(*invoices)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


async def test_each_line_of_an_invoice_is_a_row() -> None:
    rows = await read(printed(method=PaymentMethodKind.CARD))

    assert [row["line"] for row in rows] == ["1", "2", "3"]
    assert {row["invoice_total"] for row in rows} == {"208.22"}
    assert rows[1] == {
        "invoice_number": "2026-000123",
        "kind": "INVOICE",
        "state": "PAID",
        "issued_on": "2026-03-02",
        "due_on": "2026-04-01",
        "paid_on": "",
        "payer": "Atelier du Léman Sàrl",
        "payer_vat_number": "",
        "reverse_charge": "no",
        "currency": "CHF",
        "invoice_net": "192.80",
        "invoice_vat": "15.42",
        "invoice_total": "208.22",
        "payment_reference": rows[0]["payment_reference"],
        "line": "2",
        "description": "Mailboxes atelier-leman.example",
        "service_first_day": "2026-03-02",
        "service_last_day": "2027-03-01",
        "quantity": "12",
        "unit_net": "2.50",
        "discount": "5.00",
        "net": "25.00",
        "vat_percent": "8.10",
        "vat": rows[1]["vat"],
    }


async def test_amounts_of_a_credit_note_are_negative_numbers() -> None:
    """Only what people typed is defused: a minus before digits of ours runs nothing."""
    (row,) = await read(printed(GIVEN_BACK, kind=InvoiceKind.CREDIT_NOTE))

    assert (row["kind"], row["net"], row["invoice_total"]) == ("CREDIT_NOTE", "-49.00", "-52.77")
    assert row["service_first_day"] == ""


async def test_the_file_is_what_spreadsheets_expect() -> None:
    text = await written(printed())

    assert text.startswith("\ufeffinvoice_number,")
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n") == 4


async def test_an_export_of_nothing_has_its_columns() -> None:
    assert await written() == "\ufeff" + ",".join(COLUMNS) + "\r\n"


@given(name=st.text(max_size=50), description=st.text(max_size=50))
async def test_whatever_people_typed_stays_in_its_cell(name: str, description: str) -> None:
    rows = await read(printed([Line(description, 1, 100, 810)], payer=Party(name, "", "1003", "Lausanne", "CH")))

    assert [(row["payer"], row["description"]) for row in rows] == [(defused(name), defused(description))]


@pytest.mark.parametrize(
    "text", ["=1+1", "+41", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "\tx", "＠x"]
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    """O4."""
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Atelier", "1-2", "a=b", "post@example.org", "'quoted'"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert defused(text) == text
