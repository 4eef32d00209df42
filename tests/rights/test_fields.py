"""Every type and every field, read by every kind of caller, through `node(id)` and through lists."""

import pytest

from rules.rights import Right
from tests.rights.reading_the_schema import node_types, required_right, selection
from tests.rights.scene import CANARY, Scene, set_scene
from tests.rights.table import HOLDS, ONES_OWN, SEEN, SIGNED_IN, WHOLE, Who
from tests.world import Answer, World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene(world: World) -> Scene:
    return await set_scene(world)


def readers(type_name: str) -> frozenset[Who]:
    """Who may read rows of a type: who may know of them, and holds the right that the type needs as a whole."""
    needed = WHOLE.get(type_name)
    return SEEN[type_name] if needed is None else SEEN[type_name] & HOLDS[needed]


def expect_denial(answer: Answer, who: Who, seen: frozenset[Who], needed: Right | None) -> None:
    assert answer.codes == [
        "UNAUTHENTICATED" if who not in SIGNED_IN else "NOT_FOUND" if who not in seen else "FORBIDDEN"
    ], (who, answer.body)
    if who in seen:
        assert answer.body["errors"][0]["extensions"].get("requiredRight") == needed
    assert CANARY not in str(answer.body), (who, answer.body)


def test_every_type_has_its_line_in_the_table() -> None:
    types = {each.name for each in node_types()}

    assert types == set(SEEN), "write who may see rows of the new type into tests/rights/table.py, from the rules"


async def test_who_may_know_of_a_row(scene: Scene) -> None:
    """ORG4, MEM5, MEM10: strangers NOT_FOUND, members without the right FORBIDDEN with its name."""
    for type_ in node_types():
        for who, client in scene.clients.items():
            answer = await client.ask("query Q($id: ID!) { node(id: $id) { __typename } }", id=scene.id(type_.name))

            if who in readers(type_.name):
                assert answer.data == {"node": {"__typename": type_.name}}, (who, answer.body)
            else:
                expect_denial(answer, who, SEEN[type_.name], WHOLE.get(type_.name))


async def test_who_may_read_a_field(scene: Scene) -> None:
    """MEM5, MEM10: a field that requires a right is null and FORBIDDEN without it; its neighbours are answered."""
    for type_ in node_types():
        for name, field in type_.fields.items():
            needed = required_right(field)
            for who in readers(type_.name):
                allowed = ONES_OWN.get(f"{type_.name}.{name}", HOLDS[needed] if needed else readers(type_.name))
                shown = f"... on {type_.name} {{ {name} {selection(field)} }}"
                document = f"query Q($id: ID!) {{ node(id: $id) {{ id {shown} }} }}"

                answer = await scene.clients[who].ask(document, id=scene.id(type_.name))

                if who in allowed:
                    assert "errors" not in answer.body, (type_.name, name, who, answer.body)
                    continue
                assert answer.codes == ["FORBIDDEN"], (type_.name, name, who, answer.body)
                assert answer.body["errors"][0]["path"] == ["node", name]
                assert answer.body["errors"][0]["extensions"].get("requiredRight") == needed
                assert answer.body["data"]["node"] == {"id": scene.id(type_.name), name: None}


async def test_many_rows_at_once_follow_the_same_rules(scene: Scene) -> None:
    """A8: each place of `nodes` is answered or refused for itself, a foreign id as a missing one."""
    types = [each.name for each in node_types()]
    missing = "org_" + "0" * 31 + "1"
    for who, client in scene.clients.items():
        if who is Who.ANONYMOUS:
            continue
        answer = await client.ask(
            "query Q($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", ids=[*map(scene.id, types), missing]
        )

        for place, name in enumerate(types):
            found = answer.body["data"]["nodes"][place]
            assert (found is not None) == (who in readers(name)), (who, name, answer.body)
        codes = {error["path"][1]: error["extensions"]["code"] for error in answer.body["errors"]}
        expected = {
            place: "FORBIDDEN" if who in SEEN[name] else "NOT_FOUND"
            for place, name in enumerate(types)
            if who not in readers(name)
        }
        assert codes == expected | {len(types): "NOT_FOUND"}, (who, answer.body)


async def test_lists_and_counts_hold_what_the_caller_may_see(scene: Scene) -> None:
    """MEM4, A9: rows, counts and counts by kind speak of the same products; ungranted ones do not exist."""
    document = """query Q($id: ID!) { organization(id: $id) {
        products { totalCount nodes { name } } productCounts { kind count } members { totalCount nodes { role } } } }"""
    whole = {scene.granted.name, scene.other.name}
    expected = {
        Who.EXTERNAL: ({scene.granted.name}, 1),
        Who.PRODUCTS: ({scene.granted.name}, 5),
        Who.BILLING: (set[str](), 5),
        Who.ADMINISTRATOR: (whole, 5),
        Who.LEGAL: (whole, 5),
    }
    for who, (names, members) in expected.items():
        answer = await scene.clients[who].ask(document, id=scene.id("Organization"))

        found = answer.data["organization"]
        assert {each["name"] for each in found["products"]["nodes"]} == names, who
        assert found["products"]["totalCount"] == len(names) == sum(each["count"] for each in found["productCounts"])
        assert found["members"]["totalCount"] == len(found["members"]["nodes"]) == members, who


async def test_an_ungranted_product_does_not_exist(scene: Scene) -> None:
    """MEM4: NOT_FOUND for limited members, as for a stranger; FORBIDDEN would tell that it is there."""
    for who in (Who.STRANGER, Who.EXTERNAL, Who.PRODUCTS, Who.BILLING):
        answer = await scene.clients[who].ask(
            "query Q($id: ID!) { node(id: $id) { __typename } }", id=f"prd_{scene.other.id.hex}"
        )

        assert answer.codes == ["NOT_FOUND"], who


async def test_each_hop_asks_again(scene: Scene) -> None:
    """A3: from an organization to a colleague, nothing of the colleague's other organizations can be reached."""
    await scene.world.add_organization(scene.users[Who.LEGAL], f"{CANARY} second")
    document = """query Q($id: ID!) { organization(id: $id) { members { nodes { organization { name }
        user { id login } grants { product { name organization { name } } } } } } organizations { nodes { name } } }"""

    answer = await scene.clients[Who.ADMINISTRATOR].ask(document, id=scene.id("Organization"))

    assert f"{CANARY} second" not in str(answer.data)
