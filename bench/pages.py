"""Whether a page costs the same wherever it lies: the first and the last of a list of a million rows."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.data import (
    RESELLER,
    SECRET,
    SMALL,
    ensure_database,
    filled,
    fingerprint,
    organization_key,
    renew_sessions,
)
from bench.load import Measure, ask, medians
from bench.questions import Sent, own_document
from bench.rounds import WARM_UP_SECONDS, Bench, Plan, first_request, wait_for
from bench.servers import OURS, PROGRAMS, Server, running
from server.databases import DatabaseUrl, migrate

ROWS = 1_000_000
ROWS_OF_LITTLE_DATA = 10_000
PAGE = 100
STATEMENTS = "million.sql"
ORGANIZATION = f"org_{organization_key(1)}"


def measure_pages(bench: Bench, plan: Plan) -> dict[str, Any]:
    """Build the list where it is missing, and measure its first and its last page in turn, by one connection."""
    rows = ROWS_OF_LITTLE_DATA if bench.size == SMALL else ROWS
    parts = urlsplit(bench.url)
    million = Bench(urlunsplit(parts._replace(path=f"{parts.path}_million")), bench.size)
    made_from = fingerprint(STATEMENTS, str(rows))
    built = asyncio.run(ensure_database(million.url, made_from, partial(_build, million.url, rows)))
    print(f"{rows:,} rows: {'built' if built else 'there already'}", flush=True)
    million.database(lambda connection: renew_sessions(connection, datetime.now(UTC)))
    measures: dict[str, list[Measure]] = {"first": [], "last": []}
    with running([PROGRAMS[OURS]], million.url) as (server,):
        wait_for(server, first_request(server, bench.size))
        sent = {"first": [page(None)], "last": [page(_before_the_last_page(server))]}
        check(ask(server, sent["first"][0]), has_next=True)
        check(ask(server, sent["last"][0]), has_next=False)
        for requests in sent.values():
            million.once(server, "page", requests, 1, WARM_UP_SECONDS)
        for number in range(plan.rounds):
            for name, requests in list(sent.items())[:: 1 if number % 2 else -1]:
                measures[name].append(million.once(server, "page", requests, 1, plan.seconds))
    ratio = median(last.p50_ms / first.p50_ms for first, last in zip(*measures.values(), strict=True))
    found = {name: vars(medians(each)) for name, each in measures.items()}
    print(f"pages  first {found['first']['p50_ms']:.2f} ms, last {found['last']['p50_ms']:.2f} ms", flush=True)
    return {"rows": rows, **found, "ratio": ratio}


def page(after: str | None) -> Sent:
    """The request for the page after a cursor, or for the first."""
    return _sent("page", {"after": after})


def end(last: int, before: str | None) -> Sent:
    """The request for the cursor of the row that so many lie behind, seen from another or from the end."""
    return _sent("end", {"last": last, "before": before})


def _sent(name: str, variables: dict[str, object]) -> Sent:
    given = {"organization": ORGANIZATION, **variables}
    return Sent(RESELLER, json.dumps({"query": own_document(name), "variables": given}))


def _before_the_last_page(server: Server) -> str:
    """The cursor of the row before the last page; no page is long enough to reach from the end to it."""

    def start(last: int, before: str | None) -> str:
        return str(ask(server, end(last, before))["organization"]["products"]["pageInfo"]["startCursor"])

    return start(PAGE, start(1, None))


def check(answer: Any, *, has_next: bool) -> None:
    """See that a page is full, and whether another follows; refuses with SystemExit."""
    products = answer["organization"]["products"]
    if len(products["edges"]) != PAGE or products["pageInfo"]["hasNextPage"] is not has_next:
        raise SystemExit(f"a page of {len(products['edges'])} rows, {products['pageInfo']}")


async def _build(url: str, rows: int) -> None:
    await migrate(url)
    connection = await asyncpg.connect(**DatabaseUrl.parse(url).credentials)
    try:
        await connection.execute(filled(STATEMENTS, {"products": rows, "secret": SECRET}))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
