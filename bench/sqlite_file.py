"""The data of the bench in an SQLite file: the rows of PostgreSQL, spelled as SQLite spells them."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.data import SESSION_LASTS
from bench.servers import LOGS, MANAGER

ROWS_AT_ONCE = 5_000
NOT_COPIED = ("tortoise_migrations", "sqlite_%")


def spelled(value: object) -> object:
    """A value of PostgreSQL as it stands in an SQLite file: keys as digits, instants in UTC, truth as a number."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def manager(command: str, file: Path) -> None:
    """Run a command of ours on a file; refuses with SystemExit when it fails."""
    environment = {**os.environ, "DATABASE_URL": url_of(file)}
    done = subprocess.run([MANAGER, command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"manager {command} on {file}: {done.stderr[-1000:]}")


def url_of(file: Path) -> str:
    """The DATABASE_URL of a file."""
    return f"sqlite:///{file.resolve()}"


@contextmanager
def _without_triggers(file: sqlite3.Connection) -> Iterator[None]:
    """Take the triggers away for the block: what they would write is copied, too."""
    triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        file.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in triggers:
        file.execute(statement)


async def copy_rows(source: Any, file: sqlite3.Connection) -> None:
    """Copy every row of every table into a migrated file; refuses with AssertionError what refers to nothing."""
    hidden = " AND ".join(f"name NOT LIKE '{name}'" for name in NOT_COPIED)
    tables = [
        name for (name,) in file.execute(f"SELECT name FROM sqlite_master WHERE type = 'table' AND {hidden}").fetchall()
    ]
    file.execute("PRAGMA synchronous = OFF")
    with _without_triggers(file):
        for table in tables:
            columns = [row[1] for row in file.execute(f'PRAGMA table_info("{table}")')]
            names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
            file.execute(f'DELETE FROM "{table}"')
            async with source.transaction():
                cursor = await source.cursor(f'SELECT {names} FROM "{table}" ORDER BY id')
                while rows := await cursor.fetch(ROWS_AT_ONCE):
                    values = ([spelled(value) for value in row] for row in rows)
                    file.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
            file.commit()
    if strays := file.execute("PRAGMA foreign_key_check").fetchall():
        raise AssertionError(f"rows refer to nothing: {strays[:3]}")


async def ensure_file(source: Any, made_from: str) -> Path:
    """See to it that a file with the rows of a database is there; those of its former rows are removed."""
    name = await source.fetchval("SELECT current_database()")
    path = LOGS / f"{name}-{made_from[:16]}.sqlite3"
    if not path.exists():
        LOGS.mkdir(parents=True, exist_ok=True)
        for former in LOGS.glob(f"{name}-*.sqlite3*"):
            former.unlink()
        begun = path.with_suffix(".sqlite3-begun")
        manager("migrate", begun)
        with closing(sqlite3.connect(begun)) as file:
            await copy_rows(source, file)
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        manager("reconcile", begun)
        begun.rename(path)
    return path


def renew_sessions_in(path: Path, now: datetime) -> None:
    """Let every session in the file begin now."""
    begins = spelled(now)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "UPDATE sessions SET created_at = ?, last_used_at = ?, proved_at = ?, expires_at = ?",
            (begins, begins, begins, spelled(now + SESSION_LASTS)),
        )
