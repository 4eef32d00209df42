"""A model's table as SQL, with every constraint it declares, on both databases.

Tortoise's own editors forget the constraints of new tables, and rebuild SQLite's tables without their indexes and at
the price of the rows that refer to them. These do neither.
"""

from dataclasses import replace
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.fields.base import Field
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_editor.base_postgres import BasePostgresSchemaEditor
from tortoise.migrations.schema_editor.data import ModelSqlData
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor
from tortoise.models import Model

from models.constraints import SameOrganization


def table_constraints(model: type[Model], dialect: str) -> dict[str, str]:
    """Answer the constraints that stand inside the table, by name: those of its fields, then those of its Meta."""
    meta = model._meta
    constraints: dict[str, str] = {}
    for field_name, column in meta.fields_db_projection.items():
        check = field_check(meta.fields_map[field_name], column, dialect)
        if check:
            constraints[check_name(meta.db_table, column)] = check
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.condition:
            continue  # this one is an index, see partial_uniques
        constraints[str(constraint.name)] = constraint_sql(constraint)
    return constraints


def partial_uniques(model: type[Model]) -> list[str]:
    """Answer the statements that create the indexes of uniqueness under a condition."""
    return [
        f'CREATE UNIQUE INDEX "{constraint.name}" ON "{model._meta.db_table}" '
        f"({_columns(constraint.fields)}) WHERE {constraint.condition}"
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.condition
    ]


def check_name(table: str, column: str) -> str:
    """Answer the name of the CHECK that a field brings along."""
    return f"{table}_{column}_check"


def field_check(field: Field[Any], column: str, dialect: str) -> str | None:
    """Answer the CHECK that a field brings along, if it brings one."""
    check = getattr(field, "check", None)
    condition = check(column, dialect) if check else None
    return f"CHECK ({condition})" if condition else None


def constraint_sql(constraint: CheckConstraint | UniqueConstraint | SameOrganization) -> str:
    """Answer what a constraint demands, without its name."""
    if isinstance(constraint, CheckConstraint):
        return f"CHECK ({constraint.check})"
    if isinstance(constraint, UniqueConstraint):
        return f"UNIQUE ({_columns(constraint.fields)})"
    return (
        f'FOREIGN KEY ("organization_id", "{constraint.column}") '
        f'REFERENCES "{constraint.table}" ("organization_id", "id") ON DELETE RESTRICT'
    )


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


class _Complete(BaseSchemaEditor):
    """Adds to a new table what Tortoise leaves out."""

    _model: type[Model]

    def _get_table_comment_sql(self, table: str, comment: str) -> str:
        return ""  # docstrings are for readers of the code

    def _get_column_comment_sql(self, table: str, column: str, comment: str) -> str:
        return ""

    def _get_model_sql_data(self, model: type[Model]) -> ModelSqlData:
        self._model = model
        data = super()._get_model_sql_data(model)
        return replace(data, table_sql="\n".join([data.table_sql, *(f"{sql};" for sql in partial_uniques(model))]))

    def _get_inner_statements(self) -> list[str]:
        constraints = table_constraints(self._model, self.DIALECT)
        return [f'CONSTRAINT "{name}" {sql}' for name, sql in constraints.items()]


class PostgresqlEditor(_Complete, BasePostgresSchemaEditor):
    """Changes tables of PostgreSQL in place."""

    async def add_field(self, model: type[Model], field_name: str) -> None:
        """Add a column, with the CHECK of its field."""
        await super().add_field(model, field_name)
        await self._add_check(model, model._meta.fields_map[field_name])

    async def _alter_field(self, model: type[Model], old_field: Field[Any], new_field: Field[Any]) -> None:
        await super()._alter_field(model, old_field, new_field)
        old_column = old_field.source_field or old_field.model_field_name
        if field_check(old_field, old_column, self.DIALECT):
            table = model._meta.db_table
            await self._run_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{check_name(table, old_column)}"')
        await self._add_check(model, new_field)

    async def _add_check(self, model: type[Model], field: Field[Any]) -> None:
        column = field.source_field or field.model_field_name
        check = field_check(field, column, self.DIALECT)
        if check:
            table = model._meta.db_table
            await self._run_sql(f'ALTER TABLE "{table}" ADD CONSTRAINT "{check_name(table, column)}" {check}')

    async def add_constraint(self, model: type[Model], constraint: Any) -> None:
        """Add a constraint, ours included."""
        if isinstance(constraint, SameOrganization):
            sql = f'ADD CONSTRAINT "{constraint.name}" {constraint_sql(constraint)}'
            await self._run_sql(f'ALTER TABLE "{model._meta.db_table}" {sql}')
            return
        await super().add_constraint(model, constraint)


class SqliteEditor(_Complete, SqliteSchemaEditor):
    """Changes tables of SQLite by building them anew, since SQLite can alter little of them."""

    async def rebuild(self, model: type[Model], renamed: dict[str, str]) -> None:
        """Build the table as `model` declares it now, and move the rows; `renamed` maps new columns to old ones.

        Foreign keys must be off, or dropping the old table would delete the rows that refer to it.
        """
        table = model._meta.db_table
        build, *indexes = self._get_model_sql_data(model).table_sql.split(";")
        await self._run_sql(build.replace(f'CREATE TABLE "{table}"', f'CREATE TABLE "{table}__new"', 1))
        _, old = await self.client.execute_query(f'PRAGMA table_info("{table}")')
        old_columns = {row["name"] for row in old}
        moved = {
            column: renamed.get(column, column)
            for column in model._meta.fields_db_projection.values()
            if renamed.get(column, column) in old_columns
        }
        await self._run_sql(
            f'INSERT INTO "{table}__new" ({_columns(tuple(moved))}) '  # noqa: S608 -- names of our own columns
            f'SELECT {_columns(tuple(moved.values()))} FROM "{table}"'
        )
        await self._run_sql(f'DROP TABLE "{table}"')
        await self._run_sql(f'ALTER TABLE "{table}__new" RENAME TO "{table}"')
        for index in indexes:
            await self._run_sql(index)


def editor_for(connection: BaseDBAsyncClient) -> PostgresqlEditor | SqliteEditor:
    """Answer the editor of a connection's tables; every statement runs in the connection's transaction."""
    return SqliteEditor(connection) if connection.capabilities.dialect == "sqlite" else PostgresqlEditor(connection)
