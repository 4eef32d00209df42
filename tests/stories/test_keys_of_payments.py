"""M3, M4, M6: what an idempotency key stands for once a payment was declined, or was given up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tortoise.connection import get_connections

from models import Event, IdempotencyRecord, Invoice, Payment
from resolvers.payment_providers import ActionRequired, Declined, ProviderUnreachable
from resolvers.settlement import settle_payment
from rules.events import EventKind
from rules.rights import Role
from rules.states import PaymentState
from tests.books import Books
from tests.paying import clerk_of
from tests.world import Answer, Client, id_of

pytestmark = pytest.mark.anyio

CANCELLED = """... on CancelPaymentSuccess { payment { id state } }
    ... on PaymentNotCancellable { paymentId state }"""


async def settle_declined(books: Books) -> None:
    clerk = clerk_of(books.world)
    await settle_payment(clerk, clerk.policy, (await Payment.get()).id, Declined("card_declined"))


async def begin(books: Books, key: str, **pay_with: Any) -> str:
    """The id of a payment that waits for a bank transfer, or for its payer."""
    answer = await books.pay([await books.owe(10_000)], key=key, **(pay_with or {"methodKind": "BANK_TRANSFER"}))
    result = answer.result()
    return str(result["paymentId"] if "paymentId" in result else result["payment"]["id"])


async def cancel(books: Books, payment_id: str, key: str = "cancel", client: Client | None = None) -> Answer:
    return await (client or books.client).do("cancelPayment", CANCELLED, paymentId=payment_id, idempotencyKey=key)


async def states() -> list[PaymentState]:
    return [each.state for each in await Payment.all().order_by("created_at", "id")]


@asynccontextmanager
async def keys_that_fail_to(deed: str) -> AsyncIterator[None]:
    """Within the block, let the database fail whatever would change a key, or delete one."""
    connection = get_connections().all()[0]
    is_sqlite = connection.capabilities.dialect == "sqlite"
    function = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
    acting = "BEGIN SELECT RAISE(ABORT, 'no'); END" if is_sqlite else "FOR EACH ROW EXECUTE FUNCTION fail()"
    for statement in (function, f"CREATE TRIGGER failing BEFORE {deed} ON idempotency_records {acting}")[is_sqlite:]:
        await connection.execute_query(statement)
    try:
        yield
    finally:
        await connection.execute_query("DROP TRIGGER failing" if is_sqlite else "DROP FUNCTION fail CASCADE")


@pytest.mark.parametrize("kind", ["payInvoices", "payDueItems", "topUpWallet"])
async def test_a_declined_payment_and_its_key_are_recorded_together_or_not_at_all(books: Books, kind: str) -> None:
    """M6: whatever fails between, no key is left that stands for a payment which is known to have failed."""
    books.world.provider.plays.append(Declined("card_declined"))
    await books.top_up(5_000)
    invoice = await books.owe(10_000)
    due = [each["id"] for each in await books.due()]
    pay = {
        "payInvoices": lambda: books.pay([invoice], walletAmountMinor="3000", methodKind="CARD"),
        "payDueItems": lambda: books.pay_due(due, walletAmountMinor="3000", methodKind="CARD"),
        "topUpWallet": lambda: books.fill(5_000),
    }
    async with keys_that_fail_to("DELETE"):
        answer = await pay[kind]()

    assert answer.codes == ["INTERNAL"]
    assert (await Payment.get()).state is PaymentState.PENDING
    assert await IdempotencyRecord.all().count() == 1


async def test_a_payment_that_somebody_else_learned_has_failed_frees_its_key_too(books: Books) -> None:
    """M6, INV9: the provider's message comes while its answer is lost."""
    invoice = await books.owe(10_000)
    books.world.provider.meanwhile = lambda: settle_declined(books)
    books.world.provider.plays.append(ProviderUnreachable)

    declined = await books.pay([invoice], methodKind="CARD")
    books.world.provider.meanwhile = None
    again = await books.pay([invoice], methodKind="CARD")

    assert declined.refused() == "PAYMENT_DECLINED"
    assert again.result()["payment"]["state"] == "SUCCEEDED"


async def test_giving_up_repeated_under_its_key_answers_the_same(books: Books) -> None:
    """M3."""
    payment_id = await begin(books, "pay")

    first, again = await cancel(books, payment_id), await cancel(books, payment_id)

    assert first.result()["payment"] == {"id": payment_id, "state": "CANCELLED"}
    assert again.result() == first.result()
    assert "idempotency" not in first.body["extensions"]
    assert again.body["extensions"]["idempotency"] == {"replayed": ["cancelPayment"]}


@pytest.mark.parametrize("pay_with", [{"methodKind": "BANK_TRANSFER"}, {"methodKind": "CARD"}])
async def test_giving_up_several_times_at_once_has_one_effect(books: Books, pay_with: dict[str, Any]) -> None:
    """M3."""
    books.world.provider.plays.append(ActionRequired("", client_secret="secret"))
    payment_id = await begin(books, "pay", **pay_with)

    answers = await asyncio.gather(*(cancel(books, payment_id) for _ in range(4)))

    assert [answer.result()["payment"] for answer in answers] == [{"id": payment_id, "state": "CANCELLED"}] * 4
    assert await Event.filter(kind=EventKind.PAYMENT_CANCELLED).count() == 1


async def test_a_key_that_gave_up_one_payment_gives_up_no_other(books: Books) -> None:
    """M4."""
    one, other = await begin(books, "one"), await begin(books, "other")
    await cancel(books, one)

    answer = await cancel(books, other)

    assert answer.refused() == "IDEMPOTENCY_KEY_REUSED"
    assert sorted(await states()) == [PaymentState.CANCELLED, PaymentState.PENDING]


async def test_giving_up_repeated_asks_for_the_right_again(books: Books) -> None:
    """R5: whoever lost the right is not told what they once gave up."""
    colleague = await books.world.add_user()
    membership = await books.world.add_member(books.organization, colleague, Role.COLLABORATOR, billing=True)
    client, payment_id = await books.world.sign_in(colleague), await begin(books, "pay")
    assert (await cancel(books, payment_id, client=client)).result()["payment"]["state"] == "CANCELLED"

    await books.client.do("updateMembership", membershipId=id_of(membership), billing=False)
    again = await cancel(books, payment_id, client=client)

    assert again.codes == ["FORBIDDEN"]
    assert again.body["data"] == {"cancelPayment": None}


async def test_what_could_not_be_given_up_is_not_remembered(books: Books) -> None:
    """M6: a provider that does not answer leaves the payment as it is, and the key free."""
    books.world.provider.plays.append(ActionRequired("", client_secret="secret"))
    payment_id = await begin(books, "pay", methodKind="CARD")
    books.world.provider.is_reachable = False

    refused = await cancel(books, payment_id)

    assert refused.refused() == "PAYMENT_NOT_CANCELLABLE"
    assert refused.result()["state"] == "ACTION_REQUIRED"
    assert not await IdempotencyRecord.filter(key="cancel").exists()
    books.world.provider.is_reachable = True
    assert (await cancel(books, payment_id)).result()["payment"]["state"] == "CANCELLED"


async def test_a_payment_is_given_up_together_with_its_key_or_not_at_all(books: Books) -> None:
    """M3: no key is left that stands for a payment which goes on."""
    payment_id = await begin(books, "pay")
    async with keys_that_fail_to("UPDATE"):
        answer = await cancel(books, payment_id)

    assert answer.codes == ["INTERNAL"]
    assert await states() == [PaymentState.PENDING]
    assert not await IdempotencyRecord.filter(key="cancel").exists()
    assert (await Invoice.get()).is_being_paid
