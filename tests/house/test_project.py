"""The project's other files agree with the code: README, settings, schema, locks, and no word about one machine."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

import schema
from schema.document import print_document
from server.cli import application
from server.settings import settings_table
from tests.house.sources import PACKAGES, ROOT, code, files

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Packages whose import has another name than their distribution.
DISTRIBUTIONS = {
    "argon2": "argon2-cffi",
    "email_validator": "email-validator",
    "fpdf": "fpdf2",
    "graphql": "graphql-core",
    "pydantic_settings": "pydantic-settings",
    "pypika_tortoise": "tortoise-orm",
    "stdnum": "python-stdnum",
    "strawberry": "strawberry-graphql",
    "tortoise": "tortoise-orm",
}
# Spelled in pieces, so that this file does not offend itself.
MACHINE_WORDS = [
    "/wo" + "rk/",
    "/ro" + "ot/",
    "/ho" + "me/",
    "/tm" + "p/",
    "py" + "pi.org",
    "files.python" + "hosted",
    "registry.np" + "mjs",
]
TEXT = (".py", ".md", ".toml", ".txt", ".lock", ".json", ".graphql", ".js", ".mjs", ".ts", ".css", ".html", ".npmrc")


def machine_words(text: str) -> set[str]:
    return {word for word in MACHINE_WORDS if word in text}


def test_schema_is_the_package_of_this_project() -> None:
    """A package of that name on the registry would take its place."""
    assert Path(str(schema.__file__)).parent == ROOT / "schema"


def test_no_file_speaks_of_one_machine_or_registry() -> None:
    own = [*files(*TEXT), ROOT / "Makefile", ROOT / ".ci" / "run"]

    offending = {path.relative_to(ROOT): words for path in own if (words := machine_words(path.read_text("utf-8")))}

    assert offending == {}


def test_a_word_about_one_machine_is_noticed() -> None:
    assert machine_words("see /wo" + "rk/main") == {"/wo" + "rk/"}


def test_schema_graphql_is_up_to_date() -> None:
    """Written by `make schema`."""
    assert (ROOT / "schema.graphql").read_text("utf-8") == print_document()


def test_the_documented_settings_are_the_real_ones() -> None:
    assert settings_table() in (ROOT / "docs" / "running.md").read_text("utf-8")


def commands(text: str) -> tuple[set[str], set[str]]:
    """The targets of make and the commands of manager that a text tells people to type."""
    blocks = re.findall(r"^```(?:sh|console)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    typed = "\n".join(blocks + re.findall(r"`([^`\n]+)`", text))
    return set(re.findall(r"\bmake ([a-z]+)", typed)), set(re.findall(r"\bmanager ([a-z][a-z-]*)", typed))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/running.md"])
def test_every_command_that_people_are_told_to_type_exists(name: str) -> None:
    targets, names = commands((ROOT / name).read_text("utf-8"))
    makefile = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    known = {each.name or str(getattr(each.callback, "__name__", "")) for each in application.registered_commands}
    known |= {str(group.name) for group in application.registered_groups}

    assert targets - makefile == set()
    assert names - known == set()


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert commands("```sh\nmake fly\n```\nor `manager swim`") == ({"fly"}, {"swim"})


def test_everything_imported_is_declared() -> None:
    declared = {re.split(r"[\[<>=~;! ]", each)[0] for each in PYPROJECT["project"]["dependencies"]}
    imported = {
        module
        for source in code(*PACKAGES)
        for module in re.findall(r"^(?:from|import) ([a-z0-9_]+)", source.text, re.MULTILINE)
    }
    foreign = imported - set(sys.stdlib_module_names) - set(PACKAGES)

    assert {DISTRIBUTIONS.get(module, module) for module in foreign} - declared == set()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_exact_versions_with_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    requirements = re.findall(r"^(\S.*?)(?: \\)?\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)

    assert len(requirements) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 30
    assert all("==" in requirement for requirement, _ in requirements)
    assert "://" not in text


def test_the_locks_hold_what_is_declared() -> None:
    groups = PYPROJECT["dependency-groups"]
    development = [each for each in groups["dev"] if isinstance(each, str)]
    for name, declared in zip(LOCKS, (PYPROJECT["project"]["dependencies"], development), strict=True):
        locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        assert {re.split(r"[\[<>=~;! ]", each)[0] for each in declared} - locked == set()


def test_development_and_production_are_locked_to_the_same_versions() -> None:
    production, development = (
        dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)) for name in LOCKS
    )

    assert {name: development.get(name) for name in production} == production
