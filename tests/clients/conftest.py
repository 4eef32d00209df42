"""What tests with real clients need: Node, the packages of package.json, a browser, and a server to talk to."""

import asyncio
import fcntl
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from execution.http import GraphQLEndpoint
from server.app import create_app
from server.databases import migrate
from server.explorer import ExplorerPage, explorer_routes
from server.settings import Settings
from tests.clients.serving import served
from tests.http.sample import make_context, schema

FOLDER = Path(__file__).parent

RunsNode = Callable[..., str]


@pytest.fixture(scope="session")
def node() -> RunsNode:
    """Run one of this folder's scripts with its packages installed, and give what it printed; nobody may complain."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        pytest.skip("Node is not installed: real clients were NOT tried")
    _install(npm)

    def run(script: str, *arguments: str) -> str:
        finished = subprocess.run(
            [program, script, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False
        )
        assert finished.returncode == 0, finished.stderr
        assert "warn" not in finished.stderr.lower()
        return finished.stdout

    return run


def _install(npm: str) -> None:
    """Install exactly the packages of the present lock file, once, one process at a time."""
    lock = FOLDER / "package-lock.json"
    done = FOLDER / "node_modules" / ".installed"
    with lock.open() as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == lock.read_text():
            return
        finished = subprocess.run([npm, "ci"], cwd=FOLDER, capture_output=True, text=True, timeout=600, check=False)
        assert finished.returncode == 0, finished.stderr
        done.write_text(lock.read_text())


@pytest.fixture(scope="session")
def chromium() -> str:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed: the explorer was NOT tried in a browser")
    return program


def sample_app(*, introspection: bool = True) -> Starlette:
    page = ExplorerPage(introspection=introspection)
    endpoint = GraphQLEndpoint(schema, make_context=make_context, explorer=page, introspection=introspection)
    return Starlette(routes=[Route("/graphql", endpoint), *explorer_routes(schema)])


@pytest.fixture
def real_address(tmp_path: Path) -> Iterator[str]:
    """The address of the application itself, over an empty database."""
    settings = Settings(DATABASE_URL=f"sqlite:///{tmp_path / 'manager.sqlite3'}", mail_folder=tmp_path / "mails")
    asyncio.run(migrate(settings.database_url))
    with served(create_app(settings)) as found:
        yield found


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a live server for the sample schema."""
    with served(sample_app()) as found:
        yield found


@pytest.fixture
def address_without_introspection() -> Iterator[str]:
    with served(sample_app(introspection=False)) as found:
        yield found
