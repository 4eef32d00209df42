"""One document through both executors: by a plan, and field by field; what they answer must be the same."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any

import pytest

from execution.buckets import Buckets
from execution.planning.following import Followed, Following, Outcome
from execution.planning.planner import Planner
from tests.world import Answer, Client, World


class Differs(AssertionError):
    """A plan and the fields answer differently."""


class FieldByField:
    """A planner that plans nothing."""

    async def answer(self, *_: Any) -> None:
        """Leave every query to the other executor."""

    async def follow(self, *_: Any) -> None:
        """Leave what a mutation has answered to it as well."""


@contextmanager
def both_ways_to_show_results() -> Iterator[Counter[str]]:
    """Within the block, what every mutation has answered is shown both ways; raises Differs at its end.

    Both look at the same rows after the same mutation, which runs once. Counts the values, and those that had a plan.
    """
    differences, counts = list[str](), Counter[str]()

    async def both(self: Following, outcome: Outcome, by_fields: Callable[[], Any]) -> Any:
        followed = await self._follow(outcome)
        before = len(self.collected_errors.errors)
        completed = by_fields()
        slow = Followed(await completed if isawaitable(completed) else completed, self.collected_errors.errors[before:])
        counts.update(["shown"] if followed is None else ["shown", "planned"])
        if followed is not None and _spelled(followed) != _spelled(slow):
            differences.append(f"{outcome.nodes[0].loc}\nplan:   {_spelled(followed)}\nfields: {_spelled(slow)}")
        return slow.data

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Following, "_followed", both)
        yield counts
    if differences:
        raise Differs("\n\n".join(differences))


def _spelled(followed: Followed) -> Any:
    return json.dumps(followed.data), sorted(json.dumps(each.formatted, sort_keys=True) for each in followed.errors)


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
