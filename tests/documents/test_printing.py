"""Documents are printed a few at a time, beside the event loop, and too many are turned away."""

import asyncio
import threading

import pytest

from rules.denials import RateLimited
from rules.documents import DocumentKind
from rules.locales import Locale
from server.documents import printing
from server.documents.invoice_pdf import print_invoice
from server.documents.printing import Printer
from tests.documents.samples import CREDITOR, printed

pytestmark = pytest.mark.anyio


async def test_several_at_once_are_the_documents_that_each_alone_would_be() -> None:
    invoices = [printed(locale=locale) for locale in (Locale.EN, Locale.FR) for _ in range(3)]
    printer = Printer(CREDITOR, at_once=3)

    contents = await asyncio.gather(*(printer.print(each, DocumentKind.PRO_FORMA) for each in invoices))

    assert contents == [print_invoice(each, DocumentKind.PRO_FORMA, CREDITOR) for each in invoices]


async def test_the_event_loop_goes_on_while_a_document_is_printed() -> None:
    printer = Printer(CREDITOR, at_once=1)
    went_on = threading.Event()

    printing_it = asyncio.create_task(printer._beside(lambda: b"%PDF" if went_on.wait(30) else b"waited in vain"))
    await asyncio.sleep(0)
    went_on.set()

    assert await printing_it == b"%PDF"


async def test_beyond_the_queue_more_are_turned_away_and_later_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "WAITING", 1)
    printer = Printer(CREDITOR, at_once=1)

    answers = await asyncio.gather(
        *(printer.print(printed(), DocumentKind.PRO_FORMA) for _ in range(4)), return_exceptions=True
    )

    assert [isinstance(answer, RateLimited) for answer in answers] == [False, False, True, True]
    assert (await printer.print(printed(), DocumentKind.PRO_FORMA)).startswith(b"%PDF")
