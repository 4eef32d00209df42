"""Loads one server with one question, and tells what came of it."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from bench.questions import Sent
from bench.servers import LOGS, Server, cpu_seconds

REST_SECONDS, MOMENT_SECONDS = 20, 0.1
BUSY = 0.1  # share of a moment that a server must not compute to be at rest
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Measure:
    """One server under one question for a few seconds, or the medians of several such."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    server_cpu_us: float
    database_cpu_us: float
    memory_megabytes: float
    requests: int = 0


def medians(measures: Iterable[Measure]) -> Measure:
    """The median of everything that was measured."""
    rows = [list(vars(each).values()) for each in measures]
    return Measure(*(median(column) for column in zip(*rows, strict=True)))


class Unanswered(Exception):
    """A server that refused, failed, or did not answer at all."""


def put(server: Server, sent: Sent) -> dict[str, Any]:
    """Ask once; answers data and errors. Refuses with Unanswered."""
    request = Request(f"http://127.0.0.1:{server.program.port}/graphql", sent.body.encode(), headers_of(sent))
    try:
        with urlopen(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        raise Unanswered(f"{server.program.name}: {error.code} {error.read()[:500]!r}") from error
    except OSError as error:
        raise Unanswered(f"{server.program.name}: {error}") from error
    return answer


def headers_of(sent: Sent) -> dict[str, str]:
    """The headers of a request."""
    return {"Content-Type": "application/json", "Authorization": f"Bearer {sent.secret}"}


def ask(server: Server, sent: Sent) -> Any:
    """Ask once; answers the data. Refuses with Unanswered, errors in the answer included."""
    answer = put(server, sent)
    if answer.get("errors"):
        raise Unanswered(f"{server.program.name}: {answer['errors'][:2]}")
    return answer["data"]


def measure(
    server: Server, requests: list[Sent], connections: int, seconds: int, backends: Callable[[], list[int]]
) -> Measure:
    """Keep so many connections busy for so long; `backends` tells the database's processes."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is needed to make load (on Debian and Ubuntu the package wrk)")
    file = LOGS / "requests.txt"
    file.write_text("".join(f"{each.secret}\n{each.body}\n" for each in requests), "utf-8")
    address = f"http://127.0.0.1:{server.program.port}"
    options = [f"-c{connections}", "-t1", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT), address, str(file)]
    cpu, database = server.cpu_seconds, {pid: cpu_seconds(pid) for pid in backends()}
    cores = ",".join(map(str, server.placing.load))
    output = subprocess.run(["taskset", "-c", cores, wrk, *options], capture_output=True, text=True, check=True).stdout
    cpu = server.cpu_seconds - cpu
    database_cpu = sum(cpu_seconds(pid) - database.get(pid, 0) for pid in backends())
    rest(server)
    told = json.loads(output.splitlines()[-1])
    if told["errors"] or not told["requests"]:
        raise Unanswered(f"{server.program.name}: {told}")
    return Measure(
        requests_per_second=told["requests"] / told["seconds"],
        p50_ms=told["p50_ms"],
        p99_ms=told["p99_ms"],
        server_cpu_us=cpu / told["requests"] * 1e6,
        database_cpu_us=database_cpu / told["requests"] * 1e6,
        memory_megabytes=server.memory_megabytes,
        requests=told["requests"],
    )


def rest(server: Server) -> None:
    """Wait for what was under way when the load ended: nobody reads it, but whoever is measured next would feel it."""
    deadline = time.monotonic() + REST_SECONDS
    before, now = 0.0, server.cpu_seconds
    while now - before > MOMENT_SECONDS * BUSY and time.monotonic() < deadline:
        time.sleep(MOMENT_SECONDS)
        before, now = now, server.cpu_seconds
