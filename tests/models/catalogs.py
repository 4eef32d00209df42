"""What a database says of its own tables, in a form that can be compared."""

from tortoise.backends.base.client import BaseDBAsyncClient

COLUMNS = """
SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length::text, '')
    || ' ' || coalesce(collation_name, '') || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS fact
FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS fact
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT indexdef AS fact FROM pg_indexes WHERE schemaname = 'public'"


async def describe(connection: BaseDBAsyncClient) -> set[str]:
    """Every column, constraint and index of the database, one text each."""
    if connection.capabilities.dialect == "sqlite":
        return await _describe_sqlite(connection)
    facts = set()
    for query in (COLUMNS, CONSTRAINTS, INDEXES):
        facts |= {row["fact"] for row in await connection.execute_query_dict(query)}
    return {fact for fact in facts if "tortoise_migrations" not in fact}


async def _describe_sqlite(connection: BaseDBAsyncClient) -> set[str]:
    facts = set()
    for row in await connection.execute_query_dict("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        table = row["tbl_name"]
        if table in {"tortoise_migrations", "sqlite_sequence"}:
            continue
        facts |= {f"{table}: {line.strip().rstrip(',')}" for line in row["sql"].splitlines()}
    return facts
