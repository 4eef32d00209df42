"""Fixtures for all tests, and a word at the end about what could not be tested here."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from resolvers.reconciliation import reconcile
from server.databases import Limits, open_database
from tests.books import Books
from tests.databases import (
    SERVER_URL,
    Database,
    copy_sqlite,
    empty_postgresql,
    find_postgresql,
    make_sqlite_template,
    postgresql_database,
)
from tests.world import World, open_world

NO_PARAMETERS = SimpleNamespace(params={})
MISSING_POSTGRESQL = pytest.StashKey[str | None]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING_POSTGRESQL] = find_postgresql()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs PostgreSQL where none answers; the summary says so in one line instead of hundreds."""
    if config.stash[MISSING_POSTGRESQL]:
        left_out = [item for item in items if _needs_postgresql(item)]
        items[:] = [item for item in items if not _needs_postgresql(item)]
        config.hook.pytest_deselected(items=left_out)


def _needs_postgresql(item: pytest.Item) -> bool:
    return (
        isinstance(item, pytest.Function) and "postgresql" in getattr(item, "callspec", NO_PARAMETERS).params.values()
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash[MISSING_POSTGRESQL]
    if missing:
        server = SERVER_URL.rpartition("@")[2]  # without the password
        terminalreporter.write_line(f"NOT TESTED ON POSTGRESQL: {server} does not answer ({missing})", red=True)
    else:
        terminalreporter.write_line("Tested on SQLite and on PostgreSQL.", green=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql_of_this_process(pytestconfig: pytest.Config) -> Iterator[Database]:
    missing = pytestconfig.stash[MISSING_POSTGRESQL]
    if missing:
        pytest.skip(f"no PostgreSQL answers: {missing}")
    with postgresql_database() as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A migrated database without rows, not opened; the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return copy_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    database: Database = request.getfixturevalue("postgresql_of_this_process")
    empty_postgresql(database.url)
    return database


@pytest.fixture
async def database(empty_database: Database, anyio_backend: str) -> AsyncIterator[Database]:
    """A migrated database without rows, opened for the models; the test runs on SQLite and on PostgreSQL."""
    async with open_database(empty_database.url, Limits(pool_minimum=1)):
        yield empty_database


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """People, organizations and clients over a fresh database; the test runs on SQLite and on PostgreSQL."""
    async with open_world(database.url) as opened:
        yield opened


@pytest.fixture
async def books(world: World) -> AsyncIterator[Books]:
    """An organization with money and its client; at the end of the test all books must add up (WAL5)."""
    yield await Books.open(world)
    assert await reconcile() == []
