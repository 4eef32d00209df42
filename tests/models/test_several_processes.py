"""Several processes on one database: none fails for another's sake, and no update is lost."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import ThrottleCounter
from tests.databases import Database
from tests.house.sources import ROOT
from tests.sizes import sized

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROCESSES = 3
STEPS = sized(20, 1_000)
ADDING = f"""
import asyncio
import sys

from models import ThrottleCounter
from resolvers.transactions import transaction
from server.databases import open_database


async def add_one() -> None:
    async with transaction():
        counter = await ThrottleCounter.select_for_update().get(key="shared")
        counter.attempts += 1
        await counter.save(update_fields=["attempts"])


async def main() -> None:
    async with open_database(sys.argv[1]):
        for _ in range({STEPS}):
            await asyncio.gather(add_one(), add_one(), ThrottleCounter.get(key="shared"))


asyncio.run(main())
"""


async def run(program: Path, url: str) -> tuple[str, int | None]:
    """Run a program with the database's address: what it complains of, and its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, url, env={"PYTHONPATH": str(ROOT)}, stderr=asyncio.subprocess.PIPE
    )
    _, complaints = await process.communicate()
    return complaints.decode(), process.returncode


async def test_read_then_write_from_several_processes_loses_nothing(database: Database, tmp_path: Path) -> None:
    await ThrottleCounter.create(key="shared", window_ends_at=NOON, attempts=0)
    program = tmp_path / "adding.py"
    program.write_text(ADDING, "utf-8")

    outcomes = await asyncio.gather(*(run(program, database.url) for _ in range(PROCESSES)))

    assert outcomes == [("", 0)] * PROCESSES
    assert (await ThrottleCounter.get(key="shared")).attempts == PROCESSES * STEPS * 2
