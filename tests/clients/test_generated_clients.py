"""Real toolchains on the printed schema, and the clients they make against a live server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport

from server.app import create_app
from server.databases import migrate, open_database
from server.demo.people import PASSWORD, PRODUCTS, WEBMASTER
from server.demo.small import load_small_world
from server.passwords import Argon2Passwords, HashingCost
from server.settings import Settings
from tests.clients.conftest import FOLDER, RunsNode
from tests.clients.serving import served
from tests.world import START

pytestmark = pytest.mark.clients

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
    (FOLDER / "relay/src/__generated__").mkdir(exist_ok=True)

    told = node("node_modules/relay-compiler/cli.js", "relay/relay.config.json")

    assert "warn" not in told.lower()
    made = {path.name for path in (FOLDER / "relay/src/__generated__").iterdir()}
    assert {"DashboardQuery.graphql.ts", "DashboardMembersPaginationQuery.graphql.ts"} <= made


def test_a_generated_typescript_client_signs_in_reads_pages_and_handles_refusals(
    node: RunsNode, demo_address: str
) -> None:
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


def test_the_python_client_reads_the_schema_signs_in_and_reads(demo_address: str) -> None:
    async def talk() -> tuple[str, list[str], str]:
        stranger = HTTPXAsyncTransport(f"{demo_address}/graphql")
        async with Client(transport=stranger, fetch_schema_from_transport=True) as session:
            sign_in = gql((OPERATIONS / "sign-in.graphql").read_text("utf-8"))
            sign_in.variable_values = {"input": {"email": PRODUCTS, "password": PASSWORD}}
            entered = (await session.execute(sign_in))["logIn"]
        headers = {"authorization": f"Bearer {entered['secret']}"}
        transport = HTTPXAsyncTransport(f"{demo_address}/graphql", headers=headers)
        async with Client(transport=transport, fetch_schema_from_transport=True) as session:
            overview = gql((OPERATIONS / "overview.graphql").read_text("utf-8"))
            overview.variable_values = {"first": 10}
            found = await session.execute(overview)
            names = [each["name"] for each in found["organizations"]["nodes"]]
            with pytest.raises(TransportQueryError) as denied:
                await session.execute(gql("{ organizations(first: 1) { nodes { invitations { totalCount } } } }"))
        assert denied.value.errors
        return entered["viewer"]["user"]["login"], names, denied.value.errors[0]["extensions"]["requiredRight"]

    assert asyncio.run(talk()) == (PRODUCTS, ["Alpine Bakery SA"], "MEMBERS")
