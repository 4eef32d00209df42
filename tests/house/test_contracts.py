"""The directions of imports hold, and each contract is seen to break on a planted import."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, code

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

# Contract, file to add to, the import that breaks it.
PLANTED = [
    ("layers", "rules/planted.py", "import models"),
    ("layers", "models/planted.py", "import resolvers"),
    ("layers", "resolvers/planted.py", "import permissions"),
    ("layers", "permissions/planted.py", "import resolvers"),
    ("layers", "schema/planted.py", "import server"),
    ("execution-is-a-library", "execution/planted.py", "from rules import rights"),
    ("business-knows-no-surface", "resolvers/planted.py", "import strawberry"),
    ("business-knows-no-surface", "models/planted.py", "from starlette.requests import Request"),
    ("business-knows-no-surface", "rules/planted.py", "import graphql"),
    ("business-knows-no-surface", "resolvers/planted.py", "from execution import guards"),
    ("declaring-does-not-run", "execution/plans.py", "from execution import run"),
    ("the-surface-declares", "schema/planted.py", "from execution import http"),
    ("the-surface-declares", "permissions/planted.py", "import execution.run"),
    ("rules-are-pure", "rules/planted.py", "import pydantic"),
    ("no-circles", "rules/names.py", "from rules import planted_circle"),
]


def lint(folder: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    chosen = ["--contract", contract] if contract else []
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", *chosen], cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_contract_is_kept() -> None:
    outcome = lint(ROOT)

    assert outcome.returncode == 0, outcome.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "assets"))
    return tmp_path


@pytest.mark.parametrize(("contract", "path", "line"), PLANTED)
def test_the_contract_breaks_on_a_planted_import(copy: Path, contract: str, path: str, line: str) -> None:
    (copy / "rules" / "planted_circle.py").write_text("from rules import names\n", "utf-8")
    with (copy / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    outcome = lint(copy, contract)

    assert outcome.returncode == 1
    assert "BROKEN" in outcome.stdout


def test_every_contract_has_a_planted_import() -> None:
    assert {contract for contract, _, _ in PLANTED} == {contract["id"] for contract in CONTRACTS}


def test_every_module_of_execution_is_in_one_of_its_two_halves() -> None:
    (contract,) = (each for each in CONTRACTS if each["id"] == "declaring-does-not-run")
    declaring, running = contract["source_modules"], contract["forbidden_modules"]
    modules = {".".join(source.path.removesuffix(".py").split("/")[:2]) for source in code("execution")}

    assert sorted(declaring + running) == sorted(modules - {"execution.__init__"})
