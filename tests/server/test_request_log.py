"""The request log: a line of JSON for each request, which repeats nothing that people said (O2)."""

import json
import logging
from typing import Any

import pytest
from starlette.types import Message

from execution.http import GraphQLEndpoint
from server.request_log import RequestLog, start_request_log
from tests.http.asking import ask, post
from tests.http.sample import make_context, schema
from tests.world import PASSWORD, START, MovableClock, World

pytestmark = pytest.mark.anyio
PORTAL = "query Portal { viewer { user { login } } }"


@pytest.fixture(autouse=True)
def _listen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="manager.requests")


def entries(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines so far, read."""
    return [json.loads(record.getMessage()) for record in caplog.records if record.name == "manager.requests"]


async def test_every_request_has_one_line_with_what_it_cost(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = await world.sign_in(await world.add_user())

    answer = await client.ask(PORTAL)
    await world.http.get("/healthz")

    asked, health = entries(caplog)
    assert asked.pop("milliseconds") > 0
    assert asked == {
        "time": START.isoformat(),
        "request": answer.headers["x-request-id"],
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "operation": "Portal",
        "cost": answer.body["extensions"]["cost"]["actual"],
    }
    assert (health["method"], health["path"], health["status"]) == ("GET", "/healthz", 200)
    assert health["request"] != asked["request"]


async def test_the_codes_of_errors_are_told_and_their_texts_are_not(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.stranger().ask('query Mine { organization(id: "org_x") { name } }')
    await world.stranger().ask("{ nothing }")

    denied, invalid = entries(caplog)
    assert (denied["operation"], denied["errors"]) == ("Mine", ["UNAUTHENTICATED"])
    assert (invalid["status"], invalid["errors"]) == (200, ["BAD_REQUEST"])
    assert "operation" not in invalid


async def test_what_people_send_is_not_repeated(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """O2: no variable, no secret, no address, no query string."""
    user = await world.add_user("anna@example.org")
    client = await world.sign_in(user)

    await client.do("logIn", email=user.login, password=PASSWORD)
    await world.http.get("/graphql", params={"query": PORTAL, "extensions": '{"secret":"quiet"}'})

    for private in (user.login, PASSWORD, str(client.secret), "127.0.0.1", "quiet", "viewer"):
        assert private not in caplog.text


async def test_no_character_breaks_the_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.http.get('/no%0Asuch%1B[31m%C2%85%E2%80%A8page"' + "x" * 1000)

    (line,) = caplog.messages
    assert line.isascii()
    assert line.isprintable()
    (entry,) = entries(caplog)
    assert (entry["status"], len(entry["path"])) == (404, 200)


async def test_a_failure_of_ours_is_found_by_its_incident(caplog: pytest.LogCaptureFixture) -> None:
    app = RequestLog(GraphQLEndpoint(schema, make_context=make_context), MovableClock())

    answered = await post(app, "query Broken { broken }")

    (entry,) = entries(caplog)
    assert entry["incidents"] == [answered.error["extensions"]["incident"]]
    assert (entry["operation"], entry["errors"]) == ("Broken", ["INTERNAL"])


async def test_whoever_leaves_before_the_answer_gets_no_status(caplog: pytest.LogCaptureFixture) -> None:
    async def leave() -> Message:
        return {"type": "http.disconnect"}

    app = RequestLog(GraphQLEndpoint(schema, make_context=make_context), MovableClock())

    await ask(app, headers=[("content-type", "application/json")], receive=leave)

    (entry,) = entries(caplog)
    assert entry["status"] is None


def test_the_lines_go_to_standard_output_once(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("manager.requests")
    before = log.handlers[:], log.level, log.propagate
    log.handlers = []
    try:
        start_request_log()
        start_request_log()
        log.info("%s", "a line")
    finally:
        log.handlers, log.propagate = before[0], before[2]
        log.setLevel(before[1])

    assert capsys.readouterr().out == "a line\n"
