"""How a failure is told to the client: with a code, without a secret.

Every error of an answer carries `extensions.code`, one of the short list below. What a client did wrong is told in
words; what went wrong on our side is masked, and the log and the answer share an incident id.
"""

import logging
import re
import secrets
import sqlite3
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from asyncpg import exceptions as postgresql
from graphql import GraphQLError
from tortoise.exceptions import DBConnectionError, OperationalError

logger = logging.getLogger("execution")

Formatted = dict[str, Any]
"""One error of an answer: message, and where known locations, path and extensions."""

RETRY_AFTER_MILLISECONDS = 1_000
LONGEST_MESSAGE = 1_000

_SUGGESTION = re.compile(r"\s*Did you mean\b.*", re.DOTALL)
_QUOTES_NO_VALUES = (AttributeError, ImportError, NameError, TypeError)
_BUSY_POSTGRESQL = (
    postgresql.PostgresConnectionError,
    postgresql.CannotConnectNowError,
    postgresql.AdminShutdownError,
    postgresql.CrashShutdownError,
    postgresql.TooManyConnectionsError,
    postgresql.DiskFullError,
    postgresql.OutOfMemoryError,
    postgresql.LockNotAvailableError,
    postgresql.DeadlockDetectedError,
    postgresql.SerializationError,
    postgresql.QueryCanceledError,
    postgresql.InternalClientError,
)


class Code(StrEnum):
    """The codes an error at the top level of an answer may carry; everything else is a typed refusal in the data."""

    BAD_REQUEST = "BAD_REQUEST"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    RATE_LIMITED = "RATE_LIMITED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    REAUTHENTICATION_REQUIRED = "REAUTHENTICATION_REQUIRED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


STATUS_OF_CODE: Mapping[str, int] = {
    Code.UNAUTHENTICATED: 401,
    Code.REAUTHENTICATION_REQUIRED: 403,
    Code.FORBIDDEN: 403,
    Code.IDEMPOTENCY_IN_PROGRESS: 409,
    Code.RATE_LIMITED: 429,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
}
"""The HTTP status of a request that is refused as a whole with that code; every other code is a 400."""


class Refused(Exception):
    """A request that is not executed: its errors, and its HTTP status where the code does not say it."""

    def __init__(self, errors: Sequence[Formatted], *, status: int | None = None, allow: str | None = None) -> None:
        super().__init__("; ".join(error["message"] for error in errors))
        self.errors = list(errors)
        self.status = status
        self.allow = allow


def refusal(code: Code, message: str, **extensions: object) -> GraphQLError:
    """Make an error that tells the client `message` under `code`."""
    return GraphQLError(message, extensions={"code": code.value, **extensions})


def bad_request(message: str, **extensions: object) -> GraphQLError:
    """Make an error about a request that nobody could answer."""
    return refusal(Code.BAD_REQUEST, message, **extensions)


def limit_exceeded(limit: str, allowed: int, actual: int, message: str) -> GraphQLError:
    """Make an error about a request that asks for too much of one thing."""
    return refusal(Code.LIMIT_EXCEEDED, message, limit=limit, allowed=allowed, actual=actual)


def unavailable(message: str = "The service cannot answer right now. Please try again.") -> GraphQLError:
    """Make an error that invites the client to try again a little later."""
    return refusal(Code.UNAVAILABLE, message, retryAfterMs=RETRY_AFTER_MILLISECONDS)


def told(error: GraphQLError) -> Formatted:
    """Format an error that is meant for the client: suggestions removed, bounded in length, always with a code."""
    formatted: Formatted = dict(error.formatted)
    message = _SUGGESTION.sub("", error.message)
    formatted["message"] = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "…"
    formatted["extensions"] = {"code": Code.BAD_REQUEST.value, **(error.extensions or {})}
    return formatted


def is_unavailable(exception: BaseException) -> bool:
    """Tell whether a failure is the database's and passes by itself: busy, locked, restarting, gone or too slow."""
    return any(_is_busy(each) for each in _chain(exception))


def _is_busy(exception: BaseException) -> bool:
    if isinstance(exception, (*_BUSY_POSTGRESQL, DBConnectionError, ConnectionError, TimeoutError)):
        return True
    words = str(exception)
    if isinstance(exception, postgresql.InterfaceError):
        # The connection or its pool is closing or gone; other interface errors are mistakes of ours.
        return "clos" in words or "released" in words
    return isinstance(exception, (OperationalError, sqlite3.OperationalError)) and (
        "locked" in words or "full" in words or "disk I/O" in words
    )


def _chain(exception: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while exception is not None and id(exception) not in seen:
        seen.add(id(exception))
        yield exception
        yield from (argument for argument in exception.args if isinstance(argument, BaseException))
        exception = exception.__cause__ or exception.__context__


def described(exception: BaseException) -> str:
    """Describe an exception for the log: where it happened and its type, never a value that it quotes."""
    lines: list[str] = []
    for each in _chain(exception):
        lines += traceback.format_tb(each.__traceback__)
        words = f": {each}" if isinstance(each, _QUOTES_NO_VALUES) else ""
        lines.append(f"{type(each).__module__}.{type(each).__qualname__}{words}\n")
    return "".join(lines)


def report_to_log(exception: BaseException, incident: str) -> None:
    """Write an unexpected exception to the server's log under its incident id."""
    logger.error("Incident %s\n%s", incident, described(exception))


@dataclass(frozen=True, slots=True)
class Masking:
    """What the client hears of an exception, and who hears the rest."""

    report: Callable[[BaseException, str], None] = report_to_log
    is_unavailable: Callable[[BaseException], bool] = is_unavailable

    def present(self, error: GraphQLError) -> Formatted:
        """Format an error met while executing; one that is not meant for the client is reported and masked."""
        original = _unwrapped(error)
        if _is_meant_for_the_client(error, original):
            return told(error)
        return {**self.mask(original or error), **_place(error)}

    def mask(self, exception: BaseException) -> Formatted:
        """Report an exception and format what the client may know about it."""
        if self.is_unavailable(exception):
            return told(unavailable())
        incident = secrets.token_hex(8)
        self.report(exception, incident)
        return told(refusal(Code.INTERNAL, "Something went wrong on our side.", incident=incident))


def _unwrapped(error: GraphQLError) -> BaseException | None:
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    return original


def our_mistake(error: GraphQLError) -> BaseException | None:
    """Give the exception behind an error about a document or its variables that no input of a client explains."""
    original = _unwrapped(error)
    return None if original is None or isinstance(original, (GraphQLError, ValueError)) else original


def _is_meant_for_the_client(error: GraphQLError, original: BaseException | None) -> bool:
    """A field's error is meant for the client when it says its code, or is about an argument of the document."""
    if error.path is None:
        return our_mistake(error) is None
    if original is not None and not isinstance(original, GraphQLError):
        return False
    return "code" in (error.extensions or {}) or original is None or bool(original.nodes)


def _place(error: GraphQLError) -> Formatted:
    return {name: value for name, value in error.formatted.items() if name in ("locations", "path")}
