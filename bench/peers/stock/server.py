"""Strawberry's own ASGI application, behind Starlette."""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from tortoise.context import TortoiseContext

from bench.peers.stock import models
from bench.peers.stock.loading import Loaders
from bench.peers.stock.schema import schema


class Endpoint(GraphQL[dict[str, Any], None]):
    """Finds out who asks, and gives each request its loaders."""

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> dict[str, Any]:
        secret = request.headers.get("authorization", "").removeprefix("Bearer ")
        live = models.Session.filter(
            secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
            ended_at=None,
            expires_at__gt=datetime.now(UTC),
            user__closed_at=None,
        )
        return {"session": await live.select_related("user").get(), "loaders": Loaders()}


def _url(url: str, size: str) -> str:
    if url.startswith("sqlite:"):
        return url.replace("sqlite:///", "sqlite://")
    return f"{url.replace('postgres://', 'asyncpg://')}?minsize={size}&maxsize={size}"


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    async with TortoiseContext() as context:
        url = _url(os.environ["DATABASE_URL"], os.environ["DATABASE_POOL_MAXIMUM"])
        await context.init(db_url=url, modules={"stock": [models.__name__]}, _enable_global_fallback=True)
        yield


application = Starlette(routes=[Route("/graphql", Endpoint(schema))], lifespan=lifespan)
