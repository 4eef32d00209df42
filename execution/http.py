"""GraphQL over HTTP: one ASGI application for one path."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry import Schema

from execution.answers import Answer, Context, refused
from execution.bodies import ClientLeft, read_query_string, receive_request
from execution.buckets import Buckets
from execution.documents import Documents
from execution.errors import Masking, Refused, bad_request, told
from execution.limits import Limits
from execution.negotiation import GRAPHQL, JSON, negotiate, wants_page
from execution.origins import Origins
from execution.planning.planner import Planner
from execution.run import QUERIES, QUERIES_AND_MUTATIONS, run

METHODS = "GET, HEAD, POST, OPTIONS"
ANSWER = "graphql.answer"
"""Where an answer is left in the connection's scope, for whoever writes a log around the application."""

SAFE_HEADERS = (
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
)

Headers = list[tuple[str, str]]


class GraphQLEndpoint:
    """Serves a schema by GET, HEAD and POST, and the explorer to who asks for a page.

    `make_context` learns who is asking; it may raise a GraphQLError with a code, which refuses the request as a whole.
    Every answer is JSON, also that to a malformed request; a failure of ours is masked, and reported by incident id.
    With a planner, queries are answered by one statement each where they can be.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        make_context: Callable[[Request], Awaitable[Context]],
        limits: Limits | None = None,
        introspection: bool = True,
        explorer: ASGIApp | None = None,
        origins: Origins | None = None,
        masking: Masking | None = None,
        buckets: Buckets | None = None,
        planner: Planner | None = None,
    ) -> None:
        self.schema = schema
        self.limits = limits or Limits()
        self.documents = Documents(schema, self.limits, introspection=introspection, planner=planner)
        self.buckets = buckets or Buckets(self.limits.bucket, self.limits.refill_per_second)
        self.origins = origins or Origins()
        self.masking = masking or Masking()
        self.explorer = explorer
        self._make_context = make_context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        accept = ",".join(request.headers.getlist("accept"))
        if self.explorer is not None and _asks_for_explorer(request, accept):
            await self.explorer(scope, receive, send)
            return
        if request.method == "OPTIONS":
            headers = [("allow", METHODS), *self.origins.preflight_headers(request), *SAFE_HEADERS]
            await _send(send, 204, headers, b"")
            return
        media_type = negotiate(accept)
        try:
            answer = await self._answer(request, receive, media_type)
        except ClientLeft:
            return
        except Refused as reason:
            answer = refused(reason)
        except Exception as exception:  # nothing may leave here unmasked
            answer = refused(Refused([self.masking.mask(exception)]))
        await self._respond(request, send, answer, media_type or JSON)

    async def _answer(self, request: Request, receive: Receive, media_type: str | None) -> Answer:
        if request.method not in ("GET", "HEAD", "POST"):
            raise Refused([told(bad_request("Only GET and POST are served here."))], status=405, allow=METHODS)
        if media_type is None:
            raise Refused([told(bad_request(f"The answer can be {GRAPHQL} or {JSON} only."))], status=406)
        allow: Collection[OperationType] = QUERIES_AND_MUTATIONS
        if request.method == "POST":
            asked = await receive_request(request.headers, receive, self.limits)
        else:
            asked = read_query_string(request.scope["query_string"], self.limits)
            allow = QUERIES
        try:
            context = await self._make_context(request)
        except GraphQLError as error:
            raise Refused([self.masking.present(error)]) from error
        answer = await run(
            self.schema,
            self.documents,
            asked.query,
            asked.variables,
            asked.operation_name,
            context,
            allow=allow,
            buckets=self.buckets,
            masking=self.masking,
        )
        if answer.status == 400 and media_type == JSON:
            answer.status = 200  # the older media type says so of a well-formed request, whatever its document
        return answer

    async def _respond(self, request: Request, send: Send, answer: Answer, media_type: str) -> None:
        try:
            body = orjson.dumps(answer.body())
        except TypeError as exception:
            answer = refused(Refused([self.masking.mask(exception)]))
            body = orjson.dumps(answer.body())
        request.scope[ANSWER] = answer
        headers: Headers = [
            ("content-type", f"{media_type}; charset=utf-8"),
            ("content-length", str(len(body))),
            *SAFE_HEADERS,
            *self.origins.headers(request),
            *answer.headers,
        ]
        if answer.status == 401:
            headers.append(("www-authenticate", "Bearer"))
        if answer.status in (408, 413):
            headers.append(("connection", "close"))
        await _send(send, answer.status, headers, b"" if request.method == "HEAD" else body)


def _asks_for_explorer(request: Request, accept: str) -> bool:
    return request.method in ("GET", "HEAD") and wants_page(accept) and "query" not in request.query_params


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    raw: list[tuple[bytes, bytes]] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": raw}
    await send(start)
    await send({"type": "http.response.body", "body": body})
