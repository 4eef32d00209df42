"""The data that the bench asks for: a database of its own, built once and used again while it fits."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from resolvers.reconciliation import reconcile
from rules.kinds import FAMILY_OF, ProductKind
from server.databases import DatabaseUrl, Limits, migrate, open_database

FOLDER = Path(__file__).parent
STATEMENTS = "load.sql"
MIGRATIONS = FOLDER.parent / "models" / "migrations"
SECRET = "mgs_bench-"  # followed by the number of the user
RESELLER = f"{SECRET}1"
SERIES_OF_ORGANIZATIONS = 3
SESSION_LASTS = timedelta(days=14)
# All that is loaded happened before this; whatever was paid later was paid by the bench.
LOADED_BEFORE = datetime.fromisoformat("2026-07-01T00:00:00+00:00")
# What paying adds rows to, and the instant of a row.
WRITTEN_BY_PAYMENTS = {
    "payment_allocations": "created_at",
    "payments": "created_at",
    "ledger_entries": "created_at",
    "ledger_transfers": "created_at",
    "idempotency_records": "created_at",
    "events": "occurred_at",
    "audit_entries": "occurred_at",
}
# Free mailboxes have a life of their own, and a domain name may be there only once.
KINDS = tuple(kind for kind in ProductKind if kind not in (ProductKind.FREE_MAIL, ProductKind.DOMAIN_NAME))


@dataclass(frozen=True)
class Size:
    """How much there is; a quarter of products and invoices belongs to the `large` organizations."""

    users: int
    organizations: int
    products: int
    invoices: int
    entries: int
    resold: int = 20  # organizations that the reseller administers, but for the large ones
    large: int = 20


FULL = Size(users=2_000, organizations=5_000, products=100_000, invoices=200_000, entries=500_000)
SMALL = Size(users=20, organizations=50, products=1_000, invoices=2_000, entries=5_000, large=4)


def key(series: int, number: int) -> str:
    """The 32 digits of a row's key, as load.sql makes them."""
    return f"{1672531200000 + number:012x}7{series:03x}8{number:015x}"


def organization_key(number: int) -> str:
    """The digits of an organization's key; those with the largest numbers are the large ones."""
    return key(SERIES_OF_ORGANIZATIONS, number)


def filled(file: str, values: Mapping[str, object]) -> str:
    """Statements of a file, with values where it names them behind a colon."""
    text = (FOLDER / file).read_text("utf-8")
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f":{name}", str(values[name]))
    return text


async def load(connection: Any, size: Size) -> None:
    """Fill an empty, migrated database."""
    values: dict[str, object] = {
        **asdict(size),
        "secret": SECRET,
        "kind_count": len(KINDS),
        "kinds": ", ".join(f"'{kind}'" for kind in KINDS),
        "families": ", ".join(f"'{FAMILY_OF[kind]}'" for kind in KINDS),
    }
    await connection.execute(filled(STATEMENTS, values))


async def strays(connection: Any) -> list[str]:
    """Foreign keys that rows offend: they were off while the rows were loaded."""
    found = []
    for row in await connection.fetch(
        """
        SELECT conname AS name, conrelid::regclass::text AS source, confrelid::regclass::text AS target,
            (SELECT array_agg(attname::text ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS k(number, place)
                JOIN pg_attribute ON attrelid = conrelid AND attnum = number) AS columns,
            (SELECT array_agg(attname::text ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS k(number, place)
                JOIN pg_attribute ON attrelid = confrelid AND attnum = number) AS keys
        FROM pg_constraint WHERE contype = 'f'
        """
    ):
        filled = " AND ".join(f"s.{column} IS NOT NULL" for column in row["columns"])
        equal = " AND ".join(f"t.{k} = s.{c}" for k, c in zip(row["keys"], row["columns"], strict=True))
        target = f"SELECT 1 FROM {row['target']} t WHERE {equal}"
        if await connection.fetchval(
            f"SELECT EXISTS (SELECT 1 FROM {row['source']} s WHERE {filled} AND NOT EXISTS ({target}))"
        ):
            found.append(str(row["name"]))
    return found


async def renew_sessions(connection: Any, now: datetime) -> None:
    """Let every session begin now."""
    await connection.execute(
        """
        UPDATE sessions SET created_at = $1::timestamptz, last_used_at = $1, proved_at = $1,
            expires_at = $2
        """,
        now,
        now + SESSION_LASTS,
    )


async def forget_payments(connection: Any) -> int:
    """Take back what the bench has paid, without a trace, so that the next one finds the same; answers how many."""
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(
            """
            UPDATE invoices i SET state = 'OPEN', paid_at = NULL
            FROM payment_allocations a WHERE a.invoice_id = i.id AND a.created_at > $1
            """,
            LOADED_BEFORE,
        )
        await connection.execute(
            """
            UPDATE ledger_accounts a SET balance_minor = balance_minor - amount, entry_count = entry_count - entries
            FROM (SELECT account_id, sum(amount_minor) AS amount, count(*) AS entries FROM ledger_entries
                WHERE created_at > $1 GROUP BY account_id) e WHERE e.account_id = a.id
            """,
            LOADED_BEFORE,
        )
        await connection.execute("UPDATE organizations SET event_position = 0 WHERE event_position > 0")
        forgotten = await connection.fetchval("SELECT count(*) FROM payments WHERE created_at > $1", LOADED_BEFORE)
        for table, instant in WRITTEN_BY_PAYMENTS.items():
            await connection.execute(f"DELETE FROM {table} WHERE {instant} > $1", LOADED_BEFORE)
    for table in WRITTEN_BY_PAYMENTS:
        await connection.execute(f"VACUUM ANALYZE {table}")
    return int(forgotten)


def fingerprint(file: str, size: str) -> str:
    """What a database was made from: the statements that load it, how much they load, and the migrations."""
    made_from = [(FOLDER / file).read_text("utf-8"), size]
    made_from += [path.read_text("utf-8") for path in sorted(MIGRATIONS.glob("*.py"))]
    return hashlib.sha256("\n".join(made_from).encode()).hexdigest()


async def _always() -> bool:
    return True


async def ensure(url: str, size: Size) -> bool:
    """See to it that the database at the URL holds the data; answers whether it had to be built.

    A database of that name that holds anything else is dropped.
    """
    made_from = fingerprint(STATEMENTS, repr(size))
    return await ensure_database(url, made_from, partial(_build, url, size), partial(_counts_fit, url, size))


async def ensure_database(
    url: str, made_from: str, build: Callable[[], Awaitable[None]], fits: Callable[[], Awaitable[bool]] = _always
) -> bool:
    """See to it that a database is there that was made from this, and still fits; answers whether it was built."""
    parts = urlsplit(url)
    name = parts.path.removeprefix("/")
    server = await asyncpg.connect(**DatabaseUrl.parse(urlunsplit(parts._replace(path="/postgres"))).credentials)
    try:
        if (
            await server.fetchval(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", name
            )
            == made_from
            and await fits()
        ):
            return False
        await server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await server.execute(f'CREATE DATABASE "{name}"')
        await build()
        # Compared is what programs do: neither the disk nor the compiler of long queries belongs to that.
        await server.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        await server.execute(f'ALTER DATABASE "{name}" SET jit = off')
        # Everything is in memory, as it is on a machine that is made for it.
        await server.execute(f'ALTER DATABASE "{name}" SET random_page_cost = 1.1')
        await server.execute(f"COMMENT ON DATABASE \"{name}\" IS '{made_from}'")
    finally:
        await server.close()
    return True


async def _counts_fit(url: str, size: Size) -> bool:
    connection = await asyncpg.connect(**DatabaseUrl.parse(url).credentials)
    try:
        await forget_payments(connection)
        return await counts(connection) == expected_counts(size)
    finally:
        await connection.close()


async def counts(connection: Any) -> dict[str, int]:
    """How many rows the tables hold that the size speaks of."""
    return {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in expected_counts(FULL)}


def expected_counts(size: Size) -> dict[str, int]:
    """How many rows those tables hold when everything is loaded."""
    return {
        "users": size.users,
        "organizations": size.organizations,
        "products": size.products,
        "invoices": size.invoices,
        "ledger_entries": size.entries,
    }


async def _build(url: str, size: Size) -> None:
    await migrate(url)
    connection = await asyncpg.connect(**DatabaseUrl.parse(url).credentials)
    try:
        await load(connection, size)
        await connection.execute("VACUUM ANALYZE")
        if offended := await strays(connection):
            raise AssertionError(f"rows refer to nothing: {', '.join(offended)}")
    finally:
        await connection.close()
    async with open_database(url, Limits(statement_seconds=600)):
        if differences := await reconcile():
            raise AssertionError(f"the books do not add up: {differences[:3]}")
