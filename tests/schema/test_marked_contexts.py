"""A plan is written once for everybody: of the first viewer it holds marks, and nothing else of the request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType
from graphql.execution.values import VariableValues
from tortoise.connection import get_connections
from tortoise.expressions import Q

from execution.given import Given
from execution.planning.planner import DIALECTS
from execution.planning.requests import Questions, Request
from execution.planning.statement import Builder
from execution.planning.subselects import subselect
from execution.plans import Edge, Entry, EntryPages, Fact, Plan, plan_of
from execution.predicates import givens
from execution.tables import tables_by_prefix
from models.fields import new_id
from rules.viewer import ANONYMOUS, Viewer
from schema.context import Context
from schema.document import schema
from tests.databases import Database
from tests.resolvers.people import NOW, stranger

pytestmark = pytest.mark.anyio


def plans() -> Iterator[Plan]:
    for shown in schema._schema.type_map.values():
        if isinstance(shown, GraphQLObjectType | GraphQLInterfaceType):
            for field in shown.fields.values():
                plan = plan_of(field.extensions["strawberry-definition"]) if field.extensions else None
                if plan is not None:
                    yield plan


def predicates() -> Iterator[Q]:
    """Every predicate of the schema."""
    for table in tables_by_prefix(schema).values():
        yield from (table.seen, *(guard.allows for guard in table.who))
    for plan in plans():
        yield from (guard.allows for guard in plan.who)
        if isinstance(plan, Fact):
            yield plan.predicate
        if isinstance(plan, Edge | EntryPages | Entry) and plan.where is not None:
            yield plan.where


def stored_values() -> list[Given]:
    """Every value of a request that the database reads by a sub-select of its own."""
    found = [given for predicate in predicates() for given in givens(predicate)]
    written = dict.fromkeys(given.part.of if given.part else given for given in found)
    return [given for given in written if given.stored is not None]


def context_of(viewer: Viewer) -> Context:
    caller = replace(stranger(now=NOW + timedelta(days=viewer.is_staff)), viewer=viewer)
    return Context(caller, "key", lambda *_: "", lambda _: "")


VIEWERS = [
    ANONYMOUS,
    Viewer(user_id=new_id(), session_id=new_id(), proved_at=NOW),
    Viewer(user_id=new_id(), session_id=new_id(), is_staff=True),
]


def test_the_schema_asks_for_sub_selects() -> None:
    assert len(stored_values()) > 4


async def test_a_sub_select_is_written_alike_whoever_asks_first(database: Database) -> None:
    """ORG4: else the right of one viewer would be asked for another."""
    for given in stored_values():
        written = {sub_select_of(given, context_of(viewer)) for viewer in VIEWERS}

        assert len(written) == 1, given.name
        assert "\x00" in written.pop(), given.name


def sub_select_of(given: Given, context: Context) -> str:
    """What a plan writes for a value, the places of its parameters marked; they may hold the viewer's key alone."""
    request = Request(VariableValues({}, {}), context)
    builder = Builder(DIALECTS[get_connections().all()[0].capabilities.dialect], Questions(request))
    subselect(given, builder, context)
    user = context.viewer.user_id
    assert [read(request) for read in builder.readers] == [user and user.hex], given.name
    return builder.shared[given][-1]
