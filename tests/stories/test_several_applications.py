"""One login on several applications, and the proof that dangerous operations ask for."""

import pytest

from rules.locales import Locale
from tests.world import PASSWORD, Client, World, id_of

pytestmark = pytest.mark.anyio

ENTERED = "... on LogInSuccess { secret session { id application } viewer { user { login } } }"
SESSIONS = "{ viewer { sessions { totalCount nodes { id application isCurrent } } } }"
LOG_OUT = "mutation { logOut { ... on LogOutSuccess { session { endedAt } } } }"


async def log_in(world: World, application: str) -> tuple[Client, str]:
    answer = await world.stranger().do(
        "logIn", ENTERED, email="ada@example.org", password=PASSWORD, application=application
    )
    return Client(world.http, answer.result()["secret"]), answer.result()["session"]["id"]


async def test_sessions_are_listed_and_ended_one_by_one_or_all(world: World) -> None:
    """USR9, USR1."""
    await world.add_user("ada@example.org")
    (desk, _), (phone, phone_id), (tablet, _) = [await log_in(world, name) for name in ("Desk", "Phone", "Tablet")]

    listed = (await desk.ask(SESSIONS)).data["viewer"]["sessions"]
    ended = await desk.do("endSession", "... on EndSessionSuccess { session { endedAt } }", sessionId=phone_id)
    others = await desk.do("endSessions", "... on EndSessionsSuccess { endedCount }")
    left = (await desk.ask(SESSIONS)).data["viewer"]["sessions"]

    assert {node["application"]: node["isCurrent"] for node in listed["nodes"]} == {
        "Desk": True,
        "Phone": False,
        "Tablet": False,
    }
    assert ended.result()["session"]["endedAt"] is not None
    assert others.result()["endedCount"] == 1
    assert (left["totalCount"], left["nodes"][0]["application"]) == (1, "Desk")
    for gone in (phone, tablet):
        assert (await gone.ask(SESSIONS)).codes == ["UNAUTHENTICATED"]


async def test_another_persons_session_does_not_exist(world: World) -> None:
    """ORG4 in spirit: foreign and unknown ids are refused alike; other things' ids are a mistake."""
    ada, ben = await world.add_user("ada@example.org"), await world.add_user()
    _, foreign = await log_in(world, "Desk")
    client = await world.sign_in(ben)

    answers = [
        await client.do("endSession", sessionId=session_id)
        for session_id in (foreign, f"ses_{'0' * 32}", id_of(ada), "nonsense")
    ]

    assert [answer.codes for answer in answers] == [["NOT_FOUND"], ["NOT_FOUND"], ["BAD_REQUEST"], ["BAD_REQUEST"]]
    assert answers[0].body["errors"] == answers[1].body["errors"]


async def test_logging_out_ends_one_session_for_good(world: World) -> None:
    """USR9."""
    await world.add_user("ada@example.org")
    (desk, _), (phone, _) = [await log_in(world, name) for name in ("Desk", "Phone")]

    answer = await desk.ask(LOG_OUT)

    assert answer.result()["session"]["endedAt"] is not None
    assert (await desk.ask(LOG_OUT)).codes == ["UNAUTHENTICATED"]
    assert (await phone.ask(SESSIONS)).data["viewer"]["sessions"]["totalCount"] == 1
    assert (await world.stranger().ask(LOG_OUT)).codes == ["UNAUTHENTICATED"]


async def test_whoever_logs_in_is_spoken_to_in_their_language_at_once(world: World) -> None:
    """USR11: what follows in the same request is refused in the language of the account."""
    user = await world.add_user(locale=Locale.FR)

    answer = await world.stranger().ask(
        """mutation M($logIn: LogInInput!) {
            logIn(input: $logIn) { __typename }
            updateProfile(input: { firstName: "" }) { ... on InvalidInput { message } }
        }""",
        logIn={"email": user.login, "password": PASSWORD},
    )

    assert answer.data["updateProfile"] == {"message": "Certains champs sont à revoir."}


async def test_a_browser_gets_the_session_as_a_cookie_that_scripts_cannot_read(world: World) -> None:
    """S7: handed out at log-in, taken back at log-out."""
    await world.add_user("ada@example.org")
    entered = await world.stranger().do("logIn", ENTERED, email="ada@example.org", password=PASSWORD)
    cookie = entered.headers["set-cookie"]
    name, secret = cookie.split(";")[0].split("=", 1)

    seen = await world.http.post(
        "/graphql", json={"query": "{ viewer { user { login } } }"}, headers={"cookie": f"{name}={secret}"}
    )
    left = await Client(world.http, secret).ask(LOG_OUT)

    assert secret == entered.result()["secret"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert seen.json()["data"]["viewer"]["user"]["login"] == "ada@example.org"
    assert "Max-Age=0" in left.headers["set-cookie"]


async def test_an_old_proof_is_renewed_with_the_password(world: World) -> None:
    """USR13: REAUTHENTICATION_REQUIRED."""
    client = await world.sign_in(await world.add_user("ada@example.org"))
    world.clock.move(minutes=16)

    refused = await client.do("changeRecoveryEmail", email="ada@elsewhere.example")
    wrong = await client.do("reauthenticate", password="not the password")
    proven = await client.do(
        "reauthenticate", "... on ReauthenticateSuccess { session { provedAt } }", password=PASSWORD
    )
    allowed = await client.do("changeRecoveryEmail", email="ada@elsewhere.example")
    forgotten = await client.do("changeRecoveryEmail")

    assert refused.codes == ["REAUTHENTICATION_REQUIRED"]
    assert wrong.refused() == "INVALID_CURRENT_PASSWORD"
    assert proven.result()["session"]["provedAt"] == world.clock.now().isoformat()
    assert allowed.result()["__typename"] == "ChangeRecoveryEmailSuccess"
    assert forgotten.refused() == "INVALID_INPUT"


async def test_the_language_is_remembered_for_refusals(world: World) -> None:
    """USR11."""
    client = await world.sign_in(await world.add_user("ada@example.org"))
    changed = await client.do(
        "updateProfile", "... on UpdateProfileSuccess { user { name locale } }", lastName=" Müller ", locale="FR"
    )

    refused = await client.do("reauthenticate", password="not the password")

    assert changed.result()["user"] == {"name": "Ada Müller", "locale": "FR"}
    assert refused.result()["message"] == "Le mot de passe actuel est faux."
