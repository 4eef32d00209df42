"""INV1: numbers without gaps, whatever fails in between, and whenever the year turns."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from random import Random

import pytest

from models import Invoice, Organization
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.transactions import transaction
from rules.invoicing import Line
from rules.policy import Policy
from rules.states import InvoiceKind
from tests.books import Books
from tests.sizes import sized
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

# The year of a number is that of the issuer, in Zurich.
MOMENTS = {
    datetime(2026, 12, 31, 22, 59, tzinfo=UTC): "2026",
    datetime(2026, 12, 31, 23, 0, tzinfo=UTC): "2027",
    datetime(2027, 6, 1, 12, 0, tzinfo=UTC): "2027",
}


class ThoughtBetter(Exception):
    """Whoever issued an invoice takes it all back before it is committed."""


async def issue(organization: Organization, now: datetime, corrects: Invoice | None, *, fails: bool) -> None:
    kind = InvoiceKind.CREDIT_NOTE if corrects else InvoiceKind.INVOICE
    line = Line("Service", 1, -1_000 if corrects else 1_000, 810)
    async with transaction():
        payer = await Organization.filter(id=organization.id).select_for_update().get()
        draft = await draft_invoice(
            Nobody(now),
            payer=payer,
            concerned=payer,
            lines=[line],
            kind=kind,
            corrects=corrects,
            reason="billed twice" if corrects else None,
        )
        await issue_invoice(Nobody(now), Policy(), draft, payer)
        if fails:
            raise ThoughtBetter


@pytest.mark.parametrize("seed", range(sized(3, 200)))
async def test_numbers_have_no_gaps_whatever_fails(world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 -- the same choices for the same seed
    everybody = [await Books.open(world) for _ in range(4)]
    first = {each.organization.id: await each.owe(1_000) for each in everybody}
    expected = Counter({("INVOICE", "2026"): len(everybody)})

    async def issue_or_not(organization: Organization) -> None:
        now, fails = chance.choice(list(MOMENTS)), chance.random() < 0.4
        corrects = first[organization.id] if chance.random() < 0.3 else None
        expected["CREDIT_NOTE" if corrects else "INVOICE", MOMENTS[now]] += not fails
        with suppress(ThoughtBetter):
            await issue(organization, now, corrects, fails=fails)

    await asyncio.gather(*(issue_or_not(each.organization) for each in everybody for _ in range(6)))

    numbers = sorted(str(each) for each in await Invoice.all().values_list("number", flat=True))
    prefixes = {("CREDIT_NOTE", year): f"C{year}" for year in MOMENTS.values()}
    prefixes |= {("INVOICE", year): year for year in MOMENTS.values()}
    assert numbers == sorted(
        f"{prefixes[series]}-{number:06}" for series, count in expected.items() for number in range(1, count + 1)
    )
