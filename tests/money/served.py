"""Server processes on a test's database, started and killed while others go on."""

import asyncio
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from server.settings import Settings
from tests.processes import serving

SANDBOX, MAILS = "sandbox.sqlite3", "mails"


def settings_of(url: str, folder: Path) -> Settings:
    """The settings of this process, which does the worker's work at the end."""
    return Settings(DATABASE_URL=SecretStr(url), sandbox_file=folder / SANDBOX, mail_folder=folder / MAILS)


@dataclass
class Server:
    """One server process, and what it wrote; its worker does its work beside it."""

    url: str
    folder: Path
    name: str
    process: "subprocess.Popen[str] | None" = None

    async def start(self, running: ExitStack) -> str:
        """Start it, for as long as the stack is open; answers its address once it serves."""
        own = self.folder / self.name
        own.mkdir(exist_ok=True)
        block = serving(
            own,
            DATABASE_URL=self.url,
            SANDBOX_FILE=str(self.folder / SANDBOX),
            MAIL_FOLDER=str(self.folder / MAILS),
            LIMIT_BUCKET="100000000",
            PAYMENT_CHECK_SECONDS="1",
        )
        address, self.process = await asyncio.to_thread(running.enter_context, block)
        return address

    def kill(self) -> None:
        """End it with SIGKILL: it has no time for anything."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @property
    def log(self) -> str:
        return (self.folder / self.name / "serve.log").read_text("utf-8")
