"""Where payment providers tell us what happened: each message is proved, and is then a reason to ask them (M22)."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from resolvers.caller import Nobody
from resolvers.payment_providers import PaymentDesk
from resolvers.provider_events import take_told
from rules.policy import Policy
from server.bodies import UnreadableBody, receive_body
from server.clock import Clock
from server.payments.card_events import ForgedMessage, read_message
from server.payments.cards import NAME as CARDS

PATH = "/callbacks/payments/cards"
SIGNATURE = "stripe-signature"


def card_route(secret: str, desk: PaymentDesk, policy: Policy, clock: Clock) -> Route:
    """The route that the card provider sends its messages to, signed with this secret.

    A message that was taken in, or is none of ours, is answered with 200; one that is not answered so is sent again.
    """

    async def take(request: Request) -> Response:
        try:
            body = await receive_body(request)
            told = read_message(CARDS, body, request.headers.get(SIGNATURE, ""), secret)
        except UnreadableBody:
            return PlainTextResponse("The message is too long, or did not arrive in time.", 413)
        except ForgedMessage:
            return PlainTextResponse("The message is not signed as it must be.", 400)
        if told is not None:
            await take_told(Nobody(clock.now()), policy, desk, told)
        return PlainTextResponse("Thank you.")

    return Route(PATH, take, methods=["POST"])
