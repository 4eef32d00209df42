"""What a plan needs of one request: its variables and context, each value that it reads worked out once."""

from collections.abc import Callable
from typing import Any

from graphql.execution.values import VariableValues

Reader = Callable[["Request"], Any]


class Request:
    """One request as plans read it."""

    def __init__(self, variables: VariableValues, context: Any) -> None:
        self.variables = variables
        self.context = context
        self._known: dict[Reader, Any] = {}

    def read(self, reader: Reader) -> Any:
        """What a reader answers, asked once for each request."""
        if reader not in self._known:
            self._known[reader] = reader(self)
        return self._known[reader]


class Questions:
    """What the compiler wanted to know of a request while it compiled, and what it was answered.

    A plan serves another request only where every question gets the same answer, so the compiler may look at variables
    and at the context in no other way.
    """

    def __init__(self, request: Request) -> None:
        self._request: Request | None = request
        self._asked: dict[Reader, Any] = {}

    def ask(self, reader: Reader) -> Any:
        """The answer of this request, remembered; it must be comparable."""
        if reader not in self._asked:
            assert self._request is not None, "a plan that is finished asks nothing more"
            self._asked[reader] = self._request.read(reader)
        return self._asked[reader]

    def end(self) -> None:
        """Ask nothing more, and let go of the request that was asked."""
        self._request = None

    def are_answered_alike(self, request: Request) -> bool:
        """Whether another request answers everything that was asked as this one did."""
        return all(request.read(reader) == answer for reader, answer in self._asked.items())
