"""Pages of other origins: who may read an answer, and for whom a cookie counts."""

import pytest
from starlette.requests import HTTPConnection

from execution.http import METHODS, GraphQLEndpoint
from execution.origins import Origins
from tests.http.asking import ask, post_body

pytestmark = pytest.mark.anyio

PANEL = "https://panel.example.com"
FOREIGN = "https://evil.example.net"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (PANEL, True),
        ("http://localhost", True),
        ("http://localhost:5173", True),
        ("https://localhost:5173", False),
        ("http://localhost.evil.example.net", False),
        ("http://localhost:5173.evil.example.net", False),
        ("http://panel.example.com", False),
        (PANEL + ":8443", False),
        (FOREIGN, False),
        ("null", False),
    ],
)
def test_an_origin_is_allowed_exactly_or_at_any_port(origin: str, allowed: bool) -> None:
    assert Origins([PANEL, "http://localhost:*"]).allow(origin) is allowed


def test_no_origin_is_allowed_unless_it_is_configured() -> None:
    assert not Origins().allow(PANEL)
    assert not Origins([PANEL]).allow("http://localhost:1")


async def test_an_allowed_page_learns_what_it_may_send(app: GraphQLEndpoint) -> None:
    headers = [("origin", PANEL), ("access-control-request-method", "POST")]

    answered = await ask(app, "OPTIONS", headers=headers)

    assert answered.status == 204
    assert answered.body == b""
    assert answered.header("allow") == METHODS
    assert answered.header("access-control-allow-origin") == PANEL
    assert answered.header("access-control-allow-credentials") == "true"
    assert "content-type" in (answered.header("access-control-allow-headers") or "")
    assert "POST" in (answered.header("access-control-allow-methods") or "")


async def test_a_foreign_page_learns_nothing(app: GraphQLEndpoint) -> None:
    preflight = await ask(app, "OPTIONS", headers=[("origin", FOREIGN), ("access-control-request-method", "POST")])
    answered = await ask(app, "GET", query=b"query={hello}", headers=[("origin", FOREIGN)])

    for each in (preflight, answered):
        assert each.header("vary") == "Accept, Origin"
        assert not any(name.startswith("access-control") for name, _ in each.headers)


async def test_an_allowed_page_may_read_errors_as_well(app: GraphQLEndpoint) -> None:
    headers = [("origin", "http://localhost:3000"), ("content-type", "application/json")]

    answered = await ask(app, headers=headers, chunks=[b"3"])

    assert answered.status == 400
    assert answered.header("access-control-allow-origin") == "http://localhost:3000"
    assert (await post_body(app, b"3")).header("access-control-allow-origin") is None


def connection(method: str | None, **headers: str) -> HTTPConnection:
    scope = {
        "type": "http" if method else "websocket",
        "scheme": "https" if method else "wss",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"host", b"api.example.com")]
        + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    return HTTPConnection({**scope, "method": method} if method else scope)


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        (connection("GET"), False),
        (connection("HEAD"), False),
        (connection("GET", sec_fetch_site="same-origin"), True),
        (connection("GET", sec_fetch_site="same-site"), False),
        (connection("GET", sec_fetch_site="cross-site"), False),
        (connection("GET", sec_fetch_site="none"), False),
        (connection("GET", origin="https://api.example.com"), True),
        (connection("GET", origin=PANEL), True),
        (connection("GET", origin=FOREIGN, sec_fetch_site="same-origin"), False),
        (connection("GET", origin="null"), False),
        (connection("POST"), True),
        (connection("POST", origin=PANEL), True),
        (connection("POST", origin="https://api.example.com"), True),
        (connection("POST", origin="http://api.example.com"), False),
        (connection("POST", origin=FOREIGN), False),
        (connection(None), False),
        (connection(None, origin="https://api.example.com"), True),
        (connection(None, origin=FOREIGN), False),
    ],
    ids=lambda each: repr(dict(each.headers)) if isinstance(each, HTTPConnection) else str(each),
)
def test_a_cookie_counts_only_for_pages_of_ours(asked: HTTPConnection, counts: bool) -> None:
    assert Origins([PANEL]).cookie_allowed(asked) is counts
