"""Whether the process lives, and whether it can do its work."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


async def healthz(_request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """Answers 200 when the database is reachable and migrated, else 503."""

    def __init__(self, is_ready: Callable[[], Awaitable[bool]]) -> None:
        """Ask this function each time."""
        self._is_ready = is_ready

    async def __call__(self, request: Request) -> Response:
        """Ask now."""
        if await self._is_ready():
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready"}, status_code=503)
