"""Downloads: what a link from the API leads to, for whoever may still see it when they open it (INV3, INV10, O4).

A link is a sealed text that names a document and the session that asked for it. It works without a cookie or header,
so that a browser can follow it, for a few minutes; the session must still be open then, and its user's right is asked
again. Everything that does not work is not found, and looks the same.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from tortoise.expressions import Q

from execution.guards import visible
from execution.predicates import concrete
from execution.tables import table_of
from models import Invoice, Organization, Product
from permissions.guards import MayViewBilling
from resolvers.documents import Download, read_exported, read_invoice
from resolvers.sessions import find_session_by_key
from rules.denials import RateLimited
from rules.documents import DocumentKind
from schema.context import Context
from server.authentication import Authentication
from server.documents.billing_csv import write_billing
from server.documents.links import PARAMETER, PATH, DownloadLinks
from server.documents.printing import Printer

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def route(links: DownloadLinks, authentication: Authentication, printer: Printer) -> Route:
    """The route that all links lead to."""

    async def answer(request: Request) -> Response:
        now = authentication.clock.now()
        download = links.read(request.query_params.get(PARAMETER, ""), now)
        viewer = await find_session_by_key(download.session_id, now) if download else None
        if download is None or viewer is None:
            return _not_found()
        context = authentication.context_of(request, viewer, now)
        try:
            return await _send(download, context, printer)
        except RateLimited as busy:
            headers = {**HEADERS, "retry-after": str(busy.retry_after_seconds)}
            return PlainTextResponse("Too many documents are being made. Try again.", 429, headers)

    return Route(PATH, answer, methods=["GET"])


async def _send(download: Download, context: Context, printer: Printer) -> Response:
    if download.kind is DocumentKind.BILLING_EXPORT:
        return await _send_export(download, context)
    printed = await read_invoice(_invoices_of(context), download.kind, download.subject)
    if printed is None:
        return _not_found()
    content = await printer.print(printed, download.kind)
    return Response(content, media_type="application/pdf", headers=_headers_of(download))


async def _send_export(download: Download, context: Context) -> Response:
    """Send the file while it is written, so that its length costs no memory."""
    may_see = concrete(MayViewBilling.allows, table_of(Organization), context)
    if not await Organization.filter(may_see, id=download.subject).exists():
        return _not_found()
    product_id = download.choice.product_id
    seen = visible(table_of(Product), context)
    if product_id is not None and not await Product.filter(*seen, id=product_id).exists():
        return _not_found()
    lines = write_billing(read_exported(_invoices_of(context), download.subject, download.choice))
    return StreamingResponse(lines, media_type="text/csv", headers=_headers_of(download))


def _invoices_of(context: Context) -> Q:
    """What the lists of the API demand of every invoice that they show."""
    return Q(*visible(table_of(Invoice), context))


def _headers_of(download: Download) -> dict[str, str]:
    return {**HEADERS, "content-disposition": f'attachment; filename="{download.file_name}"'}


def _not_found() -> Response:
    return PlainTextResponse("This link does not work any more. Ask for a new one.", 404, HEADERS)
