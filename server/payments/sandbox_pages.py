"""The sandbox's pages: where payers confirm a payment or a method, and where a payment is taken back.

Looking at a page changes nothing; each answer is a button that posts. Afterwards the product is told, as a provider
would, and the payer goes back to where they came from.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from resolvers.payment_providers import Told
from rules.money import spell_amount
from rules.states import PaymentMethodKind
from server.pages import HEADERS
from server.payments.sandbox import CHARGES, NAME, PATH, SETUPS, Sandbox
from server.payments.sandbox_rules import Behaviour, SandboxCharge, SandboxSetup, SandboxState, reference_of

FOLDER = Path(__file__).parent.parent / "assets" / "sandbox"
CONFIRM, REFUSE, TAKE_BACK = "confirm", "refuse", "take-back"
STANDINGS = {
    SandboxState.WAITING: "It waits for you.",
    SandboxState.PENDING: "It is being looked into, for a minute.",
    SandboxState.SUCCEEDED: "It was paid.",
    SandboxState.DECLINED: "It was declined.",
    SandboxState.CANCELLED: "It was given up.",
    SandboxState.REVERSED: "It was taken back.",
}
NAMES = {
    PaymentMethodKind.CARD: "card",
    PaymentMethodKind.POSTFINANCE: "PostFinance",
    PaymentMethodKind.TWINT: "TWINT",
    PaymentMethodKind.PAYPAL: "PayPal",
}
METHODS = {
    Behaviour.SUCCEED: "Store a method that pays",
    Behaviour.DECLINE: "Store a method that is declined",
    Behaviour.ASK: "Store a method that must be confirmed each time",
    Behaviour.SUCCEED_UNHEARD: "Store a method that pays, with the answer lost",
    Behaviour.DECLINE_UNHEARD: "Store a method that is declined, with the answer lost",
    Behaviour.SUCCEED_LATER: "Store a method that pays a minute later",
    Behaviour.FAIL_LATER: "Store a method that fails a minute later",
    Behaviour.CHARGE_BACK: "Store a method that pays and takes the money back a minute later",
}
ACTIONS = {each.lower().replace("_", "-"): each for each in METHODS}

Tell = Callable[[Told], Awaitable[None]]

_template = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).get_template("page.html")


def sandbox_routes(sandbox: Sandbox, tell: Tell) -> list[Route]:
    """The routes of all pages of the sandbox, and of their buttons."""

    async def show_charge(request: Request) -> Response:
        return _charge_page(await _charge(sandbox, request))

    async def show_setup(request: Request) -> Response:
        return _setup_page(await _setup(sandbox, request))

    async def answer_charge(request: Request) -> Response:
        charge, action = await _charge(sandbox, request), _action(request)
        if action == TAKE_BACK:
            await sandbox.take_back(charge.key)
        elif action in (CONFIRM, REFUSE):
            await sandbox.answer_charge(charge.key, confirmed=action == CONFIRM)
        else:
            raise HTTPException(404)
        await tell(Told(NAME, f"{charge.key} {action}", f"charge.{action}", key=charge.key))
        return _back(charge.key, charge.return_address if action != TAKE_BACK else None)

    async def answer_setup(request: Request) -> Response:
        setup, action = await _setup(sandbox, request), _action(request)
        if action not in ACTIONS and action != REFUSE:
            raise HTTPException(404)
        await sandbox.answer_setup(setup.key, ACTIONS.get(action))
        await tell(Told(NAME, f"{setup.key} {action}", f"setup.{action}", setup=reference_of(setup.key)))
        return _back(setup.key, setup.return_address)

    return [
        Route(f"{PATH}/{CHARGES}/{{key}}", show_charge),
        Route(f"{PATH}/{CHARGES}/{{key}}/{{action}}", answer_charge, methods=["POST"]),
        Route(f"{PATH}/{SETUPS}/{{key}}", show_setup),
        Route(f"{PATH}/{SETUPS}/{{key}}/{{action}}", answer_setup, methods=["POST"]),
    ]


async def _charge(sandbox: Sandbox, request: Request) -> SandboxCharge:
    charge = await sandbox.find_charge(request.path_params["key"])
    if charge is None:
        raise HTTPException(404)
    return charge


async def _setup(sandbox: Sandbox, request: Request) -> SandboxSetup:
    setup = await sandbox.find_setup(request.path_params["key"])
    if setup is None:
        raise HTTPException(404)
    return setup


def _action(request: Request) -> str:
    """The button that was pressed, on a page of ours and not on a foreign one."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise HTTPException(403)
    return str(request.path_params["action"])


def _charge_page(charge: SandboxCharge) -> Response:
    answers: list[tuple[str, str]] = []
    if charge.state is SandboxState.WAITING:
        answers = [(CONFIRM, "Confirm"), (REFUSE, "Decline")]
    elif charge.state is SandboxState.SUCCEEDED:
        answers = [(TAKE_BACK, "Take the money back")]
    title = f"Pay {spell_amount(charge.amount_minor, charge.currency)} by {NAMES[charge.kind]}"
    return _page(charge.key, title, STANDINGS[charge.state], answers, charge.return_address)


def _setup_page(setup: SandboxSetup) -> Response:
    title = f"Store a way to pay: {NAMES[setup.kind]}"
    if setup.is_answered:
        standing = "It is stored." if setup.stored else "It is not stored."
        return _page(setup.key, title, standing, [], setup.return_address)
    answers = [(action, METHODS[behaviour]) for action, behaviour in ACTIONS.items()]
    return _page(setup.key, title, STANDINGS[SandboxState.WAITING], [*answers, (REFUSE, "Store nothing")], None)


def _page(key: str, title: str, standing: str, answers: list[tuple[str, str]], return_address: str | None) -> Response:
    text = _template.render(key=key, title=title, standing=standing, answers=answers, return_address=return_address)
    return Response(text, media_type="text/html", headers=_headers(return_address))


def _headers(return_address: str | None) -> dict[str, str]:
    """Strict, but a form may be sent, and its answer may lead back."""
    parts = urlsplit(return_address or "")
    targets = " ".join(("'self'", *([f"{parts.scheme}://{parts.netloc}"] if return_address else [])))
    policy = f"default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action {targets}; "
    return {**HEADERS, "content-security-policy": policy + "frame-ancestors 'none'"}


def _back(key: str, return_address: str | None) -> Response:
    return RedirectResponse(return_address or f"../{key}", 303, {"cache-control": "no-store"})
