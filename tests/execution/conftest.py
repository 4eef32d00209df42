"""The small world on both databases, and ways to ask it."""

import logging
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from strawberry.types import ExecutionResult
from tortoise.context import TortoiseContext

from tests.execution.sample import world
from tests.execution.sample.rights import Context
from tests.execution.sample.types import schema

Ask: TypeAlias = Callable[..., Awaitable[ExecutionResult]]

SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def made() -> set[str]:
    """The databases in which the small world stands already."""
    return set()


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite://{tmp_path_factory.mktemp('execution') / 'small.sqlite3'}"


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    name = f"execution_{os.getpid()}"
    server, _, _ = SERVER.rpartition("/")
    try:
        run = subprocess.run(
            ["psql", SERVER.replace("postgres:", "postgresql:"), "-qc", f"CREATE DATABASE {name}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except FileNotFoundError:
        pytest.skip("PostgreSQL: no psql on this machine")
    if run.returncode:
        pytest.skip(f"PostgreSQL does not answer: {run.stderr.strip()}")
    yield f"{server.replace('postgres:', 'asyncpg:')}/{name}"
    subprocess.run(
        ["psql", SERVER.replace("postgres:", "postgresql:"), "-qc", f"DROP DATABASE {name} WITH (FORCE)"],
        check=True,
        timeout=30,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
async def small_world(request: pytest.FixtureRequest, made: set[str]) -> AsyncIterator[str]:
    """The name of the database in which the small world stands."""
    url = request.getfixturevalue(f"{request.param}_url")
    async with TortoiseContext() as connected:
        await connected.init(db_url=url, modules={"sample": ["tests.execution.sample.models"]}, use_tz=True)
        if url not in made:
            await connected.generate_schemas()
            await world.make()
            made.add(url)
        yield request.param


@pytest.fixture
async def ask(small_world: str) -> Ask:
    """Ask the small world something as one of its people."""

    async def ask(document: str, viewer: UUID | None = world.ANNA, **more: Any) -> ExecutionResult:
        context = more.pop("context", None) or Context(viewer=viewer, granted=more.pop("granted", frozenset()))
        return await schema.execute(document, more or None, context_value=context)

    return ask


class Statements(logging.Handler):
    """Counts the statements that reach a database."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.made: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.made.append(record.getMessage())


@pytest.fixture
def statements() -> Iterator[list[str]]:
    logger, handler = logging.getLogger("tortoise.db_client"), Statements()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.made
    logger.removeHandler(handler)
    logger.setLevel(before)


HERE = Path(__file__).parent
