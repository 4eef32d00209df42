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
CONNECTIONS_TO_DATABASE = 10
FIRST_PORT = 9200
STOP_SECONDS = 10
OURS = "ours"

# Which document a server is asked: ours, the same by a peer with plain ids, PostGraphile's, or only its name.
Speech = Literal["ours", "plain", "postgraphile", "name"]


@dataclass(frozen=True)
class Placing:
    """How many processes a server has, and the cores that it may use, and that load and database may use."""

    processes: int
    servers: frozenset[int]
    load: frozenset[int]


ONE_PROCESS = Placing(1, servers=frozenset({0}), load=frozenset({1}))
TWO_PROCESSES = Placing(2, servers=frozenset({0, 1}), load=frozenset({0, 1}))


@dataclass(frozen=True)
class Program:
    """A server, and how it is spoken to; its command names {port} and {processes}."""

    name: str
    title: str
    command: tuple[str, ...]
    speech: Speech

    @property
    def port(self) -> int:
        return FIRST_PORT + list(PROGRAMS).index(self.name)


MANAGER = str(Path(sys.executable).parent / "manager")


def _python(name: str) -> tuple[str, ...]:
    application = f"bench.peers.{name}.server:application"
    quiet = ("--no-access-log", "--log-level", "warning")
    return (sys.executable, "-m", "uvicorn", application, "--port", "{port}", "--workers", "{processes}", *quiet)


def _node(name: str) -> tuple[str, ...]:
    return (str(NODE), str(ROOT / "bench" / "peers" / "cluster.mjs"), name, "{processes}")


PROGRAMS = {
    program.name: program
    for program in (
        Program(OURS, "Manager API", (MANAGER, "serve", "--workers", "{processes}"), "ours"),
        Program("ceiling", "Hand-written", _python("ceiling"), "name"),
        Program("postgraphile", "PostGraphile 5", _node("postgraphile"), "postgraphile"),
        Program("mercurius", "Mercurius, JIT", _node("mercurius"), "plain"),
        Program("yoga", "Yoga, DataLoader", _node("yoga"), "plain"),
        Program("stock", "Strawberry, Tortoise", _python("stock"), "plain"),
    )
}
# Callers are counted as ever, but nobody is refused for asking much.
SETTINGS = {
    "LIMIT_BUCKET": "1000000000",
    "LIMIT_REFILL_PER_SECOND": "1000000000",
    "WORKER_INSIDE": "false",
    "NODE_ENV": "production",
    "GRAPHILE_ENV": "production",
}


@dataclass(frozen=True)
class Server:
    """A program that runs."""

    program: Program
    process: subprocess.Popen[bytes]
    placing: Placing

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
def running(programs: Iterable[Program], database_url: str, placing: Placing = ONE_PROCESS) -> Iterator[list[Server]]:
    """Start programs on the cores of servers, and end them with the block.

    All processes of a server together keep the same number of connections to the database.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    pool = str(CONNECTIONS_TO_DATABASE // placing.processes)
    settings = {**SETTINGS, "DATABASE_POOL_MINIMUM": pool, "DATABASE_POOL_MAXIMUM": pool}
    servers: list[Server] = []
    try:
        for program in programs:
            environment = {**os.environ, **settings, "DATABASE_URL": database_url, "PORT": str(program.port)}
            servers.append(Server(program, _start(program, environment, placing), placing))
        yield servers
    finally:
        for server in servers:
            server.process.terminate()
        for server in servers:
            try:
                server.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.process.kill()


def _start(program: Program, environment: Mapping[str, str], placing: Placing) -> "subprocess.Popen[bytes]":
    command = [part.format(port=program.port, processes=placing.processes) for part in program.command]
    with (LOGS / f"{program.name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    pin([process.pid], placing.servers)
    return process


def pin(pids: Iterable[int], cores: Iterable[int]) -> bool:
    """Keep processes, and what they start, to some cores; answers whether that was allowed."""
    try:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.sched_setaffinity(pid, cores)
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
