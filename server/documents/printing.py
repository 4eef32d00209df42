"""Printing beside the event loop, a few documents at a time: it takes a processor, and must not take all of them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from resolvers.documents import PrintedInvoice
from rules.denials import RateLimited
from rules.documents import DocumentKind
from server.documents.creditor import Creditor
from server.documents.invoice_pdf import print_invoice

WAITING = 50


class Printer:
    """Prints documents for a creditor; beyond those under way and a queue behind them, more are turned away."""

    def __init__(self, creditor: Creditor, at_once: int) -> None:
        """Start without threads; they come as they are needed."""
        self._creditor = creditor
        self._at_once = at_once
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="documents")
        self._under_way = 0

    async def print(self, printed: PrintedInvoice, kind: DocumentKind) -> bytes:
        """The document as PDF; refuses with RateLimited while too many are waiting."""
        return await self._beside(lambda: print_invoice(printed, kind, self._creditor))

    async def _beside(self, work: Callable[[], bytes]) -> bytes:
        if self._under_way >= self._at_once + WAITING:
            raise RateLimited(retry_after_seconds=1)
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1
