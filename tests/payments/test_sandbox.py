"""The sandbox: how its payments end is chosen beforehand, and it remembers them as a real provider would (INV8)."""

import asyncio
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from resolvers.payment_providers import (
    ActionRequired,
    Declined,
    Outcome,
    Pending,
    ProviderUnreachable,
    Reversed,
    SetupOrder,
    StoredMethod,
    Succeeded,
)
from rules.states import PaymentMethodKind
from server.payments.sandbox import KINDS, Sandbox
from server.payments.sandbox_memory import SandboxMemory
from server.payments.sandbox_rules import ENDINGS, LATER, Behaviour, SandboxState
from tests.payments.rigs import PAYER, order
from tests.world import MovableClock

pytestmark = pytest.mark.anyio

# What is answered at first, and what is found a minute later: by the amount's ending, with a stored method.
COURSES: list[tuple[int, type[Outcome] | None, type[Outcome]]] = [
    (0, Succeeded, Succeeded),
    (91, Declined, Declined),
    (92, ActionRequired, ActionRequired),
    (93, None, Succeeded),
    (94, None, Declined),
    (96, Pending, Succeeded),
    (97, Pending, Declined),
    (98, Succeeded, Reversed),
]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "sandbox.sqlite3"


@pytest.fixture
def sandbox(file: Path, clock: MovableClock) -> Sandbox:
    return Sandbox(SandboxMemory(file), clock, "http://manager.example")


@pytest.mark.parametrize(("ending", "first", "later"), COURSES)
async def test_the_last_two_digits_of_the_amount_choose_how_it_ends(
    sandbox: Sandbox, clock: MovableClock, ending: int, first: type[Outcome] | None, later: type[Outcome]
) -> None:
    asked = order("succeed/1", amount_minor=5_000 + ending)

    if first is None:
        with pytest.raises(ProviderUnreachable):
            await sandbox.charge(asked)
    else:
        assert isinstance(await sandbox.charge(asked), first)
    clock.move(seconds=LATER.total_seconds())

    assert isinstance(await sandbox.find(asked), later)


def test_every_ending_is_played_and_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "payments.md").read_text("utf-8")

    assert {ending for ending, _, _ in COURSES} == {0, *ENDINGS}
    for ending, behaviour in ENDINGS.items():
        assert f"| `{ending}` |" in page
        assert f"`{behaviour.lower()}/" in page


@pytest.mark.parametrize("behaviour", Behaviour)
async def test_a_stored_method_chooses_how_it_ends_whatever_the_amount(sandbox: Sandbox, behaviour: Behaviour) -> None:
    by_method = order(f"{behaviour.lower()}/1", amount_minor=5_000)

    if behaviour in (Behaviour.SUCCEED_UNHEARD, Behaviour.DECLINE_UNHEARD):
        with pytest.raises(ProviderUnreachable):
            await sandbox.charge(by_method)
    else:
        await sandbox.charge(by_method)

    (charge,) = await sandbox.charges()
    assert charge.behaviour is behaviour


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_paid_on_its_page_and_stored_there(sandbox: Sandbox, kind: PaymentMethodKind) -> None:
    paid = replace(order(), kind=kind)
    waiting = await sandbox.charge(paid)
    assert isinstance(waiting, ActionRequired)
    assert waiting.url == f"http://manager.example/sandbox/charges/{paid.key}"
    await sandbox.answer_charge(paid.key, confirmed=True)
    assert isinstance(await sandbox.find(paid), Succeeded)

    setup = await sandbox.prepare_method(SetupOrder("method_1", PAYER, paid.kind))
    assert setup.url == "http://manager.example/sandbox/setups/method_1"
    await sandbox.answer_setup("method_1", Behaviour.DECLINE)
    stored = await sandbox.find_method(setup.reference)
    assert isinstance(stored, StoredMethod)
    assert "4242" in stored.label
    assert isinstance(await sandbox.charge(order(stored.reference)), Declined)


async def test_what_is_decided_is_not_decided_again(sandbox: Sandbox) -> None:
    asked = order()
    await sandbox.charge(asked)
    await sandbox.answer_charge(asked.key, confirmed=False)
    await sandbox.answer_charge(asked.key, confirmed=True)
    await sandbox.answer_charge("unknown", confirmed=True)
    assert isinstance(await sandbox.find(asked), Declined)

    setup = await sandbox.prepare_method(SetupOrder("method_1", PAYER, asked.kind))
    await sandbox.answer_setup("method_1", Behaviour.SUCCEED)
    await sandbox.answer_setup("method_1", None)
    await sandbox.prepare_method(SetupOrder("method_1", PAYER, asked.kind))
    assert isinstance(await sandbox.find_method(setup.reference), StoredMethod)


async def test_a_forgotten_method_is_declined(sandbox: Sandbox) -> None:
    await sandbox.forget_method("succeed/1")

    assert isinstance(await sandbox.charge(order("succeed/1")), Declined)
    assert await sandbox.charges() == []


async def test_the_file_is_for_its_owner_alone(sandbox: Sandbox, file: Path) -> None:
    await sandbox.charge(order())

    assert await asyncio.to_thread(lambda: stat.S_IMODE(file.stat().st_mode)) == 0o600


async def test_processes_share_it_and_it_outlives_them(file: Path, clock: MovableClock) -> None:
    asked = order("succeed/1")
    several = [Sandbox(SandboxMemory(file), clock, "http://manager.example") for _ in range(8)]

    outcomes = await asyncio.gather(*(each.charge(asked) for each in several))

    assert set(outcomes) == {Succeeded(f"sandbox_{asked.key}")}
    (charge,) = await Sandbox(SandboxMemory(file), clock, "http://manager.example").charges()
    assert (charge.key, charge.amount_minor, charge.state) == (asked.key, 12_300, SandboxState.SUCCEEDED)


async def test_a_charge_back_is_told_once_it_happened(sandbox: Sandbox, clock: MovableClock) -> None:
    asked = order("charge_back/1")
    await sandbox.charge(asked)
    assert await sandbox.untold_charge_backs() == []
    clock.move(seconds=timedelta(minutes=1).total_seconds())

    assert await sandbox.untold_charge_backs() == [asked.key]
    await sandbox.mark_told(asked.key)

    assert await sandbox.untold_charge_backs() == []
    assert isinstance(await sandbox.find(asked), Reversed)
