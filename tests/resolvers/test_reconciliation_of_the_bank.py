"""WAL5: what was bent about withdrawals and money from the bank is found."""

import pytest
from tortoise.connection import get_connections

from resolvers.reconciliation import reconcile
from tests.books import Books
from tests.databases import Database
from tests.withdrawals import add_incoming_transfer, hand_over, requested
from tests.world import World

pytestmark = pytest.mark.anyio

BENT = {
    "a withdrawal moved what its state says": "UPDATE withdrawals SET state = 'PAID' WHERE state = 'REQUESTED'",
    "what was kept aside for a withdrawal became what its state says": "UPDATE withdrawals SET state = 'CANCELLED' "
    "WHERE state = 'REQUESTED'",
    "what is kept aside is for something under way": "UPDATE withdrawals SET state = 'FAILED' "
    "WHERE state = 'REQUESTED'",
    "a payout file holds the withdrawals that it says": "UPDATE payout_files SET total_minor = total_minor + 1",
    "money that arrived waits for staff exactly while it is unmatched": "UPDATE incoming_transfers "
    "SET matched = 'pay_1'",
    "money that arrived went to the wallet that it names": "UPDATE incoming_transfers SET matched = 'wal_1'",
}


@pytest.mark.parametrize("check", BENT)
async def test_what_was_bent_is_found(world: World, database: Database, check: str) -> None:
    books = await Books.open(world)
    await books.top_up(50_000)
    await requested(books, 20_000)
    await hand_over(world)
    await requested(books, 10_000, key="second")
    await add_incoming_transfer(world, "B1")
    assert await reconcile() == []

    await get_connections().get(database.kind).execute_query(BENT[check])

    assert check in {each.check for each in await reconcile()}
