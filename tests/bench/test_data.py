"""The data of the bench is what production could hold, and what the bench does to it is undone without a trace."""

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from bench import pages
from bench.alone import HOLES
from bench.answers import difference
from bench.data import (
    RESELLER,
    SECRET,
    SMALL,
    counts,
    expected_counts,
    filled,
    forget_payments,
    load,
    organization_key,
    renew_sessions,
    strays,
)
from bench.load import headers_of
from bench.questions import Payable, Sent, document, own_document, paying, reading
from bench.sqlite_file import copy_rows, manager, renew_sessions_in, url_of
from resolvers.reconciliation import reconcile
from server.databases import DatabaseUrl
from tests.databases import Database
from tests.processes import serving
from tests.world import Answer, Client, World

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)]

HOLE = re.compile(r', "(payableBy|recoveryEmail)": (null|\[[^]]*\])')
NOW = datetime(2026, 11, 1, tzinfo=UTC)  # after everything that is loaded


@pytest.fixture
async def bare(database: Database, anyio_backend: str) -> AsyncIterator[Any]:
    opened = await asyncpg.connect(**DatabaseUrl.parse(database.url).credentials)
    yield opened
    await opened.close()


@pytest.fixture
async def connection(bare: Any) -> Any:
    await load(bare, SMALL)
    await renew_sessions(bare, NOW)
    return bare


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


@pytest.mark.parametrize(("name", "codes"), [("computed", set()), ("denied", {"FORBIDDEN"})])
async def test_an_answer_with_holes_is_the_same_beside_them(
    world: World, connection: Any, name: str, codes: set[str]
) -> None:
    text = own_document(name)
    variables = {**HOLES[name], "holes": True}

    with_holes = await put(world, Sent(RESELLER, json.dumps({"query": text, "variables": variables})))
    without = await put(world, Sent(RESELLER, json.dumps({"query": text, "variables": {**variables, "holes": False}})))

    text_with_holes = json.dumps(with_holes.body["data"])
    assert set(with_holes.codes) == codes
    assert len(HOLE.findall(text_with_holes)) >= 20
    assert HOLE.sub("", text_with_holes) == json.dumps(without.data)


async def test_the_pages_of_the_long_list_are_full(world: World, bare: Any) -> None:
    await bare.execute(filled(pages.STATEMENTS, {"products": 250, "secret": SECRET}))
    await renew_sessions(bare, NOW)

    async def start(last: int, before: str | None) -> str:
        answer = await put(world, pages.end(last, before))
        return str(answer.data["organization"]["products"]["pageInfo"]["startCursor"])

    first = (await put(world, pages.page(None))).data
    last = (await put(world, pages.page(await start(pages.PAGE, await start(1, None))))).data

    pages.check(first, has_next=True)
    pages.check(last, has_next=False)
    with pytest.raises(SystemExit):
        pages.check(last, has_next=True)


async def test_a_file_holds_the_same_rows(world: World, connection: Any, tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite3"
    manager("migrate", file)
    with closing(sqlite3.connect(file)) as opened:
        await copy_rows(connection, opened)
    renew_sessions_in(file, datetime.now(UTC))

    manager("reconcile", file)
    with serving(tmp_path, DATABASE_URL=url_of(file), WORKER_INSIDE="false") as (address, _process):
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            for question in ("q1", "q2", "q3", "q4", "q5"):
                sent = reading(question, "ours", SMALL, lambda _text, _variables: None)[0]
                answer = await client.post("/graphql", content=sent.body, headers=headers_of(sent))
                assert difference((await put(world, sent)).data, answer.json()["data"]) is None


async def test_a_file_whose_books_do_not_add_up_is_refused(connection: Any, tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite3"
    manager("migrate", file)
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE kind = 'WALLET'")
    with closing(sqlite3.connect(file)) as opened:
        await copy_rows(connection, opened)

    with pytest.raises(SystemExit):
        manager("reconcile", file)


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
