"""The command `manager`, run as people run it: in processes of its own, which may be killed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.house.sources import ROOT

PROGRAM = [sys.executable, "-c", "from server.cli import main; main()"]
START_SECONDS = 120  # however busy the machine is


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "MAIL_FOLDER": str(folder / "mails")} | settings


def manager(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@contextmanager
def serving(folder: Path, *arguments: str, **settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve on a free port for the block: the address, and the process."""
    port = free_port()
    log = folder / "serve.log"
    with log.open("a", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*PROGRAM, "serve", *arguments],
            cwd=folder,
            env=environment(folder, PORT=str(port), **settings),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", process, log)
        yield address, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str, process: "subprocess.Popen[Any]", log: Path | None = None) -> None:
    """Wait until a process that was just started answers at this address, whatever it says."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(address, timeout=5)
        except httpx.TransportError:
            assert process.poll() is None, log.read_text() if log else "it does not start"
            assert time.monotonic() < deadline, "it does not answer"
            time.sleep(0.05)
        else:
            return
