"""Cards against a public imitation of the provider, written by others and asked over HTTP (INV8)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import httpx
import pytest

from resolvers.payment_providers import (
    ActionRequired,
    Cancelled,
    ChargeOrder,
    Declined,
    Reversed,
    SetupFailed,
    SetupOrder,
    StoredMethod,
    Succeeded,
    Told,
)
from rules.states import PaymentMethodKind
from server.payments.card_api import CardApi
from server.payments.card_events import read_message
from server.payments.cards import NAME, Cards
from tests.payments.conftest import PUBLISHABLE_KEY
from tests.payments.played_cards import API_KEY
from tests.payments.rigs import PAYER, order

pytestmark = pytest.mark.anyio

PAYS, DECLINED_ONCE_CHARGED, ASKS, NOT_STORABLE = (
    "4242424242424242",
    "4000000000000341",
    "4000002500003155",
    "4000000000000002",
)
SECRET = "whsec_of_this_test"


@pytest.fixture
def cards(local_cards_address: str) -> Cards:
    return Cards(CardApi(API_KEY, local_cards_address, 5.0), PUBLISHABLE_KEY)


@pytest.fixture
async def browser(local_cards_address: str) -> AsyncIterator[httpx.AsyncClient]:
    """What the payer's own page does, and our people in the provider's."""
    async with httpx.AsyncClient(
        base_url=local_cards_address, headers={"authorization": f"Bearer {API_KEY}"}
    ) as client:
        yield client


async def name_card(browser: httpx.AsyncClient, setup: str, number: str) -> int:
    card = {"number": number, "exp_month": 2, "exp_year": 2028, "cvc": "123"}
    data: dict[str, Any] = {"payment_method_data": {"type": "card", "card": card}}
    return (await browser.post(f"/v1/setup_intents/{setup}/confirm", json=data)).status_code


async def stored_card(cards: Cards, browser: httpx.AsyncClient, number: str) -> ChargeOrder:
    setup = await cards.prepare_method(SetupOrder(order().key, PAYER, PaymentMethodKind.CARD))
    assert await name_card(browser, setup.reference, number) == 200
    stored = await cards.find_method(setup.reference)
    if stored is None:  # its bank asks to be asked; the imitation never asks
        await browser.post(f"/v1/setup_intents/{setup.reference}/confirm", json={"client_secret": setup.client_secret})
        stored = await cards.find_method(setup.reference)
    assert isinstance(stored, StoredMethod)
    return order(stored.reference)


async def test_a_card_is_stored_and_pays(cards: Cards, browser: httpx.AsyncClient) -> None:
    asked = await stored_card(cards, browser, PAYS)

    paid = await cards.charge(asked)

    assert isinstance(paid, Succeeded)
    charge = (await browser.get(f"/v1/payment_intents/{paid.reference}")).json()
    assert (charge["status"], charge["amount"], charge["currency"]) == ("succeeded", 12_300, "chf")
    assert charge["metadata"]["key"] == asked.key


async def test_a_stored_card_is_recognised(cards: Cards, browser: httpx.AsyncClient) -> None:
    setup = await cards.prepare_method(SetupOrder(order().key, PAYER, PaymentMethodKind.CARD))
    assert setup.client_secret is not None
    assert await cards.find_method(setup.reference) is None
    await name_card(browser, setup.reference, PAYS)

    stored = await cards.find_method(setup.reference)

    assert isinstance(stored, StoredMethod)
    assert (stored.label, str(stored.expires_on)) == ("Visa •••• 4242", "2028-02-29")
    await cards.forget_method(stored.reference)


async def test_a_card_that_cannot_be_stored_is_not(cards: Cards, browser: httpx.AsyncClient) -> None:
    setup = await cards.prepare_method(SetupOrder(order().key, PAYER, PaymentMethodKind.CARD))
    assert await name_card(browser, setup.reference, NOT_STORABLE) == 402

    assert await cards.find_method(setup.reference) == SetupFailed()


async def test_a_card_is_declined(cards: Cards, browser: httpx.AsyncClient) -> None:
    asked = await stored_card(cards, browser, DECLINED_ONCE_CHARGED)

    assert await cards.charge(asked) == Declined("card_declined")


async def test_a_card_waits_for_its_owner_and_is_given_up(cards: Cards, browser: httpx.AsyncClient) -> None:
    asked = await stored_card(cards, browser, ASKS)
    waiting = await cards.charge(asked)
    assert isinstance(waiting, ActionRequired)
    assert waiting.client_secret is not None

    known = ChargeOrder(**{**vars(asked), "reference": waiting.reference})
    assert await cards.find(known) == waiting
    assert isinstance(await cards.cancel(known), Cancelled)


async def test_a_card_that_its_owner_confirms_pays(cards: Cards, browser: httpx.AsyncClient) -> None:
    asked = await stored_card(cards, browser, ASKS)
    waiting = await cards.charge(asked)
    assert isinstance(waiting, ActionRequired)
    proof = {"client_secret": waiting.client_secret, "success": True}
    await browser.post(f"/v1/payment_intents/{waiting.reference}/_authenticate", json=proof)

    known = ChargeOrder(**{**vars(asked), "reference": waiting.reference})
    assert await cards.find(known) == Succeeded(waiting.reference)


async def test_a_payment_that_was_given_back_is_reversed(cards: Cards, browser: httpx.AsyncClient) -> None:
    asked = await stored_card(cards, browser, PAYS)
    paid = await cards.charge(asked)
    assert isinstance(paid, Succeeded)
    await browser.post("/v1/refunds", json={"payment_intent": paid.reference})

    known = ChargeOrder(**{**vars(asked), "reference": paid.reference})
    assert await cards.find(known) == Reversed(paid.reference)


@contextmanager
def mailbox() -> Iterator[tuple[str, "Queue[tuple[bytes, str]]"]]:
    """An address that keeps the messages sent to it."""
    messages: Queue[tuple[bytes, str]] = Queue()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            messages.put((body, self.headers["stripe-signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Take) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", messages
        server.shutdown()
        thread.join()


async def test_its_signed_message_is_read(cards: Cards, browser: httpx.AsyncClient) -> None:
    """M22"""
    asked = await stored_card(cards, browser, PAYS)
    with mailbox() as (address, messages):
        kinds = {"url": address, "secret": SECRET, "events": ["payment_intent.succeeded"]}
        await browser.post("/_config/webhooks/test", json=kinds)
        paid = await cards.charge(asked)
        assert isinstance(paid, Succeeded)
        told = await asyncio.to_thread(read_until, messages, asked.key)

    assert told == Told(NAME, told.event, "payment_intent.succeeded", key=asked.key, charge=paid.reference)


def read_until(messages: "Queue[tuple[bytes, str]]", key: str) -> Told:
    """The message about a charge; those of other tests come first."""
    while True:
        body, signature = messages.get(timeout=60)
        told = read_message(NAME, body, signature, SECRET)
        assert told is not None
        if told.key == key:
            return told
