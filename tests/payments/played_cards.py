"""A card provider on a port of this machine that plays what a public imitation lacks, and remembers what it was asked.

It keeps idempotency keys, searches customers, lists charges, knows disputes, and makes trouble when told to.
"""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

API_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
PAYS, DECLINED, ASKS, LATER = "pm_pays", "pm_declined", "pm_asks", "pm_later"
HANG = "hang"


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    params: dict[str, str]
    key: str | None
    authorization: str


class Refusal(Exception):
    def __init__(self, status: int, **error: Any) -> None:
        self.status = status
        self.error = error


@dataclass
class PlayedCards:
    """What the provider remembers, and what it shall do next."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    # How the next requests that match a path go wrong: a status, or HANG, before or after it was done.
    troubles: list[tuple[str, int | str, bool]] = field(default_factory=list)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, tuple[dict[str, str], int, dict[str, Any]]] = field(default_factory=dict)
    disputes: dict[str, list[str]] = field(default_factory=dict)
    detached: set[str] = field(default_factory=set)
    searchable: bool = True
    refusing: str = ""
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def trouble(self, path: str, what: int | str, *, after: bool = False) -> None:
        """Let the next request to a path go wrong, before or after it was done."""
        self.troubles.append((path, what, after))

    def refuse_charges_with(self, code: str) -> None:
        """Let no charge be made, for a reason."""
        self.refusing = code

    def charges(self) -> list[dict[str, Any]]:
        return [each for each in self.objects.values() if each["object"] == "payment_intent"]

    def taken(self) -> list[tuple[str, int, str]]:
        """What money was taken: our key, the amount, the currency."""
        taken = [each for each in self.charges() if each["status"] == "succeeded"]
        return [(each["metadata"]["key"], each["amount"], each["currency"].upper()) for each in taken]

    def requests_to(self, path: str, method: str = "POST") -> list[Asked]:
        return [each for each in self.asked if each.path == path and each.method == method]

    async def answer(self, request: Request) -> Response:
        body = (await request.body()).decode() if request.method == "POST" else request.url.query
        asked = Asked(
            request.method,
            request.url.path,
            dict(parse_qsl(body, keep_blank_values=True)),
            request.headers.get("idempotency-key"),
            request.headers.get("authorization", ""),
        )
        self.asked.append(asked)
        trouble = next((each for each in self.troubles if asked.path.startswith(each[0])), None)
        if trouble:
            self.troubles.remove(trouble)
        if trouble and not trouble[2]:
            return await _go_wrong(request, trouble[1])
        answer = self._answer_once(asked)
        return await _go_wrong(request, trouble[1]) if trouble else answer

    def _answer_once(self, asked: Asked) -> Response:
        if asked.method == "POST" and asked.key in self.answers:
            params, status, said = self.answers[asked.key]
            if params != asked.params:
                return JSONResponse({"error": {"type": "idempotency_error", "message": "other words"}}, 400)
            return JSONResponse(said, status, {"idempotent-replayed": "true"})
        try:
            status, said = 200, self._do(asked)
        except Refusal as refusal:
            status, said = refusal.status, {"error": refusal.error}
        if asked.method == "POST" and asked.key:
            self.answers[asked.key] = (asked.params, status, dict(said))
        return JSONResponse(said, status)

    def _do(self, asked: Asked) -> dict[str, Any]:
        match asked.method, asked.path.split("/")[2:]:
            case "GET", ["customers", "search"]:
                return self._search(asked.params)
            case "POST", ["customers"]:
                return self._add("cus", "customer", metadata=_named(asked.params, "metadata"))
            case "GET", ["payment_intents"]:
                return self._list(asked.params)
            case "POST", ["payment_intents"]:
                return self._charge(asked.params)
            case "POST", ["payment_intents", reference, "cancel"]:
                return self._cancel(reference)
            case "GET", ["disputes"]:
                found = self.disputes.get(asked.params["payment_intent"], [])
                return _page([{"object": "dispute", "id": "dp_1", "status": status} for status in found])
            case "POST", ["setup_intents"]:
                return self._set_up(asked.params)
            case "POST", ["setup_intents", reference, "cancel"]:
                return self._known(reference) | {"status": "canceled"}
            case "POST", ["payment_methods", reference, "detach"]:
                self.detached.add(reference)
                return self._known(reference)
            case "GET", [_, reference]:
                return self._known(reference)
        raise Refusal(404, type="invalid_request_error", code="unknown_route", message=asked.path)

    def _add(self, prefix: str, kind: str, **facts: Any) -> dict[str, Any]:
        made = {"id": f"{prefix}_{next(self.numbers)}", "object": kind, **facts}
        self.objects[made["id"]] = made
        return made

    def _known(self, reference: str) -> dict[str, Any]:
        if reference not in self.objects:
            raise Refusal(404, type="invalid_request_error", code="resource_missing", message="No such thing.")
        return self.objects[reference]

    def _search(self, params: dict[str, str]) -> dict[str, Any]:
        if not self.searchable:
            raise Refusal(400, type="invalid_request_error", message="Search is not available.")
        customers = [each for each in self.objects.values() if each["object"] == "customer"]
        found = [each for each in customers if f"'{each['metadata'].get('organization')}'" in params["query"]]
        return _page(found) | {"object": "search_result", "next_page": None}

    def _list(self, params: dict[str, str]) -> dict[str, Any]:
        newest_first = [each for each in reversed(self.charges()) if each["customer"] == params["customer"]]
        if "starting_after" in params:
            ids = [each["id"] for each in newest_first]
            newest_first = newest_first[ids.index(params["starting_after"]) + 1 :]
        page = newest_first[: int(params["limit"])]
        return _page(page) | {"has_more": len(newest_first) > len(page)}

    def _charge(self, params: dict[str, str]) -> dict[str, Any]:
        if self.refusing:
            raise Refusal(400, type="invalid_request_error", code=self.refusing)
        if params.get("payment_method") in self.detached:
            raise Refusal(400, type="invalid_request_error", code="payment_method_unexpected_state")
        charge = self._add(
            "pi",
            "payment_intent",
            amount=int(params["amount"]),
            currency=params["currency"],
            customer=params.get("customer"),
            metadata=_named(params, "metadata"),
            client_secret="pi_secret_of_the_payer",
            payment_method=params.get("payment_method"),
            status="requires_payment_method",
            last_payment_error=None,
            next_action=None,
            latest_charge=None,
        )
        if params.get("confirm") == "true":
            self._confirm(charge, params)
        return charge

    def _confirm(self, charge: dict[str, Any], params: dict[str, str]) -> None:
        match params.get("payment_method"):
            case method if method == DECLINED:
                self.decline(charge["id"])
                raise Refusal(402, type="card_error", code="card_declined", payment_intent=dict(charge))
            case method if method == PAYS:
                self.succeed(charge["id"])
            case method if method == LATER:
                charge["status"] = "processing"
            case _:
                address = params.get("return_url")
                page = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example/confirm"}}
                charge |= {"status": "requires_action", "next_action": page if address else {"type": "use_sdk"}}

    def _cancel(self, reference: str) -> dict[str, Any]:
        charge = self._known(reference)
        if charge["status"] in ("succeeded", "processing", "canceled"):
            raise Refusal(400, type="invalid_request_error", code="payment_intent_unexpected_state")
        charge |= {"status": "canceled", "next_action": None}
        return charge

    def _set_up(self, params: dict[str, str]) -> dict[str, Any]:
        return self._add(
            "seti",
            "setup_intent",
            customer=params["customer"],
            client_secret="seti_secret_of_the_payer",
            payment_method=None,
            status="requires_payment_method",
            last_setup_error=None,
        )

    def succeed(self, reference: str) -> None:
        """What the payer's bank says in the end."""
        taken = {"object": "charge", "id": "ch_1", "refunded": False, "disputed": False}
        self.objects[reference] |= {"status": "succeeded", "next_action": None, "latest_charge": taken}

    def decline(self, reference: str) -> None:
        """As `succeed`, but no."""
        error = {"code": "card_declined", "decline_code": "insufficient_funds", "message": "words"}
        self.objects[reference] |= {
            "status": "requires_payment_method",
            "next_action": None,
            "last_payment_error": error,
        }

    def dispute(self, reference: str, status: str) -> None:
        """The payer contests a charge that succeeded."""
        self.objects[reference]["latest_charge"]["disputed"] = True
        self.disputes[reference] = [status]

    def confirm_setup(self, reference: str) -> None:
        """The payer names a card."""
        card = {"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2028}
        method = self._add("pm", "payment_method", type="card", card=card)
        self.objects[reference] |= {"status": "succeeded", "payment_method": method["id"]}

    def refuse_setup(self, reference: str) -> None:
        """The payer's card cannot be stored."""
        self.objects[reference] |= {"last_setup_error": {"code": "card_declined"}}


def _named(params: dict[str, str], name: str) -> dict[str, str]:
    return {key[len(name) + 1 : -1]: value for key, value in params.items() if key.startswith(f"{name}[")}


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": rows, "has_more": False, "url": "/v1/things"}


async def _go_wrong(request: Request, how: int | str) -> Response:
    if isinstance(how, int):
        return JSONResponse({"error": {"type": "api_error", "message": f"words with {API_KEY}"}}, how)
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response(status_code=500)


@contextmanager
def serving(played: PlayedCards) -> Iterator[PlayedCards]:
    """Serve a played provider on a free port, in a thread."""
    app = Starlette(routes=[Route("/v1/{rest:path}", played.answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        port = server.servers[0].sockets[0].getsockname()[1]
        played.address = f"http://127.0.0.1:{port}"
        yield played
    finally:
        server.should_exit = True
        thread.join()
