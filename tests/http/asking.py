"""Asking an endpoint without a network, down to the single messages it receives."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

ADDRESS = "/graphql"


@dataclass(frozen=True)
class Answered:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        return self.json["errors"][0]

    @property
    def code(self) -> str:
        return str(self.error["extensions"]["code"])


async def ask(
    app: ASGIApp,
    method: str = "POST",
    *,
    query: bytes = b"",
    headers: Iterable[tuple[str, str]] = (),
    chunks: Iterable[bytes] = (b"",),
    receive: Callable[[], Awaitable[Message]] | None = None,
) -> Answered:
    """Send one request with exactly these headers and chunks; an answer of status 0 means that none was sent."""
    waiting = [{"type": "http.request", "body": each, "more_body": True} for each in chunks]
    waiting[-1]["more_body"] = False
    sent: list[Message] = []

    async def next_chunk() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": ADDRESS,
        "scheme": "http",
        "server": ("api.example.com", 80),
        "query_string": query,
        "headers": [(b"host", b"api.example.com"), *((k.encode(), v.encode()) for k, v in headers)],
    }
    await app(scope, receive or next_chunk, send)
    if not sent:
        return Answered(0, [], b"")
    decoded = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return Answered(sent[0]["status"], decoded, b"".join(message.get("body", b"") for message in sent[1:]))


async def post(
    app: ASGIApp, query: object, *, accept: str | None = None, token: str | None = None, **members: object
) -> Answered:
    """Send a document by POST, as a well-behaved client does."""
    headers = [("content-type", "application/json")]
    if accept is not None:
        headers.append(("accept", accept))
    if token is not None:
        headers.append(("authorization", token))
    return await ask(app, headers=headers, chunks=[json.dumps({"query": query, **members}).encode()])


async def post_body(app: ASGIApp, body: bytes) -> Answered:
    """Send any bytes as if they were JSON."""
    return await ask(app, headers=[("content-type", "application/json")], chunks=[body])


async def get(app: ASGIApp, *, accept: str | None = None, method: str = "GET", **parameters: str) -> Answered:
    """Ask by the parameters of the address."""
    headers = [("accept", accept)] if accept is not None else []
    return await ask(app, method, query=urlencode(parameters).encode(), headers=headers)
