"""Asking for documents: pro formas, final invoices and credit notes as PDF, billing data as CSV."""

from datetime import date

import strawberry

from permissions.guards import MayExportBilling, MayRequestDocuments
from resolvers import documents
from resolvers.documents import Choice
from rules import refusals
from rules.identifiers import Prefix
from rules.states import InvoiceState
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, optional_key, reference
from schema.inputs import given, optional
from schema.types.download import DownloadLink


@strawberry.input(description="The invoice to pay.")
class IssueProFormaInput:
    """Names the invoice."""

    invoice_id: strawberry.ID = reference(Prefix.INVOICE, "Open invoice.")


@strawberry.type(description="The pro forma can be fetched.")
class IssueProFormaSuccess:
    """Carries the link."""

    download: DownloadLink = strawberry.field(description="Link to the document, a PDF.")


@strawberry.input(description="The invoice or credit note to have as a document.")
class RequestInvoiceDocumentInput:
    """Names the invoice."""

    invoice_id: strawberry.ID = reference(Prefix.INVOICE, "Paid invoice, or credit note.")


@strawberry.type(description="The document can be fetched.")
class RequestInvoiceDocumentSuccess:
    """Carries the link."""

    download: DownloadLink = strawberry.field(description="Link to the document, a PDF.")


@strawberry.input(description="Which invoices to export. What is left out narrows nothing.")
class ExportBillingInput:
    """The organization, a time, states and a product."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization that pays the invoices.")
    issued_from: date | None = optional("Only invoices issued on this day or later.")
    issued_before: date | None = optional("Only invoices issued before this day.")
    states: list[InvoiceState] | None = optional("Only invoices in these states; drafts are never exported.")
    product_id: strawberry.ID | None = reference(
        Prefix.PRODUCT, "Only invoices with a line for this product of the organization.", default=strawberry.UNSET
    )


@strawberry.type(description="The export can be fetched.")
class ExportBillingSuccess:
    """Carries the link."""

    download: DownloadLink = strawberry.field(
        description="Link to the file, CSV in UTF-8 with a line per invoice line."
    )


@mutation(who=MayRequestDocuments(), refuses=(refusals.InvoiceNotPayable,))
async def issue_pro_forma(info: Info, input: IssueProFormaInput) -> IssueProFormaSuccess:
    """Have an open invoice as a PDF to pay it with: it carries a Swiss QR-bill with the invoice's own reference.

    It is in the language of the invoice. Causes the event PRO_FORMA_ISSUED.
    """
    download = await documents.issue_pro_forma(info.context.caller, invoice_id=key(input.invoice_id))
    return IssueProFormaSuccess(download=DownloadLink.of(download, info.context))


@mutation(who=MayRequestDocuments(), refuses=(refusals.InvoiceNotFinal,))
async def request_invoice_document(info: Info, input: RequestInvoiceDocumentInput) -> RequestInvoiceDocumentSuccess:
    """Have a paid invoice, or a credit note, as its final PDF, which names the payments.

    It is in the language of the invoice. Causes the event INVOICE_DOCUMENT_REQUESTED.
    """
    download = await documents.request_invoice_document(info.context.caller, invoice_id=key(input.invoice_id))
    return RequestInvoiceDocumentSuccess(download=DownloadLink.of(download, info.context))


@mutation(who=MayExportBilling())
async def export_billing(info: Info, input: ExportBillingInput) -> ExportBillingSuccess:
    """Export the invoices and credit notes that an organization pays as CSV, line by line, the oldest first.

    Causes the event BILLING_EXPORTED.
    """
    choice = Choice(
        issued_from=given(input.issued_from),
        issued_before=given(input.issued_before),
        states=tuple(given(input.states, ())),
        product_id=optional_key(input.product_id),
    )
    download = await documents.export_billing(
        info.context.caller, organization_id=key(input.organization_id), choice=choice
    )
    return ExportBillingSuccess(download=DownloadLink.of(download, info.context))
