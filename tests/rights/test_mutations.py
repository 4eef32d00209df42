"""Every mutation, called by every kind of caller: who is denied changes nothing and learns nothing."""

from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLUnionType, get_named_type

from models import ThrottleCounter, __models__
from rules.rights import Right
from tests.rights.mutations import CALLS
from tests.rights.reading_the_schema import SDL, required_right
from tests.rights.scene import CANARY, Scene, set_scene
from tests.rights.table import HOLDS, MEMBERS, SIGNED_IN, Who
from tests.world import Answer, World

pytestmark = pytest.mark.anyio

MUTATIONS = SDL.mutation_type.fields if SDL.mutation_type else {}
# Attempts are counted although they fail: that is what the throttle is for.
COUNTED_ANYWAY = {ThrottleCounter}
# What is done without writing an audit entry, and why.
UNAUDITED = {
    "signUp",  # there is no user yet; the entry comes with the confirmation
}


@pytest.fixture
async def scene(world: World) -> Scene:
    return await set_scene(world)


async def call(scene: Scene, name: str, who: Who) -> Answer:
    """Call a mutation as somebody, with its input of the table."""
    values = CALLS[name].values
    kind = get_named_type(MUTATIONS[name].type)
    shown = "{ __typename ... on UserError { code } }" if isinstance(kind, GraphQLUnionType) else "{ __typename }"
    if values is None:
        return await scene.clients[who].ask(f"mutation {{ {name} {shown} }}")
    given = MUTATIONS[name].args["input"].type
    assert isinstance(given, GraphQLNonNull)
    document = f"mutation M($input: {given}) {{ {name}(input: $input) {shown} }}"
    return await scene.clients[who].ask(document, input=values(scene))


async def dump() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    return {
        model.__name__: sorted(await model.all().values(), key=lambda row: str(row["id"]))
        for model in __models__
        if model not in COUNTED_ANYWAY
    }


def test_every_mutation_has_its_line_in_the_table() -> None:
    assert set(MUTATIONS) == set(CALLS), "write an input, and who may, into tests/rights/mutations.py, from the rules"


def test_a_mutation_requires_in_the_schema_what_it_requires_by_the_rules() -> None:
    for name, field in MUTATIONS.items():
        needed = required_right(field)
        if needed is not None:
            assert CALLS[name].may == HOLDS[needed], name


async def test_who_is_denied_changes_and_learns_nothing(scene: Scene) -> None:
    """MEM5, MEM10, A6: the code, the missing right, no change in any table, no name in the answer."""
    before = await dump()
    for name, field in MUTATIONS.items():
        for who in scene.clients.keys() - CALLS[name].may:
            answer = await call(scene, name, who)

            assert answer.codes == [expected_code(name, who)], (name, who, answer.body)
            assert answer.body["data"] == {name: None}
            if answer.codes == ["FORBIDDEN"]:
                found = answer.body["errors"][0]["extensions"].get("requiredRight")
                assert found == required_right(field), (name, who, answer.body)
            assert CANARY not in str(answer.body)
            assert await dump() == before, (name, who)


def expected_code(name: str, who: Who) -> str:
    """What a denied caller is told: sign in, nothing here, or which right is missing."""
    if who not in SIGNED_IN:
        return "UNAUTHENTICATED"
    if name == "endSession" or who not in MEMBERS:
        return "NOT_FOUND"
    if (name == "changeMailboxPassword" and who is Who.BILLING) or (name == "updateProduct" and who is Who.BILLING):
        return "NOT_FOUND"  # MEM4: the product is outside their grants
    if name == "updateContactPreferences" and who is Who.EXTERNAL:
        return "NOT_FOUND"  # externals see no other members
    return "FORBIDDEN"


ALLOWED = [(name, who) for name in sorted(CALLS) for who in sorted(CALLS[name].may)]


@pytest.mark.parametrize(("name", "who"), ALLOWED)
async def test_who_may_is_not_denied_and_leaves_a_trace(scene: Scene, name: str, who: Who) -> None:
    """RES8, RES6: what changed something wrote its audit entry, and an event where it was in an organization."""
    before = await dump()

    answer = await call(scene, name, who)

    assert "errors" not in answer.body, answer.body
    after = await dump()
    if after != before and name not in UNAUDITED:
        written = [row for row in after["AuditEntry"] if row not in before["AuditEntry"]]
        assert written, answer.body
        inside = [row for row in written if row["organization_id"]]
        assert len(after["Event"]) - len(before["Event"]) == len(inside), written


async def test_right_names_are_rights() -> None:
    assert {required_right(field) for field in MUTATIONS.values()} <= {None, *Right}
