"""A hand-written endpoint: the token is looked up, one statement prints the JSON of the answer, nothing is checked."""

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent
TOKEN = (FOLDER.parent / "token.sql").read_text("utf-8")

FROM_THE_START = "9999-01-01T00:00:00+00:00~ffffffff-ffff-ffff-ffff-ffffffffffff"

Values = dict[str, Any]


def _after(values: Values) -> tuple[Any, ...]:
    created_at, key = (values.get("after") or FROM_THE_START).split("~")
    return UUID(values["organization"]), datetime.fromisoformat(created_at), UUID(key)


def _payment(values: Values) -> tuple[Any, ...]:
    given = values["input"]
    return (
        UUID(given["organizationId"]),
        [UUID(each) for each in given["invoiceIds"]],
        int(given["expectedAmountMinor"]),
        given["idempotencyKey"],
    )


# What the statement of each question takes, before the viewer and, where something is written, the session.
PARAMETERS: dict[str, Callable[[Values], tuple[Any, ...]]] = {
    "q1": lambda _values: (),
    "q2": lambda _values: (),
    "q3": lambda values: (UUID(values["organization"]),),
    "q4": lambda values: (UUID(values["organization"]),),
    "q5": lambda values: (date.fromisoformat(values["before"]),),
    "q6": _after,
    "m1": _payment,
}
STATEMENTS = {name: (FOLDER / f"{name}.sql").read_text("utf-8") for name in PARAMETERS}
VIEWER = {"q1", "q2", "q5"}
VIEWER_AND_SESSION = {"m1"}


async def _keep(_connection: Any) -> None:
    """Nothing is reset when a connection goes back to the pool: no statement changes anything of it."""


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    size = int(os.environ["DATABASE_POOL_MAXIMUM"])
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size, reset=_keep) as pool:
        app.state.pool = pool
        yield


async def answer(request: Request) -> Response:
    body = orjson.loads(await request.body())
    name = body["query"]
    secret = request.headers["authorization"].removeprefix("Bearer ")
    parameters = PARAMETERS[name](body.get("variables") or {})
    async with request.app.state.pool.acquire() as connection:
        viewer = await connection.fetchrow(TOKEN, hashlib.sha256(secret.encode()).hexdigest())
        if viewer is None:
            return Response(status_code=401)
        if name in VIEWER:
            parameters = (viewer["user_id"], *parameters)
        elif name in VIEWER_AND_SESSION:
            parameters = (*parameters, viewer["user_id"], viewer["session_id"])
        text = await connection.fetchval(STATEMENTS[name], *parameters)
    return Response(b'{"data":' + text.encode() + b"}", media_type="application/json")


application = Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)
