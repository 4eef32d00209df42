"""Ids in inputs: none of them escapes the question whose it is."""

import pytest
import strawberry

from execution.guards import Anyone
from rules.identifiers import Prefix
from schema.expose import mutation
from schema.ids import reference, unresolved_ids

DESCRIBED = "What it is."


@strawberry.input(description=DESCRIBED)
class Inner:
    forgotten: list[strawberry.ID] | None = strawberry.field(description=DESCRIBED, default=strawberry.UNSET)
    text: str = strawberry.field(description=DESCRIBED)


@strawberry.input(description=DESCRIBED)
class Outer:
    declared: strawberry.ID = reference(Prefix.PRODUCT, DESCRIBED)
    inner: list[Inner] | None = strawberry.field(description=DESCRIBED, default=strawberry.UNSET)
    maybe: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=DESCRIBED)


def test_an_id_that_says_not_what_it_is_of_is_noticed_however_deep_it_stands() -> None:
    """T1: every id in an input is resolved to its owner before anything runs."""
    assert list(unresolved_ids(Outer)) == ["Inner.forgotten", "Outer.maybe"]


def test_a_mutation_with_such_an_id_is_refused_at_import() -> None:
    async def careless(info: strawberry.Info, input: Outer) -> bool:
        return True

    with pytest.raises(TypeError, match=r"Outer\.maybe"):
        mutation(who=Anyone())(careless)
