"""The request log: one line of JSON for each request, and nothing in it that belongs to people (O2).

It tells what was asked of which address, how it ended and what it cost: no query string, no document, no variable, no
secret and no network address. Every answer carries the id of its line in the header X-Request-Id.
"""

import json
import logging
import sys
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from execution.answers import Answer
from execution.http import ANSWER
from models.fields import new_id
from server.clock import Clock

LONGEST_PATH = 200
LONGEST_NAME = 80
HEADER = b"x-request-id"
REQUEST_ID = "manager.request"
"""Where the id of a request is left in its scope, for whoever records what it does."""

_log = logging.getLogger("manager.requests")


def start_request_log() -> None:
    """Write the lines to standard output from now on; asked twice, they are written once."""
    if not _log.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    _log.propagate = False


class RequestLog:
    """Stands around an application, names each request, and writes its line once it is over."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        facts: dict[str, Any] = {
            "time": self._clock.now().isoformat(),
            "request": new_id().hex,
            "method": scope["method"],
            "path": scope["path"][:LONGEST_PATH],
            "status": None,  # stays so when the client went away before it was answered
        }
        scope[REQUEST_ID] = facts["request"]
        started = time.perf_counter()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                facts["status"] = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, facts["request"].encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            facts["status"] = 500
            raise
        finally:
            facts["milliseconds"] = round((time.perf_counter() - started) * 1000, 1)
            facts.update(_facts_of(scope.get(ANSWER)))
            # Everything beyond ASCII is escaped, so that no character can break the line or steer a terminal.
            _log.info("%s", json.dumps(facts))


def _facts_of(answer: Answer | None) -> dict[str, Any]:
    """What a GraphQL answer adds to its line: operation, error codes, incidents of ours, cost in points."""
    if answer is None:
        return {}
    details = [error["extensions"] for error in answer.errors]
    facts: dict[str, Any] = {}
    if answer.operation_name is not None:
        facts["operation"] = answer.operation_name[:LONGEST_NAME]
    if details:
        facts["errors"] = sorted({str(each["code"]) for each in details})
    if incidents := [each["incident"] for each in details if "incident" in each]:
        facts["incidents"] = incidents
    if "cost" in answer.extensions:
        facts["cost"] = answer.extensions["cost"]["actual"]
    return facts
