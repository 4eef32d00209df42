"""Invoices as they are printed: rendered, read, and their codes scanned again (INV2, INV3, O4)."""

from dataclasses import replace
from datetime import date

import pytest

from rules.documents import DocumentKind
from rules.invoicing import Line
from rules.locales import Locale
from rules.money import Currency
from rules.qr_bill import Party, code_text, group_fours
from rules.references import creditor_reference
from rules.states import InvoiceKind, PaymentMethodKind
from server.documents.creditor import SAMPLE_BIC, SAMPLE_IBANS, SAMPLE_QR_IBANS
from server.documents.invoice_pdf import LANGUAGES, print_invoice, qr_bill_of, spell_rate
from server.words import every_text
from tests.documents.reading import codes_on, pages_of
from tests.documents.samples import BERLIN, CREDITOR, FOLDER, GIVEN_BACK, LAUSANNE, SAMPLES, printed

LANGUAGES_AND_CURRENCIES = [
    (locale, currency) for locale in (Locale.EN, Locale.FR) for currency in (Currency.CHF, Currency.EUR)
]
MANY = [Line(f"Domain name number-{number}.example", 1, 1_500, 810) for number in range(120)]


@pytest.mark.parametrize(("locale", "currency"), LANGUAGES_AND_CURRENCIES)
def test_the_code_on_the_rendered_page_says_what_is_to_be_paid(locale: Locale, currency: Currency) -> None:
    """INV3: the provider's account of the currency, the invoice's own reference, and its exact total."""
    invoice = printed(locale=locale, currency=currency)

    ((page, text),) = codes_on(print_invoice(invoice, DocumentKind.PRO_FORMA, CREDITOR))

    said = text.split("\n")
    assert page == 1
    assert text == code_text(qr_bill_of(invoice, CREDITOR, LANGUAGES[locale]))
    assert (said[3], said[18], said[19]) == (SAMPLE_QR_IBANS[currency], "208.22", currency)
    assert (said[21], said[28]) == (LAUSANNE.name, invoice.invoice.payment_reference)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            Locale.EN,
            (
                "Pro forma invoice 2026-000123",
                "2 March 2026 to 1 March 2027",
                "Receipt",
                "Payment part",
                "Payable by",
                "Separate before paying in",
            ),
        ),
        (
            Locale.FR,
            (
                "Facture pro forma 2026-000123",
                "du 2 mars 2026 au 1er mars 2027",
                "Récépissé",
                "Section paiement",
                "Payable par",
                "A détacher avant le versement",
            ),
        ),
    ],
)
def test_a_pro_forma_speaks_the_language_of_the_invoice(locale: Locale, words: tuple[str, ...]) -> None:
    (text,) = pages_of(print_invoice(printed(locale=locale), DocumentKind.PRO_FORMA, CREDITOR))

    assert [word for word in words if word not in text] == []


def test_both_languages_have_the_same_words() -> None:
    assert every_text(LANGUAGES[Locale.EN]).keys() == every_text(LANGUAGES[Locale.FR]).keys()


def test_lines_discounts_and_vat_rate_by_rate_are_printed() -> None:
    """INV2: a service of 2023 bears the rate of 2023."""
    (text,) = pages_of(print_invoice(printed(), DocumentKind.PRO_FORMA, CREDITOR))

    for words in ("Discount", "-5.00", "8.1 % 143.80 11.65 155.45", "7.7 % 49.00 3.77 52.77", "192.80 15.42 208.22"):
        assert words in text


def test_the_final_invoice_names_its_payments_and_cannot_be_paid_again() -> None:
    """INV3: no code and no payment part; the day is counted where the provider is."""
    invoice = printed(method=PaymentMethodKind.CARD, wallet_minor=5_000)

    content = print_invoice(invoice, DocumentKind.INVOICE, CREDITOR)

    (text,) = pages_of(content)
    assert "Invoice 2026-000123" in text
    assert "11 March 2026, Card and wallet pay_019cae2f7b0070008000000000000001 208.22" in text
    assert "Pro forma" not in text
    assert "Payment part" not in text
    assert codes_on(content) == []


def test_reverse_charge_is_said_on_the_invoice() -> None:
    """ORG6."""
    invoice, kind = SAMPLES["invoice-en-eur-reverse-charge.pdf"]

    (text,) = pages_of(print_invoice(invoice, kind, CREDITOR))

    assert "Reverse charge" in text
    assert "Your VAT number DE136695976" in text
    assert "0 % 118.80 0.00 118.80" in text


def test_a_credit_note_names_the_invoice_it_corrects_and_why() -> None:
    content = print_invoice(printed(GIVEN_BACK, kind=InvoiceKind.CREDIT_NOTE), DocumentKind.INVOICE, CREDITOR)

    (text,) = pages_of(content)
    for words in ("Credit note C2026-000007", "Corrects invoice 2026-000123", "-49.00", "-3.77", "-52.77"):
        assert words in text
    assert "The backup was restored at our own wish." in text
    assert "Payable by" not in text
    assert codes_on(content) == []


@pytest.mark.parametrize(
    ("took_back", "words"), [(False, "credited to the wallet"), (True, "need not be paid any more")]
)
def test_a_credit_note_says_what_became_of_the_amount(took_back: bool, words: str) -> None:
    """INV1: what was paid is in the wallet; what was not paid is no longer owed."""
    credited = replace(printed(GIVEN_BACK, kind=InvoiceKind.CREDIT_NOTE), took_back=took_back)

    (text,) = pages_of(print_invoice(credited, DocumentKind.INVOICE, CREDITOR))

    assert words in text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("pro-forma-en-eur-from-abroad.pdf", "From a bank outside Switzerland and Liechtenstein"),
        ("pro-forma-fr-eur-from-abroad.pdf", "Depuis une banque hors de Suisse et du Liechtenstein"),
    ],
)
def test_a_payer_abroad_reads_an_ordinary_iban_and_a_creditor_reference(name: str, sentence: str) -> None:
    """INV3, INV7: beside the QR-bill, whose account and reference stay its own."""
    invoice, kind = SAMPLES[name]

    content = print_invoice(invoice, kind, CREDITOR)

    (text,) = pages_of(content)
    reference = creditor_reference(invoice.invoice.payment_reference)
    assert sentence in text
    assert f"IBAN {group_fours(SAMPLE_IBANS[Currency.EUR])} BIC {SAMPLE_BIC}" in text
    assert group_fours(reference) in text
    ((_, code),) = codes_on(content)
    assert (code.split("\n")[3], code.split("\n")[28]) == (
        SAMPLE_QR_IBANS[Currency.EUR],
        invoice.invoice.payment_reference,
    )


@pytest.mark.parametrize("country", ["CH", "LI"])
def test_a_payer_with_qr_bills_reads_of_no_other_account(country: str) -> None:
    invoice = printed(payer=replace(LAUSANNE, country=country))

    (text,) = pages_of(print_invoice(invoice, DocumentKind.PRO_FORMA, CREDITOR))

    assert "BIC" not in text
    assert group_fours(SAMPLE_IBANS[Currency.CHF]) not in text


def test_a_final_invoice_asks_no_transfer_of_a_payer_abroad() -> None:
    (text,) = pages_of(print_invoice(*SAMPLES["invoice-en-eur-reverse-charge.pdf"], CREDITOR))

    assert "BIC" not in text


def test_many_lines_run_over_pages_and_the_payment_part_stands_on_the_last() -> None:
    invoice = printed(MANY)

    content = print_invoice(invoice, DocumentKind.PRO_FORMA, CREDITOR)

    pages = pages_of(content)
    text = " ".join(pages)
    assert all(f"number-{number}.example" in text for number in range(len(MANY)))
    assert [f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    assert sum("Description" in page for page in pages) == len(pages) - ("Description" not in pages[-1])
    ((page, code),) = codes_on(content)
    assert (page, code.split("\n")[18]) == (len(pages), "1945.80")


@pytest.mark.parametrize("payer", [LAUSANNE, BERLIN])
@pytest.mark.parametrize("number", range(3, 17))
def test_the_payment_part_never_covers_a_line(number: int, payer: Party) -> None:
    """However many lines there are: what would reach into it stands on a page of its own."""
    content = print_invoice(printed(MANY[:number], payer=payer), DocumentKind.PRO_FORMA, CREDITOR)

    pages = pages_of(content)
    assert [page for page, _ in codes_on(content)] == [len(pages)]
    assert " ".join(pages).count("Total CHF") == 1


@pytest.mark.parametrize(
    "name",
    [
        "Société coopérative internationale pour la promotion des noms très longs et de leurs filiales régionales",
        "W" * 200,
        "<script>alert(1)</script> **bold** __line__ --[link](https://evil.example)",
        "Łódź Škoda Ğüneş Đorđe Ñandú Œuvre Ångström Țară",
        "株式会社 مرحبا",
        "one\u202eeno\u2066 two\x07\r\nthree",
    ],
)
def test_whatever_people_are_called_the_document_is_printed_and_its_code_is_read(name: str) -> None:
    """O4: names are text and nothing else; long ones wrap, and the code holds as much of them as it may."""
    invoice = printed([Line(name, 1, 10_000, 810)], payer=Party(name, name, "1003", name[:100], "CH"))

    content = print_invoice(invoice, DocumentKind.PRO_FORMA, CREDITOR)

    ((page, text),) = codes_on(content)
    assert page == len(pages_of(content))
    assert text == code_text(qr_bill_of(invoice, CREDITOR, LANGUAGES[Locale.EN]))
    assert b"evil.example" not in content, "no link is made of a text"


def test_letters_of_european_languages_are_on_the_page() -> None:
    names = "Łódź Škoda Ğüneş Đorđe Ñandú Œuvre Ångström Țară Ελλάδα Київ"

    (text,) = pages_of(print_invoice(printed([Line(names, 1, 100, 810)]), DocumentKind.PRO_FORMA, CREDITOR))

    assert names in text


def test_letters_that_no_font_has_leave_a_mark() -> None:
    (text,) = pages_of(print_invoice(printed([Line("株式会社 Ω", 1, 100, 810)]), DocumentKind.PRO_FORMA, CREDITOR))

    assert "□□□□ Ω" in text


def test_an_amount_that_no_code_can_carry_is_said_instead() -> None:
    content = print_invoice(printed([Line("A continent", 1, 10**12, 810)]), DocumentKind.PRO_FORMA, CREDITOR)

    assert codes_on(content) == []
    assert "This amount cannot be paid by QR-bill." in " ".join(pages_of(content))


def test_the_same_invoice_is_always_the_same_file() -> None:
    assert print_invoice(*SAMPLES["invoice-fr-chf.pdf"], CREDITOR) == print_invoice(
        *SAMPLES["invoice-fr-chf.pdf"], CREDITOR
    )


def test_a_language_without_words_yet_reads_english() -> None:
    """USR11."""
    (text,) = pages_of(print_invoice(printed(locale=Locale.IT), DocumentKind.PRO_FORMA, CREDITOR))

    assert "Pro forma invoice" in text


def test_a_total_stands_on_the_page_of_what_it_sums() -> None:
    """However many lines there are, around the end of the first page."""
    for count in range(24, 32):
        pages = pages_of(print_invoice(printed(MANY[:count]), DocumentKind.INVOICE, CREDITOR))

        (page,) = [text for text in pages if "Total CHF" in text]
        assert "VAT rate Net VAT With VAT 8.1" in page, count


@pytest.mark.parametrize(("rate", "spelled"), [(0, "0"), (810, "8.1"), (2550, "25.5"), (1900, "19"), (405, "4.05")])
def test_rates_are_spelled_without_needless_noughts(rate: int, spelled: str) -> None:
    assert spell_rate(rate) == f"{spelled}\u00a0%"


@pytest.mark.parametrize(
    ("locale", "period_end", "printed_below"),
    [
        (Locale.EN, None, "Fee 1"),
        (Locale.EN, date(2026, 3, 3), "Fee 2 March 2026 1"),
        (Locale.FR, date(2026, 3, 3), "Fee le 2 mars 2026 1"),
        (Locale.EN, date(2026, 3, 4), "Fee 2 March 2026 to 3 March 2026 1"),
    ],
)
def test_below_a_line_stands_its_period_or_its_one_day_if_it_has_one(
    locale: Locale, period_end: date | None, printed_below: str
) -> None:
    line = Line("Fee", 1, 100, 810, period_start=period_end and date(2026, 3, 2), period_end=period_end)

    (text,) = pages_of(print_invoice(printed([line], locale=locale), DocumentKind.INVOICE, CREDITOR))

    assert printed_below in text


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_in_the_documentation_are_what_is_printed(name: str) -> None:
    """Printed anew by `make samples`."""
    sample = (FOLDER / name).read_bytes()
    fresh = print_invoice(*SAMPLES[name], CREDITOR)

    assert (pages_of(sample), codes_on(sample)) == (pages_of(fresh), codes_on(fresh))
