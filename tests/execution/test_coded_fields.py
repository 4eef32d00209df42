"""Roots with code of their own are run as they are, beside a plan for all others."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import pytest
import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from tortoise.expressions import Q

from execution import tables
from execution.declare import Node, column, computed, entry, scaled, table, value
from execution.documents import Documents
from execution.guards import Anyone
from execution.planning.planner import Planner
from execution.scalars import scalar_map
from tests.databases import Database
from tests.execution.both import UNLIMITED, Both
from tests.execution.sample import models
from tests.execution.sample.rights import VIEWER, IsMember

pytestmark = pytest.mark.anyio


@strawberry.type(description="One.")
class One:
    one: int = 1


@strawberry.type(description="Other.")
class Other:
    other: int = 2


Either = Annotated[One | Other, strawberry.union("Either", description="Either.")]


@strawberry.type(description="A value with fields that need more than itself.")
class Value:
    text: str = column("A text.")
    both: Either = strawberry.field(default_factory=Other)
    viewer: str = computed("Needs the request.", by=lambda _context, viewer: str(viewer), needs=(VIEWER,))

    @strawberry.field(description="Code.")
    def coded(self) -> int:
        return 3


@strawberry.type(description="A value of columns.")
class Pair:
    billing: bool = strawberry.field(description="A truth.")
    denied: bool = computed("The contrary.", by=lambda _context, billing: not billing, needs=("billing",))


@strawberry.type(description="Roots.")
class Query:
    @strawberry.field(description="Code.")
    def hello(self, to: str = "you") -> str:
        return f"hello {to}"

    @strawberry.field(description="Code that fails.")
    def fails(self) -> int | None:
        raise GraphQLError("no", extensions={"code": "NO"})

    @strawberry.field(description="Code that fails altogether.")
    def must(self) -> int:
        raise GraphQLError("no", extensions={"code": "NO"})


@pytest.fixture
def both(small_world: Database) -> Iterator[Both]:
    """A schema of which some is declared and some is coded."""
    before = dict(tables._tables)

    class Membership(Node):
        """Somebody in an organization."""

        billing: bool = column("Whether with money.")
        user_id: UUID = strawberry.field(description="A column without a plan.")
        pair: Pair = value("Two.", billing="billing")
        cents: Decimal = scaled("Of no row.", of="billing")
        hope: str = computed("Never missing, says its type.", by=lambda _context, _id: None, needs=("id",))
        value: Value = computed("A value.", by=lambda _context, _id: Value(text="it"), needs=("id",))

        @strawberry.field(description="Code.")
        def coded(self) -> str:
            return "own"

    shown = table(models.Membership, prefix="mem", seen=IsMember.allows)(Membership)

    @strawberry.type(description="All roots.")
    class Root(Query):
        answer: int = computed("Of no row.", by=lambda _context: 42)
        mine: shown | None = entry(models.Membership, "Yours.", who=Anyone(), where=Q(user_id=VIEWER))  # type: ignore[valid-type] # made here

    schema = strawberry.Schema(Root, types=[One, Other], config=StrawberryConfig(scalar_map=scalar_map()))
    yield Both(Planner(schema), Documents(schema, UNLIMITED))
    tables._tables.clear()
    tables._tables.update(before)


PLANNED = [
    '{ a: hello mine { billing } b: hello(to: "me") fails }',
    "{ mine { billing } hello @skip(if: true) ...more } fragment more on Root { hello again: mine { id __typename } }",
    "{ mine { value { text } } __schema { queryType { name } } __typename }",
    "{ hello @skip(if: true) }",
    "{ mine { pair { billing } } }",
]
UNPLANNED = {
    "{ hello }": "nothing but fields with code of their own",
    "{ mine { billing coded } }": "coded has code of its own",
    "{ mine { value { text coded } } }": "coded has code of its own",
    "{ mine { value { viewer } } }": "viewer needs a row",
    "{ mine { value { both { ... on Other { other } } } } }": "Either is one of several types",
    "{ mine { hope } }": "a function that failed",
    "{ mine { userId } }": "user_id is of no kind that a database prints as we do",
    "{ mine { pair { denied } } }": "denied is no part that is stored",
    "{ mine { cents } }": "Membership.cents cannot be planned",
    "{ answer mine { billing } }": "answer cannot be planned",
    "{ mine { billing } must }": "a function that failed",
}


@pytest.mark.parametrize("text", PLANNED)
async def test_coded_roots_are_run_beside_a_plan(both: Both, text: str) -> None:
    for _ in range(2):
        await both.ask(text)

    assert both.planner.counts["planned"] == 2, both.planner.reasons


@pytest.mark.parametrize("text", UNPLANNED)
async def test_code_elsewhere_leaves_the_document_to_the_fields(both: Both, text: str) -> None:
    for _ in range(2):
        await both.ask(text)

    assert both.planner.reasons == {UNPLANNED[text]: 2}
