"""Invented invoices, in every language and currency that there are; printed, they are the samples of the documentation.

`make samples` prints them anew.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from models import Invoice, InvoiceLine, InvoiceTax, Payment
from resolvers.documents import Paid, PrintedInvoice
from rules.documents import DocumentKind
from rules.invoicing import Line, add_up
from rules.locales import Locale
from rules.money import Currency
from rules.qr_bill import Party
from rules.references import make_reference
from rules.states import InvoiceKind, InvoiceState, PaymentMethodKind, PaymentPurpose, PaymentState
from server.documents.creditor import CreditorSettings
from server.documents.invoice_pdf import print_invoice

FOLDER = Path(__file__).parents[2] / "docs" / "samples"
CREDITOR = CreditorSettings().creditor
KEY = UUID("019cae2f-7b00-7000-8000-000000000001")
ISSUED_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LAUSANNE = Party("Atelier du Léman Sàrl", "Rue du Lac 12", "1003", "Lausanne", "CH")
BERLIN = Party("Werkstatt Grünewald GmbH", "Gänseweg 7", "10115", "Berlin", "DE")
LYON = Party("Imprimerie des Terreaux SARL", "Rue de la République 4", "69001", "Lyon", "FR")
YEAR = (date(2026, 3, 2), date(2027, 3, 2))
LINES = (
    Line("Web hosting atelier-leman.example", 1, 11_880, 810, period_start=YEAR[0], period_end=YEAR[1]),
    Line("Mailboxes atelier-leman.example", 12, 250, 810, discount_minor=500, period_start=YEAR[0], period_end=YEAR[1]),
    Line("Fee for a restored backup", 1, 4_900, 770, period_start=date(2023, 12, 4), period_end=date(2023, 12, 5)),
)


def printed(
    lines: Sequence[Line] = LINES,
    *,
    currency: Currency = Currency.CHF,
    locale: Locale = Locale.EN,
    payer: Party = LAUSANNE,
    vat_number: str | None = None,
    kind: InvoiceKind = InvoiceKind.INVOICE,
    wallet_minor: int = 0,
    method: PaymentMethodKind | None = None,
) -> PrintedInvoice:
    """Everything on an invented invoice; `method` is how it was paid, with a part from the wallet."""
    totals = add_up(lines)
    is_credit_note = kind is InvoiceKind.CREDIT_NOTE
    invoice = Invoice(
        id=KEY,
        organization_id=KEY,
        billed_to_id=KEY,
        kind=kind,
        state=InvoiceState.PAID if method or is_credit_note else InvoiceState.OPEN,
        number="C2026-000007" if is_credit_note else "2026-000123",
        currency=currency,
        net_minor=totals.net_minor,
        vat_minor=totals.vat_minor,
        total_minor=totals.total_minor,
        is_reverse_charge=vat_number is not None,
        payer_name=payer.name,
        payer_street=payer.street,
        payer_postal_code=payer.postal_code,
        payer_city=payer.city,
        payer_country=payer.country,
        payer_vat_number=vat_number,
        locale=locale,
        payment_reference=make_reference(KEY),
        reason="The backup was restored at our own wish." if is_credit_note else None,
        created_at=ISSUED_AT,
        issued_on=ISSUED_AT.date(),
        issued_at=ISSUED_AT,
        due_on=date(2026, 4, 1),
    )
    payments = [_paid(invoice, method, wallet_minor)] if method else []
    return PrintedInvoice(
        invoice, _lines(lines, currency), _taxes(lines, currency), payments, "2026-000123" if is_credit_note else None
    )


def _lines(lines: Sequence[Line], currency: Currency) -> list[InvoiceLine]:
    return [
        InvoiceLine(
            position=number,
            description=line.description,
            currency=currency,
            quantity=line.quantity,
            unit_net_minor=line.unit_net_minor,
            discount_minor=line.discount_minor,
            net_minor=line.net_minor,
            vat_rate=line.vat_rate,
            vat_minor=vat_minor,
            period_start=line.period_start,
            period_end=line.period_end,
        )
        for number, (line, vat_minor) in enumerate(zip(lines, add_up(lines).line_vats, strict=True), 1)
    ]


def _taxes(lines: Sequence[Line], currency: Currency) -> list[InvoiceTax]:
    return [
        InvoiceTax(vat_rate=tax.vat_rate, currency=currency, net_minor=tax.net_minor, vat_minor=tax.vat_minor)
        for tax in add_up(lines).taxes
    ]


def _paid(invoice: Invoice, method: PaymentMethodKind, wallet_minor: int) -> Paid:
    payment = Payment(
        id=KEY,
        organization_id=KEY,
        billed_to_id=KEY,
        purpose=PaymentPurpose.INVOICES,
        state=PaymentState.SUCCEEDED,
        currency=invoice.currency,
        amount_minor=invoice.total_minor,
        wallet_minor=wallet_minor,
        method_kind=method,
        provider="",
        created_at=ISSUED_AT,
        settled_at=datetime(2026, 3, 10, 23, 30, tzinfo=UTC),
    )
    return Paid(payment, invoice.total_minor)


ABROAD = (Line("Web hosting werkstatt.example", 1, 11_880, 0, period_start=YEAR[0], period_end=YEAR[1]),)
GIVEN_BACK = (Line("Fee for a restored backup", 1, -4_900, 770),)
SAMPLES = {
    "pro-forma-en-chf.pdf": (printed(), DocumentKind.PRO_FORMA),
    "pro-forma-fr-chf.pdf": (printed(locale=Locale.FR), DocumentKind.PRO_FORMA),
    "pro-forma-en-eur.pdf": (printed(currency=Currency.EUR), DocumentKind.PRO_FORMA),
    "pro-forma-fr-eur.pdf": (printed(currency=Currency.EUR, locale=Locale.FR), DocumentKind.PRO_FORMA),
    "pro-forma-en-eur-from-abroad.pdf": (
        printed(ABROAD, currency=Currency.EUR, payer=BERLIN, vat_number="DE136695976"),
        DocumentKind.PRO_FORMA,
    ),
    "pro-forma-fr-eur-from-abroad.pdf": (
        printed(LINES[:1], currency=Currency.EUR, locale=Locale.FR, payer=LYON),
        DocumentKind.PRO_FORMA,
    ),
    "invoice-fr-chf.pdf": (
        printed(locale=Locale.FR, method=PaymentMethodKind.CARD, wallet_minor=5_000),
        DocumentKind.INVOICE,
    ),
    "invoice-en-eur-reverse-charge.pdf": (
        printed(
            ABROAD,
            currency=Currency.EUR,
            payer=BERLIN,
            vat_number="DE136695976",
            method=PaymentMethodKind.BANK_TRANSFER,
        ),
        DocumentKind.INVOICE,
    ),
    "credit-note-en-chf.pdf": (printed(GIVEN_BACK, kind=InvoiceKind.CREDIT_NOTE), DocumentKind.INVOICE),
}


def print_samples() -> None:
    """Write all samples."""
    for name, (invoice, kind) in SAMPLES.items():
        (FOLDER / name).write_bytes(print_invoice(invoice, kind, CREDITOR))


if __name__ == "__main__":
    print_samples()
