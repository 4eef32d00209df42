"""What a request brings along, and what it is answered with."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from orjson import Fragment

from execution.cost import Cost
from execution.errors import STATUS_OF_CODE, Formatted, Refused


class Context(Protocol):
    """What running a request asks of the application's context."""

    caller_key: str
    extensions: dict[str, Any]
    answer_headers: list[tuple[str, str]]
    cost: Cost | None

    @property
    def now(self) -> datetime: ...


@dataclass(slots=True)
class Answer:
    """What a request is answered with; `status` is the HTTP status that says the same.

    `operation_name` is the name of the operation that ran, as its document spells it; the log wants to know.
    `printed` are the bytes of the data where they are known already.
    """

    data: dict[str, Any] | None = None
    errors: list[Formatted] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    executed: bool = False
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    operation_name: str | None = None
    printed: bytes | None = None

    def body(self) -> dict[str, Any]:
        """Give the answer as the specification shapes it: no `data` where nothing was executed."""
        data = self.data if self.printed is None else Fragment(self.printed)
        body: dict[str, Any] = {"data": data} if self.executed else {}
        if self.errors:
            body["errors"] = self.errors
        if self.extensions:
            body["extensions"] = self.extensions
        return body


def refused(reason: Refused) -> Answer:
    """Answer a request that is not executed."""
    extensions = reason.errors[0]["extensions"]
    answer = Answer(errors=reason.errors, status=reason.status or STATUS_OF_CODE.get(extensions["code"], 400))
    if "retryAfterMs" in extensions:
        answer.headers.append(("retry-after", str(-(-int(extensions["retryAfterMs"]) // 1000))))
    if reason.allow is not None:
        answer.headers.append(("allow", reason.allow))
    return answer
