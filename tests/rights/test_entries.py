"""The rights matrix, the ways in: every root of reading, for every caller."""

from collections.abc import Callable

import pytest

from resolvers.secrets import hash_secret
from tests.rights.scene import FOREIGN_WORD, HOUSE_WORD, Scene, add_invitation, arrange
from tests.rights.selecting import SCHEMA
from tests.rights.table import KNOWN_TO, MEMBERS, SIGNED_IN, Person
from tests.rights.test_fields import NODE, refusal_in
from tests.world import World

pytestmark = pytest.mark.anyio

Refused = tuple[str, str | None] | None
SECRET = "the link of a mail"


def _signed_in(person: Person) -> Refused:
    return None if person in SIGNED_IN else ("UNAUTHENTICATED", None)


def _house_alone(person: Person) -> Refused:
    return _signed_in(person) or (None if person in MEMBERS else ("NOT_FOUND", None))


def _open(person: Person) -> Refused:
    return None


def _staff_alone(person: Person) -> Refused:
    return _signed_in(person) or (None if person is Person.STAFF else ("FORBIDDEN", None))


# Each root with a document that asks for the house by it, and how the rules refuse a caller.
ROOTS: dict[str, tuple[str, Callable[[Person], Refused]]] = {
    "viewer": (f"{{ viewer {{ user {{ {NODE} login }} }} }}", _open),
    "organization": (f'{{ organization(id: "HOUSE") {{ {NODE} name }} }}', _house_alone),
    "organizations": (f"{{ organizations {{ totalCount nodes {{ {NODE} name }} }} }}", _signed_in),
    "node": (f'{{ node(id: "HOUSE") {{ {NODE} ... on Organization {{ name }} }} }}', _house_alone),
    "nodes": (f'{{ nodes(ids: ["HOUSE"]) {{ {NODE} ... on Organization {{ name }} }} }}', _signed_in),
    "invitation": (f'{{ invitation(secret: "{SECRET}") {{ organizationName address role state }} }}', _open),
    "staff": (f"{{ staff {{ withdrawals {{ totalCount nodes {{ {NODE} }} }} }} }}", _staff_alone),
    "rateLimit": ("{ rateLimit { limit remaining } }", _open),
}


def test_every_root_is_tried() -> None:
    assert SCHEMA.query_type is not None
    assert ROOTS.keys() == SCHEMA.query_type.fields.keys(), "say in ROOTS whom it is open to"


@pytest.mark.parametrize("person", Person)
async def test_every_root_is_open_to_whom_the_rules_say(world: World, person: Person) -> None:
    """ORG3, ORG4, MSG3: the holder of an invitation's link reads it without a session, and nothing else."""
    scene = await arrange(world)
    legal = scene.rows[f"user of {Person.LEGAL}"]
    await add_invitation(world, scene.rows["house"], legal, "guest@example.org", secret=hash_secret(SECRET))

    for root, (document, refused) in ROOTS.items():
        answer = await scene.clients[person].ask(document.replace("HOUSE", scene.id("house")))

        assert refusal_in(answer, [root]) == refused(person), root
        if refused(person):
            assert answer.body["data"] == {root: None}, root
        if root != "invitation":
            hidden = [HOUSE_WORD] if person not in MEMBERS else [FOREIGN_WORD]
            hidden += [FOREIGN_WORD] if person is Person.ANONYMOUS else []
            assert not [word for word in hidden if word in str(answer.body)], root


@pytest.mark.parametrize("person", Person)
async def test_the_viewer_is_who_asks_and_holds_what_is_theirs(world: World, person: Person) -> None:
    """USR1, USR9: one's own account, sessions and open links; of organizations those that one belongs to."""
    scene = await arrange(world)

    answer = await scene.clients[person].ask(
        f"""{{ viewer {{ user {{ {NODE} }} session {{ {NODE} }} organizations {{ totalCount nodes {{ {NODE} }} }}
        sessions {{ totalCount nodes {{ {NODE} }} }} confirmations {{ totalCount nodes {{ {NODE} }} }} }} }}"""
    )

    if person is Person.ANONYMOUS:
        assert answer.data == {"viewer": None}
        return
    viewer = answer.data["viewer"]
    assert viewer["user"]["_id"] == scene.id(f"user of {person}")
    assert viewer["session"]["_id"] == scene.id(f"session of {person}")
    houses = [name for name in ("house", "foreign house") if person in KNOWN_TO[name]]
    assert _listed(viewer["organizations"]) == [scene.id(name) for name in houses]
    assert _listed(viewer["sessions"]) == [scene.id(f"session of {person}")]
    assert _listed(viewer["confirmations"]) == [scene.id(f"confirmation of {person}")]


def _listed(connection: dict[str, object]) -> list[str]:
    nodes = connection["nodes"]
    assert isinstance(nodes, list)
    assert connection["totalCount"] == len(nodes)
    return [node["_id"] for node in nodes]


async def test_what_a_link_shows_of_an_invitation_is_all_it_shows(world: World) -> None:
    """MSG3: an unknown link finds nothing, whoever asks."""
    scene: Scene = await arrange(world)

    for person in Person:
        answer = await scene.clients[person].ask('{ invitation(secret: "unknown") { organizationName } }')

        assert (answer.body["data"], answer.codes) == ({"invitation": None}, ["NOT_FOUND"])
