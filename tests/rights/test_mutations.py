"""The rights matrix, writing: every mutation, for every caller.

Whom a mutation is open to stands in table.py and trials.py, written by hand; which there are is asked of the schema.
"""

import json
from typing import Any

import pytest

from execution.guards import Anyone
from models import Session
from resolvers.secrets import hash_secret
from schema.document import schema
from schema.expose import Exposed
from tests.rights.answers import Knowledge, problems
from tests.rights.scene import FOREIGN_WORD, HOUSE_WORD, Scene, arrange, dump
from tests.rights.selecting import SCHEMA, everything_answered
from tests.rights.stored import Stored
from tests.rights.table import HOLDS, KNOWN_TO, REQUIRES, SIGNED_IN, Person
from tests.rights.trials import FOR_STAFF, TRIALS, WITH_RECENT_PROOF, WITHOUT_SIGN_IN, Trial
from tests.world import Answer, World

pytestmark = pytest.mark.anyio

assert SCHEMA.mutation_type is not None
NAMES = tuple(SCHEMA.mutation_type.fields)
CASES = [(name, index) for name in NAMES for index in range(len(TRIALS.get(name, ())))]


def exposed(name: str) -> Exposed:
    """What a mutation declared."""
    field = schema._schema.mutation_type.fields[name]  # type: ignore[union-attr] # there are mutations
    declared = field.extensions["strawberry-definition"].metadata["mutation"]
    assert isinstance(declared, Exposed)
    return declared


def denial(name: str, trial: Trial, person: Person) -> tuple[str, str | None] | None:
    """How the rules deny a mutation to a caller, with the right that is named; None where they do not."""
    if person is Person.ANONYMOUS and name not in WITHOUT_SIGN_IN:
        return "UNAUTHENTICATED", None
    if name in FOR_STAFF and person not in (Person.STAFF, Person.ANONYMOUS):
        return "FORBIDDEN", None
    subject, right = trial.subject, REQUIRES.get(f"Mutation.{name}")
    if subject is None:
        return None
    if person not in KNOWN_TO[subject]:
        return "NOT_FOUND", None
    if trial.own_row_only:
        return None if subject == f"membership of {person}" else ("FORBIDDEN", None)
    return None if right is None or person in HOLDS[right] else ("FORBIDDEN", right)


async def call(scene: Scene, person: Person, name: str, values: dict[str, Any]) -> tuple[str, Answer]:
    title = f"{name[0].upper()}{name[1:]}Input"
    given, taken = ("(input: $input)", f"($input: {title}!)") if title in SCHEMA.type_map else ("", "")
    text = f"mutation M{taken} {{ {name}{given} {{ {everything_answered(name)} }} }}"
    variables = {"input": values} if given else {}
    return text, await scene.clients[person].ask(text, **variables)


def test_every_mutation_is_tried() -> None:
    assert set(NAMES) - TRIALS.keys() == set(), "write a valid input for it into trials.py"
    assert TRIALS.keys() - set(NAMES) == set()


def test_the_mutations_ask_for_what_the_rules_demand() -> None:
    """USR10, USR13: who may come without a session, and what asks for a recent proof."""
    assert {name for name in NAMES if isinstance(exposed(name).who, Anyone)} == WITHOUT_SIGN_IN
    assert {name for name in NAMES if exposed(name).recent_proof} == WITH_RECENT_PROOF
    assert {name for name in NAMES if exposed(name).everywhere} == FOR_STAFF


@pytest.mark.parametrize(("name", "index"), CASES)
async def test_a_mutation_is_denied_to_whom_the_rules_deny_it(world: World, name: str, index: int) -> None:
    """ORG4, MEM10, T2: the code and the missing right are said; nothing has changed, and nothing is told."""
    scene, trial = await arrange(world), TRIALS[name][index]
    denied = {person: said for person in Person if (said := denial(name, trial, person))}
    inputs = {person: await trial.values(scene, person) for person in denied}
    before = await dump()

    for person, (code, right) in denied.items():
        _, answer = await call(scene, person, name, inputs[person])

        assert answer.body["data"] == {name: None}, person
        (error,) = answer.body["errors"]
        assert (error["extensions"]["code"], error["extensions"].get("requiredRight")) == (code, right), person
        assert HOUSE_WORD not in json.dumps(answer.body), person
        assert FOREIGN_WORD not in json.dumps(answer.body), person

    assert await dump() == before


@pytest.mark.parametrize(("name", "index"), CASES)
async def test_a_mutation_is_open_to_whom_the_rules_open_it(world: World, name: str, index: int) -> None:
    """MEM10: a success or a refusal as data; and what the success shows is checked once more (T1 A5)."""
    scene, trial = await arrange(world), TRIALS[name][index]
    allowed = [person for person in Person if not denial(name, trial, person)]
    inputs = {person: await trial.values(scene, person) for person in allowed}
    assert allowed, "open to nobody"
    for person in allowed:
        before = await known_to(scene, person)

        text, answer = await call(scene, person, name, inputs[person])

        result = answer.body["data"][name]
        assert result is not None, (person, answer.body)
        after = await known_to(scene, person, result.get("secret"))
        after.known |= before.known
        after.own |= before.own
        assert problems(text, answer, after) == [], person


async def known_to(scene: Scene, person: Person, secret: str | None = None) -> Knowledge:
    """What a caller may know now; a secret that a mutation handed out says whom it has signed in."""
    user = scene.rows.get(f"user of {person}")
    user_id = user.id if user else None
    if secret and secret.startswith("mgs_"):
        user_id = (await Session.get(secret_hash=hash_secret(secret))).user_id
    return (await Stored.read()).knowledge_of(user_id)


@pytest.mark.parametrize("name", sorted(WITH_RECENT_PROOF))
async def test_without_a_recent_proof_of_the_password_nothing_happens(world: World, name: str) -> None:
    """USR13."""
    scene = await arrange(world)
    await Session.all().update(last_used_at=world.clock.now())
    inputs = {person: await TRIALS[name][0].values(scene, person) for person in SIGNED_IN}
    world.clock.move(minutes=16)
    await Session.all().update(last_used_at=world.clock.now())
    before = await dump()

    for person in SIGNED_IN:
        _, answer = await call(scene, person, name, inputs[person])

        code, _ = denial(name, TRIALS[name][0], person) or ("REAUTHENTICATION_REQUIRED", None)
        assert (answer.body["data"], answer.codes) == ({name: None}, [code])

    assert await dump() == before
