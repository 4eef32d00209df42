"""INV2, INV4, INV5: whatever is due, what is shown beforehand is what is invoiced and paid, to the cent."""

from datetime import date
from random import Random

import pytest

from models import Charge, Invoice
from rules.identifiers import Prefix, public_id
from rules.states import ChargeKind
from tests.books import Books
from tests.sizes import sized

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

# Periods of every Swiss VAT rate that there was.
STARTS = (date(2016, 5, 1), date(2020, 1, 31), date(2023, 12, 31), date(2024, 1, 1), date(2026, 2, 1))


async def owe_something(books: Books, chance: Random) -> list[Invoice | Charge]:
    """Invoices and charges, of few cents or of much, one of them perhaps without VAT."""
    owed: list[Invoice | Charge] = [await books.owe(*_amounts(chance)) for _ in range(chance.randint(0, 2))]
    for unit_minor in [*_amounts(chance), *_amounts(chance)]:
        start = chance.choice(STARTS)
        end = start.replace(year=start.year + 1)
        charge = await books.charge(unit_minor, chance.randint(1, 9), period_start=start, period_end=end)
        if chance.random() < 0.2:
            await Charge.filter(id=charge.id).update(kind=ChargeKind.REVERSED_TOP_UP, product_id=None)
        owed.append(charge)
    return owed


def _amounts(chance: Random) -> list[int]:
    return [chance.choice((1, 5, 6, 7, 19, 333, 4_999, 123_456)) for _ in range(chance.randint(1, 3))]


@pytest.mark.parametrize("seed", range(sized(4, 200)))
async def test_any_mixture_comes_to_what_was_shown(books: Books, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 -- the same mixtures each time
    await books.top_up(10_000_000)
    owed = await owe_something(books, chance)
    chosen = chance.sample(owed, chance.randint(1, len(owed)))
    ids = [public_id(Prefix.DUE_ITEM, each.id) for each in chosen]
    shown = await books.due_totals(ids)
    alone = {item["id"]: int(item["amount"]["amountMinor"]) for item in await books.due()}

    answer = await books.pay_due(ids, expected=shown["CHF"])

    payment = answer.result()["payment"]
    invoiced = [int(each["invoice"]["total"]["amountMinor"]) for each in payment["allocations"]["nodes"]]
    assert int(payment["amount"]["amountMinor"]) == sum(invoiced) == shown["CHF"]
    assert await books.balance() == 10_000_000 - shown["CHF"]
    assert abs(sum(alone[each] for each in ids) - shown["CHF"]) <= len(ids), "VAT is rounded once, not for each"
    left = {item["id"] for item in await books.due()}
    assert left == alone.keys() - set(ids)
