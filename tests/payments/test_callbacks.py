"""Messages of the card provider over HTTP: proved, taken in once, and never believed as they stand (M22)."""

import json
from typing import Any

import httpx
import pytest
import stripe
from starlette.applications import Starlette

from models import Payment, ProviderEvent
from models.fields import new_id
from resolvers.payment_providers import PaymentDesk
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.policy import Policy
from rules.states import PaymentMethodKind, PaymentPurpose, PaymentState
from server.bodies import LARGEST_BODY
from server.clock import Clock
from server.payments.callbacks import PATH, card_route
from server.payments.cards import Cards
from tests.books import Books
from tests.payments.played_cards import PlayedCards
from tests.world import MovableClock, World, id_of

pytestmark = pytest.mark.anyio

SECRET = "whsec_of_this_test"
FORGED = 400


class Provider:
    """The provider's sending side."""

    def __init__(self, clock: Clock, cards: Cards) -> None:
        desk = PaymentDesk({"cards": cards}, {PaymentMethodKind.CARD: "cards"})
        app = Starlette(routes=[card_route(SECRET, desk, Policy(), clock)])
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://manager.example")

    async def send(
        self, event: Any, *, secret: str = SECRET, at: int | None = None, signature: str | None = None
    ) -> int:
        body = event if isinstance(event, str) else json.dumps(event)
        if signature is None:
            signature = str(stripe.WebhookSignature.generate_signature_header(body, secret, at))
        return (await self._http.post(PATH, content=body, headers={"stripe-signature": signature})).status_code


@pytest.fixture
def provider(cards: Cards) -> Provider:
    return Provider(MovableClock(), cards)


def about(charge: dict[str, Any], name: str = "evt_1", kind: str = "payment_intent.succeeded") -> dict[str, Any]:
    return {"id": name, "object": "event", "type": kind, "data": {"object": charge}}


async def unknown_top_up(books: Books, played: PlayedCards, *, amount_minor: int = 5_000) -> tuple[Payment, str]:
    """A top-up whose answer got lost, and the charge at the provider that it made."""
    key = new_id()
    wallet = await books.wallet()
    payment = await Payment.create(
        id=key,
        organization_id=books.organization.id,
        billed_to_id=books.organization.id,
        purpose=PaymentPurpose.TOP_UP,
        state=PaymentState.UNKNOWN,
        currency=Currency.CHF,
        amount_minor=5_000,
        wallet_minor=0,
        method_kind=PaymentMethodKind.CARD,
        wallet_id=wallet.id,
        provider="cards",
        created_at=books.world.clock.now(),
    )
    customer = played._add("cus", "customer", metadata={"organization": id_of(books.organization)})
    params = {"amount": str(amount_minor), "currency": "chf", "customer": customer["id"]}
    charge = played._charge(params | {"metadata[key]": public_id(Prefix.PAYMENT, key)})
    return payment, charge["id"]


async def test_a_message_settles_the_payment_that_it_is_about(
    books: Books, provider: Provider, played: PlayedCards
) -> None:
    payment, charge = await unknown_top_up(books, played)
    played.succeed(charge)

    assert await provider.send(about(played.objects[charge])) == 200

    await payment.refresh_from_db()
    assert (payment.state, payment.provider_reference) == (PaymentState.SUCCEEDED, charge)
    assert await books.balance() == 5_000


async def test_a_message_that_is_told_again_or_late_changes_nothing(
    books: Books, provider: Provider, played: PlayedCards
) -> None:
    payment, charge = await unknown_top_up(books, played)
    played.succeed(charge)
    message = about(played.objects[charge])

    for _ in range(3):
        assert await provider.send(message) == 200
    old = played.objects[charge] | {"status": "requires_payment_method"}
    assert await provider.send(about(old, "evt_0", "payment_intent.payment_failed")) == 200

    await payment.refresh_from_db()
    assert payment.state is PaymentState.SUCCEEDED
    assert await books.balance() == 5_000
    assert await ProviderEvent.all().count() == 2


async def test_a_message_is_no_proof_of_what_it_says(books: Books, provider: Provider, played: PlayedCards) -> None:
    """Signed or not, the provider is asked."""
    payment, charge = await unknown_top_up(books, played)

    assert await provider.send(about(played.objects[charge] | {"status": "succeeded"})) == 200

    await payment.refresh_from_db()
    assert payment.state is PaymentState.ACTION_REQUIRED
    assert await books.balance() == 0


async def test_a_charge_of_another_amount_settles_nothing(
    books: Books, provider: Provider, played: PlayedCards
) -> None:
    payment, charge = await unknown_top_up(books, played, amount_minor=4_999)
    played.succeed(charge)

    assert await provider.send(about(played.objects[charge])) == 200

    await payment.refresh_from_db()
    assert payment.state is PaymentState.UNKNOWN
    assert await books.balance() == 0


async def test_a_lost_dispute_takes_the_money_back(books: Books, provider: Provider, played: PlayedCards) -> None:
    """WAL6"""
    payment, charge = await unknown_top_up(books, played)
    played.succeed(charge)
    await provider.send(about(played.objects[charge]))
    played.dispute(charge, "lost")
    dispute = {"object": "dispute", "id": "dp_1", "payment_intent": charge}

    assert await provider.send(about(dispute, "evt_2", "charge.dispute.closed")) == 200

    await payment.refresh_from_db()
    assert payment.state is PaymentState.REVERSED
    assert await books.balance() == 0


async def test_a_setup_is_named(world: World, provider: Provider) -> None:
    setup = {"object": "setup_intent", "id": "seti_1", "metadata": {"key": "pm_1"}}

    assert await provider.send(about(setup, kind="setup_intent.succeeded")) == 200


@pytest.mark.parametrize(
    "event",
    [
        about({"object": "payout", "id": "po_1"}, kind="payout.paid"),
        about({"object": "charge", "id": "ch_1", "payment_intent": None}, kind="charge.updated"),
    ],
)
async def test_what_is_about_nothing_of_ours_is_taken_and_ignored(provider: Provider, event: Any) -> None:
    assert await provider.send(event) == 200


@pytest.mark.parametrize(
    "event",
    [
        about({"object": "payment_intent", "id": "pi_1", "metadata": {"key": "of another program"}}),
        about({"object": "payment_intent", "id": "pi_1", "metadata": {"key": "pay_nothing"}}),
    ],
)
async def test_what_others_charged_is_taken_and_ignored(world: World, provider: Provider, event: Any) -> None:
    assert await provider.send(event) == 200


async def test_a_message_that_is_not_signed_as_it_must_be_is_refused(
    books: Books, provider: Provider, played: PlayedCards
) -> None:
    payment, charge = await unknown_top_up(books, played)
    played.succeed(charge)
    message = about(played.objects[charge])
    asked = len(played.asked)

    assert await provider.send(message, secret="whsec_of_somebody_else") == FORGED
    assert await provider.send(message, at=1_700_000_000) == FORGED
    assert await provider.send(message, signature="") == FORGED
    assert await provider.send(message, signature="t=now,v1=") == FORGED
    other = str(stripe.WebhookSignature.generate_signature_header("{}", SECRET))
    assert await provider.send(message, signature=other) == FORGED

    await payment.refresh_from_db()
    assert payment.state is PaymentState.UNKNOWN
    assert len(played.asked) == asked
    assert not await ProviderEvent.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '"words"', '{"id": "evt_1"}', '{"data": {"object": 1}}'])
async def test_what_cannot_be_read_is_refused(provider: Provider, body: str) -> None:
    assert await provider.send(body) == FORGED


async def test_bytes_that_are_no_text_are_refused(provider: Provider) -> None:
    answer = await provider._http.post(PATH, content=b"\xff", headers={"stripe-signature": "t=1,v1=a"})

    assert answer.status_code == FORGED


async def test_a_message_that_is_too_long_is_refused(provider: Provider) -> None:
    assert await provider.send("x" * (LARGEST_BODY + 1)) == 413


async def test_a_callback_is_posted(provider: Provider) -> None:
    assert (await provider._http.get(PATH)).status_code == 405
