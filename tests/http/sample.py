"""A small schema with everything that answering over HTTP has to deal with, and an endpoint that serves it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NewType, cast

import strawberry
from graphql import GraphQLError
from starlette.requests import HTTPConnection
from strawberry.schema.config import StrawberryConfig

from execution.cost import Cost
from execution.errors import Code, refusal

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class SampleContext:
    now: datetime = NOON
    caller_key: str = "user:1"
    extensions: dict[str, Any] = field(default_factory=dict)
    answer_headers: list[tuple[str, str]] = field(default_factory=list)
    cost: Cost | None = None
    loaders: dict[str, Any] = field(default_factory=dict)


FIRST = strawberry.ID("1")

Info = strawberry.Info[SampleContext, None]


@strawberry.enum
class Mood(StrEnum):
    CALM = "CALM"
    CROSS = "CROSS"


Opaque = NewType("Opaque", str)


def parse_opaque(value: object) -> Opaque:
    """Refuse "bad" as a client's mistake, and fail on "worse" by a mistake of ours."""
    if value == "bad":
        raise ValueError("this is bad")
    if value == "worse":
        raise KeyError("the secret is 42")
    return Opaque(str(value))


@strawberry.type
class PageInfo:
    has_next_page: bool = False


@strawberry.type
class Animal:
    id: strawberry.ID
    name: str

    @strawberry.field
    def parent(self) -> "Animal":
        return Animal(id=strawberry.ID(f"{self.id}p"), name=f"parent of {self.name}")

    @strawberry.field
    def children(self, first: int | None = None, last: int | None = None) -> "AnimalConnection":
        number = first or last or 2
        nodes = [Animal(id=strawberry.ID(f"{self.id}.{each}"), name="x") for each in range(number)]
        return AnimalConnection(nodes=nodes)


@strawberry.type
class AnimalEdge:
    cursor: str
    node: Animal


@strawberry.type
class AnimalConnection:
    nodes: list[Animal]
    page_info: PageInfo = field(default_factory=PageInfo)

    @strawberry.field
    def edges(self) -> list[AnimalEdge]:
        return [AnimalEdge(cursor=each.id, node=each) for each in self.nodes]

    @strawberry.field
    def total_count(self) -> int:
        return len(self.nodes)


@strawberry.input
class Row:
    id: strawberry.ID
    tags: list[str] | None = None


@strawberry.input
class Batch:
    rows: list[Row]
    also: list["Batch"] | None = None


class Gate:
    """Lets a test see a slow resolver begin and end, and lets it go on."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()
        self.ended: list[str] = []

    async def passed(self, name: str) -> str:
        self.began.set()
        try:
            await self.go_on.wait()
            self.ended.append(name)
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return name


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def who(self, info: Info) -> str:
        return info.context.caller_key

    @strawberry.field
    def number(self, is_: int = 0, mood: Mood | None = None) -> int | None:
        return is_

    @strawberry.field
    def animal(self, id: strawberry.ID = FIRST) -> Animal:
        return Animal(id=id, name="Cat")

    @strawberry.field
    def animals(self, ids: list[strawberry.ID]) -> list[Animal | None]:
        return [Animal(id=each, name="Cat") for each in ids[:2]]

    @strawberry.field
    def herd(self) -> list[Animal]:
        return [Animal(id=strawberry.ID(str(each)), name="Cow") for each in range(3)]

    @strawberry.field
    def count_rows(self, batch: Batch) -> int:
        return len(batch.rows)

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("the secret is 42")

    @strawberry.field
    def forbidden(self) -> str | None:
        raise refusal(Code.FORBIDDEN, "You may not.", requiredRight="BILLING")

    @strawberry.field
    def codeless(self) -> str | None:
        raise GraphQLError("the secret is 42")

    @strawberry.field
    def overflowing(self) -> int | None:
        return 2**40

    @strawberry.field
    def never_null(self) -> str:
        return cast("str", None)

    @strawberry.field
    def surrogate(self) -> str:
        return "\ud800"

    @strawberry.field
    def rate_limit(self, info: Info, dry_run: bool = False) -> int:
        return info.context.cost.requested if info.context.cost else 0

    @strawberry.field
    def opaque(self, value: Opaque) -> str:
        return str(value)

    @strawberry.field
    async def slow(self, info: Info) -> str | None:
        return await cast("Gate", info.context.loaders["gate"]).passed("slow")

    @strawberry.field
    def cookie(self, info: Info) -> bool:
        info.context.answer_headers.append(("set-cookie", "taste=sweet; HttpOnly"))
        info.context.extensions["baked"] = True
        return True


@strawberry.type
class Mutation:
    @strawberry.mutation
    def rename(self, name: str) -> Animal:
        return Animal(id=strawberry.ID("1"), name=name)

    @strawberry.mutation
    def sign_in(self, name: str = "") -> bool:
        return True

    @strawberry.mutation
    def import_rows(self, rows: list[Row]) -> int:
        return len(rows)

    @strawberry.mutation
    async def slow(self, info: Info) -> str | None:
        return await cast("Gate", info.context.loaders["gate"]).passed("slow")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(scalar_map={Opaque: strawberry.scalar(name="Opaque", parse_value=parse_opaque)}),
)


async def make_context(request: HTTPConnection) -> SampleContext:
    token = request.headers.get("authorization")
    if token == "Bearer wrong":
        raise refusal(Code.UNAUTHENTICATED, "The token is not known.")
    if token == "Bearer broken":
        raise RuntimeError("no such table: secrets")
    return SampleContext(caller_key=token or "user:1")
