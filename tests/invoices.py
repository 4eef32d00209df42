"""Invoices for tests: of an organization, with a line for each net amount."""

from datetime import date, datetime
from typing import Any

from models import Invoice, Organization
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.transactions import transaction
from rules.invoicing import Line
from rules.policy import Policy
from rules.states import InvoiceKind


async def draft(
    payer: Organization, now: datetime, *net_minor: int, description: str = "Service", corrects: Invoice | None = None
) -> Invoice:
    """A draft for a year of service from March 2026 at 8.1 %; of a credit note where it corrects another."""
    lines = [
        Line(description, 1, amount, 810, period_start=date(2026, 3, 1), period_end=date(2027, 3, 1))
        for amount in net_minor
    ]
    async with transaction():
        await payer.refresh_from_db()
        return await draft_invoice(
            Nobody(now),
            payer=payer,
            concerned=payer,
            lines=lines,
            kind=InvoiceKind.CREDIT_NOTE if corrects else InvoiceKind.INVOICE,
            corrects=corrects,
            reason="billed twice" if corrects else None,
        )


async def issue(payer: Organization, now: datetime, *net_minor: int, **more: Any) -> Invoice:
    """The same, issued."""
    async with transaction():
        return await issue_invoice(Nobody(now), Policy(), await draft(payer, now, *net_minor, **more), payer)
