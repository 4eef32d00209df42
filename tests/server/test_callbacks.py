"""INV4: systems of the provider's own record charges by signed messages; nobody else is believed."""

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from pydantic import ValidationError
from tortoise.connection import get_connections

from models import AuditEntry, Charge, Event, Product
from models.due_items import create_views
from resolvers.transactions import transaction
from server.app import Outside, create_app
from server.callback_settings import CallbackSettings, read_secret
from server.callbacks import is_signed
from tests.books import Books
from tests.world import CALLBACK_SECRET, START, World, id_of, settings_for

pytestmark = pytest.mark.anyio

PATH = "/callbacks/charges"
SECRET = read_secret(CALLBACK_SECRET) or b""


def signed(
    body: bytes, *, secret: bytes = SECRET, message: str = "msg_1", at: int = int(START.timestamp())
) -> dict[str, str]:
    digest = hmac.new(secret, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def message_about(product: Product, **more: Any) -> dict[str, Any]:
    return {
        "product_id": id_of(product),
        "kind": "OVERAGE",
        "description": "Traffic beyond the plan, in gigabytes",
        "currency": "CHF",
        "quantity": 12,
        "unit_net_minor": 25,
        "period_start": "2026-02-01",
        "period_end": "2026-03-01",
        "source_reference": "traffic/2026-02/0001",
        **more,
    }


async def send(world: World, message: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    body = message if isinstance(message, bytes) else orjson.dumps(message)
    return await world.http.post(PATH, content=body, headers=signed(body) if headers is None else headers)


async def test_a_signed_message_records_a_charge_once(books: Books) -> None:
    message = message_about(await books.world.add_product(books.organization))

    first = await send(books.world, message)
    again = await send(books.world, message)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    (item,) = await books.due()
    assert (item["description"], item["amount"]["amountMinor"]) == (message["description"], "324")
    assert await Event.filter(kind="CHARGE_RECORDED", subject=first.json()["chargeId"], actor_id=None).count() == 1
    assert (await AuditEntry.get(action="CHARGE_RECORDED")).address == "127.0.0.1"


async def test_several_signatures_are_tried(books: Books) -> None:
    """While the secret is being changed, a message carries one under each."""
    body = orjson.dumps(message_about(await books.world.add_product(books.organization)))
    headers = signed(body)
    headers["webhook-signature"] = (
        f"v2,x {signed(body, secret=b'another')['webhook-signature']} " + headers["webhook-signature"]
    )

    assert (await send(books.world, body, headers)).status_code == 200


@pytest.mark.parametrize(
    "bend",
    [
        lambda _: {},
        lambda body: signed(body, secret=b"guessed"),
        lambda body: signed(body + b" "),
        lambda body: signed(body, at=int((START - timedelta(seconds=301)).timestamp())),
        lambda body: signed(body, at=int((START + timedelta(seconds=301)).timestamp())),
        lambda body: {**signed(body), "webhook-id": "msg_2"},
        lambda body: {**signed(body), "webhook-timestamp": "now"},
        lambda body: {**signed(body), "webhook-timestamp": "9" * 5_000},
        lambda body: {**signed(body), "webhook-signature": ""},
        lambda body: {**signed(body), "webhook-signature": "v1,"},
        lambda body: {name: value for name, value in signed(body).items() if name != "webhook-id"},
    ],
)
async def test_a_forged_late_or_early_message_changes_nothing(books: Books, bend: Any) -> None:
    body = orjson.dumps(message_about(await books.world.add_product(books.organization)))

    answer = await send(books.world, body, bend(body))

    assert (answer.status_code, answer.json()) == (401, {"problems": [{"path": [], "code": "UNAUTHENTICATED"}]})
    assert not await Charge.exists()


async def test_a_message_is_good_for_five_minutes(books: Books) -> None:
    body = orjson.dumps(message_about(await books.world.add_product(books.organization)))

    answer = await send(books.world, body, signed(body, at=int((START - timedelta(seconds=300)).timestamp())))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"quantity": 0}, ["quantity"], "NOT_ALLOWED"),
        ({"quantity": 1.5}, ["quantity"], "MALFORMED"),
        ({"quantity": "1"}, ["quantity"], "MALFORMED"),
        ({"quantity": True}, ["quantity"], "MALFORMED"),
        ({"unit_net_minor": 0}, ["unit_net_minor"], "AMOUNT_OUT_OF_RANGE"),
        ({"kind": "GIFT"}, ["kind"], "MALFORMED"),
        ({"kind": "REVERSED_TOP_UP"}, ["kind"], "NOT_ALLOWED"),
        ({"currency": "EUR"}, ["currency"], "CURRENCY_MISMATCH"),
        ({"currency": "XXX"}, ["currency"], "MALFORMED"),
        ({"period_start": "2026-02-30"}, ["period_start"], "MALFORMED"),
        ({"period_end": "2026-01-01"}, ["period_end"], "NOT_ALLOWED"),
        ({"description": "a\x00b"}, ["description"], "MALFORMED"),
        ({"product_id": "prd_" + "0" * 32}, ["product_id"], "NOT_FOUND"),
        ({"product_id": "org_" + "0" * 32}, ["product_id"], "MALFORMED"),
        ({"note": "more"}, ["note"], "NOT_ALLOWED"),
    ],
)
async def test_problems_are_told_field_by_field(books: Books, given: Any, path: list[str], code: str) -> None:
    answer = await send(books.world, message_about(await books.world.add_product(books.organization), **given))

    assert (answer.status_code, answer.json()) == (400, {"problems": [{"path": path, "code": code}]})
    assert not await Charge.exists()


async def test_all_problems_are_told_at_once(books: Books) -> None:
    answer = await send(books.world, {"quantity": "many"})

    missing = {"product_id", "kind", "description", "currency", "unit_net_minor", "period_start", "period_end"}
    problems = {each["path"][0]: each["code"] for each in answer.json()["problems"]}
    assert problems == {**dict.fromkeys({*missing, "source_reference"}, "REQUIRED"), "quantity": "MALFORMED"}


async def test_a_reference_that_stands_for_another_charge_is_refused(books: Books) -> None:
    product = await books.world.add_product(books.organization)
    await send(books.world, message_about(product))

    answer = await send(books.world, message_about(product, quantity=13))

    assert answer.json() == {"problems": [{"path": ["source_reference"], "code": "SOURCE_REFERENCE_REUSED"}]}
    assert (await Charge.get()).quantity == 12


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff", b"[" * 5_000, b"9" * 5_000, b'{"a": "\\ud800"}'])
async def test_what_is_no_message_is_a_bad_request(world: World, body: bytes) -> None:
    answer = await send(world, body)

    assert answer.status_code == 400
    assert answer.json()["problems"]


async def test_a_body_that_is_too_large_is_not_read(world: World) -> None:
    assert (await send(world, b" " * 64_001)).status_code == 413


async def test_a_failure_of_ours_is_masked(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    """No trace and no value reaches the sender, and no value the log."""
    message = message_about(await books.world.add_product(books.organization), description="a very private word")
    async with transaction():
        await get_connections().all()[0].execute_query("DROP VIEW due_items")
        await get_connections().all()[0].execute_query("ALTER TABLE charges RENAME TO hidden_charges")
    try:
        answer = await send(books.world, message)
    finally:
        async with transaction():
            await get_connections().all()[0].execute_query("ALTER TABLE hidden_charges RENAME TO charges")
            await create_views(get_connections().all()[0])

    (problem,) = answer.json()["problems"]
    assert answer.status_code in (500, 503)
    assert problem["code"] in ("INTERNAL", "UNAVAILABLE")
    assert "private" not in caplog.text + answer.text


async def test_without_a_secret_there_is_no_such_address(world: World) -> None:
    settings = settings_for(world.settings.database_url).model_copy(update={"callback_secret_text": None})
    app = create_app(settings, Outside(world.clock, world.passwords, world.registry))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000") as http:
        assert (await http.post(PATH, content=b"{}", headers=signed(b"{}"))).status_code == 404


@pytest.mark.parametrize("text", ["secret", "whsec_", "whsec_c2hvcnQ=", "whsec_***", "whsec_" + "QUFB" * 30])
def test_a_secret_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        CallbackSettings.model_validate({"CALLBACK_SECRET": text})


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    """As its own library makes it."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    now = START.fromtimestamp(1_614_265_330, START.tzinfo)

    assert is_signed(SECRET, headers, b'{"test": 2432232314}', now)


async def test_the_documented_example_is_believed(books: Books) -> None:
    """docs/running.md: the function that people copy signs as we check."""
    page = (Path(__file__).parents[2] / "docs" / "running.md").read_text("utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/running.md", "exec"), names)  # noqa: S102 -- the project's own documentation
    body = orjson.dumps(message_about(await books.world.add_product(books.organization)))

    headers = names["signed"](CALLBACK_SECRET, "msg_1", int(START.timestamp()), body)
    answer = await send(books.world, body, headers)

    assert answer.status_code == 200
