"""Invoices line by line as CSV (RFC 4180), for spreadsheets and programs of accountants (INV10, RES7).

The columns are named in one language, so that programs can rely on them. Amounts have a dot, days are ISO days, the
service's last day is named, and a reference is grouped so that no spreadsheet takes it for a number.
"""

import csv
import io
import unicodedata
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta

from models import Invoice, InvoiceLine
from resolvers.invoices import ISSUER_ZONE
from rules.money import decimal_amount
from rules.qr_bill import group_reference

# Spreadsheets read a cell that begins with one of these signs as a formula, and some skip spaces before it.
FORMULA_SIGNS = frozenset("=+-@")
SKIPPED = frozenset("\t\r\n")
# By this mark at the beginning, spreadsheets know the letters to be UTF-8.
BYTE_ORDER_MARK = "\ufeff"
ONE_DAY = timedelta(days=1)
COLUMNS = (
    "invoice_number",
    "kind",
    "state",
    "issued_on",
    "due_on",
    "paid_on",
    "payer",
    "payer_vat_number",
    "reverse_charge",
    "currency",
    "invoice_net",
    "invoice_vat",
    "invoice_total",
    "payment_reference",
    "line",
    "description",
    "service_first_day",
    "service_last_day",
    "quantity",
    "unit_net",
    "discount",
    "net",
    "vat_percent",
    "vat",
)


async def write_billing(invoices: AsyncIterator[tuple[Invoice, Sequence[InvoiceLine]]]) -> AsyncIterator[str]:
    """Write the file in pieces: the names of the columns, then for each invoice its lines."""
    yield BYTE_ORDER_MARK + _rows([COLUMNS])
    async for invoice, lines in invoices:
        common = _of_invoice(invoice)
        yield _rows([[*common, *_of_line(line)] for line in lines])


def _of_invoice(invoice: Invoice) -> list[str]:
    paid_on = invoice.paid_at and invoice.paid_at.astimezone(ISSUER_ZONE).date()
    return [
        invoice.number,
        invoice.kind,
        invoice.state,
        _day(invoice.issued_on),
        _day(invoice.due_on),
        _day(paid_on),
        defused(invoice.payer_name),
        defused(invoice.payer_vat_number or ""),
        "yes" if invoice.is_reverse_charge else "no",
        invoice.currency,
        decimal_amount(invoice.net_minor),
        decimal_amount(invoice.vat_minor),
        decimal_amount(invoice.total_minor),
        group_reference(invoice.payment_reference),
    ]


def _of_line(line: InvoiceLine) -> list[str]:
    return [
        str(line.position),
        defused(line.description),
        _day(line.period_start),
        _day(line.period_end and line.period_end - ONE_DAY),
        str(line.quantity),
        decimal_amount(line.unit_net_minor),
        decimal_amount(line.discount_minor),
        decimal_amount(line.net_minor),
        decimal_amount(line.vat_rate),
        decimal_amount(line.vat_minor),
    ]


def defused(text: str) -> str:
    """A text that no spreadsheet runs as a formula: an apostrophe goes before what could begin one (O4)."""
    first = unicodedata.normalize("NFKC", text.strip()[:1])  # the wide signs of East Asian keyboards count as well
    return f"'{text}" if first in FORMULA_SIGNS or text[:1] in SKIPPED else text


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _rows(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
