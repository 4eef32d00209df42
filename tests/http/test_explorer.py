"""The files of the explorer: all from here, unchanged, under a strict policy."""

import hashlib
from html.parser import HTMLParser
from typing import Any

import pytest
from graphql import build_client_schema, print_schema
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Route

from execution.http import GraphQLEndpoint
from server.explorer import CHECKSUMS, FOLDER, ExplorerPage, explorer_routes
from tests.http.sample import make_context, schema

pytestmark = pytest.mark.anyio


async def fetched(address: str, *, introspection: bool = True) -> Response:
    page = ExplorerPage(introspection=introspection)
    endpoint = GraphQLEndpoint(schema, make_context=make_context, explorer=page, introspection=introspection)
    app = Starlette(routes=[Route("/graphql", endpoint), *explorer_routes(schema)])
    async with AsyncClient(transport=ASGITransport(app), base_url="http://api.example.com") as client:
        return await client.get(address, headers={"accept": "text/html"})


class Parts(HTMLParser):
    """The addresses a page asks for, and the scripts written into it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.attributes |= given
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]
        assert tag not in ("style", "iframe")
        assert tag != "script" or "src" in given
        assert not any(name.startswith("on") or name == "style" for name in given)


def test_the_vendored_files_are_what_their_makers_published() -> None:
    lines = [line.split() for line in CHECKSUMS.read_text().splitlines()]
    sums = {name: expected for expected, name in lines}

    assert set(sums) == {path.name for path in FOLDER.glob("*.min.*")}
    for name, expected in sums.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected, name


def test_the_licences_lie_beside_them() -> None:
    licences = (FOLDER / "THIRD_PARTY_LICENSES.txt").read_text("utf-8")

    for name in ("graphiql (MIT)", "react (MIT)", "react-dom (MIT)", "codemirror (MIT)", "graphql (MIT)"):
        assert name in licences


async def test_everything_the_page_asks_for_is_served_from_here() -> None:
    page = await fetched("/graphql")
    parts = Parts(page.text)

    addresses = [address for address in parts.addresses if address != "data:,"]
    assert {address.rpartition(".")[2] for address in addresses} == {"js", "css"}
    for address in addresses:
        answered = await fetched(address)
        assert address.startswith("/assets/explorer/")
        assert answered.status_code == 200
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["content-type"].split(";")[0] in ("text/javascript", "text/css")


async def test_the_policy_of_the_page_is_strict() -> None:
    first, second = await fetched("/graphql"), await fetched("/graphql")
    policy = first.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert f"'nonce-{Parts(first.text).attributes['nonce']}'" in policy
    assert policy != second.headers["content-security-policy"]


async def test_the_page_asks_the_endpoint_for_the_schema_or_reads_the_file() -> None:
    by_asking = Parts((await fetched("/graphql")).text).attributes
    by_reading = Parts((await fetched("/graphql", introspection=False)).text).attributes

    assert by_asking["data-endpoint"] == by_reading["data-endpoint"] == "/graphql"
    assert by_asking["data-schema"] == ""
    assert by_reading["data-schema"] == "/assets/explorer/schema.json"


async def test_the_schema_is_served_in_both_forms() -> None:
    described: Any = (await fetched("/assets/explorer/schema.json")).json()["data"]

    assert "type Animal {" in print_schema(build_client_schema(described))
    assert (await fetched("/schema.graphql")).text == schema.as_str()


@pytest.mark.parametrize("name", ["nothing.js", "page.html", "SHA256SUMS", "..%2F..%2Fsettings.py", "../explorer.py"])
async def test_nothing_else_is_served(name: str) -> None:
    assert (await fetched(f"/assets/explorer/{name}")).status_code == 404
