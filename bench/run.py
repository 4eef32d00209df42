"""The bench: builds the data, measures this server beside others and alone, and writes down what came of it."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench import data, report
from bench.alone import measure_documents, measure_holes
from bench.pages import measure_pages
from bench.questions import QUESTIONS
from bench.rounds import Bench, Plan, Rounds, carry_out
from bench.servers import OURS, PROGRAMS, TWO_PROCESSES
from bench.sqlite_file import ensure_file, renew_sessions_in, url_of
from bench.wanted import FASTER_OVER_SQLITE

DEFAULT_URL = "postgres://postgres@127.0.0.1:5432/manager_bench"
# Everybody with one process (the results) and with two, over SQLite; and of this server alone: answers with holes,
# unseen documents, and pages far down a list.
PARTS = ("results", "two_processes", "sqlite", "holes", "documents", "pages")
QUICK = {"connections": [16], "rounds": 1, "seconds": 2}
QUICK_DOCUMENTS = 2_000
ROUNDS_OF_SMALLER_PARTS = 3  # at most
OVER_SQLITE = {question for question, *_ in FASTER_OVER_SQLITE}


def read_arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    others = [name for name in PROGRAMS if name != OURS]
    parser.add_argument("--url", default=os.environ.get("BENCH_DATABASE_URL", DEFAULT_URL), help="database to fill")
    parser.add_argument("--small", action="store_true", help="little data, for trying out")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what is measured")
    parser.add_argument("--without", nargs="+", choices=PARTS, default=[], help="what is left out")
    parser.add_argument("--peers", nargs="*", choices=others, default=others)
    parser.add_argument("--questions", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2, help="length of one measurement")
    parser.add_argument("--documents", type=int, default=100_000, help="different documents to be remembered")
    parser.add_argument("--quick", action="store_true", help="one short round at 16 connections, few documents")
    parser.add_argument("--note", default="", help="what a reader of the figures must know")
    parser.add_argument("--dry", action="store_true", help="write nothing to docs/")
    return parser.parse_args()


def over_two_processes(bench: Bench, plan: Plan) -> Rounds:
    """One round of servers with two processes, at those numbers of connections that keep both busy."""
    connections = [each for each in plan.connections if each > 1]
    return carry_out(bench, replace(plan, connections=connections, rounds=1, placing=TWO_PROCESSES))


def over_sqlite(bench: Bench, plan: Plan) -> Rounds:
    """This server and that of its libraries, over the same rows in a file."""
    made_from = data.fingerprint(data.STATEMENTS, repr(bench.size))
    file = bench.database(lambda connection: ensure_file(connection, made_from))
    renew_sessions_in(file, datetime.now(UTC))
    questions = [each for each in plan.questions if each in OVER_SQLITE]
    peers = [each for each in plan.peers if each == "stock"]
    return carry_out(bench, replace(plan, peers=peers, questions=questions, connections=[16]), url_of(file))


def measure(bench: Bench, plan: Plan, parts: list[str], documents: int) -> Mapping[str, Any]:
    """Measure part by part."""
    fewer = replace(plan, rounds=min(plan.rounds, ROUNDS_OF_SMALLER_PARTS))
    how: dict[str, Any] = {
        "results": lambda: report.results(carry_out(bench, plan)),
        "two_processes": lambda: report.results(over_two_processes(bench, plan)),
        "sqlite": lambda: report.results(over_sqlite(bench, fewer)),
        "holes": lambda: measure_holes(bench, fewer),
        "documents": lambda: measure_documents(bench, documents),
        "pages": lambda: measure_pages(bench, fewer),
    }
    found = {}
    for part in parts:
        print(f"\n{part}", flush=True)
        found[part] = how[part]()
    return found


def main() -> None:
    """Run the bench as the command line says."""
    given = read_arguments()
    how = {"connections": given.connections, "rounds": given.rounds, "seconds": given.seconds}
    if given.quick:
        how, given.documents = QUICK, min(given.documents, QUICK_DOCUMENTS)
    bench = Bench(given.url, data.SMALL if given.small else data.FULL)
    bench.prepare()
    plan = Plan(peers=given.peers, questions=given.questions, **how)
    parts = [part for part in given.parts if part not in given.without]
    measured = measure(bench, plan, parts, given.documents)
    version = bench.database(lambda connection: connection.fetchval("SHOW server_version"))
    found = report.summary(measured, how, bench.size, version, given.note)
    print(report.table(found))
    if not given.dry:
        report.write(found)


if __name__ == "__main__":
    main()
