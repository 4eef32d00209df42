"""What every payment provider keeps to, be it the sandbox or cards at a provider's API (INV8, INV9)."""

from dataclasses import replace
from pathlib import Path

import pytest

from resolvers.payment_providers import (
    ActionRequired,
    Cancelled,
    Declined,
    Pending,
    ProviderUnreachable,
    Reversed,
    SetupFailed,
    SetupOrder,
    StoredMethod,
    Succeeded,
)
from rules.money import Currency
from rules.states import PaymentMethodKind
from server.payments.cards import Cards
from server.payments.sandbox import Sandbox
from server.payments.sandbox_memory import SandboxMemory
from tests.payments.played_cards import PlayedCards
from tests.payments.rigs import BACK, PAYER, CardsRig, Rig, SandboxRig, order
from tests.world import MovableClock

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sandbox", "cards"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    if request.param == "cards":
        cards: Cards = request.getfixturevalue("cards")
        played: PlayedCards = request.getfixturevalue("played")
        return CardsRig(cards, played)
    clock = MovableClock()
    return SandboxRig(Sandbox(SandboxMemory(tmp_path / "sandbox.sqlite3"), clock, "http://manager.example"), clock)


async def test_a_stored_method_is_charged_at_once(rig: Rig) -> None:
    """INV8"""
    asked = order(rig.pays)

    outcome = await rig.provider.charge(asked)

    assert isinstance(outcome, Succeeded)
    assert await rig.taken() == [(asked.key, 12_300, "CHF")]
    assert await rig.provider.find(replace(asked, reference=outcome.reference)) == outcome
    assert await rig.provider.find(asked) == outcome


async def test_asked_twice_under_one_key_it_charges_once(rig: Rig) -> None:
    """INV9"""
    asked = order(rig.pays)

    first, second = await rig.provider.charge(asked), await rig.provider.charge(asked)

    assert first == second
    assert await rig.taken() == [(asked.key, 12_300, "CHF")]


async def test_asked_again_it_answers_what_became_of_the_charge_since(rig: Rig) -> None:
    """INV9"""
    asked = order(rig.asks, back=BACK)
    waiting = await rig.provider.charge(asked)
    assert isinstance(waiting, ActionRequired)
    await rig.answer(waiting.reference, confirmed=True)

    assert await rig.provider.charge(asked) == Succeeded(waiting.reference)


async def test_a_decline_says_why_and_takes_nothing(rig: Rig) -> None:
    """INV8"""
    asked = order(rig.declined)

    outcome = await rig.provider.charge(asked)

    assert isinstance(outcome, Declined)
    assert outcome.code
    assert await rig.provider.find(asked) == outcome
    assert await rig.taken() == []


async def test_a_payer_without_a_stored_method_must_act(rig: Rig) -> None:
    """INV8"""
    asked = order(back=BACK)

    waiting = await rig.provider.charge(asked)

    assert isinstance(waiting, ActionRequired)
    assert bool(waiting.url) != bool(waiting.client_secret)
    assert await rig.provider.find(asked) == waiting
    assert await rig.taken() == []
    await rig.answer(waiting.reference, confirmed=True)
    assert await rig.provider.find(asked) == Succeeded(waiting.reference)


async def test_a_payer_who_declines_has_paid_nothing(rig: Rig) -> None:
    asked = order(rig.asks, back=BACK)
    waiting = await rig.provider.charge(asked)
    assert isinstance(waiting, ActionRequired)
    await rig.answer(waiting.reference, confirmed=False)

    outcome = await rig.provider.find(asked)

    assert isinstance(outcome, Declined)
    assert await rig.taken() == []


async def test_an_answer_that_gets_lost_is_learned_by_asking(rig: Rig) -> None:
    """INV9"""
    asked = rig.unheard(order(rig.pays))

    with pytest.raises(ProviderUnreachable):
        await rig.provider.charge(asked)

    assert isinstance(await rig.provider.find(asked), Succeeded)
    assert await rig.taken() == [(asked.key, asked.amount_minor, "CHF")]


async def test_a_charge_that_it_never_heard_of_is_none(rig: Rig) -> None:
    """INV9"""
    assert await rig.provider.find(order()) is None
    assert await rig.taken() == []


async def test_a_charge_may_fail_late(rig: Rig) -> None:
    asked = order(rig.later)
    pending = await rig.provider.charge(asked)
    assert isinstance(pending, Pending)
    assert await rig.provider.find(asked) == pending
    await rig.end_later(pending.reference)

    assert isinstance(await rig.provider.find(asked), Declined)


async def test_money_that_was_taken_back_is_reversed(rig: Rig) -> None:
    """WAL6"""
    asked = order(rig.pays)
    paid = await rig.provider.charge(asked)
    assert isinstance(paid, Succeeded)
    await rig.take_back(paid.reference)

    assert await rig.provider.find(asked) == Reversed(paid.reference)


async def test_a_charge_that_waits_is_given_up(rig: Rig) -> None:
    asked = order(back=BACK)
    waiting = await rig.provider.charge(asked)
    assert isinstance(waiting, ActionRequired)

    assert isinstance(await rig.provider.cancel(replace(asked, reference=waiting.reference)), Cancelled)
    assert isinstance(await rig.provider.find(asked), Cancelled)
    assert await rig.taken() == []


async def test_giving_up_what_was_paid_meanwhile_answers_that_it_was_paid(rig: Rig) -> None:
    asked = order(back=BACK)
    waiting = await rig.provider.charge(asked)
    assert isinstance(waiting, ActionRequired)
    await rig.answer(waiting.reference, confirmed=True)

    assert await rig.provider.cancel(asked) == Succeeded(waiting.reference)


async def test_giving_up_what_it_never_heard_of_is_giving_up(rig: Rig) -> None:
    assert isinstance(await rig.provider.cancel(order()), Cancelled)


@pytest.mark.parametrize("other", [{"amount_minor": 12_301}, {"currency": Currency.EUR}])
async def test_a_charge_of_another_amount_or_currency_is_no_answer(rig: Rig, other: dict[str, object]) -> None:
    """M22"""
    asked = order(rig.pays)
    await rig.provider.charge(asked)

    with pytest.raises(ProviderUnreachable):
        await rig.provider.find(replace(asked, **other))  # type: ignore[arg-type] # the fields are named by the table


async def test_a_method_is_stored_once_its_owner_confirms(rig: Rig) -> None:
    """INV8"""
    setup = await rig.provider.prepare_method(SetupOrder(order().key, PAYER, PaymentMethodKind.CARD, BACK))
    assert bool(setup.url) != bool(setup.client_secret)
    assert await rig.provider.find_method(setup.reference) is None
    await rig.answer_setup(setup.reference, confirmed=True)

    stored = await rig.provider.find_method(setup.reference)

    assert isinstance(stored, StoredMethod)
    assert stored.label == "Visa •••• 4242"
    assert stored.expires_on is not None


async def test_a_method_that_its_owner_refuses_is_not_stored(rig: Rig) -> None:
    setup = await rig.provider.prepare_method(SetupOrder(order().key, PAYER, PaymentMethodKind.CARD, BACK))
    await rig.answer_setup(setup.reference, confirmed=False)

    assert await rig.provider.find_method(setup.reference) == SetupFailed()
    assert await rig.provider.find_method("never heard of") == SetupFailed()


async def test_a_method_is_forgotten_once_and_for_all(rig: Rig) -> None:
    await rig.provider.forget_method(rig.pays)
    await rig.provider.forget_method("never/heard of")
    await rig.provider.forget_method(rig.pays)

    assert isinstance(await rig.provider.charge(order(rig.pays)), Declined)
    assert await rig.taken() == []


def test_a_name_fits_where_it_is_kept(rig: Rig) -> None:
    assert 0 < len(rig.provider.name) <= 20
