"""Bringing a database to what the models declare, step by step; each step is done and recorded in one transaction.

Must not run twice at once: whoever calls this holds a lock.
"""

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import require_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.loader import MigrationLoader
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelOptions,
    CreateModel,
    Operation,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
    RenameConstraint,
    RenameField,
    RenameIndex,
)
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.migrations.writer import MigrationWriter
from tortoise.transactions import in_transaction

from models.due_items import VIEWS
from models.tables import PostgresqlEditor, SqliteEditor, editor_for

APP = "models"
MIGRATIONS = "models.migrations"
Alteration = (
    AddConstraint
    | AddField
    | AddIndex
    | AlterField
    | RemoveConstraint
    | RemoveField
    | RemoveIndex
    | RenameConstraint
    | RenameField
    | RenameIndex
)


class DatabaseIsNewer(Exception):
    """The database has seen migrations that this program does not know."""


class DatabaseIsOlder(Exception):
    """The database lacks migrations of this program."""


async def apply_migrations(connection: BaseDBAsyncClient, module: str = MIGRATIONS) -> list[str]:
    """Apply what is missing, oldest first, and answer the names of what was applied.

    Refuses with DatabaseIsNewer. On SQLite the connection must have foreign keys off.
    """
    await MigrationRecorder(connection).ensure_schema(editor_for(connection))
    pending = set(await pending_migrations(connection, module))
    state = State(models={}, apps=StateApps(default_connections={APP: connection.connection_name}))
    for migration in await _known(connection, module):
        if migration.name not in pending:
            await migration.apply(state, dry_run=True)
            continue
        async with in_transaction(connection.connection_name) as transaction:
            await _apply(migration, state, editor_for(transaction))
            await MigrationRecorder(transaction).record_applied(APP, migration.name)
    return sorted(pending)


async def pending_migrations(connection: BaseDBAsyncClient, module: str = MIGRATIONS) -> list[str]:
    """Answer the names of the migrations that the database lacks; refuses with DatabaseIsNewer."""
    known = [migration.name for migration in await _known(connection, module)]
    applied = {key.name for key in await MigrationRecorder(connection).applied_migrations()}
    if applied - set(known):
        raise DatabaseIsNewer(", ".join(sorted(applied - set(known))))
    return [name for name in known if name not in applied]


async def undeclared_changes(module: str = MIGRATIONS) -> list[MigrationWriter]:
    """Answer the migrations that are still to be written for the models to be what the migrations make."""
    apps = require_context().apps
    if apps is None:
        raise RuntimeError("the models are not loaded")
    writers = await MigrationAutodetector(apps, {APP: {"models": [APP], "migrations": module}}).changes()
    for writer in writers:
        writer.operations = [change for change in writer.operations if not _asks_for_nothing(change)]
        for operation in writer.operations:
            if isinstance(operation, CreateModel) and operation.options:
                operation.options.pop("table_description", None)
    return [writer for writer in writers if writer.operations]


def _asks_for_nothing(change: Operation) -> bool:
    """Docstrings are no part of a table, so a better one asks for no migration; views are made by hand."""
    if isinstance(change, CreateModel):
        return change.name in {view.__name__ for view in VIEWS}
    return isinstance(change, AlterModelOptions)


async def _known(connection: BaseDBAsyncClient, module: str) -> list[Migration]:
    """Load the migrations in their order, which is that of their numbers."""
    loader = MigrationLoader({APP: {"migrations": module}}, MigrationRecorder(connection))
    loader.load_disk()
    return [loader.disk_migrations[key] for key in sorted(loader.disk_migrations, key=_name)]


def _name(key: MigrationKey) -> str:
    return key.name


async def _apply(migration: Migration, state: State, editor: PostgresqlEditor | SqliteEditor) -> None:
    """Run every operation; SQLite's tables are built anew once for all alterations that follow each other."""
    altered: dict[str, dict[str, str]] = {}
    for operation in migration.operations:
        before = state.clone()
        operation.state_forward(APP, state)
        if isinstance(editor, SqliteEditor) and isinstance(operation, Alteration):
            renamed = altered.setdefault(operation.model_name, {})
            if isinstance(operation, RenameField):
                old_column = _column(before, operation.model_name, operation.old_name)
                new_column = _column(state, operation.model_name, operation.new_name)
                renamed[new_column] = renamed.pop(old_column, old_column)
            continue
        await _rebuild(altered, before, editor)
        await operation.database_forward(APP, before, state, editor)
    await _rebuild(altered, state, editor)
    if isinstance(editor, SqliteEditor):
        _, orphans = await editor.client.execute_query("PRAGMA foreign_key_check")
        if orphans:
            raise ValueError(f"{migration.name} leaves {len(orphans)} rows that refer to nothing")


async def _rebuild(altered: dict[str, dict[str, str]], state: State, editor: PostgresqlEditor | SqliteEditor) -> None:
    for model_name, renamed in altered.items():
        if isinstance(editor, SqliteEditor):
            await editor.rebuild(state.apps.get_model(f"{APP}.{model_name}"), renamed)
    altered.clear()


def _column(state: State, model_name: str, field_name: str) -> str:
    model = state.apps.get_model(f"{APP}.{model_name}")
    return model._meta.fields_map[field_name].source_field or field_name
