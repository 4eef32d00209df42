"""What is measured of this server alone: holes in its answers, and documents that it has never seen."""

import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from itertools import cycle, islice
from statistics import median
from typing import Any

from bench.data import RESELLER
from bench.load import Unanswered, ask, headers_of, put
from bench.questions import EXPIRES_BEFORE, READ, Sent, own_document
from bench.rounds import WARM_UP_SECONDS, Bench, Plan, first_request, wait_for
from bench.servers import OURS, PROGRAMS, Server, running

# Documents whose answers have holes where `holes` is true, and their other variables.
HOLES: dict[str, dict[str, Any]] = {"computed": {"before": EXPIRES_BEFORE}, "denied": {}}
CONNECTIONS = 16
UNSEEN = 100  # documents of each question, for the time that an unseen one takes
ASKED_BEFORE = 20  # times that each question is asked before memory is read for the first time
TOLD_EACH = 10_000
AT_ONCE = 4
FIRST_ID = re.compile(r"\bid\b(?!:)")


def measure_holes(bench: Bench, plan: Plan) -> list[dict[str, Any]]:
    """CPU of this server for answers with holes, and for the same answers without."""
    found = []
    with running([PROGRAMS[OURS]], bench.url) as (server,):
        wait_for(server, first_request(server, bench.size))
        for name, variables in HOLES.items():
            sent = {holes: [_own(name, {**variables, "holes": holes})] for holes in (True, False)}
            if put(server, sent[True][0])["data"] is None or not ask(server, sent[False][0]):
                raise Unanswered(f"{name}: nothing")
            for requests in sent.values():
                bench.once(server, name, requests, CONNECTIONS, WARM_UP_SECONDS)
            cpu: dict[bool, list[float]] = {True: [], False: []}
            for _ in range(plan.rounds):
                for holes, requests in sent.items():
                    cpu[holes].append(bench.once(server, name, requests, CONNECTIONS, plan.seconds).server_cpu_us)
            ratio = median(a / b for a, b in zip(cpu[True], cpu[False], strict=True))
            with_holes, without = median(cpu[True]), median(cpu[False])
            found.append({"name": name, "with_us": with_holes, "without_us": without, "ratio": ratio})
            print(f"holes  {name}  {with_holes:.0f} µs with, {without:.0f} µs without", flush=True)
    return found


def _own(name: str, variables: dict[str, Any]) -> Sent:
    return Sent(RESELLER, json.dumps({"query": own_document(name), "variables": variables}))


def measure_documents(bench: Bench, count: int) -> dict[str, Any]:
    """What an unseen document costs beyond its answer, question by question, and what so many leave in memory."""
    with running([PROGRAMS[OURS]], bench.url) as (server,):
        wait_for(server, first_request(server, bench.size))
        questions = {question: bench.requests(server, question)[0] for question in READ}
        for sent in questions.values():
            put_all(server, [sent] * ASKED_BEFORE)
        before = server.memory_megabytes
        unseen = {question: _unseen_ms(server, sent) for question, sent in questions.items()}
        for name, ms in unseen.items():
            print(f"an unseen document  {name}  {ms:.2f} ms", flush=True)
        peak = before
        different = (variant(sent, number) for number, sent in enumerate(cycle(questions.values()), UNSEEN))
        for sent_so_far in range(0, count, TOLD_EACH):
            some = list(islice(different, min(TOLD_EACH, count - sent_so_far)))
            put_together(server, some)
            peak = max(peak, server.memory_megabytes)
            print(f"memory  {sent_so_far + len(some):,} documents  {server.memory_megabytes:.0f} MB", flush=True)
        memory = {"documents": count, "before": before, "after": server.memory_megabytes, "most": peak}
    return {"unseen_ms": unseen, "memory": memory}


def variant(sent: Sent, number: int) -> Sent:
    """The same request by another document: its first id has another name in the answer, and in the statement."""
    body = json.loads(sent.body)
    return Sent(sent.secret, json.dumps({**body, "query": FIRST_ID.sub(f"id{number}: id", body["query"], count=1)}))


def _unseen_ms(server: Server, sent: Sent) -> float:
    """CPU of a document's first time, without that of its second."""
    requests = [variant(sent, number) for number in range(UNSEEN)]
    times = []
    for _ in ("unseen", "known"):
        before = server.cpu_seconds
        put_all(server, requests)
        times.append(server.cpu_seconds - before)
    return (times[0] - times[1]) / UNSEEN * 1e3


def put_all(server: Server, requests: Iterable[Sent]) -> None:
    """Ask one after the other, each once; refuses with Unanswered."""
    for status, answer in _answers(server, requests):
        if status != 200 or b'"errors":' in answer:
            raise Unanswered(f"{server.program.name}: {status} {answer[:500]!r}")


def put_together(server: Server, requests: list[Sent]) -> None:
    """Ask each once, over a few connections at the same time; refuses with Unanswered."""
    shares = [requests[place::AT_ONCE] for place in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(partial(put_all, server), shares))


def _answers(server: Server, requests: Iterable[Sent]) -> Iterator[tuple[int, bytes]]:
    connection = HTTPConnection("127.0.0.1", server.program.port, timeout=30)
    try:
        for sent in requests:
            connection.request("POST", "/graphql", sent.body.encode(), headers_of(sent))
            response = connection.getresponse()
            yield response.status, response.read()
    finally:
        connection.close()
