"""The database that DATABASE_URL names: opened for a process, and migrated by one process at a time."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError

from models.engines.sqlite import OWNER_ONLY
from models.migrating import (
    APP,
    MIGRATIONS,
    DatabaseIsNewer,
    DatabaseIsOlder,
    apply_migrations,
    pending_migrations,
    undeclared_changes,
)

Kind = Literal["sqlite", "postgresql"]

MIGRATION_LOCK = 0x6D616E61676572  # any number, as long as every version of this program takes the same
UNLIMITED = "0"
UNHURRIED_SECONDS = 3600.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Limits:
    """What one process may ask of PostgreSQL; SQLite needs none of it."""

    pool_minimum: int = 2
    pool_maximum: int = 10
    statement_seconds: float = 10.0
    lock_seconds: float = 5.0
    idle_transaction_seconds: float = 30.0

    def unhurried(self) -> "Limits":
        """The same for a command that looks at everything there is: nobody waits for its answer."""
        return replace(self, statement_seconds=UNHURRIED_SECONDS)


@dataclass(frozen=True)
class DatabaseUrl:
    """A parsed DATABASE_URL: a file or a PostgreSQL server.

    `sqlite:///relative/path`, `sqlite:////absolute/path`, `postgres://user:password@host:port/name?sslmode=require`,
    or `postgres:///name?host=/folder/of/its/socket`.
    """

    kind: Kind
    credentials: dict[str, Any]

    @classmethod
    def parse(cls, url: str) -> "DatabaseUrl":
        """Read a URL; refuses any other with ValueError, and never repeats a password."""
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            path = parts.path.removeprefix("/")
            if parts.netloc or not path or ":memory:" in path:
                raise ValueError("sqlite:/// must be followed by the path of a file")
            return cls("sqlite", {"file_path": unquote(path)})
        if parts.scheme not in {"postgres", "postgresql"}:
            raise ValueError("must begin with sqlite:/// or postgres://")
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        credentials: dict[str, Any] = {
            "host": options.pop("host", None) or parts.hostname or "/var/run/postgresql",
            "port": parts.port or 5432,
            "user": unquote(parts.username or "postgres"),
            "password": unquote(parts.password) if parts.password else None,
            "database": unquote(parts.path.removeprefix("/")),
        }
        if not credentials["database"]:
            raise ValueError("names no database")
        # Without a word from the owner, TLS is used where the server offers it; this very machine needs none.
        is_near = credentials["host"].startswith("/") or credentials["host"] in LOOPBACK
        credentials["ssl"] = options.pop("sslmode", "disable" if is_near else "prefer")
        if options:
            raise ValueError(f"does not know the option {', '.join(sorted(options))}")
        return cls("postgresql", credentials)

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.credentials["file_path"])

    def configuration(self, limits: Limits | None) -> dict[str, Any]:
        """Answer Tortoise's configuration; without limits, for migrations, nothing times out."""
        credentials = dict(self.credentials)
        if self.kind == "sqlite" and limits is None:
            credentials["foreign_keys"] = "OFF"  # tables are built anew, see models.tables
        if self.kind == "postgresql":
            credentials |= _pool(limits or Limits(pool_minimum=1, pool_maximum=2), timeouts=limits is not None)
        return {
            # Tortoise keeps statements by the connection's name: one name for each dialect.
            "connections": {self.kind: {"engine": f"models.engines.{self.kind}", "credentials": credentials}},
            "apps": {APP: {"models": [APP], "default_connection": self.kind, "migrations": MIGRATIONS}},
            "use_tz": True,
            "timezone": "UTC",
        }


def _pool(limits: Limits, *, timeouts: bool) -> dict[str, Any]:
    def milliseconds(seconds: float) -> str:
        return str(int(seconds * 1000)) if timeouts else UNLIMITED

    return {
        "minsize": limits.pool_minimum,
        "maxsize": limits.pool_maximum,
        # The server's own limit answers first and leaves the connection usable; this one is for a silent network.
        "command_timeout": limits.statement_seconds + 5 if timeouts else None,
        "server_settings": {
            "statement_timeout": milliseconds(limits.statement_seconds),
            "lock_timeout": milliseconds(limits.lock_seconds),
            "idle_in_transaction_session_timeout": milliseconds(limits.idle_transaction_seconds),
        },
    }


@asynccontextmanager
async def open_database(url: str, limits: Limits | None = None) -> AsyncIterator[BaseDBAsyncClient]:
    """Open the database for every task of this process, until the block ends."""
    database = DatabaseUrl.parse(url)
    async with TortoiseContext() as context:
        await context.init(config=database.configuration(limits or Limits()), _enable_global_fallback=True)
        yield context.connections.get(database.kind)


@asynccontextmanager
async def open_migrated_database(url: str, limits: Limits | None = None) -> AsyncIterator[None]:
    """Open the database for a command; refuses with DatabaseIsOlder and DatabaseIsNewer what it cannot work with."""
    async with open_database(url, limits) as connection:
        await connection.execute_query("SELECT 1")  # else a database that does not answer would pass for an empty one
        if lacking := await pending_migrations(connection):
            raise DatabaseIsOlder(", ".join(lacking))
        yield


async def migrate(url: str) -> list[str]:
    """Bring the database to this program's tables, and answer the names of the migrations that were applied.

    Whoever comes second waits, and then finds nothing to do. An SQLite file is created when there is none.
    """
    database = DatabaseUrl.parse(url)
    async with _alone(database), TortoiseContext() as context:
        await context.init(config=database.configuration(None))
        return await apply_migrations(context.connections.get(database.kind))


async def pending(url: str) -> list[str]:
    """Answer the names of the migrations that the database lacks."""
    database = DatabaseUrl.parse(url)
    async with TortoiseContext() as context:
        await context.init(config=database.configuration(None))
        return await pending_migrations(context.connections.get(database.kind))


async def is_ready(connection: BaseDBAsyncClient) -> bool:
    """Whether the database answers and has every migration of this program."""
    try:
        await connection.execute_query("SELECT 1")
        return not await pending_migrations(connection)
    except (DatabaseIsNewer, OperationalError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


async def write_migrations(*, dry: bool = False) -> list[str]:
    """Write the migrations that the models ask for, and answer their names; `dry` writes none of them."""
    async with TortoiseContext() as context:
        configuration = DatabaseUrl.parse("sqlite:///unused").configuration(None)
        await context.init(config=configuration, init_connections=False)
        writers = await undeclared_changes()
        if not dry:
            for writer in writers:
                writer.write()
        return [writer.name for writer in writers]


@asynccontextmanager
async def _alone(database: DatabaseUrl) -> AsyncIterator[None]:
    """Keep every other migrating process out."""
    if database.kind == "sqlite":
        database.path.parent.mkdir(parents=True, exist_ok=True)
        lock = database.path.with_name(f"{database.path.name}.migrating")
        with _file_lock(lock) as descriptor:
            await asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX)
            yield
        return
    # A connection of its own: its end frees the lock, however this process ends.
    connection = await asyncpg.connect(**database.credentials)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await connection.close()


@contextmanager
def _file_lock(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
