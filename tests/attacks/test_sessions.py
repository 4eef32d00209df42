"""Sessions that are over, and cookies that other pages make a browser send."""

from collections.abc import Awaitable, Callable

import pytest

from models import Session, User
from tests.world import PASSWORD, World

pytestmark = pytest.mark.anyio

WHO = "{ viewer { user { login } } }"
LOG_IN = """mutation L($input: LogInInput!) { logIn(input: $input) { __typename ... on LogInSuccess { secret } } }"""


async def _ended(world: World) -> None:
    await Session.all().update(ended_at=world.clock.now())


async def _unused(world: World) -> None:
    world.clock.move(days=31)


async def _closed(world: World) -> None:
    await User.all().update(closed_at=world.clock.now())


@pytest.mark.parametrize("spoil", [_ended, _unused, _closed])
async def test_a_session_that_is_over_opens_nothing(world: World, spoil: Callable[[World], Awaitable[None]]) -> None:
    """T1 A14, T5 S7, USR9: for reading and for writing, at once."""
    client = await world.sign_in(await world.add_user())
    assert (await client.ask(WHO)).data["viewer"] is not None

    await spoil(world)

    for document in (WHO, "mutation { logOut { __typename } }", "{ __typename }"):
        answer = await client.ask(document)
        assert (answer.status in (200, 401), answer.codes) == (True, ["UNAUTHENTICATED"])
        assert answer.body.get("data") is None


async def test_a_session_is_used_for_thirty_days_and_no_longer(world: World) -> None:
    """USR9: use keeps a session alive, but not for ever."""
    user = await world.add_user("ada@example.org")
    answer = await world.stranger().ask(LOG_IN, input={"email": user.login, "password": PASSWORD})
    client = world.stranger()
    client.secret = answer.result()["secret"]

    alive = []
    for _ in range(7):
        world.clock.move(days=5)
        alive.append((await client.ask(WHO)).codes == [])

    assert alive == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("headers", "counts"),
    [
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
    ],
)
async def test_a_cookie_counts_only_where_no_foreign_page_can_have_sent_it(
    world: World, headers: dict[str, str], counts: bool
) -> None:
    """T5 S9."""
    user = await world.add_user("ada@example.org")
    opened = await world.stranger().ask(LOG_IN, input={"email": user.login, "password": PASSWORD})
    cookie = opened.headers["set-cookie"].partition(";")[0]

    answer = await world.http.post("/graphql", json={"query": WHO}, headers={"cookie": cookie, **headers})

    assert "INTERNAL" not in answer.text
    assert (user.login in answer.text) is counts


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
async def test_what_a_form_can_send_is_not_listened_to(world: World, content_type: str) -> None:
    """T5 S9: whatever a page can send without asking first."""
    answer = await world.http.post(
        "/graphql", content=b'{"query": "{ viewer { user { login } } }"}', headers={"content-type": content_type}
    )

    assert answer.status_code in (400, 415)


async def test_a_link_that_is_followed_writes_nothing(world: World) -> None:
    """T5 S8, S9: no mutation over GET, whoever sends it."""
    client = await world.sign_in(await world.add_user())

    answer = await world.http.get(
        "/graphql",
        params={"query": "mutation { logOut { __typename } }"},
        headers={"authorization": f"Bearer {client.secret}", "accept": "application/json"},
    )

    assert answer.status_code in (400, 405)
    assert (await client.ask(WHO)).data["viewer"] is not None
