"""The sandbox's pages, and what follows from their buttons: stories of payers over HTTP (INV6, INV8, WAL6)."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from resolvers.caller import Clerk
from resolvers.payment_providers import PaymentDesk
from server.app import Outside, create_app
from server.payments.desk import open_desk
from server.payments.sandbox import Sandbox
from server.settings import Settings
from server.worker import look_after_payments
from tests.books import Books
from tests.world import Client, id_of

pytestmark = pytest.mark.anyio

BACK = "http://localhost:3000/paid"


@dataclass
class Shop:
    """The product with its sandbox: a client for programs, and a browser for pages."""

    books: Books
    client: Client
    browser: httpx.AsyncClient
    sandbox: Sandbox
    desk: PaymentDesk
    settings: Settings

    async def top_up(self, amount_minor: int, key: str = "key", **pay_with: str) -> dict[str, object]:
        wallet_id = await self.books.wallet_id()
        answer = await self.client.do(
            "topUpWallet",
            "... on PaymentActionRequired { url } ... on PaymentDeclined { declineCode }",
            walletId=wallet_id,
            amountMinor=str(amount_minor),
            payWith=pay_with,
            idempotencyKey=key,
        )
        result: dict[str, object] = answer.result()
        return result

    async def store_method(self) -> str:
        """Begin to store a card; answers the page where that goes on."""
        answer = await self.client.do(
            "addPaymentMethod",
            "... on AddPaymentMethodSuccess { url }",
            organizationId=id_of(self.books.organization),
            kind="CARD",
            returnUrl=BACK,
        )
        return str(answer.result()["url"])

    async def methods(self) -> list[dict[str, str]]:
        answer = await self.client.ask(
            "query M($id: ID!) { organization(id: $id) { paymentMethods { nodes { id state label } } } }",
            id=id_of(self.books.organization),
        )
        found: list[dict[str, str]] = answer.data["organization"]["paymentMethods"]["nodes"]
        return found

    async def payments(self) -> list[str]:
        answer = await self.client.ask(
            "query P($id: ID!) { organization(id: $id) { payments { nodes { state } } } }",
            id=id_of(self.books.organization),
        )
        return [each["state"] for each in answer.data["organization"]["payments"]["nodes"]]

    async def press(self, page: str, button: str) -> httpx.Response:
        """Press a button of a page, as a browser does."""
        shown = await self.browser.get(page)
        action = re.search(rf'formaction="([^"]+)"[^>]*>{button}<', shown.text)
        assert action, shown.text
        return await self.browser.post(shown.url.join(action[1]), headers={"sec-fetch-site": "same-origin"})

    async def work(self) -> None:
        clerk = Clerk(self.books.world.clock.now(), self.settings.policy, self.desk)
        while await look_after_payments(clerk):
            pass


@asynccontextmanager
async def opened(books: Books, folder: Path) -> AsyncIterator[Shop]:
    world = books.world
    changes = {"payment_sandbox": True, "sandbox_file": folder / "sandbox.sqlite3"}
    settings = world.settings.model_copy(update=changes)
    desk = open_desk(settings, world.clock)
    sandbox = desk.providers["sandbox"]
    assert isinstance(sandbox, Sandbox)
    app = create_app(settings, Outside(world.clock, world.passwords, world.registry, desk))
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=settings.address) as http:
        yield Shop(books, Client(http, books.client.secret), http, sandbox, desk, settings)


@pytest.fixture
async def shop(books: Books, tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened(books, tmp_path) as shop:
        yield shop


async def test_a_payer_confirms_on_the_page_and_comes_back_with_the_money_there(shop: Shop) -> None:
    waiting = await shop.top_up(5_000, methodKind="TWINT", returnUrl=BACK)
    assert waiting["__typename"] == "PaymentActionRequired"
    assert await shop.payments() == ["ACTION_REQUIRED"]

    answer = await shop.press(str(waiting["url"]), "Confirm")

    assert (answer.status_code, answer.headers["location"]) == (303, BACK)
    assert await shop.payments() == ["SUCCEEDED"]
    assert await shop.books.balance() == 5_000


async def test_a_payer_declines_on_the_page(shop: Shop) -> None:
    waiting = await shop.top_up(5_000, methodKind="CARD")

    answer = await shop.press(str(waiting["url"]), "Decline")

    assert answer.status_code == 303
    assert "It was declined." in (await shop.browser.get(str(waiting["url"]))).text
    assert await shop.payments() == ["FAILED"]
    assert await shop.books.balance() == 0


async def test_looking_at_a_page_changes_nothing(shop: Shop) -> None:
    waiting = await shop.top_up(5_000, methodKind="CARD")
    setup = await shop.store_method()

    for page in (str(waiting["url"]), setup):
        for _ in range(2):
            assert (await shop.browser.get(page)).status_code == 200

    assert await shop.payments() == ["ACTION_REQUIRED"]
    assert [method["state"] for method in await shop.methods()] == ["PENDING"]


async def test_a_method_is_stored_on_its_page_and_pays(shop: Shop) -> None:
    answer = await shop.press(await shop.store_method(), "Store a method that pays")
    assert (answer.status_code, answer.headers["location"]) == (303, BACK)
    (method,) = await shop.methods()
    assert (method["state"], method["label"]) == ("ACTIVE", "Visa •••• 4242")

    paid = await shop.top_up(5_000, paymentMethodId=method["id"])

    assert paid["__typename"] == "TopUpWalletSuccess"
    assert await shop.books.balance() == 5_000


async def test_a_method_that_is_declined_is_declined(shop: Shop) -> None:
    await shop.press(await shop.store_method(), "Store a method that is declined")
    (method,) = await shop.methods()

    refused = await shop.top_up(5_000, paymentMethodId=method["id"])

    assert (refused["code"], refused["declineCode"]) == ("PAYMENT_DECLINED", "declined")
    assert await shop.books.balance() == 0


async def test_nothing_is_stored_when_nothing_shall_be(shop: Shop) -> None:
    page = await shop.store_method()
    await shop.press(page, "Store nothing")

    assert "It is not stored." in (await shop.browser.get(page)).text
    assert [method["state"] for method in await shop.methods() if method["state"] != "REMOVED"] == []


async def test_an_answer_that_got_lost_is_learned_by_the_worker(shop: Shop) -> None:
    """INV9"""
    await shop.press(await shop.store_method(), "Store a method that pays, with the answer lost")
    (method,) = await shop.methods()
    await shop.top_up(5_000, paymentMethodId=method["id"])
    assert await shop.payments() == ["UNKNOWN"]
    shop.books.world.clock.move(minutes=2)

    await shop.work()

    assert await shop.payments() == ["SUCCEEDED"]
    assert await shop.books.balance() == 5_000
    assert len(await shop.sandbox.charges()) == 1


async def test_money_is_taken_back_by_a_button(shop: Shop) -> None:
    """WAL6"""
    waiting = await shop.top_up(5_000, methodKind="CARD")
    await shop.press(str(waiting["url"]), "Confirm")

    await shop.press(str(waiting["url"]), "Take the money back")

    assert await shop.payments() == ["REVERSED"]
    assert await shop.books.balance() == 0


async def test_money_is_taken_back_by_the_amount_a_minute_later(shop: Shop) -> None:
    """WAL6"""
    waiting = await shop.top_up(5_098, methodKind="CARD")
    await shop.press(str(waiting["url"]), "Confirm")
    assert await shop.books.balance() == 5_098
    shop.books.world.clock.move(minutes=1)

    await shop.work()

    assert await shop.payments() == ["REVERSED"]
    assert await shop.books.balance() == 0


async def test_a_foreign_page_presses_no_button(shop: Shop) -> None:
    waiting = await shop.top_up(5_000, methodKind="CARD")

    answer = await shop.browser.post(f"{waiting['url']}/confirm", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert await shop.payments() == ["ACTION_REQUIRED"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sandbox/charges/pay_unknown"),
        ("GET", "/sandbox/setups/unknown"),
        ("POST", "/sandbox/charges/pay_unknown/confirm"),
        ("POST", "/sandbox/setups/unknown/refuse"),
    ],
)
async def test_what_is_unknown_is_not_found(shop: Shop, method: str, path: str) -> None:
    assert (await shop.browser.request(method, path)).status_code == 404


async def test_a_button_that_does_not_exist_is_not_found(shop: Shop) -> None:
    waiting = await shop.top_up(5_000, methodKind="CARD")
    setup = await shop.store_method()

    assert (await shop.browser.post(f"{waiting['url']}/fly")).status_code == 404
    assert (await shop.browser.post(f"{setup}/fly")).status_code == 404
    assert await shop.payments() == ["ACTION_REQUIRED"]


async def test_a_page_is_strict_and_names_the_way_back(shop: Shop) -> None:
    waiting = await shop.top_up(5_000, methodKind="TWINT", returnUrl=BACK)

    page = await shop.browser.get(str(waiting["url"]))

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://localhost:3000;" in policy
    assert "unsafe" not in policy
    assert f'href="{BACK}"' in page.text
    assert "Pay CHF 50.00 by TWINT" in page.text


async def test_without_a_sandbox_there_are_no_such_pages(books: Books) -> None:
    assert (await books.world.http.get("/sandbox/charges/pay_1")).status_code == 404
    assert (await books.world.http.post("/callbacks/payments/cards", content=b"{}")).status_code == 404
