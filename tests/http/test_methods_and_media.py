"""Methods, media types and headers of answers, as GraphQL over HTTP asks for them."""

import pytest
from starlette.types import Receive, Scope, Send

from execution.http import METHODS, GraphQLEndpoint
from execution.negotiation import negotiate, wants_page
from tests.http.asking import ask, get, post
from tests.http.sample import make_context, schema

pytestmark = pytest.mark.anyio

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_a_query_is_answered_by_post_and_by_get(app: GraphQLEndpoint) -> None:
    assert (await post(app, "{ hello }")).json["data"] == {"hello": "hello world"}
    assert (await get(app, query="{ hello }")).json["data"] == {"hello": "hello world"}


async def test_variables_and_the_operation_are_chosen_in_the_address_too(app: GraphQLEndpoint) -> None:
    document = "query A { hello } query B($n: String!) { hello(name: $n) }"

    answered = await get(app, query=document, operationName="B", variables='{"n": "you"}', extensions="{}")

    assert answered.json["data"] == {"hello": "hello you"}


async def test_head_answers_like_get_without_a_body(app: GraphQLEndpoint) -> None:
    by_get = await get(app, query="{ hello }")
    by_head = await get(app, query="{ hello }", method="HEAD")

    assert by_head.status == 200
    assert by_head.body == b""
    assert int(by_head.header("content-length") or 0) >= len(by_get.body) - 2  # the level of the bucket differs


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
async def test_other_methods_are_refused_with_those_allowed(app: GraphQLEndpoint, method: str) -> None:
    answered = await ask(app, method)

    assert (answered.status, answered.header("allow"), answered.code) == (405, METHODS, "BAD_REQUEST")


async def test_a_mutation_by_get_changes_nothing_and_says_where_it_belongs(app: GraphQLEndpoint) -> None:
    answered = await get(app, query='mutation { rename(name: "x") { name } }')

    assert (answered.status, answered.header("allow"), answered.code) == (405, "POST", "BAD_REQUEST")


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL])
async def test_a_subscription_is_refused_clearly(app: GraphQLEndpoint, media_type: str) -> None:
    answered = await post(app, "subscription { ticks }", accept=media_type)

    assert answered.status == (400 if media_type == GRAPHQL else 200)
    assert answered.json == {
        "errors": [{"message": "Subscriptions are not served here.", "extensions": {"code": "BAD_REQUEST"}}]
    }


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{JSON}, {GRAPHQL};q=0.5", JSON),
        (f"{JSON};q=0.1, */*;q=0.5", GRAPHQL),
        (f"{GRAPHQL};q=0, */*", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"*/*, {GRAPHQL}", GRAPHQL),
        (f"{JSON}, */*", JSON),
        (GRAPHQL.upper(), GRAPHQL),
        (BROWSER, JSON),
        ("text/html", None),
        (f"{JSON};q=0", None),
        (f"{JSON};q=much", None),
        (f"{JSON};q=7", None),
        (f"{JSON}; charset=utf-16", None),
        (",;,", None),
    ],
)
def test_the_media_type_follows_quality_then_exactness(accept: str | None, expected: str | None) -> None:
    assert negotiate(accept) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        (f"{JSON}, text/html;q=0.5", False),
        (f"{GRAPHQL};q=0.5, text/html", True),
        ("text/html;q=0", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_page_is_for_who_asks_for_one(accept: str, expected: bool) -> None:
    assert wants_page(accept) is expected


async def test_an_answer_nobody_accepts_is_refused_in_json(app: GraphQLEndpoint) -> None:
    answered = await post(app, "{ hello }", accept="text/csv")

    assert (answered.status, answered.code) == (406, "BAD_REQUEST")
    assert answered.header("content-type") == f"{JSON}; charset=utf-8"


async def test_every_answer_is_private_and_inert(app: GraphQLEndpoint) -> None:
    answered = await post(app, "{ hello }", accept=GRAPHQL)

    assert answered.header("content-type") == f"{GRAPHQL}; charset=utf-8"
    assert answered.header("content-length") == str(len(answered.body))
    assert answered.header("cache-control") == "no-store"
    assert answered.header("x-content-type-options") == "nosniff"
    assert answered.header("content-security-policy") == "default-src 'none'; frame-ancestors 'none'"


async def test_the_explorer_is_shown_to_a_browser_without_a_query() -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    app = GraphQLEndpoint(schema, make_context=make_context, explorer=page)

    assert (await get(app, accept=BROWSER)).body == b"page"
    assert (await get(app, accept=BROWSER, query="{ hello }")).json["data"] == {"hello": "hello world"}
    assert (await get(app, accept=JSON)).status == 400
    assert (await ask(app, "POST", headers=[("accept", BROWSER)])).status == 415


async def test_a_resolver_adds_headers_and_extensions(app: GraphQLEndpoint) -> None:
    answered = await post(app, "{ cookie }")

    assert answered.header("set-cookie") == "taste=sweet; HttpOnly"
    assert answered.json["extensions"]["baked"] is True
