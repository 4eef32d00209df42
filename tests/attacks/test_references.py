"""Every id that an input can hold: of somebody else, of nothing, of another kind, malformed, or mixed with others.

Which inputs hold ids is asked of the schema; the valid inputs are those of the rights matrix.
"""

import copy
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, get_nullable_type, is_list_type

from execution.tables import public_id
from models.fields import new_id
from rules.identifiers import Prefix
from rules.rights import Role
from schema.document import schema
from tests.rights.scene import Scene, arrange, dump
from tests.rights.table import Person
from tests.rights.trials import FOR_STAFF, TRIALS
from tests.world import Answer, World

pytestmark = pytest.mark.anyio

Steps = tuple[str | int, ...]

# What a nested input needs besides its id, to be valid.
BESIDE = {
    "GrantInput": {"level": "VIEW"},
    "AutomaticTopUpRule": {"thresholdMinor": "1000", "amountMinor": "5000"},
}


def _references(given: GraphQLInputObjectType, steps: Steps = ()) -> Iterator[tuple[Steps, Prefix, str]]:
    """Where in an input an id stands, what it is the id of, and the input that it is a field of."""
    for name, field in given.fields.items():
        here = (*steps, name, 0) if is_list_type(get_nullable_type(field.type)) else (*steps, name)
        inner = get_named_type(field.type)
        if prefix := field.extensions["strawberry-definition"].metadata.get("reference"):
            yield here, prefix, given.name
        elif isinstance(inner, GraphQLInputObjectType):
            yield from _references(inner, here)


def _all_references() -> list[tuple[str, Steps, Prefix, str]]:
    mutations = schema._schema.mutation_type
    assert mutations is not None
    found = []
    for name, mutation in mutations.fields.items():
        if "input" in mutation.args:
            given = get_named_type(mutation.args["input"].type)
            assert isinstance(given, GraphQLInputObjectType)
            found += [(name, *reference) for reference in _references(given)]
    return found


REFERENCES = _all_references()
# Staff finds rows of any organization: nothing is foreign to it.
OF_CUSTOMERS = [each for each in REFERENCES if each[0] not in FOR_STAFF]
NESTED = [each for each in REFERENCES if len(each[1]) > 1]
ALL = pytest.mark.parametrize(
    ("name", "steps", "prefix", "within"), REFERENCES, ids=[f"{each[0]}.{each[1][-1]}" for each in REFERENCES]
)


def _with(values: Any, steps: Steps, text: str, within: str) -> Any:
    """The values with another id at one place; lists and inputs on the way are made where they are missing."""
    changed = copy.deepcopy(values)
    place = changed
    for step, following in pairwise(steps):
        if isinstance(following, int):
            place[step] = [None]
        elif isinstance(step, int) or not isinstance(place.get(step), dict):
            place[step] = dict(BESIDE.get(within, {}))
        place = place[step]
    place[steps[-1]] = text
    return changed


async def _call(scene: Scene, name: str, values: Any) -> Answer:
    """Call a mutation as the legal representative, who may do everything with what is there; or as staff."""
    return await scene.clients[Person.STAFF if name in FOR_STAFF else Person.LEGAL].do(name, **values)


async def _valid(scene: Scene, name: str) -> Any:
    return await TRIALS[name][0].values(scene, Person.LEGAL)


def _foreign(scene: Scene, prefix: Prefix) -> str:
    """A row of the other organization, or of who belongs to it alone: whoever calls belongs to the house."""
    names = [name for name in scene.rows if name.startswith("foreign") or name.endswith(f"of {Person.STRANGER}")]
    return next(text for text in map(scene.id, names) if text.startswith(prefix))


def test_there_are_ids_in_inputs() -> None:
    names = {(name, steps) for name, steps, _, _ in REFERENCES}

    assert ("removeMember", ("membershipId",)) in names
    assert ("inviteMember", ("grants", 0, "productId")) in names
    assert ("updateMembership", ("grants", 0, "productId")) in names


@pytest.mark.parametrize(
    ("name", "steps", "prefix", "within"), OF_CUSTOMERS, ids=[f"{each[0]}.{each[1][-1]}" for each in OF_CUSTOMERS]
)
async def test_a_foreign_id_and_a_missing_one_are_refused_alike(
    world: World, name: str, steps: Steps, prefix: Prefix, within: str
) -> None:
    """ORG4, T1 A1, A6: byte for byte the same answer, and nothing has changed."""
    scene = await arrange(world)
    values = await _valid(scene, name)
    foreign, missing = _foreign(scene, prefix), f"{prefix}_{new_id().hex}"
    before = await dump()

    answers = [await _call(scene, name, _with(values, steps, text, within)) for text in (foreign, missing)]

    assert answers[0].codes == ["NOT_FOUND"]
    assert answers[0].status == answers[1].status
    assert answers[0].body["data"] == answers[1].body["data"] == {name: None}
    assert answers[0].body["errors"] == answers[1].body["errors"]
    assert await dump() == before


@ALL
async def test_an_id_that_cannot_be_meant_is_a_bad_request(
    world: World, name: str, steps: Steps, prefix: Prefix, within: str
) -> None:
    """T1 A2: the id of another kind is never cast, junk never looked up; and nothing has changed."""
    scene = await arrange(world)
    values = await _valid(scene, name)
    other = scene.id("house" if prefix is not Prefix.ORGANIZATION else "product")
    before = await dump()

    for text in (other, "", "junk", f"{prefix}_{new_id().hex}".upper(), f" {prefix}_{new_id().hex}"):
        answer = await _call(scene, name, _with(values, steps, text, within))

        assert answer.codes == ["BAD_REQUEST"], text
        assert answer.body["errors"][0]["extensions"]["reason"] == "ID", text

    assert await dump() == before


@pytest.mark.parametrize(
    ("name", "steps", "prefix", "within"), NESTED, ids=[f"{each[0]}.{each[1][-1]}" for each in NESTED]
)
async def test_ids_of_two_organizations_of_ones_own_are_not_mixed(
    world: World, name: str, steps: Steps, prefix: Prefix, within: str
) -> None:
    """T1 A6: not even by whoever holds all rights in both."""
    scene = await arrange(world)
    values = _with(await _valid(scene, name), steps, _foreign(scene, prefix), within)
    legal = scene.rows[f"user of {Person.LEGAL}"]
    await world.add_member(scene.rows["foreign house"], legal, Role.LEGAL_REPRESENTATIVE)
    before = await dump()

    answer = await _call(scene, name, values)

    assert answer.codes == ["NOT_FOUND"]
    assert await dump() == before


ENTRIES = (
    "query Q($id: ID!) { node(id: $id) { id } }",
    "query Q($id: ID!) { organization(id: $id) { id name } }",
    "query Q($id: ID!) { nodes(ids: [$id]) { id } }",
)


async def test_at_every_way_in_a_foreign_id_and_a_missing_one_answer_alike(world: World) -> None:
    """T1 A1, A8: of every kind of row."""
    scene = await arrange(world)
    client = scene.clients[Person.LEGAL]
    foreign_rows = {name: row for name, row in scene.rows.items() if "foreign" in name or "stranger" in name}
    assert {"foreign house", "foreign product", "user of stranger"} <= foreign_rows.keys()
    for name, row in foreign_rows.items():
        foreign = public_id(row)
        missing = f"{foreign[:4]}{new_id().hex}"
        for document in ENTRIES:
            known, unknown = [await client.ask(document, id=text) for text in (foreign, missing)]

            assert known.status == unknown.status, name
            assert known.body["data"] == unknown.body["data"], name
            assert known.body["errors"] == unknown.body["errors"], name
