"""The small world on both databases, and ways to ask it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from strawberry.types import ExecutionResult
from tortoise import Tortoise
from tortoise.context import TortoiseContext

from execution import tables
from server.databases import DatabaseUrl, Limits
from tests.conftest import MISSING_POSTGRESQL
from tests.databases import Database, postgresql_database
from tests.execution.sample import world
from tests.execution.sample.rights import Context
from tests.execution.sample.types import schema

Ask: TypeAlias = Callable[..., Awaitable[ExecutionResult]]


async def _leave_empty(_url: str) -> None:
    """The small world makes its own tables."""


@pytest.fixture(scope="session")
def made() -> set[str]:
    """The databases in which the small world stands already."""
    return set()


@pytest.fixture(scope="session")
def small_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return Database("sqlite", f"sqlite:///{tmp_path_factory.mktemp('execution') / 'small.sqlite3'}")


@pytest.fixture(scope="session")
def small_postgresql(pytestconfig: pytest.Config) -> Iterator[Database]:
    missing = pytestconfig.stash[MISSING_POSTGRESQL]
    if missing:
        pytest.skip(f"no PostgreSQL answers: {missing}")
    with postgresql_database(prepare=_leave_empty) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def small_database(request: pytest.FixtureRequest) -> Database:
    database: Database = request.getfixturevalue(f"small_{request.param}")
    return database


@pytest.fixture
async def small_world(small_database: Database, made: set[str], anyio_backend: str) -> AsyncIterator[Database]:
    """The database in which the small world stands; it is read only."""
    database = small_database
    configuration = DatabaseUrl.parse(database.url).configuration(Limits(pool_minimum=1))
    configuration["apps"] = {
        "sample": {"models": ["tests.execution.sample.models"], "default_connection": database.kind}
    }
    async with TortoiseContext() as context:
        await context.init(config=configuration)
        if database.url not in made:
            await context.generate_schemas()
            await world.make()
            made.add(database.url)
        yield database


@pytest.fixture
def ask(small_world: Database) -> Ask:
    """Ask the small world something as one of its people; Anna, unless told otherwise."""

    async def ask(
        document: str,
        viewer: UUID | None = world.ANNA,
        granted: frozenset[UUID] = frozenset(),
        context: Context | None = None,
        **variables: Any,
    ) -> ExecutionResult:
        context = context or Context(viewer=viewer, granted=granted)
        return await schema.execute(document, variables or None, context_value=context)

    return ask


@pytest.fixture
def fresh() -> Iterator[None]:
    """Houses and rooms are shown by the test's own types alone."""
    Tortoise.init_models(["tests.execution.unsound"], "house")
    before = dict(tables._tables)
    yield
    tables._tables.clear()
    tables._tables.update(before)
