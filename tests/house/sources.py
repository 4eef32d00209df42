"""The project's files as the checks read them."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("schema", "resolvers", "permissions", "models", "rules", "execution", "server")
GENERATED = "models/migrations/"
# What is made on a machine, or brought along from elsewhere with its own manners.
FOREIGN = {".git", ".venv", "node_modules", "var", "__pycache__", "vendor", "build", "dist"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path within the project, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def package(self) -> str:
        return self.path.split("/", 1)[0]

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def files(*endings: str) -> Iterator[Path]:
    """Every file of the project with one of these endings; without endings, every file."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - FOREIGN - {each for each in folders if each.endswith("_cache")})
        yield from (Path(folder) / name for name in sorted(names) if not endings or name.endswith(endings))


def code(*packages: str) -> list[Source]:
    """The Python files of these packages, written by hand."""
    wanted = tuple(f"{package}/" for package in packages or (*PACKAGES, "tests", "bench"))
    paths = [(path, path.relative_to(ROOT).as_posix()) for path in files(".py")]
    return [
        Source(name, path.read_text("utf-8"))
        for path, name in paths
        if name.startswith(wanted) and not name.startswith(GENERATED)
    ]
