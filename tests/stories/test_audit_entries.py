"""RES8: what an audit entry tells of a movement of money: who, through which session, by which request and key."""

import pytest

from models import AuditEntry, Session
from tests.books import Books
from tests.paying import clerk_of
from tests.stories.test_keys_of_payments import begin, settle_declined

pytestmark = pytest.mark.anyio


async def test_every_entry_of_a_payment_names_its_request_and_its_key(books: Books) -> None:
    """INV6, RES8; the request by the id that the answer carries and the log knows."""
    await books.top_up(50_000)
    invoices = [await books.owe(10_000), await books.owe(20_000)]
    await AuditEntry.all().delete()

    answer = await books.pay(invoices, key="rent of May")

    entries = await AuditEntry.all()
    assert {each.action for each in entries} == {"INVOICE_PAID", "PAYMENT_SUCCEEDED"}
    assert {each.request_id for each in entries} == {answer.headers["x-request-id"]}
    assert {each.idempotency_key for each in entries} == {"rent of May"}
    assert {each.session_id for each in entries} == {(await Session.get(user_id=entries[0].user_id)).id}


async def test_what_happens_by_itself_names_no_request(books: Books) -> None:
    await begin(books, "key")
    await AuditEntry.all().delete()

    assert clerk_of(books.world).request_id is None
    await settle_declined(books)

    entries = await AuditEntry.all()
    assert entries
    assert {(each.request_id, each.idempotency_key, each.session_id) for each in entries} == {(None, None, None)}
