"""A statement under construction, with the parameters it reads, and the finished plan of an operation."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLError
from tortoise.models import Model

from execution.given import Given
from execution.planning.dialects import Dialect
from execution.planning.requests import Questions, Reader, Request
from execution.plans import Fetched

_PLACE = re.compile("\x00(\\d+)\x00")


class Unplannable(Exception):
    """Something that no plan can answer; the operation is run field by field."""


class NotThisTime(Unplannable):
    """Values of a request that no plan can answer; the operation is planned for others."""


@dataclass(frozen=True)
class Hole:
    """A place in the answer that Python fills: `fill` turns what the database printed there into the value."""

    fill: Callable[["Filling", dict[str, Any], list[Any]], Any]
    learn: Callable[["Filling", dict[str, Any]], None] | None = None


class Filling:
    """What filling holes knows of the request, and what it has found: errors, and rows that must be asked about."""

    def __init__(self, request: Request, coded: Mapping[str, Any]) -> None:
        self.request = request
        self.context = request.context
        self.errors: list[GraphQLError] = []
        self.coded = coded
        self._asked: dict[Given, list[Model]] = {}
        self._wanted: dict[tuple[Fetched, Any], list[Any]] = {}
        self._fetched: dict[tuple[Fetched, Any], Mapping[Any, Any]] = {}

    def ask(self, questions: Iterable[Given], model: type[Model], values: dict[str, Any]) -> None:
        """Note that these questions are to be asked of a row with these values."""
        row = model.__new__(model)
        vars(row).update(values)
        for question in questions:
            self._asked.setdefault(question, []).append(row)

    def want(self, plan: Fetched, asked: Any, key: Any) -> None:
        """Note that this is to be looked up for the row of a key."""
        self._wanted.setdefault((plan, asked), []).append(key)

    def fetched(self, plan: Fetched, asked: Any, key: Any) -> Any:
        """What was looked up for the row of a key."""
        return self._fetched[plan, asked].get(key)

    async def learn(self) -> None:
        """Ask and look up everything that was noted, once for all rows of a table."""
        for question, rows in self._asked.items():
            for model in dict.fromkeys(map(type, rows)):
                assert question.ask is not None
                await question.ask(self.context, [row for row in rows if type(row) is model])

        for (plan, asked), keys in self._wanted.items():
            self._fetched[plan, asked] = await plan.by(self.context, list(dict.fromkeys(keys)), asked)

    def refuse(self, error: GraphQLError, nodes: Sequence[FieldNode], path: Sequence[str | int]) -> None:
        """Note an error at a place of the answer."""
        placed = GraphQLError(error.message, nodes, path=list(path), extensions=error.extensions)
        self.errors.append(placed)


@dataclass
class Builder:
    """What one statement is made of while it is compiled."""

    dialect: Dialect
    questions: Questions
    readers: list[Reader] = field(default_factory=list)
    checks: list[Reader] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    coded: list[FieldNode] = field(default_factory=list)
    shared: dict[Any, tuple[str, str, str]] = field(default_factory=dict)
    aliases: int = 0

    def alias(self) -> str:
        """A fresh name for a table."""
        self.aliases += 1
        return f"t{self.aliases}"

    def parameter(self, reader: Reader) -> str:
        """The place of a value that each request brings; the same reader has one place."""
        if reader not in self.readers:
            self.readers.append(reader)
        return f"\x00{self.readers.index(reader)}\x00"

    def hole(self, hole: Hole) -> str:
        """A place that Python fills, as JSON."""
        self.holes.append(hole)
        return self.dialect.hole(self.number_of(hole))

    def number_of(self, hole: Hole) -> int:
        """The number that a hole is printed with."""
        if hole not in self.holes:
            self.holes.append(hole)
        return self.holes.index(hole)

    def share(self, key: Any, select: Callable[[], str], columns: str = "(v)") -> str:
        """The name of a sub-select that is worked out once for the whole statement; its one column is called `v`."""
        if key not in self.shared:
            text = select()
            self.shared[key] = (f"g{len(self.shared)}", columns, text)
        return self.shared[key][0]

    def finish(self, expression: str) -> "Statement":
        """The statement that answers an expression."""
        shared = ", ".join(f"{name}{columns} AS MATERIALIZED ({text})" for name, columns, text in self.shared.values())
        text = f"WITH {shared} SELECT {expression} AS answer" if shared else f"SELECT {expression} AS answer"
        used: list[int] = []

        def number(match: re.Match[str]) -> str:
            place = int(match[1])
            if place not in used:
                used.append(place)
            return self.dialect.mark(used.index(place) + 1)

        sql = _PLACE.sub(number, text)
        return Statement(
            sql, [self.readers[place] for place in used], self.checks, self.questions, self.holes, self.coded
        )


@dataclass(frozen=True)
class Statement:
    """One statement that prints the answer of an operation, for every request that its questions fit."""

    sql: str
    readers: Sequence[Reader]
    checks: Sequence[Reader]
    questions: Questions
    holes: Sequence[Hole]
    coded: Sequence[FieldNode]

    def values(self, request: Request) -> list[Any]:
        """The values of its parameters; raises what the request's arguments are refused with."""
        for check in self.checks:
            request.read(check)
        return [request.read(reader) for reader in self.readers]
