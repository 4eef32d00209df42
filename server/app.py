"""The application: every route, and what lives as long as the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from tortoise.backends.base.client import BaseDBAsyncClient

from execution.http import GraphQLEndpoint
from execution.origins import Origins
from execution.planning.planner import Planner
from execution.run import finish_running
from resolvers.caller import Passwords, VatRegistry
from resolvers.payment_providers import PaymentDesk
from schema.document import schema
from server import callbacks, downloads, pages, worker
from server.authentication import Authentication
from server.clock import Clock, SystemClock
from server.cookies import SessionCookie
from server.databases import is_ready, open_database
from server.documents.links import DownloadLinks
from server.documents.printing import Printer
from server.explorer import ExplorerPage, explorer_routes
from server.health import healthz, readyz
from server.passwords import Argon2Passwords
from server.payments.desk import open_desk
from server.payments.routes import payment_routes
from server.request_log import RequestLog, start_request_log
from server.settings import Settings, read_settings
from server.vat_registry import NoRegistry
from server.vault import FernetVault


@dataclass(frozen=True)
class Outside:
    """What the application takes from the world around it; tests and the demo bring their own.

    Without `payments`, payments are made as the settings say.
    """

    clock: Clock
    passwords: Passwords
    vat_registry: VatRegistry
    payments: PaymentDesk | None = None

    @classmethod
    def real(cls, settings: Settings) -> "Outside":
        """The machine's clock and the settings' hashing cost; no registry of VAT numbers is asked."""
        return cls(SystemClock(), Argon2Passwords(settings.hashing_cost), NoRegistry())


def create_app(settings: Settings, outside: Outside | None = None) -> Starlette:
    """The application for these settings."""
    outside = outside or Outside.real(settings)
    database: list[BaseDBAsyncClient] = []
    origins = Origins(settings.origins)
    links = DownloadLinks.of(settings.address, settings.secret_key)
    desk = outside.payments or open_desk(settings, outside.clock)
    authenticate = _authentication(settings, outside, origins, links, desk)
    endpoint = GraphQLEndpoint(
        schema,
        make_context=authenticate,
        limits=settings.limits,
        introspection=settings.introspection,
        explorer=ExplorerPage("/graphql", introspection=settings.introspection),
        origins=origins,
        planner=Planner(schema),
    )

    async def ready() -> bool:
        return await is_ready(database[0])

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with open_database(settings.database_url, settings.database_limits) as connection:
            database[:] = [connection]
            async with _working(settings, outside.clock, desk) if settings.worker_inside else _idle():
                yield
            # What was begun is finished before the database is closed, although nobody waits for the answer.
            await finish_running()

    return Starlette(
        routes=[
            Route("/graphql", endpoint),
            Route("/healthz", healthz),
            Route("/readyz", readyz(ready)),
            *explorer_routes(schema),
            *pages.routes(settings),
            *payment_routes(settings, desk, outside.clock),
            *callbacks.routes(settings.callback_secret, authenticate),
            downloads.route(links, authenticate, Printer(settings.creditor, settings.documents_at_once)),
        ],
        middleware=[Middleware(RequestLog, clock=outside.clock)],
        lifespan=lifespan,
    )


def _authentication(
    settings: Settings, outside: Outside, origins: Origins, links: DownloadLinks, desk: PaymentDesk
) -> Authentication:
    return Authentication(
        clock=outside.clock,
        policy=settings.policy,
        passwords=outside.passwords,
        vat_registry=outside.vat_registry,
        vault=FernetVault(settings.secret_key),
        payments=desk,
        origins=origins,
        session_cookie=SessionCookie(secure=settings.secure_cookies),
        download_link=links,
        trusted_proxies=settings.trusted_proxies,
    )


def application() -> Starlette:
    """The application as each server process makes it, from the environment."""
    start_request_log()
    return create_app(read_settings())


@asynccontextmanager
async def _working(settings: Settings, clock: Clock, desk: PaymentDesk) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(settings, stop, clock, desk))
    try:
        yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def _idle() -> AsyncIterator[None]:
    yield
