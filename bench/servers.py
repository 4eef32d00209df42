"""The servers that are measured: how each is started, and what it has used of the machine."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent
LOGS = ROOT / "var" / "bench"
NODE = ROOT / "bench" / "peers" / "node_modules" / ".bin" / "node"
SERVER_CORE, LOAD_CORE = 0, 1
FIRST_PORT = 9200
STOP_SECONDS = 10
OURS = "ours"

# Which document a server is asked: ours, the same by a peer with plain ids, PostGraphile's, or only its name.
Speech = Literal["ours", "plain", "postgraphile", "name"]


@dataclass(frozen=True)
class Program:
    """A server, and how it is spoken to."""

    name: str
    title: str
    command: tuple[str, ...]
    speech: Speech

    @property
    def port(self) -> int:
        return FIRST_PORT + list(PROGRAMS).index(self.name)


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module)


def _node(name: str) -> tuple[str, ...]:
    return (str(NODE), str(ROOT / "bench" / "peers" / name / "server.mjs"))


PROGRAMS = {
    program.name: program
    for program in (
        Program(OURS, "Manager API", (str(Path(sys.executable).parent / "manager"), "serve"), "ours"),
        Program("ceiling", "Hand-written", _python("bench.peers.ceiling.server"), "name"),
        Program("postgraphile", "PostGraphile 5", _node("postgraphile"), "postgraphile"),
        Program("mercurius", "Mercurius, JIT", _node("mercurius"), "plain"),
        Program("yoga", "Yoga, DataLoader", _node("yoga"), "plain"),
        Program("stock", "Strawberry, Tortoise", _python("bench.peers.stock.server"), "plain"),
    )
}
# Callers are counted as ever, but nobody is refused for asking much; ten connections are kept, as by everybody here.
SETTINGS = {
    "LIMIT_BUCKET": "1000000000",
    "LIMIT_REFILL_PER_SECOND": "1000000000",
    "WORKER_INSIDE": "false",
    "DATABASE_POOL_MINIMUM": "10",
    "DATABASE_POOL_MAXIMUM": "10",
    "NODE_ENV": "production",
    "GRAPHILE_ENV": "production",
}


@dataclass(frozen=True)
class Server:
    """A program that runs."""

    program: Program
    process: subprocess.Popen[bytes]

    @property
    def cpu_seconds(self) -> float:
        """What it has computed so far, in all its processes."""
        return sum(cpu_seconds(pid) for pid in family(self.process.pid))

    @property
    def memory_megabytes(self) -> float:
        """What it holds in memory now, in all its processes."""
        pages = 0
        for pid in family(self.process.pid):
            with suppress(OSError):
                pages += int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def running(programs: Iterable[Program], database_url: str) -> Iterator[list[Server]]:
    """Start programs on the core of servers, and end them with the block."""
    LOGS.mkdir(parents=True, exist_ok=True)
    servers: list[Server] = []
    try:
        for program in programs:
            environment = {**os.environ, **SETTINGS, "DATABASE_URL": database_url, "PORT": str(program.port)}
            servers.append(Server(program, _start(program, environment)))
        yield servers
    finally:
        for server in servers:
            server.process.terminate()
        for server in servers:
            try:
                server.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.process.kill()


def _start(program: Program, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    with (LOGS / f"{program.name}.log").open("wb") as log:
        process = subprocess.Popen(
            program.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    pin([process.pid], SERVER_CORE)
    return process


def pin(pids: Iterable[int], core: int) -> bool:
    """Keep processes, and what they start, to one core; answers whether that was allowed."""
    try:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.sched_setaffinity(pid, {core})
    except OSError:
        return False
    return True


def family(pid: int) -> list[int]:
    """A process with its children, their children, and so on."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text("utf-8").split()]
    return found


def cpu_seconds(pid: int) -> float:
    """What a process has computed so far, in all its threads; nothing when it is gone."""
    nanoseconds = 0
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                nanoseconds += int((task / "schedstat").read_text("utf-8").split()[0])
    return nanoseconds / 1e9
