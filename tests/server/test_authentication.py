"""Who is asking, and from where: what is believed of a connection, and what anybody could have made up."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx
import pytest

from models import Session
from server.app import Outside, create_app
from tests.world import PASSWORD, World

pytestmark = pytest.mark.anyio

PROXY = "10.0.0.7"
CALLER = "203.0.113.9"
WHO = "{ viewer { user { login } } }"
LOG_IN = "mutation ($input: LogInInput!) { logIn(input: $input) { __typename ... on LogInSuccess { secret } } }"


@asynccontextmanager
async def reached_at(world: World, public_url: str, peer: str = PROXY) -> AsyncIterator[httpx.AsyncClient]:
    """The same world as a server that people reach at this address, through a proxy that speaks TLS for it."""
    settings = world.settings.model_copy(update={"public_url": public_url, "trusted_proxies": (PROXY,)})
    app = create_app(settings, Outside(world.clock, world.passwords, world.registry))
    transport = httpx.ASGITransport(app=app, client=(peer, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example.com") as http:
        yield http


async def log_in(http: httpx.AsyncClient, login: str, headers: Iterable[tuple[str, str]] = ()) -> httpx.Response:
    variables = {"input": {"email": login, "password": PASSWORD}}
    answer = await http.post("/graphql", json={"query": LOG_IN, "variables": variables}, headers=list(headers))
    assert answer.json()["data"]["logIn"]["__typename"] == "LogInSuccess"
    http.cookies.clear()
    return answer


@pytest.mark.parametrize(
    ("peer", "lines", "address"),
    [
        (PROXY, [CALLER], CALLER),
        (PROXY, ["198.51.100.1, 203.0.113.9"], CALLER),
        (PROXY, ["198.51.100.1", CALLER], CALLER),
        (PROXY, [f"{CALLER}, {PROXY}"], CALLER),
        (PROXY, [], PROXY),
        (CALLER, ["198.51.100.1"], CALLER),
        ("127.0.0.1", ["198.51.100.1"], "127.0.0.1"),
    ],
)
async def test_only_a_trusted_proxy_says_who_is_behind_it(
    world: World, peer: str, lines: list[str], address: str
) -> None:
    """And of what it says only the last word, which is its own."""
    user = await world.add_user()

    async with reached_at(world, "https://api.example.com", peer) as http:
        await log_in(http, user.login, [("x-forwarded-for", line) for line in lines])

    assert (await Session.get()).address == address


@pytest.mark.parametrize(
    ("origin", "counts"),
    [
        ("https://api.example.com", True),
        ("https://api.example.com:8443", False),
        ("https://other.example.com", False),
    ],
)
async def test_pages_of_ours_keep_their_session_behind_a_proxy(world: World, origin: str, counts: bool) -> None:
    user = await world.add_user()

    async with reached_at(world, "https://api.example.com") as http:
        cookie = (await log_in(http, user.login)).headers["set-cookie"].split(";")[0]
        answer = await http.post("/graphql", json={"query": WHO}, headers={"origin": origin, "cookie": cookie})

    assert (answer.json()["data"]["viewer"] is not None) is counts


async def test_a_neighbouring_host_cannot_plant_a_session(world: World) -> None:
    """S7: browsers take a cookie of this name only from this very host."""
    user = await world.add_user()

    async with reached_at(world, "https://api.example.com") as http:
        entered = await log_in(http, user.login)
        name, secret = entered.headers["set-cookie"].split(";")[0].split("=", 1)
        planted = await http.post("/graphql", json={"query": WHO}, headers={"cookie": f"manager_session={secret}"})

    assert name == "__Host-manager_session"
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(entered.headers["set-cookie"].split("; "))
    assert planted.json()["data"] == {"viewer": None}


async def test_a_bearer_secret_that_is_none_is_refused_and_a_cookie_that_is_none_is_nobody(world: World) -> None:
    bearer = await world.http.post("/graphql", json={"query": WHO}, headers={"authorization": "Bearer mgs_unknown"})
    basic = await world.http.post("/graphql", json={"query": WHO}, headers={"authorization": "Basic YTpi"})
    cookie = await world.http.post("/graphql", json={"query": WHO}, headers={"cookie": "manager_session=mgs_unknown"})

    assert [answer.status_code for answer in (bearer, basic, cookie)] == [401, 401, 200]
    assert cookie.json()["data"] == {"viewer": None}
