"""What the world outside calls about payments: messages of providers, and the sandbox's pages."""

from starlette.routing import Route

from resolvers.caller import Nobody
from resolvers.payment_providers import PaymentDesk, Told
from resolvers.provider_events import take_told
from server.clock import Clock
from server.payments.callbacks import card_route
from server.payments.sandbox import NAME as SANDBOX
from server.payments.sandbox import Sandbox
from server.payments.sandbox_pages import sandbox_routes
from server.settings import Settings


def payment_routes(settings: Settings, desk: PaymentDesk, clock: Clock) -> list[Route]:
    """The routes of the providers that there are."""
    routes: list[Route] = []
    if settings.card_webhook_secret:
        routes.append(card_route(settings.card_webhook_secret, desk, settings.policy, clock))

    async def tell(told: Told) -> None:
        await take_told(Nobody(clock.now()), settings.policy, desk, told)

    sandbox = desk.providers.get(SANDBOX)
    if isinstance(sandbox, Sandbox):
        routes += sandbox_routes(sandbox, tell)
    return routes
