"""Every malformed request is told what is wrong with it, in JSON, by a status of 4xx."""

import gzip
import json
from urllib.parse import quote

import anyio
import pytest
from starlette.types import Message

from execution.http import GraphQLEndpoint
from execution.limits import Limits
from tests.http.asking import ask, get, post, post_body
from tests.http.sample import make_context, schema

pytestmark = pytest.mark.anyio

JSON = ("content-type", "application/json")
HELLO = b'{"query": "{ hello }"}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"3",
        b'"x"',
        b"true",
        b"[]",
        b"[{}]",
        b'[{"query": "{ hello }"}]',
        b"{",
        b"{}",
        b'{"query": null}',
        b'{"query": 3}',
        b'{"query": ["{ hello }"]}',
        b'{"query": "{ hello }", "variables": 7}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "variables": "{}"}',
        b'{"query": "{ hello }", "operationName": 1}',
        b'{"query": "{ hello }", "operationName": {}}',
        b'{"query": "{ hello }", "extensions": []}',
        b'{"query": "{ hello }", "extensions": 0}',
        b'{"query": "{ hello }", "variables": {"n": NaN}}',
        b'{"query": "{ hello }", "variables": {"n": 1e999}}',
        b'{"query": "{ hello }", "variables": {"n": ' + b"1" * 100_000 + b"}}",
        b'{"query": "{ hello }", "variables": {"n": "\\ud800"}}',
        b'{"query": "{ hello }", "variables": {"n": "\xff"}}',
        b'{"query": "{ hello\xff }"}',
        b'{"query": "{ hello }\x00"}',
        b"\xef\xbb\xbf" + HELLO,
        b"\xff\xfe",
        gzip.compress(HELLO, mtime=0),
        b"[" * 100_000,
        b'{"variables":' * 2_000,
        b"query=%7Bhello%7D",
    ],
    ids=lambda body: repr(body[:40]),
)
async def test_a_malformed_body_is_a_bad_request(app: GraphQLEndpoint, body: bytes) -> None:
    answered = await post_body(app, body)

    assert (answered.status, answered.code) == (400, "BAD_REQUEST")
    assert "data" not in answered.json


async def test_unknown_members_and_empty_ones_do_no_harm(app: GraphQLEndpoint) -> None:
    answered = await post(app, "{ hello }", variables=None, operationName="", extensions=None, id=7)

    assert answered.json["data"] == {"hello": "hello world"}


@pytest.mark.parametrize(
    "types",
    [
        [],
        ["text/plain"],
        ["application/x-www-form-urlencoded"],
        ["multipart/form-data; boundary=x"],
        ["application/graphql"],
        ["application/json; charset=utf-16"],
        ["application/json", "application/json"],
        ["application/json, text/plain"],
        [""],
    ],
)
async def test_only_json_said_once_is_read(app: GraphQLEndpoint, types: list[str]) -> None:
    answered = await ask(app, headers=[("content-type", each) for each in types], chunks=[HELLO])

    assert (answered.status, answered.code) == (415, "BAD_REQUEST")


@pytest.mark.parametrize(
    "media_type", ["application/json", "APPLICATION/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
async def test_json_may_name_its_encoding(app: GraphQLEndpoint, media_type: str) -> None:
    assert (await ask(app, headers=[("content-type", media_type)], chunks=[HELLO])).status == 200


async def test_a_compressed_body_is_not_unpacked(app: GraphQLEndpoint) -> None:
    headers = [JSON, ("content-encoding", "gzip")]

    answered = await ask(app, headers=headers, chunks=[gzip.compress(HELLO)])

    assert (answered.status, answered.code) == (415, "BAD_REQUEST")


async def test_a_body_announced_too_large_is_not_read(app: GraphQLEndpoint) -> None:
    async def never() -> Message:
        raise AssertionError("the body was read")

    answered = await ask(app, headers=[JSON, ("content-length", "256001")], receive=never)

    assert answered.status == 413
    assert answered.error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "limit": "BODY",
        "allowed": 256_000,
        "actual": 256_001,
    }
    assert answered.header("connection") == "close"


async def test_a_body_in_chunks_ends_where_it_is_too_large(app: GraphQLEndpoint) -> None:
    asked = 0

    async def endless() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b" " * 100_000, "more_body": True}

    answered = await ask(app, headers=[JSON], receive=endless)

    assert (answered.status, answered.code, asked) == (413, "LIMIT_EXCEEDED", 3)


async def test_a_body_as_large_as_allowed_is_read(app: GraphQLEndpoint) -> None:
    body = HELLO + b" " * (256_000 - len(HELLO))

    assert (await post_body(app, body)).status == 200


async def test_a_length_that_is_no_number_is_not_believed(app: GraphQLEndpoint) -> None:
    assert (await ask(app, headers=[JSON, ("content-length", "-1")], chunks=[HELLO])).status == 200


async def test_a_body_that_trickles_in_is_given_up() -> None:
    app = GraphQLEndpoint(schema, make_context=make_context, limits=Limits(receive_seconds=0.05))

    async def trickle() -> Message:
        await anyio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    answered = await ask(app, headers=[JSON], receive=trickle)

    assert (answered.status, answered.code) == (408, "BAD_REQUEST")


async def test_nobody_is_answered_when_the_client_has_left(app: GraphQLEndpoint) -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    assert (await ask(app, headers=[JSON], receive=gone)).status == 0


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"query=",
        b"query={hello}&query={hello}",
        b"query={hello}&variables=7",
        b"query={hello}&variables=null&variables=null",
        b"query={hello}&variables={",
        b"query={hello}&extensions=[]",
        b"query=%ff%fe",
        b"query=\xff",
        b"query={hello}&" + b"&".join(b"p%d=1" % each for each in range(100)),
        b"variables={}",
        b"query={hello}&variables=" + quote("[" * 10_000).encode(),
    ],
    ids=lambda query: repr(query[:40]),
)
async def test_a_malformed_address_is_a_bad_request(app: GraphQLEndpoint, query: bytes) -> None:
    answered = await ask(app, "GET", query=query, headers=[("accept", "application/graphql-response+json")])

    assert (answered.status, answered.code) == (400, "BAD_REQUEST")


async def test_an_address_is_no_larger_than_a_body(app: GraphQLEndpoint) -> None:
    answered = await get(app, query="{ hello }", extensions=json.dumps({"x": "x" * 256_000}))

    assert (answered.status, answered.code) == (413, "LIMIT_EXCEEDED")


async def test_an_empty_parameter_is_as_good_as_none(app: GraphQLEndpoint) -> None:
    answered = await get(app, query="{ hello }", variables="", operationName="", extensions="")

    assert answered.json["data"] == {"hello": "hello world"}


@pytest.mark.parametrize("text", ["\0", "a\0b"])
async def test_nul_in_a_variable_is_a_bad_request(app: GraphQLEndpoint, text: str) -> None:
    document = "query($n: String!) { hello(name: $n) }"

    answered = await post(app, document, variables={"n": text}, accept="application/graphql-response+json")

    assert (answered.status, answered.code) == (400, "BAD_REQUEST")


async def test_variables_are_not_nested_without_end(app: GraphQLEndpoint) -> None:
    nested: object = []
    for _ in range(100):
        nested = [nested]

    answered = await post(app, "query($n: String!) { hello(name: $n) }", variables={"n": nested})

    assert answered.error["extensions"]["limit"] == "VALUE_DEPTH"
