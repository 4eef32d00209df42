"""Whether the process lives, and whether it can do its work."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Endpoint = Callable[[Request], Awaitable[Response]]


async def healthz(_request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"status": "ok"})


def readyz(is_ready: Callable[[], Awaitable[bool]]) -> Endpoint:
    """An endpoint that answers 200 when the database is reachable and migrated, else 503; asked each time."""

    async def answer(_request: Request) -> Response:
        if await is_ready():
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready"}, status_code=503)

    return answer
