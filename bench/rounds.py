"""Starts the servers, compares their answers, and measures them in turn, round by round."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from bench import data
from bench.answers import difference
from bench.load import Measure, Unanswered, ask, measure
from bench.questions import Payable, Sent, paying, reading
from bench.servers import ONE_PROCESS, OURS, PROGRAMS, ROOT, Placing, Server, pin, running
from server.databases import DatabaseUrl

START_SECONDS = 60
WARM_UP_SECONDS = 2
# What has begun when the load ends is not counted, so each connection must have had several answers.
ANSWERS_OF_A_CONNECTION, LONG_SECONDS = 10, 10
PAYMENT_SECONDS = 0.5  # no payment takes longer once the load has ended
ResultT = TypeVar("ResultT")

Place = tuple[str, int, str]  # question, connections, server
Rounds = dict[Place, list[Measure]]


@dataclass(frozen=True)
class Plan:
    """Who is measured beside us, by what, and how thoroughly."""

    peers: list[str]
    questions: list[str]
    connections: list[int]
    rounds: int
    seconds: int
    placing: Placing = ONE_PROCESS


@dataclass(frozen=True)
class Bench:
    """The database that is asked, and what the bench does there itself."""

    url: str
    size: data.Size

    def database(self, work: Callable[[Any], Awaitable[ResultT]]) -> ResultT:
        """Do something over a connection of its own."""

        async def connected() -> ResultT:
            connection = await asyncpg.connect(**DatabaseUrl.parse(self.url).credentials)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return asyncio.run(connected())

    def prepare(self) -> None:
        """Build what is missing of the data, and let the sessions begin."""
        built = asyncio.run(data.ensure(self.url, self.size))
        print("data: built" if built else "data: there already")
        self.database(lambda connection: data.renew_sessions(connection, datetime.now(UTC)))
        functions = (ROOT / "bench" / "peers" / "pay_invoices.sql").read_text("utf-8")
        self.database(lambda connection: connection.execute(functions))

    def backends(self, placing: Placing) -> list[int]:
        """The processes of the database that work for the servers, kept to their cores."""
        rows = self.database(
            lambda connection: connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        pids = [row["pid"] for row in rows if Path(f"/proc/{row['pid']}/stat").exists()]
        if not pin(pids, placing.load):
            print("the database's processes may not be kept to their cores: run as its user, or as root")
        return pids

    def payable(self) -> list[Payable]:
        """Every open invoice, such that neighbours belong to different organizations."""
        rows = self.database(
            lambda connection: connection.fetch(
                "SELECT id, billed_to_id, total_minor FROM invoices WHERE state = 'OPEN' ORDER BY id"
            )
        )
        return [
            Payable(row["id"], row["billed_to_id"], row["total_minor"], self._owner(row["billed_to_id"].hex))
            for row in rows
        ]

    def _owner(self, organization: str) -> int:
        return 1 + (int(organization[-15:], 16) - 1) % self.size.users

    def requests(self, server: Server, question: str) -> list[Sent]:
        """What a server is sent, in turn."""
        speech = server.program.speech
        if question == "m1":
            return paying(speech, self.payable())
        return reading(
            question,
            speech,
            self.size,
            lambda text, variables: ask(
                server, Sent(data.RESELLER, json.dumps({"query": text, "variables": variables}))
            ),
        )

    def measured(self, plan: Plan) -> list[str]:
        """The questions that are measured: little data has too few open invoices to pay for seconds."""
        return [question for question in plan.questions if question != "m1" or self.size != data.SMALL]

    def once(self, server: Server, question: str, requests: list[Sent], connections: int, seconds: int) -> Measure:
        """Measure one server under one question, and leave the data as it was."""
        found = measure(server, requests, connections, seconds, partial(self.backends, server.placing))
        if question == "m1":
            self._forget(server, found.requests)
        return found

    def thoroughly(
        self, server: Server, question: str, requests: list[Sent], connections: int, seconds: int
    ) -> Measure:
        """Measure a server, once more and longer when it answers so slowly that most answers would be cut off."""
        found = self.once(server, question, requests, connections, seconds)
        if found.requests < ANSWERS_OF_A_CONNECTION * connections and seconds < LONG_SECONDS:
            return self.once(server, question, requests, connections, LONG_SECONDS)
        return found

    def _forget(self, server: Server, requests: int) -> None:
        self._wait_for_the_last_payment()
        paid = self.database(data.forget_payments)
        if paid < requests:
            raise Unanswered(f"{server.program.name}: {requests} requests, and {paid} payments")

    def _wait_for_the_last_payment(self) -> None:
        """What was under way when the load ended comes to its end; nobody waits for its answer any more."""
        before, now = -1, 0
        while before != now:
            time.sleep(PAYMENT_SECONDS)
            before, now = now, self.database(lambda connection: connection.fetchval("SELECT count(*) FROM payments"))


def wait_for(server: Server, sent: Sent) -> None:
    """Wait until a server answers for the first time."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            ask(server, sent)
        except Unanswered as reason:
            if time.monotonic() > deadline or server.process.poll() is not None:
                raise SystemExit(f"{reason}; see var/bench/{server.program.name}.log") from reason
            time.sleep(0.2)
        else:
            return


def compare(servers: list[Server], question: str, sent: dict[str, list[Sent]]) -> None:
    """See that every server answers every request of a question with the same data; refuses with SystemExit."""
    (first, *others) = servers
    for place, request in enumerate(sent[first.program.name]):
        expected = ask(first, request)
        for server in others:
            found = difference(expected, ask(server, sent[server.program.name][place]))
            if found:
                raise SystemExit(f"{question}: {first.program.name} and {server.program.name} differ: {found}")


def pay_once(bench: Bench, servers: list[Server], sent: dict[str, list[Sent]]) -> None:
    """See that every server pays an invoice when asked to."""
    for server in servers:
        answer = json.dumps(ask(server, sent[server.program.name][0]))
        paid = bench.database(data.forget_payments)
        if paid != 1 or '"SUCCEEDED"' not in answer:
            raise SystemExit(f"m1: {server.program.name} paid {paid} invoices: {answer}")


def turns(bench: Bench, plan: Plan, servers: list[Server]) -> Iterator[tuple[int, str, Server]]:
    """Who is measured when, in one round: the servers take turns."""
    for question in bench.measured(plan):
        for connections in plan.connections:
            for server in servers:
                yield connections, question, server


def first_request(server: Server, size: data.Size) -> Sent:
    """What a server is asked to see whether it answers at all."""
    return reading("q1", server.program.speech, size, lambda _text, _variables: None)[0]


def carry_out(bench: Bench, plan: Plan, served: str | None = None) -> Rounds:
    """Start the servers over the database of the bench, or the one at `served`; compare and measure them."""
    rounds: Rounds = defaultdict(list)
    programs = [PROGRAMS[name] for name in (OURS, *plan.peers)]
    with running(programs, served or bench.url, plan.placing) as servers:
        for server in servers:
            wait_for(server, first_request(server, bench.size))
        sent = prepared(bench, plan, servers)
        for number in range(plan.rounds):
            # Whoever came last in a round comes first in the next.
            order = servers[-number % len(servers) :] + servers[: -number % len(servers)]
            for connections, question, server in turns(bench, plan, order):
                name = server.program.name
                found = bench.thoroughly(server, question, sent[question][name], connections, plan.seconds)
                rounds[question, connections, name].append(found)
                print(
                    f"round {number + 1}  {question}  {connections:2} connections  {name:12} "
                    f"{found.requests_per_second:8.0f}/s  p50 {found.p50_ms:7.2f}  p99 {found.p99_ms:7.2f} ms  "
                    f"cpu {found.server_cpu_us:6.0f} + {found.database_cpu_us:6.0f} µs",
                    flush=True,
                )
    return rounds


def prepared(bench: Bench, plan: Plan, servers: list[Server]) -> dict[str, dict[str, list[Sent]]]:
    """What each server is sent for each question, after all have answered it alike and are warm."""
    sent: dict[str, dict[str, list[Sent]]] = defaultdict(dict)
    for question in plan.questions:
        for server in servers:
            sent[question][server.program.name] = bench.requests(server, question)
        if question == "m1":
            pay_once(bench, servers, sent[question])
        else:
            compare(servers, question, sent[question])
        print(f"{question}: same data from all", flush=True)
    for question in bench.measured(plan):
        for server in servers:
            bench.once(server, question, sent[question][server.program.name], 16, WARM_UP_SECONDS)
    return sent
