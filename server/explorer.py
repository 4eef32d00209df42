"""The explorer: a page to read the schema in and to try queries, made of files that this server holds itself."""

import json
import secrets
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from string import Template

from graphql import introspection_from_schema
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry import Schema

FOLDER = Path(__file__).parent / "assets" / "explorer"
ADDRESS = "/assets/explorer"

CHECKSUMS = FOLDER / "SHA256SUMS"
"""The vendored files and what each must be, byte for byte."""

_SERVED = {
    "graphiql.min.js": "text/javascript",
    "graphiql.min.css": "text/css",
    "react.production.min.js": "text/javascript",
    "react-dom.production.min.js": "text/javascript",
    "start.js": "text/javascript",
    "page.css": "text/css",
    "THIRD_PARTY_LICENSES.txt": "text/plain",
}
_SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class ExplorerPage:
    """The page, an ASGI application; where introspection is off, it reads the schema from beside itself."""

    def __init__(self, endpoint: str = "/graphql", *, introspection: bool = True) -> None:
        self._page = Template((FOLDER / "page.html").read_text("utf-8"))
        self._endpoint = escape(endpoint)
        self._schema = "" if introspection else f"{ADDRESS}/schema.json"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)
        text = self._page.substitute(nonce=nonce, endpoint=self._endpoint, schema=self._schema)
        headers = {**_SAFE, "content-security-policy": _policy(nonce), "cache-control": "no-store"}
        await Response(text, media_type="text/html", headers=headers)(scope, receive, send)


def explorer_routes(schema: Schema) -> list[Route]:
    """Make the routes of the explorer's files, and of the schema as SDL and as an answer to introspection."""
    introspected = json.dumps({"data": introspection_from_schema(schema._schema)})  # Strawberry's only name for it
    return [
        Route(f"{ADDRESS}/schema.json", _text(introspected, "application/json")),
        Route(f"{ADDRESS}/{{name}}", _asset),
        Route("/schema.graphql", _text(schema.as_str(), "text/plain")),
    ]


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _SERVED:
        raise HTTPException(404)
    headers = {**_SAFE, "cache-control": "public, max-age=86400"}
    return FileResponse(FOLDER / name, media_type=_SERVED[name], headers=headers)


def _text(text: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return Response(text, media_type=media_type, headers=_SAFE)

    return answer


def _policy(nonce: str) -> str:
    """Nothing from elsewhere, no script written into the page, no evaluation of text."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "font-src 'self' data:",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
