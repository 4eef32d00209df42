"""Receiving what other systems send us: whole, in time, and not for ever."""

import asyncio

from starlette.requests import ClientDisconnect, Request

LARGEST_BODY = 64_000
RECEIVE_SECONDS = 10.0


class UnreadableBody(Exception):
    """A body that is too long, or that does not arrive."""


async def receive_body(request: Request) -> bytes:
    """A body as it was sent; refuses with UnreadableBody one that is longer than the longest, or too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(RECEIVE_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BODY:
                    raise UnreadableBody
    except (TimeoutError, ClientDisconnect):
        raise UnreadableBody from None
    return bytes(body)
