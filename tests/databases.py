"""Databases for tests: a fresh SQLite file for each, and one PostgreSQL database a process that is emptied for each."""

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from server.databases import DatabaseUrl, Kind, migrate

SERVER_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")

# Whatever a former test left running is ended first, then every table that holds rows is emptied, in any order.
EMPTY = """
DO $$
DECLARE tab text; filled boolean;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR tab IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', tab) INTO filled;
        IF filled AND tab = 'ledger_accounts' THEN
            DELETE FROM ledger_accounts WHERE kind = 'WALLET';  -- ours come with the migration
        ELSIF filled THEN
            EXECUTE format('DELETE FROM %I', tab);
        END IF;
    END LOOP;
END $$
"""


@dataclass
class Database:
    """The database of one test."""

    kind: Kind
    url: str

    @contextmanager
    def count_statements(self) -> Iterator["Statements"]:
        """Collect the statements that are sent within the block (BEGIN and COMMIT apart)."""
        statements = Statements()
        logger = logging.getLogger("tortoise.db_client")
        level = logger.level
        logger.addHandler(statements)
        logger.setLevel(logging.DEBUG)
        try:
            yield statements
        finally:
            logger.setLevel(level)
            logger.removeHandler(statements)


@dataclass
class Statements(logging.Handler):
    """The statements sent so far, with their parameters."""

    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.DEBUG)

    __hash__ = object.__hash__

    @property
    def count(self) -> int:
        return len(self.sent)

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if not message.startswith(("Created connection", "Closed connection")):
            self.sent.append(message)


def find_postgresql() -> str | None:
    """Answer why no PostgreSQL server can be used, or None when one answers."""

    async def ask() -> None:
        connection = await asyncpg.connect(**DatabaseUrl.parse(SERVER_URL).credentials, timeout=20)
        await connection.close()

    try:
        asyncio.run(ask())
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def make_sqlite_template(folder: Path) -> Path:
    """Make a migrated file that each test gets a copy of."""
    path = folder / "template.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


def copy_sqlite(template: Path, folder: Path) -> Database:
    """Copy the template, which nobody has open."""
    path = folder / "test.sqlite3"
    shutil.copyfile(template, path)
    return Database("sqlite", f"sqlite:///{path}")


@contextmanager
def postgresql_database(prepare: Callable[[str], Awaitable[object]] = migrate) -> Iterator[Database]:
    """Create a database of its own for the block, migrated unless told otherwise."""
    name = f"manager_test_{os.getpid()}_{secrets.token_hex(4)}"
    url = urlunsplit(urlsplit(SERVER_URL)._replace(path=f"/{name}"))
    asyncio.run(_on_server(f'CREATE DATABASE "{name}"', f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    try:
        asyncio.run(_call(prepare, url))
        yield Database("postgresql", url)
    finally:
        asyncio.run(_on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _call(prepare: Callable[[str], Awaitable[object]], url: str) -> None:
    await prepare(url)


def empty_postgresql(url: str) -> None:
    """Delete every row, and end whatever a former test left running."""
    asyncio.run(_on_server(EMPTY, url=url))


async def _on_server(*statements: str, url: str = SERVER_URL) -> None:
    connection = await asyncpg.connect(**DatabaseUrl.parse(url).credentials)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
