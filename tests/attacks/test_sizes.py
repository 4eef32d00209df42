"""Lists that are longer than anybody needs, wherever the schema takes a list."""

import pytest

from rules.identifiers import Prefix
from tests.rights.scene import arrange, dump
from tests.rights.table import Person
from tests.world import World

pytestmark = pytest.mark.anyio

TOO_MANY = 101


async def test_a_list_of_ids_has_an_end(world: World) -> None:
    scene = await arrange(world)
    client = scene.clients[Person.LEGAL]
    text = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    enough = await client.ask(text, ids=[scene.id("house")] * 100)
    too_many = await client.ask(text, ids=[scene.id("house")] * TOO_MANY)
    ids = ", ".join(['"x"'] * TOO_MANY)
    literal = await client.ask(f"{{ nodes(ids: [{ids}]) {{ id }} }}")

    assert len(enough.data["nodes"]) == 100
    assert too_many.codes == literal.codes == ["LIMIT_EXCEEDED"]


async def test_a_list_in_an_input_has_an_end(world: World) -> None:
    scene = await arrange(world)
    before = await dump()
    grants = [{"productId": f"{Prefix.PRODUCT}_{number:032x}", "level": "VIEW"} for number in range(TOO_MANY)]

    answer = await scene.clients[Person.LEGAL].do(
        "updateMembership", membershipId=scene.id(f"membership of {Person.EXTERNAL}"), grants=grants
    )

    assert answer.codes == ["LIMIT_EXCEEDED"]
    assert await dump() == before


async def test_a_list_in_a_filter_has_an_end(world: World) -> None:
    scene = await arrange(world)

    answer = await scene.clients[Person.LEGAL].ask(
        "query Q($filter: OrganizationFilter) { organizations(filter: $filter) { totalCount } }",
        filter={"country": ["CH"] * TOO_MANY},
    )

    assert answer.codes == ["LIMIT_EXCEEDED"]


async def test_the_same_product_is_granted_once(world: World) -> None:
    """A list may not say the same thing twice: the database would refuse it, and so do we, in words."""
    scene = await arrange(world)
    grant = {"productId": scene.id("product"), "level": "VIEW"}

    answer = await scene.clients[Person.LEGAL].do(
        "updateMembership", membershipId=scene.id(f"membership of {Person.EXTERNAL}"), grants=[grant, grant]
    )

    assert answer.refused() == "INVALID_INPUT"
