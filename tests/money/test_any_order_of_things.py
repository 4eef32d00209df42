"""Whatever happens to money, in whatever order: after each step the books say what the rules say.

An expectation is kept by hand beside the product. What fails is shown as the shortest steps that lead to it.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.payment_providers import Succeeded
from rules.money import Currency
from rules.states import AccountKind, WithdrawalTarget
from tests.money import deeds_of_customers, deeds_of_others, deeds_of_staff
from tests.money.comparing import compare
from tests.money.play import Play, deeds
from tests.money.playing import Stage, ours_now
from tests.sizes import sized
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

T = TypeVar("T")

# Each round has a fresh database: whatever there is, is looked at after every step.
ROUNDS, PLAYS, STEPS = sized(1, 8), sized(8, 40), sized(30, 60)
ANYTHING = deeds()
IS_SMALL = sized(1, 0) == 1


async def make_rich(play: Play) -> None:
    """Give everybody money, credit and debts in each currency, so that much can happen from the start."""
    for who, customer in enumerate(play.customers):
        for currency in Currency:
            await play.stage.change_currency(customer, currency)
            await play.owe(who, [(6_000, 810), (333, 1900)])
            await play.owe(who, [(2_500, 0)])
            await deeds_of_customers.fill(play, (who, currency), 12_000, Succeeded(""), twice=True)
            await deeds_of_others.give_credit(play, (who, currency), 700)
            await deeds_of_staff.charge(play, who, 1_999)
            await deeds_of_customers.withdraw(play, (who, currency), 800, WithdrawalTarget.IBAN, twice=False)
    await deeds_of_others.hand_over(play, Currency.CHF)


async def begin(stage: Stage) -> tuple[Play, Counter[tuple[AccountKind, Currency]]]:
    """A play that has begun, and where our own accounts stood before."""
    await stage.tidy_up()
    before = await ours_now()
    play = await Play.begin(stage)
    await make_rich(play)
    return play, before


@pytest.mark.parametrize("_round", range(ROUNDS))
async def test_the_books_say_what_the_rules_say_whatever_happens(world: World, _round: int) -> None:
    """INV4 to INV7, INV9, WAL3 to WAL6: Σ entries = balance ≥ 0, and nothing is anywhere else than expected."""
    stage, loop = await Stage.open(world), asyncio.get_running_loop()

    def wait_for(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    @settings(
        max_examples=PLAYS,
        deadline=None,
        derandomize=IS_SMALL,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(chance=st.data())
    def whatever_happens(chance: st.DataObject) -> None:
        play, before = wait_for(begin(stage))
        for _ in range(STEPS):
            deed = chance.draw(ANYTHING)
            wait_for(deed.happen(play))
            wait_for(compare(play.books, before))

    await asyncio.to_thread(whatever_happens)  # it waits for each step, which happens in the loop of the test
