"""From the first day on, every mutation that changes something leaves its traces in its transaction (RES6, RES8)."""

from typing import Any

import pytest

from tests.rights.scene import arrange, dump
from tests.rights.table import KNOWN_TO, REQUIRES, Person
from tests.rights.test_mutations import CASES, call, denial
from tests.rights.trials import TRIALS
from tests.world import World

pytestmark = pytest.mark.anyio

Tables = dict[str, list[dict[str, Any]]]
# What they ask for stands in a mail, or in an authenticator: nobody of the matrix has it.
HELD_BY_OTHERS = {
    "confirmSignUp",
    "confirmLoginChange",
    "withdrawLoginChange",
    "confirmRecoveryEmail",
    "resetPassword",
    "confirmSecondFactor",
    "disableSecondFactor",
    "regenerateRecoveryCodes",
}


def written(before: Tables, after: Tables, table: str) -> list[dict[str, Any]]:
    """The rows of a table that are new."""
    known = {row["id"] for row in before[table]}
    return [row for row in after[table] if row["id"] not in known]


@pytest.mark.parametrize(("name", "index"), CASES)
async def test_what_changes_something_writes_its_audit_entry_and_its_event(world: World, name: str, index: int) -> None:
    scene, trial = await arrange(world), TRIALS[name][index]
    has_changed = False
    for person in (Person.LEGAL, Person.ADMINISTRATOR, Person.STRANGER, Person.STAFF, Person.ANONYMOUS):
        if denial(name, trial, person):
            continue
        values = await trial.values(scene, person)
        before = await dump()

        await call(scene, person, name, values)

        after = await dump()
        if after == before:
            continue
        has_changed = True
        entries = written(before, after, "AuditEntry")
        assert entries, f"{name} changed something and wrote no audit entry"
        inside = [entry for entry in entries if entry["organization_id"]]
        events = written(before, after, "Event")
        assert len(events) == len(inside), f"{name} wrote events and audit entries that do not belong together"
        for organization in {event["organization_id"] for event in events}:
            positions = sorted(each["position"] for each in after["Event"] if each["organization_id"] == organization)
            assert positions == list(range(1, len(positions) + 1))
    assert has_changed is (name not in HELD_BY_OTHERS), f"what {name} leaves behind was not seen"


def test_whatever_needs_a_right_of_an_organization_has_an_event() -> None:
    """The table knows which mutations are of an organization: each of them is tried above by somebody who may."""
    for name in (coordinate.removeprefix("Mutation.") for coordinate in REQUIRES if coordinate.startswith("Mutation.")):
        assert any(trial.subject and Person.LEGAL in KNOWN_TO[trial.subject] for trial in TRIALS[name]), name
