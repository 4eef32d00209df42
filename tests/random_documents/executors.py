"""One document through both executors: by a plan, and field by field; what they answer must be the same."""

import json
from collections.abc import Mapping
from typing import Any

from execution.buckets import Buckets
from execution.planning.planner import Planner
from tests.world import Answer, Client, World


class Differs(AssertionError):
    """A plan and the fields answer differently."""


class FieldByField:
    """A planner that plans nothing."""

    async def answer(self, *_: Any) -> None:
        """Leave every query to the other executor."""


def give_everybody_points(world: World) -> None:
    """Let nobody run out of points, so that both executors are refused for the same reasons."""
    endpoint_of(world).buckets = Buckets(capacity=10**15, refill_per_second=1)


def forget_plans(world: World) -> None:
    """Let every document be compiled anew."""
    endpoint_of(world).documents._documents.clear()


def endpoint_of(world: World) -> Any:
    """The application's own endpoint, with its documents and plans."""
    return next(route for route in world.app.routes if getattr(route, "path", "") == "/graphql").endpoint  # type: ignore[attr-defined] # Starlette's routes have one


def planner_of(world: World) -> Planner:
    planner: Planner = endpoint_of(world).documents.planner
    return planner


async def ask_field_by_field(world: World, client: Client, text: str, variables: Mapping[str, Any]) -> Answer:
    """Ask without plans."""
    documents = endpoint_of(world).documents
    planner, documents.planner = documents.planner, FieldByField()
    try:
        return await client.ask(text, **variables)
    finally:
        documents.planner = planner


def comparable(answer: Answer) -> Any:
    """What must be equal: data with the order of its keys and every spelling, errors as a set, and what it cost."""
    errors = sorted(json.dumps(each, sort_keys=True) for each in answer.body.get("errors", ()))
    cost = answer.body.get("extensions", {}).get("cost", {})
    return answer.status, json.dumps(answer.body.get("data")), errors, cost.get("requested"), cost.get("actual")


async def ask_both(world: World, client: Client, text: str, variables: Mapping[str, Any]) -> Answer:
    """Ask by a plan and field by field; raises Differs where the answers do."""
    slow = await ask_field_by_field(world, client, text, variables)
    fast = await client.ask(text, **variables)
    if comparable(fast) != comparable(slow):
        raise Differs(f"{text}\n{dict(variables)}\nplan:   {comparable(fast)}\nfields: {comparable(slow)}")
    return fast
