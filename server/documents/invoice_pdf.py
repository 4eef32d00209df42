"""Invoices, credit notes and pro formas as PDF, in the language of the invoice (INV2, INV3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from fpdf import Align
from fpdf.enums import TableBordersLayout, VAlign
from fpdf.fonts import FontFace

from models import InvoiceLine, Payment
from resolvers.documents import PrintedInvoice
from resolvers.invoices import ISSUER_ZONE
from rules.documents import DocumentKind
from rules.identifiers import Prefix, public_id
from rules.money import group_amount
from rules.qr_bill import QR_BILL_COUNTRIES, Party, QrBill, group_fours
from rules.references import creditor_reference
from rules.states import InvoiceKind, PaymentMethodKind
from server.documents.creditor import Creditor
from server.documents.paper import LEFT, PLAIN, TEXT_WIDTH, TITLE, Paper, Style
from server.documents.payment_part import TOP, draw_payment_part
from server.mail.telling import tell_day
from server.mail.writing import LANGUAGES as MAIL_LANGUAGES
from server.words import Words, read_words, words_in

LANGUAGES = read_words(Path(__file__).parent / "words")
PAYER_LEFT, PAYER_TOP, PAYER_WIDTH = 118, 45, 77
NAME, ADDRESS = Style(10, 12, bold=True), Style(10, 12)
ONE_DAY = timedelta(days=1)
ROW_PADDING = 1
ROW_HEIGHT = PLAIN.line + 2 * ROW_PADDING
HEADINGS = FontFace(emphasis="BOLD", size_pt=8)
BOLD = FontFace(emphasis="BOLD")


@dataclass(frozen=True)
class Sheet:
    """A document being printed: its paper, what stands on it, and the words of its language."""

    paper: Paper
    printed: PrintedInvoice
    words: Words
    calendar: Words

    def day(self, day: date) -> str:
        """A day as people read it."""
        return tell_day(day, self.calendar)

    def table(
        self, widths: Sequence[int], headings: Sequence[str], rows: Iterable[Sequence[str]], total: Sequence[str] = ()
    ) -> None:
        """Print a table whose first column is text and whose others are numbers, over as many pages as it takes."""
        self.paper.use(PLAIN)
        with self.paper.table(
            width=sum(widths),
            col_widths=tuple(widths),
            align=Align.R if sum(widths) < TEXT_WIDTH else Align.L,
            text_align=(Align.L, *[Align.R] * (len(widths) - 1)),
            headings_style=HEADINGS,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            line_height=PLAIN.line,
            padding=(ROW_PADDING, 0),
            v_align=VAlign.T,
        ) as table:
            for cells in (headings, *rows):
                table.row(cells)
            if total:
                table.row(total, style=BOLD)
        self.paper.ln(5)

    def facts(self, facts: Iterable[tuple[str, str | None]]) -> None:
        """Print a line for each fact that there is, after its label."""
        y = self.paper.get_y()
        for name, value in facts:
            if value:
                self.paper.put(LEFT, y, 45, self.words["labels"][name])
                y = self.paper.put(LEFT + 45, y, TEXT_WIDTH - 45, value)
        self.paper.set_xy(LEFT, y)

    def note(self, name: str) -> None:
        """Print one of the sentences of the language."""
        self.paper.put(LEFT, self.paper.get_y(), TEXT_WIDTH, self.words["notes"][name])
        self.paper.ln(2)


def print_invoice(printed: PrintedInvoice, kind: DocumentKind, creditor: Creditor) -> bytes:
    """Print the document of an invoice or credit note; the same rows always give the same file."""
    invoice = printed.invoice
    locale, words = words_in(LANGUAGES, invoice.locale)
    pro_forma = kind is DocumentKind.PRO_FORMA
    title = words["titles"]["PRO_FORMA" if pro_forma else invoice.kind]
    paper = Paper(creditor.party.name, f"{title} {invoice.number}", words["labels"])
    paper.set_lang(locale.lower())
    if invoice.issued_at:
        paper.set_creation_date(invoice.issued_at)
    sheet = Sheet(paper, printed, words, words_in(MAIL_LANGUAGES, locale)[1])
    _print_addresses(sheet, creditor)
    _print_facts(sheet, title, creditor)
    _print_lines(sheet)
    _print_taxes(sheet)
    if invoice.is_reverse_charge:
        sheet.note("reverse_charge")
    if pro_forma:
        _print_way_to_pay(sheet, creditor)
    else:
        _print_payments(sheet)
    return bytes(paper.output())


def _print_addresses(sheet: Sheet, creditor: Creditor) -> None:
    paper = sheet.paper
    bottoms = [70.0]
    places = ((LEFT, 22, creditor.party), (PAYER_LEFT, PAYER_TOP, payer_of(sheet.printed)))
    for x, top, party in places:
        y: float = top
        for number, line in enumerate(paper.address(party)):
            y = paper.put(x, y, PAYER_WIDTH, line, NAME if number == 0 else ADDRESS)
        bottoms.append(y)
    paper.set_xy(LEFT, max(bottoms) + 8)


def _print_facts(sheet: Sheet, title: str, creditor: Creditor) -> None:
    """Print the title, and below it what the document is about, a line for each fact that there is."""
    invoice, paper = sheet.printed.invoice, sheet.paper
    paper.put(LEFT, paper.get_y(), TEXT_WIDTH, f"{title} {invoice.number}", TITLE)
    paper.ln(3)
    due_on = invoice.due_on if invoice.kind is InvoiceKind.INVOICE else None
    sheet.facts(
        (
            ("issued_on", sheet.day(invoice.issued_on) if invoice.issued_on else None),
            ("due_on", sheet.day(due_on) if due_on else None),
            ("own_vat_number", creditor.vat_number),
            ("payer_vat_number", invoice.payer_vat_number),
            ("corrects", sheet.printed.corrected_number),
            ("reason", invoice.reason and paper.clean(invoice.reason)),
        )
    )
    paper.ln(5)


def _print_lines(sheet: Sheet) -> None:
    labels, lines = sheet.words["labels"], sheet.printed.lines
    names, widths = ["description", "quantity", "unit_net", "vat_rate", "net"], [85, 18, 27, 18, 27]
    discounted = any(line.discount_minor for line in lines)
    if discounted:
        names.insert(3, "discount")
        widths = [67, 17, 25, 23, 18, 25]
    rows = []
    for line in lines:
        cells = [
            _description(sheet, line),
            f"{line.quantity}",
            group_amount(line.unit_net_minor),
            spell_rate(line.vat_rate),
            group_amount(line.net_minor),
        ]
        if discounted:
            cells.insert(3, group_amount(-line.discount_minor) if line.discount_minor else "")
        rows.append(cells)
    sheet.table(widths, [labels[name] for name in names], rows)


def _description(sheet: Sheet, line: InvoiceLine) -> str:
    """What a line is for, and below it the first and the last day of the service."""
    text = sheet.paper.clean(line.description)
    if line.period_start is None or line.period_end is None:
        return text
    first, last = sheet.day(line.period_start), sheet.day(line.period_end - ONE_DAY)
    period = "period" if first != last else "day"
    return f"{text}\n{sheet.words['labels'][period].format(first=first, last=last)}"


def _print_taxes(sheet: Sheet) -> None:
    """Print the VAT rate by rate, and the total."""
    labels, invoice = sheet.words["labels"], sheet.printed.invoice
    rows = [
        (spell_rate(tax.vat_rate), *map(group_amount, (tax.net_minor, tax.vat_minor, tax.net_minor + tax.vat_minor)))
        for tax in sheet.printed.taxes
    ]
    total = labels["total"].format(currency=invoice.currency)
    sums = map(group_amount, (invoice.net_minor, invoice.vat_minor, invoice.total_minor))
    headings = [labels[name] for name in ("tax_rate", "tax_net", "tax", "tax_total")]
    # A total does not stand on another page than what it is the total of.
    if sheet.paper.will_page_break((len(rows) + 2) * ROW_HEIGHT):
        sheet.paper.add_page()
    sheet.table([30, 26, 26, 30], headings, rows, total=(total, *sums))


def spell_rate(rate: int) -> str:
    """A VAT rate as people read it: 810 is 8.1 %, with a space that does not break."""
    whole, part = divmod(rate, 100)
    fraction = f".{part:02}".rstrip("0") if part else ""
    return f"{whole}{fraction}\u00a0%"


def _print_way_to_pay(sheet: Sheet, creditor: Creditor) -> None:
    """Print the payment part on this page if it is free below, else on one of its own."""
    bill = qr_bill_of(sheet.printed, creditor, sheet.words)
    sheet.note("pro_forma" if bill.fits else "no_code")
    if sheet.printed.invoice.payer_country not in QR_BILL_COUNTRIES:
        _print_transfer_from_abroad(sheet, creditor)
    if not bill.fits:
        return
    if sheet.paper.get_y() > TOP - 6:
        sheet.paper.add_page()
    draw_payment_part(sheet.paper, bill, sheet.words["qr_bill"])


def _print_transfer_from_abroad(sheet: Sheet, creditor: Creditor) -> None:
    """Say how to pay from a bank that knows no QR-bills: an ordinary IBAN, and a creditor reference for it."""
    invoice = sheet.printed.invoice
    sheet.note("from_abroad")
    sheet.facts(
        (
            ("iban", group_fours(creditor.ibans[invoice.currency])),
            ("bic", creditor.bic),
            ("creditor_reference", group_fours(creditor_reference(invoice.payment_reference))),
        )
    )
    sheet.paper.ln(2)


def payer_of(printed: PrintedInvoice) -> Party:
    """Who pays, with the address that was copied onto the invoice."""
    invoice = printed.invoice
    return Party(
        name=invoice.payer_name,
        street=invoice.payer_street,
        postal_code=invoice.payer_postal_code,
        city=invoice.payer_city,
        country=invoice.payer_country,
    )


def qr_bill_of(printed: PrintedInvoice, creditor: Creditor, words: Words) -> QrBill:
    """The QR-bill of an invoice, with the invoice's own reference."""
    invoice = printed.invoice
    return QrBill(
        qr_iban=creditor.qr_ibans[invoice.currency],
        creditor=creditor.party,
        debtor=payer_of(printed),
        amount_minor=invoice.total_minor,
        currency=invoice.currency,
        reference=invoice.payment_reference,
        message=words["labels"]["message"].format(number=invoice.number),
    )


def _print_payments(sheet: Sheet) -> None:
    """Name the payments that paid an invoice, or say what became of the amount."""
    invoice, labels = sheet.printed.invoice, sheet.words["labels"]
    if not sheet.printed.payments:
        credited = "taken_back" if sheet.printed.took_back else "credited"
        sheet.note(credited if invoice.kind is InvoiceKind.CREDIT_NOTE else "nothing_to_pay")
        return
    rows = []
    for paid in sheet.printed.payments:
        payment = paid.payment
        paid_on = sheet.day((payment.settled_at or payment.created_at).astimezone(ISSUER_ZONE).date())
        reference = public_id(Prefix.PAYMENT, payment.id)
        rows.append((f"{paid_on}, {_method(sheet.words, payment)}\n{reference}", group_amount(paid.amount_minor)))
    headings = (labels["payments"], labels["amount"].format(currency=invoice.currency))
    sheet.table([112, 30], headings, rows)


def _method(words: Words, payment: Payment) -> str:
    """How a payment was made; one that came from the wallet in part names both."""
    method = str(words["methods"][payment.method_kind])
    if payment.wallet_minor and payment.method_kind is not PaymentMethodKind.WALLET:
        return str(words["methods"]["both"]).format(method=method)
    return method
