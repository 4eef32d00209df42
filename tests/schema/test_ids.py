"""Ids in inputs: none of them escapes the question whose it is."""

import pytest
import strawberry

from execution.guards import Anyone
from permissions.guards import MayManageProduct
from rules.identifiers import Prefix
from schema.expose import mutation
from schema.ids import names_its_subject, reference, unresolved_ids

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


@strawberry.input(description=DESCRIBED)
class Optional:
    product: strawberry.ID | None = reference(Prefix.PRODUCT, DESCRIBED, default=strawberry.UNSET)


@strawberry.input(description=DESCRIBED)
class Required:
    text: str = strawberry.field(description=DESCRIBED)
    product: strawberry.ID = reference(Prefix.PRODUCT, DESCRIBED)


@strawberry.input(description=DESCRIBED)
class WithoutId:
    text: str = strawberry.field(description=DESCRIBED)


@pytest.mark.parametrize(
    ("input_type", "named"), [(Required, True), (Optional, False), (WithoutId, False), (Outer, True), (None, False)]
)
def test_a_right_is_asked_of_an_id_that_is_always_there(input_type: type | None, named: bool) -> None:
    assert names_its_subject(input_type) is named


def test_a_right_that_could_not_be_asked_is_refused_at_import() -> None:
    async def careless(info: strawberry.Info, input: Optional) -> bool:
        return True

    with pytest.raises(TypeError, match="must be required"):
        mutation(who=MayManageProduct())(careless)


def test_a_mutation_with_such_an_id_is_refused_at_import() -> None:
    async def careless(info: strawberry.Info, input: Outer) -> bool:
        return True

    with pytest.raises(TypeError, match=r"Outer\.maybe"):
        mutation(who=Anyone())(careless)
