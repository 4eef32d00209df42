"""Running an operation: failures are masked, queries end in time, mutations end by themselves."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from execution.answers import Answer
from execution.documents import Documents
from execution.errors import Masking
from execution.http import GraphQLEndpoint
from execution.limits import Limits
from execution.run import QUERIES, finish_running, run
from tests.http.asking import post
from tests.http.sample import Gate, SampleContext, make_context, schema

pytestmark = pytest.mark.anyio

GRAPHQL = "application/graphql-response+json"
AT_ONCE = 1e-9  # seconds: what was begun is looked at once, and then its time is over


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture(autouse=True)
async def nothing_is_left_running() -> AsyncIterator[None]:
    yield
    await finish_running()


async def answered(document: str, gate: Gate, limits: Limits | None = None, masking: Masking | None = None) -> Answer:
    context = SampleContext(loaders={"gate": gate})
    return await run(schema, Documents(schema, limits), document, None, None, context, masking=masking)


async def test_an_answer_holds_data_and_its_cost(gate: Gate) -> None:
    answer = await answered("{ hello }", gate)

    assert answer.executed
    assert answer.body()["data"] == {"hello": "hello world"}
    assert answer.status == 200


@pytest.mark.parametrize("field", ["broken", "codeless", "overflowing"])
async def test_an_unexpected_failure_is_masked_and_reported(
    app: GraphQLEndpoint, reported: list[tuple[BaseException, str]], field: str
) -> None:
    response = await post(app, f"{{ hello {field} }}")

    [(_, incident)] = reported
    assert response.status == 200
    assert response.json["data"] == {"hello": "hello world", field: None}
    assert response.error == {
        "message": "Something went wrong on our side.",
        "locations": [{"line": 1, "column": 9}],
        "path": [field],
        "extensions": {"code": "INTERNAL", "incident": incident},
    }
    assert b"secret is" not in response.body
    assert b"1099511627776" not in response.body


async def test_a_null_that_may_not_be_is_masked_too(app: GraphQLEndpoint) -> None:
    response = await post(app, "{ neverNull }", accept=GRAPHQL)

    assert (response.status, response.code, response.json["data"]) == (200, "INTERNAL", None)


async def test_an_error_with_a_code_is_told_as_it_is(app: GraphQLEndpoint, reported: list[object]) -> None:
    response = await post(app, "{ forbidden }")

    assert response.json["data"] == {"forbidden": None}
    assert response.error["message"] == "You may not."
    assert response.error["extensions"] == {"code": "FORBIDDEN", "requiredRight": "BILLING"}
    assert reported == []


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("query($n: Int!) { number(is_: $n) }", {"n": "x"}),
        ("query($n: Int!) { number(is_: $n) }", {"n": 2**40}),
        ("query($n: Int!) { number(is_: $n) }", {"n": 18446744073709551616}),
        ("query($n: Int!) { number(is_: $n) }", {}),
        ("query($m: Mood) { number(mood: $m) }", {"m": "CALN"}),
        ("query($b: Batch!) { countRows(batch: $b) }", {"b": {"row": []}}),
        ("query($o: Opaque!) { opaque(value: $o) }", {"o": "bad"}),
    ],
)
async def test_a_variable_that_does_not_fit_is_a_bad_request(
    app: GraphQLEndpoint, reported: list[object], document: str, variables: dict[str, object]
) -> None:
    modern = await post(app, document, variables=variables, accept=GRAPHQL)
    older = await post(app, document, variables=variables)

    assert (modern.status, older.status, modern.code) == (400, 200, "BAD_REQUEST")
    assert "data" not in modern.json
    assert b"Did you mean" not in modern.body
    assert reported == []


async def test_null_for_an_argument_that_may_not_be_null_is_the_clients_mistake(
    app: GraphQLEndpoint, reported: list[object]
) -> None:
    response = await post(app, "query($n: Int = 5) { number(is_: $n) }", variables={"n": None})

    assert response.json["data"] == {"number": None}
    assert response.code == "BAD_REQUEST"
    assert reported == []


@pytest.mark.parametrize(
    ("document", "variables"),
    [('{ opaque(value: "worse") }', None), ("query($o: Opaque!) { opaque(value: $o) }", {"o": "worse"})],
)
async def test_a_scalar_that_breaks_is_our_mistake(
    app: GraphQLEndpoint, reported: list[object], document: str, variables: dict[str, object] | None
) -> None:
    response = await post(app, document, variables=variables)

    assert (response.status, response.code) == (500, "INTERNAL")
    assert len(reported) == 1
    assert b"secret is" not in response.body


async def test_what_cannot_be_written_down_is_our_mistake(app: GraphQLEndpoint, reported: list[object]) -> None:
    response = await post(app, "{ surrogate }")

    assert (response.status, response.code) == (500, "INTERNAL")
    assert len(reported) == 1


async def test_who_is_not_known_is_told_before_anything_runs(app: GraphQLEndpoint) -> None:
    response = await post(app, "{ hello }", token="Bearer wrong")

    assert (response.status, response.code) == (401, "UNAUTHENTICATED")
    assert response.header("www-authenticate") == "Bearer"
    assert "data" not in response.json


async def test_a_failure_while_finding_out_who_asks_is_masked(app: GraphQLEndpoint, reported: list[object]) -> None:
    response = await post(app, "{ hello }", token="Bearer broken")

    assert (response.status, response.code) == (500, "INTERNAL")
    assert b"secrets" not in response.body
    assert len(reported) == 1


async def test_a_failure_before_the_first_field_is_masked(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, reported: list[tuple[BaseException, str]]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("the secret is 42")

    monkeypatch.setattr("execution.run.execute", broken)

    answer = await answered("{ hello }", gate, masking=Masking(report=lambda *each: reported.append(each)))

    assert (answer.status, answer.executed) == (500, False)
    assert len(reported) == 1


async def test_a_slow_query_is_waited_for(gate: Gate) -> None:
    gate.go_on.set()

    assert (await answered("{ slow }", gate)).data == {"slow": "slow"}


async def test_a_query_that_takes_too_long_is_stopped(gate: Gate) -> None:
    answer = await answered("{ slow }", gate, Limits(seconds=AT_ONCE))
    await finish_running()

    assert gate.ended == ["cancelled"]
    assert answer.status == 503
    assert answer.errors[0]["extensions"] == {"code": "UNAVAILABLE", "retryAfterMs": 1_000}
    assert ("retry-after", "1") in answer.headers
    assert "data" not in answer.body()


async def test_a_query_ends_with_the_request_that_asked(gate: Gate) -> None:
    asking = asyncio.create_task(answered("{ slow }", gate))
    await gate.began.wait()

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await finish_running()

    assert gate.ended == ["cancelled"]


async def test_a_mutation_that_takes_too_long_is_carried_out_all_the_same(gate: Gate) -> None:
    answer = await answered("mutation { slow }", gate, Limits(seconds=AT_ONCE))

    assert (answer.status, answer.errors[0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert gate.ended == []
    gate.go_on.set()
    await finish_running()
    assert gate.ended == ["slow"]


async def test_a_mutation_outlives_the_request_that_asked(gate: Gate) -> None:
    asking = asyncio.create_task(answered("mutation { slow }", gate))
    await gate.began.wait()

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert gate.ended == []
    gate.go_on.set()
    await finish_running()

    assert gate.ended == ["slow"]


async def test_what_fails_after_its_client_has_gone_is_reported(
    gate: Gate, reported: list[tuple[BaseException, str]]
) -> None:
    def fail(name: str) -> Any:
        raise LookupError(name)

    gate.ended = type("Failing", (list,), {"append": lambda _self, name: fail(name)})()
    masking = Masking(report=lambda *each: reported.append(each))
    await answered("mutation { slow }", gate, Limits(seconds=AT_ONCE), masking)

    gate.go_on.set()
    await finish_running()

    assert [type(exception) for exception, _ in reported] == [LookupError]


async def test_only_what_is_allowed_is_run(gate: Gate) -> None:
    answer = await run(
        schema, Documents(schema), "mutation { slow }", None, None, SampleContext(loaders={"gate": gate}), allow=QUERIES
    )

    assert (answer.status, answer.headers) == (405, [("allow", "POST")])
    assert not gate.began.is_set()


async def test_the_log_gets_the_incident_and_no_value(caplog: pytest.LogCaptureFixture) -> None:
    app = GraphQLEndpoint(schema, make_context=make_context)

    with caplog.at_level(logging.ERROR, "execution"):
        response = await post(app, "{ broken }")

    assert response.error["extensions"]["incident"] in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "sample.py" in caplog.text
    assert "the secret is 42\n" not in caplog.text
