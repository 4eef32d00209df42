"""Real toolchains on the printed schema, and the clients they make against a live server."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from graphql import GraphQLError

from server.app import create_app
from server.databases import migrate, open_database
from server.demo.people import PASSWORD, PRODUCTS, WEBMASTER
from server.demo.small import load_small_world
from server.passwords import Argon2Passwords, HashingCost
from server.settings import Settings
from tests.clients.conftest import FOLDER, RunsNode
from tests.clients.serving import served
from tests.world import START

pytestmark = [pytest.mark.clients, pytest.mark.anyio]

OPERATIONS = FOLDER / "operations"


@pytest.fixture
def demo_address(tmp_path: Path) -> Iterator[str]:
    """The address of the application over the demo's data."""
    settings = Settings(
        DATABASE_URL=f"sqlite:///{tmp_path / 'demo.sqlite3'}",
        mail_folder=tmp_path / "mails",
        password_hash_memory_kibibytes=8,
        password_hash_iterations=1,
    )

    async def load() -> None:
        await migrate(settings.database_url)
        async with open_database(settings.database_url):
            await load_small_world(Argon2Passwords(HashingCost(memory_kibibytes=8, iterations=1)), START)

    asyncio.run(load())
    with served(create_app(settings)) as address:
        yield address


def test_the_relay_compiler_takes_the_schema_without_a_warning(node: RunsNode) -> None:
    made = FOLDER / "relay/src/__generated__"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()

    told = node("node_modules/relay-compiler/cli.js", "relay/relay.config.json")

    assert "warn" not in told.lower()
    names = {path.name for path in made.iterdir()}
    assert {"DashboardQuery.graphql.ts", "DashboardMembersPaginationQuery.graphql.ts"} <= names


def test_a_generated_typescript_client_signs_in_reads_pages_and_handles_refusals(
    node: RunsNode, demo_address: str
) -> None:
    (FOLDER / "typescript/generated.ts").unlink(missing_ok=True)
    shutil.rmtree(FOLDER / "typescript/built", ignore_errors=True)
    generated = node("node_modules/@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.json")
    assert "warn" not in generated.lower()
    assert node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json") == ""

    told = node("typescript/built/client.js", demo_address, WEBMASTER, PASSWORD).splitlines()

    assert told == [
        "Alpine Bakery SA|Keller Web|Nordlicht GmbH|Studio Lumière Sàrl",
        "invited tom@example.org: PENDING",
        "invited tom@example.org: PENDING",
        "already invited: ivt_",
        "this key meant something else",
        "may not grant LEGAL_REPRESENTATIVE",
        "email MALFORMED",
        "already a member",
    ]


@asynccontextmanager
async def python_client(address: str, login: str) -> AsyncIterator[AsyncClientSession]:
    """A client of gql that logged in, and checks every operation by the schema that it asked the server for."""
    stranger = HTTPXAsyncTransport(f"{address}/graphql")
    async with Client(transport=stranger, fetch_schema_from_transport=True) as session:
        entered = (await execute(session, "sign-in", input={"email": login, "password": PASSWORD}))["logIn"]
    assert entered["viewer"]["user"]["login"] == login
    headers = {"authorization": f"Bearer {entered['secret']}"}
    transport = HTTPXAsyncTransport(f"{address}/graphql", headers=headers)
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        yield session


async def execute(session: AsyncClientSession, operation: str, **variables: Any) -> dict[str, Any]:
    request = gql((OPERATIONS / f"{operation}.graphql").read_text("utf-8"))
    request.variable_values = variables
    return await session.execute(request)


async def test_the_python_client_signs_in_reads_pages_and_handles_refusals(demo_address: str) -> None:
    async with python_client(demo_address, WEBMASTER) as session:
        ids: dict[str, str] = {}
        after, more = None, True
        while more:
            page = (await execute(session, "overview", first=3, after=after))["organizations"]
            ids |= {each["name"]: each["id"] for each in page["nodes"]}
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert list(ids) == ["Alpine Bakery SA", "Keller Web", "Nordlicht GmbH", "Studio Lumière Sàrl"]

        wanted = {"organizationId": ids["Alpine Bakery SA"], "email": "tom@example.org", "role": "COLLABORATOR"}
        answers = [
            (await execute(session, "invite", input=wanted | changes))["inviteMember"]
            for changes in (
                {"idempotencyKey": "one"},
                {"idempotencyKey": "one"},
                {"idempotencyKey": "two"},
                {"idempotencyKey": "one", "email": "else@example.org"},
            )
        ]

    assert answers[0]["invitation"]["state"] == "PENDING"
    assert answers[1] == answers[0]
    assert answers[2]["code"] == "INVITATION_ALREADY_PENDING"
    assert answers[2]["invitationId"] == answers[0]["invitation"]["id"]
    assert answers[3]["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_the_python_client_is_told_the_right_it_lacks(demo_address: str) -> None:
    async with python_client(demo_address, PRODUCTS) as session:
        with pytest.raises(TransportQueryError) as denied:
            await session.execute(gql("{ organizations(first: 1) { nodes { invitations { totalCount } } } }"))

    assert denied.value.errors
    assert denied.value.errors[0]["extensions"]["requiredRight"] == "MEMBERS"


async def test_the_python_client_finds_mistakes_by_the_schema_of_the_server_or_of_the_file(demo_address: str) -> None:
    mistake = gql("{ viewer { user { pasword } } }")
    transport = HTTPXAsyncTransport(f"{demo_address}/graphql")
    printed = (FOLDER.parents[1] / "schema.graphql").read_text("utf-8")

    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        with pytest.raises(GraphQLError, match="pasword"):
            await session.execute(mistake)
    async with Client(transport=transport, schema=printed) as session:
        with pytest.raises(GraphQLError, match="pasword"):
            await session.execute(mistake)
