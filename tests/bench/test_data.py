"""The data of the bench is what production could hold, and what the bench does to it is undone without a trace."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from bench.data import (
    RESELLER,
    SMALL,
    counts,
    expected_counts,
    forget_payments,
    load,
    organization_key,
    renew_sessions,
    strays,
)
from bench.questions import Payable, Sent, document, paying, reading
from resolvers.reconciliation import reconcile
from server.databases import DatabaseUrl
from tests.databases import Database
from tests.world import Answer, Client, World

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)]

NOW = datetime(2026, 11, 1, tzinfo=UTC)  # after everything that is loaded


@pytest.fixture
async def connection(database: Database, anyio_backend: str) -> AsyncIterator[Any]:
    opened = await asyncpg.connect(**DatabaseUrl.parse(database.url).credentials)
    await load(opened, SMALL)
    await renew_sessions(opened, NOW)
    yield opened
    await opened.close()


async def put(world: World, sent: Sent) -> Answer:
    """Put a question of the bench over HTTP."""
    world.clock.present = NOW
    body = json.loads(sent.body)
    return await Client(world.http, sent.secret).ask(body["query"], **body["variables"])


async def test_what_is_loaded_adds_up_and_refers_to_what_is_there(connection: Any) -> None:
    assert await strays(connection) == []
    assert await reconcile() == []
    assert await counts(connection) == expected_counts(SMALL)


async def test_a_row_that_refers_to_nothing_is_noticed(connection: Any) -> None:
    await connection.execute("SET session_replication_role = replica; DELETE FROM users WHERE login LIKE 'user-7@%'")

    assert "sessions_user_id_fkey" in await strays(connection)


@pytest.mark.parametrize("question", ["q1", "q2", "q3", "q4", "q5"])
async def test_a_question_is_answered_in_full(world: World, connection: Any, question: str) -> None:
    documents = list(reading(question, "ours", SMALL, lambda _text, _variables: None))
    assert documents
    for sent in documents:
        text = json.dumps((await put(world, sent)).data)

        assert "null" not in text
        assert "[]" not in text


async def test_a_page_from_the_middle_is_full(world: World, connection: Any) -> None:
    text = document("q6", "ours")
    variables: dict[str, object] = {"organization": f"org_{organization_key(SMALL.organizations)}", "after": None}

    page = (await put(world, Sent(RESELLER, json.dumps({"query": text, "variables": variables})))).data

    assert len(page["organization"]["invoices"]["edges"]) == 100
    assert page["organization"]["invoices"]["pageInfo"]["hasNextPage"] is True


async def test_what_the_bench_pays_is_forgotten_without_a_trace(world: World, connection: Any) -> None:
    row = await connection.fetchrow("SELECT id, billed_to_id, total_minor FROM invoices WHERE state = 'OPEN' LIMIT 1")
    owner = 1 + (int(row["billed_to_id"].hex[-15:], 16) - 1) % SMALL.users
    (sent,) = paying("ours", [Payable(row["id"], row["billed_to_id"], row["total_minor"], owner)])

    answer = await put(world, sent)
    state = await connection.fetchval("SELECT state FROM invoices WHERE id = $1", row["id"])
    forgotten = await forget_payments(connection)

    assert answer.result()["payment"]["state"] == "SUCCEEDED"
    assert (state, forgotten) == ("PAID", 1)
    assert await connection.fetchval("SELECT state FROM invoices WHERE id = $1", row["id"]) == "OPEN"
    assert await connection.fetchval("SELECT count(*) FROM events") == 0
    assert await counts(connection) == expected_counts(SMALL)
    assert await reconcile() == []
