"""What systems of the provider's own tell us by themselves: charges, in signed messages (INV4).

A message is signed as Standard Webhooks says: the header webhook-signature holds "v1," and the HMAC-SHA256, in base64,
of the id, the timestamp and the body with dots between them, under a secret that both sides know.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from execution.errors import Masking
from execution.tables import split_id
from resolvers.charges import ChargeFacts, record_charge
from rules.denials import NotFound
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.refusals import InvalidInput, ProblemCode, Refusal
from rules.states import ChargeKind
from server.authentication import Authentication
from server.bodies import UnreadableBody, receive_body

CHARGES_PATH = "/callbacks/charges"
# Older messages may be recorded and sent again by somebody else, and clocks differ a little.
TOLERANCE = timedelta(seconds=300)


def is_signed(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a message was signed with the secret, a short while ago."""
    message, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) < 12):
        return False
    if abs(int(now.timestamp()) - int(sent_at)) > TOLERANCE.total_seconds():
        return False
    signed = b".".join((message.encode(), sent_at.encode(), body))
    expected = b"v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256))
    # All are compared, so that the time taken tells nothing; several are sent while the secret is being changed.
    given = headers.get("webhook-signature", "").encode()[:2000].split(b" ")
    return sum(hmac.compare_digest(expected, each) for each in given) > 0


class ChargeMessage(BaseModel):
    """What a message must hold: every field, of just its own kind, and no other."""

    model_config = ConfigDict(extra="forbid", strict=True)

    product_id: str = Field(pattern=f"^{Prefix.PRODUCT}_[0-9a-f]{{32}}$")
    kind: ChargeKind
    description: str
    currency: Currency
    quantity: int
    unit_net_minor: int
    period_start: date
    period_end: date
    source_reference: str

    @property
    def facts(self) -> ChargeFacts:
        """The same as the resolver takes it."""
        return ChargeFacts(**{**self.model_dump(), "product_id": split_id(self.product_id)[1]})


def routes(secret: bytes | None, authentication: Authentication) -> list[Route]:
    """The route that charges are recorded by; none while there is no secret."""
    if secret is None:
        return []

    masking = Masking()

    async def answer(request: Request) -> Response:
        try:
            return await _answer(request, secret, authentication)
        except Exception as error:
            told = masking.mask(error)["extensions"]
            return _refused(503 if masking.is_unavailable(error) else 500, {"path": [], **told})

    return [Route(CHARGES_PATH, answer, methods=["POST"])]


async def _answer(request: Request, secret: bytes, authentication: Authentication) -> Response:
    try:
        body = await receive_body(request)
    except UnreadableBody:
        return _refused(413, _problem("LIMIT_EXCEEDED"))
    now = authentication.clock.now()
    if not is_signed(secret, request.headers, body, now):
        return _refused(401, _problem("UNAUTHENTICATED"))
    try:
        facts = ChargeMessage.model_validate_json(body).facts
        charge = await record_charge(authentication.context_of(request, None, now).caller, facts)
    except ValidationError as error:
        return _refused(400, *(_problem(_code_of(each["type"]), *map(str, each["loc"])) for each in error.errors()))
    except InvalidInput as refusal:
        return _refused(400, *(_problem(each.code, *each.path) for each in refusal.problems))
    except Refusal as refusal:
        return _refused(400, _problem(refusal.code, *refusal.path))
    except NotFound as denial:
        return _refused(400, _problem(denial.code, "product_id"))
    return _said(200, {"chargeId": public_id(Prefix.CHARGE, charge.id)})


def _code_of(mistake: str) -> ProblemCode:
    """What of ours a mistake is that was found while reading the message."""
    mistakes = {"missing": ProblemCode.REQUIRED, "extra_forbidden": ProblemCode.NOT_ALLOWED}
    return mistakes.get(mistake, ProblemCode.MALFORMED)


def _problem(code: str, *path: str) -> dict[str, Any]:
    """A problem as our messages tell it: the field at fault, none where it is about the whole, and a code."""
    return {"path": list(path), "code": code}


def _refused(status: int, *problems: dict[str, Any]) -> Response:
    return _said(status, {"problems": problems})


def _said(status: int, content: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(content), status, {"cache-control": "no-store"}, media_type="application/json")
