"""The command `manager`, run as people run it: in processes of its own, against both databases."""

import contextlib
import re
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from server.demo.people import PASSWORD, SUPPORT, WEBMASTER
from tests.databases import Database
from tests.processes import manager, serving

END_SECONDS = 120  # however busy the machine is


def ask(address: str, query: str) -> httpx.Response:
    return httpx.post(f"{address}/graphql", json={"query": query}, timeout=60)


def test_several_processes_serve_one_database_and_end_when_they_are_told(
    empty_database: Database, tmp_path: Path
) -> None:
    with serving(tmp_path, "--workers", "2", DATABASE_URL=empty_database.url) as (address, process):
        answers = [ask(address, "{ __typename }") for _ in range(20)]
        ready = httpx.get(f"{address}/readyz", timeout=60)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=END_SECONDS) in {0, -signal.SIGTERM}
    assert {answer.json()["data"]["__typename"] for answer in answers} == {"Query"}
    assert ready.status_code == 200


def test_a_request_that_runs_is_finished_before_the_process_ends(tmp_path: Path) -> None:
    body = b'{"query": "{ __typename }"}'
    head = (
        "POST /graphql HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json",
        f"Content-Length: {len(body)}", "Expect: 100-continue",
    )  # fmt: skip
    with serving(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3") as (address, process):
        here = ("127.0.0.1", urlsplit(address).port)
        with socket.create_connection(here, timeout=60) as request:
            request.sendall("\r\n".join((*head, "", "")).encode())
            assert request.recv(1000).startswith(b"HTTP/1.1 100 "), "the server waits for the rest"
            process.send_signal(signal.SIGTERM)
            wait_until_nobody_listens(here)
            request.sendall(body)
            answer = b"".join(iter(lambda: request.recv(1000), b""))

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(b"}")
        assert b'{"data":{"__typename":"Query"}' in answer
        assert process.wait(timeout=END_SECONDS) in {0, -signal.SIGTERM}


def wait_until_nobody_listens(here: tuple[str, int | None]) -> None:
    deadline = time.monotonic() + END_SECONDS
    with contextlib.suppress(ConnectionError):
        while time.monotonic() < deadline:
            socket.create_connection(here, timeout=60).close()
            time.sleep(0.02)
        raise AssertionError("new requests are still taken")


def test_a_caller_from_this_machine_is_not_believed_to_be_somebody_else(tmp_path: Path) -> None:
    """S2: X-Forwarded-For counts only from TRUSTED_PROXIES, so nobody walks around the throttles."""
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}
    for command in ("migrate", "demo"):
        assert manager(tmp_path, command, **settings).returncode == 0
    query = f"""mutation {{ logIn(input: {{email: "{WEBMASTER}", password: "{PASSWORD}"}}) {{
        ... on LogInSuccess {{ session {{ address }} }} }} }}"""

    with serving(tmp_path, **settings) as (address, _):
        headers = {"x-forwarded-for": "198.51.100.1"}
        answer = httpx.post(f"{address}/graphql", json={"query": query}, headers=headers, timeout=60)

    assert answer.json()["data"]["logIn"]["session"]["address"] == "127.0.0.1"


def test_a_server_without_its_tables_lives_but_is_not_ready(tmp_path: Path) -> None:
    with serving(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/bare.sqlite3") as (address, _):
        assert httpx.get(f"{address}/healthz").status_code == 200
        assert httpx.get(f"{address}/readyz").status_code == 503


def test_migrate_and_demo_may_be_repeated(empty_database: Database, tmp_path: Path) -> None:
    outcomes = [manager(tmp_path, command, DATABASE_URL=empty_database.url) for command in ("migrate", "demo", "demo")]

    assert [outcome.returncode for outcome in outcomes] == [0, 0, 0], [outcome.stderr for outcome in outcomes]
    assert [outcome.stdout.strip() for outcome in outcomes] == ["nothing to migrate", "demo loaded", ""]


def test_the_demo_is_refused_in_production(tmp_path: Path) -> None:
    outcome = manager(
        tmp_path,
        "demo",
        ENVIRONMENT="production",
        PUBLIC_URL="https://manager.example",
        SMTP_URL="smtp://mail.example",
        SECRET_KEY="0123456789" * 4,
        QR_IBAN_CHF="CH8131999000000000031",
        QR_IBAN_EUR="CH5431999000000000032",
        CREDITOR_IBAN_CHF="CH9008999000000000031",
        CREDITOR_IBAN_EUR="CH6308999000000000032",
        CREDITOR_BIC="OTHRCHZZXXX",
        PAYOUT_IBAN_CHF="CH9008999000000000031",
        PAYOUT_IBAN_EUR="CH6308999000000000032",
        PAYOUT_BIC="OTHRCHZZXXX",
        DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3",
    )

    assert outcome.returncode == 1
    assert "refused in production" in outcome.stderr


def test_settings_that_cannot_be_used_end_it_with_a_line_for_each(tmp_path: Path) -> None:
    outcome = manager(tmp_path, "migrate", PORT="x", DATABASE_URL="postgres://me:hidden-word@localhost")

    assert outcome.returncode == 2
    assert [line.split(":")[1].strip() for line in outcome.stderr.splitlines()] == ["PORT", "DATABASE_URL"]
    assert "hidden-word" not in outcome.stderr


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    outcome = manager(tmp_path, "migrate", DATABASE_URL="postgres://me@127.0.0.1:1/x")

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("the database does not answer: ")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "reconcile",
        "worker",
        "staff list",
        "payouts list",
        f"credit-note 2026-000001 --as {SUPPORT} --reason billed-twice",
    ],
)
def test_a_database_without_its_tables_is_told_in_one_line(command: str, tmp_path: Path) -> None:
    outcome = manager(tmp_path, *command.split(), DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3")

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("the database lacks 0001_initial, ")
    assert outcome.stderr.endswith(": run `manager migrate`\n")
    assert outcome.stderr.count("\n") == 1


def test_schema_and_migrations_are_checked(tmp_path: Path) -> None:
    for command in ("schema", "migrations"):
        outcome = manager(tmp_path, command, "--check")
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_an_invoice_of_the_demo_is_corrected_from_the_terminal(tmp_path: Path) -> None:
    """INV1, WAL5: by an amount, then as a whole, then no more; the books add up."""
    file = tmp_path / "x.sqlite3"
    settings = {"DATABASE_URL": f"sqlite:///{file}"}
    for command in ("migrate", "demo"):
        assert manager(tmp_path, command, **settings).returncode == 0
    with closing(sqlite3.connect(file)) as database:
        ((number,),) = database.execute("SELECT number FROM invoices WHERE state = 'PAID' ORDER BY number LIMIT 1")
    credit = ("credit-note", number, "--as", SUPPORT, "--reason", "billed twice")

    part = manager(tmp_path, *credit, "--amount", "1.00", **settings)
    rest = manager(tmp_path, *credit, **settings)
    refused = [
        manager(tmp_path, *credit, **settings),
        manager(tmp_path, "credit-note", "2020-000001", "--as", SUPPORT, "--reason", "x", **settings),
        manager(tmp_path, "credit-note", number, "--as", WEBMASTER, "--reason", "x", **settings),
        manager(tmp_path, *credit, "--amount", "1.5", **settings),
    ]

    assert (part.returncode, rest.returncode) == (0, 0), (part.stderr, rest.stderr)
    assert re.fullmatch(r"C\d{4}-000001 credits CHF 1\.08\n", part.stdout), part.stdout
    assert [(each.returncode, each.stderr) for each in refused] == [
        (1, "refused: This invoice cannot be credited like that.\n"),
        (1, "no invoice has this number\n"),
        (1, "this login is not staff\n"),
        (2, "an amount is written with two decimals, such as 12.50\n"),
    ]
    assert manager(tmp_path, "reconcile", **settings).stdout == "the books add up\n"
