"""One predicate, read by the database and in memory: the rows it keeps must be the same."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tortoise.expressions import Q, Subquery

from execution.predicates import EVERYONE, NOW, Given, concrete, holds
from tests.databases import Database
from tests.execution.sample import world
from tests.execution.sample.models import Membership, Product, ProductKind
from tests.execution.sample.rights import Context

pytestmark = pytest.mark.anyio

CONTEXT = Context(viewer=world.ANNA)
NOTHING = Given(name="nothing", memory=lambda _context: None)
NOBODY = Given(name="nobody", memory=lambda _context: [])
HERE = Given(
    name="here",
    memory=lambda _context: {world.ACME, world.BETA},
    stored=lambda _context: Subquery(Membership.filter(user_id=world.ANNA).values("organization_id")),
)

Chance = random.Random
CHOICES: dict[str, Callable[[Chance], Any]] = {
    "kind": lambda chance: chance.choice([*ProductKind, "MAIL"]),
    "kind__in": lambda chance: chance.sample(list(ProductKind), chance.randint(0, 3)),
    "kind__not": lambda chance: chance.choice(list(ProductKind)),
    "renews": lambda chance: chance.choice([True, False]),
    "expires_on": lambda chance: chance.choice([date(2026, 1, 31), NOTHING]),
    "expires_on__lt": lambda chance: date(2026, 1, 1) + timedelta(days=chance.randint(0, 400)),
    "expires_on__gte": lambda chance: date(2026, 1, 1) + timedelta(days=chance.randint(0, 400)),
    "expires_on__isnull": lambda chance: chance.choice([True, False]),
    "expires_on__not": lambda chance: chance.choice([date(2026, 1, 31), NOTHING]),
    "expires_on__in": lambda chance: chance.choice([[], [date(2026, 1, 31)]]),
    "expires_on__not_in": lambda chance: chance.choice([[], [date(2026, 1, 31)]]),
    "blocks_at__lte": lambda _chance: NOW,
    "blocks_at__gt": lambda chance: chance.choice([NOW, NOTHING]),
    "price_minor__gte": lambda chance: chance.choice([300, world.BIG]),
    "rank__lt": lambda chance: chance.choice([0, NOTHING]),
    "name__gt": lambda chance: chance.choice(["product 5", world.NASTY]),
    "owner__in": lambda chance: chance.choice([HERE, NOBODY, [world.GAMMA]]),
    "owner": lambda chance: chance.choice([world.ACME, NOTHING]),
    "keeper_id": lambda chance: chance.choice([world.ANNA, NOTHING]),
    "keeper_id__in": lambda chance: chance.choice([[world.ANNA], NOBODY]),
    "keeper_id__isnull": lambda chance: chance.choice([True, False]),
}


def invented(chance: Chance, depth: int) -> Q:
    if depth == 0:
        names = chance.sample(list(CHOICES), chance.choice([1, 1, 2]))
        predicate = Q(**{name: CHOICES[name](chance) for name in names}, join_type=chance.choice([Q.AND, Q.OR]))
    else:
        left, right = invented(chance, depth - 1), invented(chance, depth - 1)
        predicate = left & right if chance.random() < 0.5 else left | right
    return ~predicate if chance.random() < 0.3 else predicate


async def test_both_readings_keep_the_same_rows(small_world: Database) -> None:
    chance = random.Random(20260601)  # noqa: S311 -- the same predicates each time
    rows = await Product.all()
    kept = set()

    for number in range(300):
        predicate = invented(chance, number % 4)
        stored = {row.id for row in await Product.filter(concrete(predicate, Product, CONTEXT))}
        in_memory = {row.id for row in rows if holds(predicate, row, CONTEXT)}
        assert stored == in_memory, f"{number}: {predicate.filters} {predicate.children}"
        kept.add(frozenset(stored))

    assert len(kept) > 100


async def test_a_missing_value_matches_no_row_not_even_an_empty_column(small_world: Database) -> None:
    for predicate in (Q(keeper_id=NOTHING), ~Q(keeper_id=NOTHING)):
        assert await Product.filter(concrete(predicate, Product, CONTEXT)) == []
        assert not any(holds(predicate, row, CONTEXT) for row in await Product.all())


async def test_everyone_holds_for_every_row() -> None:
    assert holds(EVERYONE, Product(), CONTEXT)


async def test_values_of_one_name_are_the_same() -> None:
    assert Given(name="nothing", memory=lambda _context: 1) == NOTHING


async def test_a_value_may_answer_in_alone() -> None:
    class Odd:
        def __contains__(self, number: int) -> bool:
            return number % 2 == 1

    odd = Q(rank__in=Given(name="odd", memory=lambda _context: Odd()))

    assert [holds(odd, Product(rank=rank), CONTEXT) for rank in (0, 1)] == [False, True]
    assert [holds(~odd, Product(rank=rank), CONTEXT) for rank in (0, 1)] == [True, False]
