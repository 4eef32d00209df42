"""The rights matrix, reading: every field of every type that shows rows, for every caller.

Who may what stands in table.py, written by hand; which fields there are is asked of the schema, so that a new one is
tested the day it is born.
"""

import json
from typing import Any

import pytest
from graphql import GraphQLObjectType

from execution.tables import table_of
from tests.rights.answers import Knowledge, problems
from tests.rights.scene import FOREIGN_WORD, HOUSE_WORD, Scene, arrange
from tests.rights.selecting import everything_of, marked, printed_rights, row_types
from tests.rights.table import (
    HOLDS,
    KNOWN_TO,
    MEMBERS,
    OPEN_TO_STAFF,
    OWN_ROWS,
    REQUIRES,
    SIGNED_IN,
    TYPE_REQUIRES,
    Person,
)
from tests.world import Answer, World

pytestmark = pytest.mark.anyio

HIDDEN = {"hidden product", "hidden mailbox"}
TYPES = row_types()
NODE = "_type: __typename _id: id"


def knowledge(scene: Scene, person: Person) -> Knowledge:
    """What the table says of one caller."""
    rights = {right for right, holders in HOLDS.items() if person in holders}
    held = {name: rights - ({"VIEW", "MANAGE"} if name in HIDDEN else set()) for name in KNOWN_TO}
    if person in HOLDS["MEMBERS"]:
        held |= dict.fromkeys(HIDDEN, rights)
    if person is Person.STRANGER:
        held = {name: set(HOLDS) for name in KNOWN_TO}
    own = {*OWN_ROWS[person], *({"foreign membership"} if person is Person.STRANGER else ())}
    return Knowledge(
        known=scene.known_to(person),
        rights={scene.id(name): rights for name, rights in held.items()},
        own={scene.id(name) for name in own if name in scene.rows},
        is_staff=person is Person.STAFF,
    )


def type_of(scene: Scene, name: str) -> GraphQLObjectType:
    shown: Any = table_of(type(scene.rows[name])).type
    return TYPES[shown.__strawberry_definition__.name]


def refusal_of_row(scene: Scene, name: str, person: Person) -> tuple[str, str | None] | None:
    """How a caller who asks for a row by its id is refused, with the right that is named; None for one who sees it."""
    if person is Person.ANONYMOUS:
        return "UNAUTHENTICATED", None
    if person not in KNOWN_TO[name]:
        return "NOT_FOUND", None
    shown = type_of(scene, name).name
    if person is Person.STAFF and shown in OPEN_TO_STAFF:
        return None
    right = TYPE_REQUIRES.get(shown)
    if right and person is not Person.STRANGER and person not in HOLDS[right]:
        return "FORBIDDEN", right
    return None


def refusal_in(answer: Answer, path: list[Any]) -> tuple[str, str | None] | None:
    for error in answer.body.get("errors", ()):
        if error["path"] == path:
            return error["extensions"]["code"], error["extensions"].get("requiredRight")
    return None


async def test_the_table_names_every_type_that_shows_rows(world: World) -> None:
    scene = await arrange(world)

    assert scene.rows.keys() == KNOWN_TO.keys()
    assert {type_of(scene, name).name for name in scene.rows} == TYPES.keys(), "a type without a row in the scene"


def test_the_schema_prints_the_rights_that_the_rules_demand() -> None:
    """MEM10."""
    assert printed_rights() == REQUIRES


@pytest.mark.parametrize("person", Person)
async def test_every_field_of_every_row_is_open_to_whom_the_rules_say(world: World, person: Person) -> None:
    """ORG4, MEM10: strangers find nothing; a member without the right is told which one is missing."""
    scene = await arrange(world)
    client, known = scene.clients[person], knowledge(scene, person)

    for name in scene.rows:
        shown = type_of(scene, name)
        text = f"query Q($id: ID!) {{ node(id: $id) {{ {NODE} ... on {shown.name} {{ {everything_of(shown)} }} }} }}"
        answer = await client.ask(text, id=scene.id(name))

        refused = refusal_of_row(scene, name, person)
        assert refusal_in(answer, ["node"]) == refused, name
        assert (answer.body["data"]["node"] is None) is (refused is not None), name
        assert problems(text, answer, known) == [], name
        if person in KNOWN_TO["house"]:
            assert FOREIGN_WORD not in json.dumps(answer.body), name
        elif person is not Person.STAFF:
            assert HOUSE_WORD not in json.dumps(answer.body), name


@pytest.mark.parametrize("person", Person)
async def test_many_rows_at_once_are_each_answered_as_if_alone(world: World, person: Person) -> None:
    """T1 A8: foreign, unknown and forbidden rows beside open ones do no harm to their neighbours."""
    scene = await arrange(world)
    names = list(scene.rows)
    text = f"query Q($ids: [ID!]!) {{ nodes(ids: $ids) {{ {NODE} }} }}"

    answer = await scene.clients[person].ask(text, ids=[scene.id(name) for name in names])

    if person is Person.ANONYMOUS:
        assert (answer.body["data"], answer.codes) == ({"nodes": None}, ["UNAUTHENTICATED"])
        return
    expected = [refusal_of_row(scene, name, person) for name in names]
    assert [refusal_in(answer, ["nodes", index]) for index in range(len(names))] == expected
    shown = [node and node["_id"] for node in answer.body["data"]["nodes"]]
    assert shown == [None if refused else scene.id(name) for name, refused in zip(names, expected, strict=True)]


LISTS = f"""query Q($id: ID!) {{ organization(id: $id) {{ {NODE}
    members {{ totalCount nodes {{ {NODE} }} }} products {{ totalCount nodes {{ {NODE} mailboxes {{
        totalCount nodes {{ {NODE} }} }} }} }} invitations {{ totalCount nodes {{ {NODE} }} }}
    productCounts {{ count }} productFamilyCounts {{ count }} }} }}"""


@pytest.mark.parametrize("person", sorted(MEMBERS))
async def test_lists_and_counts_hold_what_the_caller_may_see_and_nothing_else(world: World, person: Person) -> None:
    """ORG4, MEM2, MEM4, T1 A9: what is hidden is neither listed nor counted."""
    scene = await arrange(world)

    answer = await scene.clients[person].ask(LISTS, id=scene.id("house"))

    house = answer.body["data"]["organization"]
    members = {f"membership of {each}" for each in Person if f"membership of {each}" in KNOWN_TO}
    for field, names in {
        "members": members,
        "products": {"product", "hidden product"},
        "invitations": {"invitation"},
    }.items():
        if field == "invitations" and person not in HOLDS["MEMBERS"]:
            assert house[field] is None
            assert refusal_in(answer, ["organization", field]) == ("FORBIDDEN", "MEMBERS")
            continue
        expected = {scene.id(name) for name in names if person in KNOWN_TO[name]}
        assert {node["_id"] for node in house[field]["nodes"]} == expected
        assert house[field]["totalCount"] == len(house[field]["nodes"]) == len(expected)
    products = house["products"]["totalCount"]
    assert sum(row["count"] for row in house["productCounts"]) == products
    assert sum(row["count"] for row in house["productFamilyCounts"]) == products
    assert all(node["mailboxes"]["totalCount"] == 1 for node in house["products"]["nodes"])


ROUND_TRIP = f"""query Q($id: ID!) {{ organization(id: $id) {{ {NODE} members(first: 5) {{ nodes {{ {NODE}
    billingReminders grants {{ {NODE} product {{ {NODE} organization {{ {NODE} }} }} }}
    user {{ {NODE} recoveryEmail createdAt }}
    organization {{ {NODE} invitations(first: 1) {{ nodes {{ {NODE} inviter {{ {NODE} }} }} }}
        products(first: 2) {{ nodes {{ {NODE} effectiveAccess {{ membership {{ {NODE} productEvents }} }}
            mailboxes(first: 1) {{ nodes {{ {NODE} product {{ {NODE} effectiveAccess {{ level }} }} }} }} }} }}
    }} }} }} }} }}"""


@pytest.mark.parametrize("person", sorted(SIGNED_IN))
async def test_every_step_of_a_long_way_is_checked_again(world: World, person: Person) -> None:
    """T1 A3: from the organization over its members to what is theirs, and back."""
    scene = await arrange(world)
    answer = await scene.clients[person].ask(ROUND_TRIP, id=scene.id("house"))

    assert problems(ROUND_TRIP, answer, knowledge(scene, person)) == []
    assert (answer.body["data"]["organization"] is None) is (person not in MEMBERS)


def test_marks_name_the_type_and_the_id_of_a_row() -> None:
    assert marked(TYPES["Product"]) == NODE
