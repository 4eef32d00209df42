"""Values of a request inside a predicate, and what execution asks of a request's context."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tortoise.expressions import Q
from tortoise.models import Model


class Context(Protocol):
    """What execution needs of a request: its one instant, and a place for the loaders of one operation.

    `loaders` is fresh for every operation, and whoever changes rows empties it afterwards. `marked` answers a context
    like this one whose own values are marks, and how each mark's value is read of a real request: so that a plan
    can be written once for everybody.
    """

    @property
    def now(self) -> datetime: ...

    @property
    def loaders(self) -> dict[Any, Any]: ...

    def marked(self) -> tuple["Context", Mapping[UUID, Callable[[Any], Any]]]: ...


@dataclass(frozen=True, kw_only=True)
class Given:
    """A value of this request, standing where a predicate would have a constant.

    `memory` reads it in Python: a plain value, or for `in` a container. It never waits, so it knows only what `ask`
    has learned; `ask` is awaited once for each batch of rows before any of them is looked at, never two at a time in
    one request, and uses no loader itself. `reads` names the columns that it looks at, of those that a row has; `owner`
    is the column of the row's organization. `stored` is what the database gets: a value, a list, a sub-select; without
    it, what `memory` answers. Where that is a `part` of what other values ask for too, a plan asks for the whole once.
    Two values of the same name are the same.
    """

    name: str
    memory: Callable[[Any], Any] = field(compare=False)
    stored: Callable[[Any], Any] | None = field(default=None, compare=False)
    ask: Callable[[Any, list[Model]], Awaitable[None]] | None = field(default=None, compare=False)
    reads: tuple[str, ...] = field(default=("owner",), compare=False)
    part: "Part | None" = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Of the rows of another value's sub-select, one column of those that `where` describes.

    The sub-select is of rows of `model`, and names the columns that are asked for as the model does.
    """

    of: Given
    model: type[Model]
    where: Q
    column: str


NOW = Given(name="now", memory=lambda context: context.now)
