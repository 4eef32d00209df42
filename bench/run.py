"""The bench: builds the data, starts the servers, compares their answers, and measures them in turn, round by round."""

import argparse
import asyncio
import json
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from bench import data, report
from bench.answers import difference
from bench.load import Measure, Unanswered, ask, measure
from bench.questions import QUESTIONS, Payable, Sent, paying, reading
from bench.servers import LOAD_CORE, OURS, PROGRAMS, ROOT, Server, pin, running
from server.databases import DatabaseUrl

DEFAULT_URL = "postgres://postgres@127.0.0.1:5432/manager_bench"
START_SECONDS = 60
WARM_UP_SECONDS = 2
ResultT = TypeVar("ResultT")

Place = tuple[str, int, str]  # question, connections, server
Rounds = dict[Place, list[Measure]]


@dataclass(frozen=True)
class Bench:
    """What is measured, and how thoroughly."""

    url: str
    size: data.Size
    peers: list[str]
    questions: list[str]
    connections: list[int]
    rounds: int
    seconds: int

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

    def backends(self) -> list[int]:
        """The processes of the database that work for the servers, kept to their core."""
        rows = self.database(
            lambda connection: connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        pids = [row["pid"] for row in rows if Path(f"/proc/{row['pid']}/stat").exists()]
        if not pin(pids, LOAD_CORE):
            print("the database's processes may not be kept to one core: run as its user, or as root")
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

    @property
    def measured(self) -> list[str]:
        """The questions that are measured: little data has too few open invoices to pay for seconds."""
        return [question for question in self.questions if question != "m1" or self.size != data.SMALL]

    def once(self, server: Server, question: str, requests: list[Sent], connections: int, seconds: int) -> Measure:
        """Measure one server under one question, and leave the data as it was."""
        found = measure(server, requests, connections, seconds, self.backends)
        if question == "m1":
            self._forget(server, found.requests)
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
            time.sleep(1)
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


def turns(bench: Bench, servers: list[Server]) -> Iterator[tuple[int, str, Server]]:
    """Who is measured when, in one round: the servers take turns."""
    for question in bench.measured:
        for connections in bench.connections:
            for server in servers:
                yield connections, question, server


def carry_out(bench: Bench) -> Rounds:
    """Start the servers, compare them, and measure them."""
    rounds: Rounds = defaultdict(list)
    with running([PROGRAMS[name] for name in (OURS, *bench.peers)], bench.url) as servers:
        sent: dict[str, dict[str, list[Sent]]] = defaultdict(dict)
        for server in servers:
            first = reading("q1", server.program.speech, bench.size, lambda _text, _variables: None)[0]
            wait_for(server, first)
        for question in bench.questions:
            for server in servers:
                sent[question][server.program.name] = bench.requests(server, question)
            if question == "m1":
                pay_once(bench, servers, sent[question])
            else:
                compare(servers, question, sent[question])
            print(f"{question}: same data from all", flush=True)
        for question in bench.measured:
            for server in servers:
                bench.once(server, question, sent[question][server.program.name], 16, WARM_UP_SECONDS)
        for number in range(bench.rounds):
            # Whoever came last in a round comes first in the next.
            order = servers[-number % len(servers) :] + servers[: -number % len(servers)]
            for connections, question, server in turns(bench, order):
                name = server.program.name
                found = bench.once(server, question, sent[question][name], connections, bench.seconds)
                rounds[question, connections, name].append(found)
                print(
                    f"round {number + 1}  {question}  {connections:2} connections  {name:12} "
                    f"{found.requests_per_second:8.0f}/s  p50 {found.p50_ms:7.2f}  p99 {found.p99_ms:7.2f} ms  "
                    f"cpu {found.server_cpu_us:6.0f} + {found.database_cpu_us:6.0f} µs",
                    flush=True,
                )
    return rounds


def read_arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    others = [name for name in PROGRAMS if name != OURS]
    parser.add_argument("--url", default=os.environ.get("BENCH_DATABASE_URL", DEFAULT_URL), help="database to fill")
    parser.add_argument("--small", action="store_true", help="little data, for trying out")
    parser.add_argument("--peers", nargs="*", choices=others, default=others)
    parser.add_argument("--questions", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4, help="length of one measurement")
    parser.add_argument("--quick", action="store_true", help="one short round at 16 connections")
    parser.add_argument("--note", default="", help="what a reader of the figures must know")
    parser.add_argument("--dry", action="store_true", help="write nothing to docs/")
    return parser.parse_args()


def main() -> None:
    """Run the bench as the command line says."""
    given = read_arguments()
    quick = {"connections": [16], "rounds": 1, "seconds": 2} if given.quick else {}
    how = {"connections": given.connections, "rounds": given.rounds, "seconds": given.seconds, **quick}
    size = data.SMALL if given.small else data.FULL
    bench = Bench(url=given.url, size=size, peers=given.peers, questions=given.questions, **how)
    bench.prepare()
    rounds = carry_out(bench)
    version = bench.database(lambda connection: connection.fetchval("SHOW server_version"))
    found = report.summary(rounds, how, size, version, given.note)
    print(report.table(found))
    if not given.dry:
        report.write(found)


if __name__ == "__main__":
    main()
