"""Documents of money: asked for by who may see them, and read again when their link is opened (INV3, INV10).

A link is good for a few minutes and for the session that asked. Whoever opens it reads through a predicate of what that
session's user may see at that moment, which the surface hands in.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from models import Invoice, InvoiceLine, InvoiceTax, Payment, PaymentAllocation
from resolvers.access import lock_organization, require
from resolvers.caller import Caller
from resolvers.records import record_event
from resolvers.transactions import in_one_transaction
from rules.denials import NotFound
from rules.documents import DocumentKind, file_name
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.permitted import refuse, why_not_export_billing, why_not_issue_pro_forma, why_not_request_document
from rules.rights import Right
from rules.states import InvoiceState, PaymentState

EXPORTED_TOGETHER = 200
STATES = {DocumentKind.PRO_FORMA: InvoiceState.OPEN, DocumentKind.INVOICE: InvoiceState.PAID}
PREFIXES = {
    DocumentKind.PRO_FORMA: Prefix.INVOICE,
    DocumentKind.INVOICE: Prefix.INVOICE,
    DocumentKind.BILLING_EXPORT: Prefix.ORGANIZATION,
}


@dataclass(frozen=True)
class Choice:
    """Which invoices to export: by the day of issue (half-open), by state, and by product; nothing given means all.

    An invoice is for a product where one of its lines is.
    """

    issued_from: date | None = None
    issued_before: date | None = None
    states: tuple[InvoiceState, ...] = ()
    product_id: UUID | None = None

    @property
    def condition(self) -> Q:
        """The choice as a predicate; drafts are on no export, for they are not invoices yet."""
        chosen: dict[str, Any] = {
            "issued_on__gte": self.issued_from,
            "issued_on__lt": self.issued_before,
            "state__in": list(self.states) or None,
        }
        if self.product_id is not None:
            chosen["id__in"] = Subquery(InvoiceLine.filter(product_id=self.product_id).values("invoice_id"))
        return Q(number__not="", **{name: value for name, value in chosen.items() if value is not None})


@dataclass(frozen=True)
class Download:
    """What may be downloaded: a document of an invoice or organization, by one session, until an instant."""

    kind: DocumentKind
    subject: UUID
    session_id: UUID
    expires_at: datetime
    choice: Choice = field(default_factory=Choice)

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return file_name(self.kind, public_id(PREFIXES[self.kind], self.subject))


@dataclass(frozen=True)
class Paid:
    """What of a payment is for the invoice."""

    payment: Payment
    amount_minor: int


@dataclass(frozen=True)
class PrintedInvoice:
    """Everything that stands on the document of an invoice or credit note.

    `took_back` says that a credit note took back an invoice that nobody had paid.
    """

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    taxes: Sequence[InvoiceTax]
    payments: Sequence[Paid]
    corrected_number: str | None
    took_back: bool = False


async def issue_pro_forma(caller: Caller, *, invoice_id: UUID) -> Download:
    """Hand out the document to pay an open invoice with; refuses with InvoiceNotPayable. Needs BILLING (INV3)."""

    async def work() -> Download:
        return await _hand_out(caller, DocumentKind.PRO_FORMA, invoice_id)

    return await in_one_transaction(work)


async def request_invoice_document(caller: Caller, *, invoice_id: UUID) -> Download:
    """Hand out the final document of an invoice or credit note; refuses with InvoiceNotFinal. Needs BILLING (INV3)."""

    async def work() -> Download:
        return await _hand_out(caller, DocumentKind.INVOICE, invoice_id)

    return await in_one_transaction(work)


async def export_billing(caller: Caller, *, organization_id: UUID, choice: Choice) -> Download:
    """Hand out the invoices that an organization pays, line by line. Needs BILLING (INV10, MEM5)."""

    async def work() -> Download:
        payer = await lock_organization(organization_id)
        standing = await require(caller, payer, Right.BILLING)
        refuse(why_not_export_billing(standing))
        subject = public_id(Prefix.ORGANIZATION, payer.id)
        await record_event(caller, payer.id, EventKind.BILLING_EXPORTED, subject, _as_data(choice))
        return _download(caller, DocumentKind.BILLING_EXPORT, payer.id, choice)

    return await in_one_transaction(work)


async def _hand_out(caller: Caller, kind: DocumentKind, invoice_id: UUID) -> Download:
    known = await Invoice.filter(id=invoice_id).first()
    if known is None:
        raise NotFound
    payer = await lock_organization(known.billed_to_id)
    standing = await require(caller, payer, Right.BILLING)
    invoice = await Invoice.get(id=invoice_id)
    if kind is DocumentKind.PRO_FORMA:
        refuse(why_not_issue_pro_forma(standing, invoice.id, invoice.state))
        event = EventKind.PRO_FORMA_ISSUED
    else:
        refuse(why_not_request_document(standing, invoice.id, invoice.state))
        event = EventKind.INVOICE_DOCUMENT_REQUESTED
    subject = public_id(Prefix.INVOICE, invoice.id)
    await record_event(caller, payer.id, event, subject, {"number": invoice.number})
    return _download(caller, kind, invoice.id)


def _download(caller: Caller, kind: DocumentKind, subject: UUID, choice: Choice | None = None) -> Download:
    expires_at = caller.now + timedelta(minutes=caller.policy.download_minutes)
    return Download(kind, subject, caller.session_id, expires_at, choice or Choice())


def _as_data(choice: Choice) -> Mapping[str, Any]:
    return {
        "issued_from": choice.issued_from and choice.issued_from.isoformat(),
        "issued_before": choice.issued_before and choice.issued_before.isoformat(),
        "states": list(choice.states),
        "product_id": choice.product_id and public_id(Prefix.PRODUCT, choice.product_id),
    }


async def read_invoice(visible: Q, kind: DocumentKind, invoice_id: UUID) -> PrintedInvoice | None:
    """Read what a document of an invoice says; `visible` is what the reader may see.

    None when they may not see it any more, or it is in another state than its kind of document is for.
    """
    invoice = await Invoice.filter(visible, id=invoice_id, state=STATES[kind]).first()
    if invoice is None:
        return None
    corrected = await Invoice.filter(id=invoice.corrects_id).first() if invoice.corrects_id else None
    allocations = (
        await PaymentAllocation.filter(invoice_id=invoice.id, is_live=True, payment__state=PaymentState.SUCCEEDED)
        .order_by("created_at", "id")
        .select_related("payment")
    )
    return PrintedInvoice(
        invoice=invoice,
        lines=await InvoiceLine.filter(invoice_id=invoice.id).order_by("position"),
        taxes=await InvoiceTax.filter(invoice_id=invoice.id).order_by("vat_rate"),
        payments=[Paid(each.payment, each.amount_minor) for each in allocations],
        corrected_number=corrected.number if corrected else None,
        took_back=corrected is not None and corrected.state is InvoiceState.VOID,
    )


async def read_exported(
    visible: Q, organization_id: UUID, choice: Choice
) -> AsyncIterator[tuple[Invoice, Sequence[InvoiceLine]]]:
    """Read the chosen invoices that an organization pays with their lines, the oldest first, a part at a time.

    `visible` is what the reader may see; it is asked again with every part, so that a right which is lost meanwhile
    ends the export.
    """
    beyond = Q()
    while True:
        invoices = (
            await Invoice.filter(visible, choice.condition, beyond, billed_to_id=organization_id)
            .order_by("created_at", "id")
            .limit(EXPORTED_TOGETHER)
        )
        lines: dict[UUID, list[InvoiceLine]] = {invoice.id: [] for invoice in invoices}
        for line in await InvoiceLine.filter(invoice_id__in=list(lines)).order_by("position"):
            lines[line.invoice_id].append(line)
        for invoice in invoices:
            yield invoice, lines[invoice.id]
        if len(invoices) < EXPORTED_TOGETHER:
            return
        last = invoices[-1]
        beyond = Q(created_at__gte=last.created_at) & (Q(created_at__gt=last.created_at) | Q(id__gt=last.id))
