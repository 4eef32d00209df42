"""Migrations: the tables are what the models declare, a change keeps every row, and nobody migrates twice at once."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext, require_context
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.indexes import Index
from tortoise.models import Model
from tortoise.transactions import in_transaction

from models import Session, __models__
from models.due_items import VIEWS, create_views
from models.fields import new_id
from models.migrating import DatabaseIsNewer, DatabaseIsOlder, apply_migrations, pending_migrations
from models.tables import editor_for
from models.triggers import create_money_triggers
from server.databases import (
    DatabaseUrl,
    migrate,
    open_database,
    open_migrated_database,
    pending,
    write_migrations,
)
from tests.conftest import MISSING_POSTGRESQL
from tests.databases import Database, postgresql_database
from tests.models.catalogs import describe

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVOLUTION = "tests.models.evolution"
EVOLUTION_BEGUN = "tests.models.evolution_begun"


async def leave_bare(url: str) -> None:
    """Prepare nothing."""


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "sqlite":
        yield Database("sqlite", f"sqlite:///{tmp_path / 'bare.sqlite3'}")
        return
    if missing := request.config.stash[MISSING_POSTGRESQL]:
        pytest.skip(f"no PostgreSQL answers: {missing}")
    with postgresql_database(leave_bare) as database:
        yield database


@asynccontextmanager
async def migrating(database: Database) -> AsyncIterator[BaseDBAsyncClient]:
    url = DatabaseUrl.parse(database.url)
    async with TortoiseContext() as context:
        await context.init(config=url.configuration(None))
        yield context.connections.get(url.kind)


async def create_declared_tables(connection: BaseDBAsyncClient) -> None:
    waiting: list[type[Model]] = [model for model in __models__ if model not in VIEWS]
    done: set[str] = set()
    async with in_transaction() as transaction:
        while waiting:
            for model in list(waiting):
                editor = editor_for(transaction)
                references = editor._get_model_sql_data(model).references - {model._meta.db_table}
                references |= {each.table for each in model._meta.constraints if hasattr(each, "table")}
                if references <= done:
                    await editor.create_model(model)
                    done.add(model._meta.db_table)
                    waiting.remove(model)


@pytest.mark.parametrize(
    ("empty_database", "bare_database"), [("sqlite", "sqlite"), ("postgresql", "postgresql")], indirect=True
)
async def test_columns_constraints_and_indexes_are_those_that_the_models_declare(
    database: Database, bare_database: Database
) -> None:
    migrated = await describe(require_context().db())

    async with migrating(bare_database) as connection:
        await create_declared_tables(connection)
        await create_money_triggers(connection)
        await create_views(connection)
        declared = await describe(connection)

    assert migrated == declared


async def test_every_model_is_covered_by_the_migrations() -> None:
    assert await write_migrations(dry=True) == []


def test_indexes_and_constraints_name_columns() -> None:
    for model in __models__:
        columns = set(model._meta.fields_db_projection.values())
        for index in model._meta.indexes:
            names = index.fields if isinstance(index, Index) else index
            assert set(names) <= columns, model
        for constraint in model._meta.constraints:
            assert set(getattr(constraint, "fields", ())) <= columns, model


def test_names_fit_into_postgresql() -> None:
    names = [
        name
        for model in __models__
        for name in (
            model._meta.db_table,
            *model._meta.fields_db_projection.values(),
            *(f"{model._meta.db_table}_{column}_check" for column in model._meta.fields_db_projection.values()),
            *(constraint.name for constraint in model._meta.constraints),
        )
    ]

    assert [name for name in names if len(name) > 63] == []


async def test_a_database_knows_what_it_lacks(bare_database: Database) -> None:
    before = await pending(bare_database.url)

    applied = await migrate(bare_database.url)

    assert before == applied != []
    assert await pending(bare_database.url) == []
    assert await migrate(bare_database.url) == []


def test_two_processes_that_migrate_at_once_do_it_once(bare_database: Database) -> None:
    program = (
        f"import asyncio; from server.databases import migrate; print(asyncio.run(migrate({bare_database.url!r})))"
    )

    processes = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outcomes = [(process.communicate(timeout=300)[0].strip(), process.returncode) for process in processes]

    assert [code for _, code in outcomes] == [0, 0, 0]
    assert sorted(text == "[]" for text, _ in outcomes) == [False, True, True]


async def add_shelf(connection: BaseDBAsyncClient, **values: object) -> str:
    values = {"id": new_id().hex, "label": "a", "state": "OPEN", "note": "n"} | values
    columns, marks = ", ".join(values), ", ".join(f"'{value}'" for value in values.values())
    await connection.execute_script(f"INSERT INTO shelves ({columns}) VALUES ({marks})")
    return str(values["id"])


async def test_changed_tables_keep_their_rows_and_have_all_their_rules(bare_database: Database) -> None:
    async with migrating(bare_database) as connection:
        await apply_migrations(connection, EVOLUTION_BEGUN)
        shelf = await add_shelf(connection, width=20)
        await connection.execute_script(f"INSERT INTO boxes (id, shelf_id) VALUES ('{new_id().hex}', '{shelf}')")
        with pytest.raises(IntegrityError):
            await add_shelf(connection, label="b", note="m", width=0)

        assert await apply_migrations(connection, EVOLUTION) == ["m0002_changes"]

        (row,) = await connection.execute_query_dict("SELECT label, breadth, side, height FROM shelves")
        assert row == {"label": "a", "breadth": 20, "side": "LEFT", "height": None}
        (boxes,) = await connection.execute_query_dict("SELECT count(*) AS number FROM boxes")
        assert boxes["number"] == 1
        await add_shelf(connection, label="b", state="BROKEN", breadth=11)
        for wrong in (
            {"label": "c", "note": "m", "breadth": 10},
            {"label": "c", "note": "m", "breadth": 11, "side": "TOP"},
            {"label": "c", "note": "m", "breadth": 11, "state": "LOST"},
            {"label": "c", "note": "n", "breadth": 11, "state": "OPEN"},
            {"label": "a", "note": "m", "breadth": 11},
        ):
            with pytest.raises(IntegrityError):
                await add_shelf(connection, **wrong)
        facts = "\n".join(await describe(connection))
        assert "shelves_by_breadth" in facts
        assert "shelves_one_open" in facts
        assert "shelf_id" not in facts


async def test_a_migration_that_fails_leaves_nothing_behind(bare_database: Database) -> None:
    async with migrating(bare_database) as connection:
        with pytest.raises(OperationalError):
            await apply_migrations(connection, "tests.models.failing")

        assert await pending_migrations(connection, "tests.models.failing") == ["m0001_half"]
        assert not any("halves" in fact for fact in await describe(connection))


async def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    connection = require_context().db()
    await connection.execute_script(
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '9999_future', '2030-01-01')"
    )
    try:
        with pytest.raises(DatabaseIsNewer, match="9999_future"):
            await pending_migrations(connection)
    finally:
        await connection.execute_script("DELETE FROM tortoise_migrations WHERE name = '9999_future'")


async def test_a_command_refuses_a_database_that_lacks_its_tables_until_it_is_migrated(bare_database: Database) -> None:
    with pytest.raises(DatabaseIsOlder, match="0001_initial"):
        async with open_migrated_database(bare_database.url):
            pass

    await migrate(bare_database.url)

    async with open_migrated_database(bare_database.url):
        assert await Session.all().count() == 0


async def test_a_migrated_database_holds_foreign_keys(empty_database: Database) -> None:
    """A migration switches them off on SQLite; the program may not."""
    async with open_database(empty_database.url):
        with pytest.raises(IntegrityError):
            await Session.create(
                user_id=new_id(),
                secret_hash="0" * 64,
                application="",
                user_agent="",
                address="",
                created_at=NOON,
                last_used_at=NOON,
                expires_at=NOON,
                proved_at=NOON,
            )
