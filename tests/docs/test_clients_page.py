"""What docs/clients.md tells people to write and type is what our own tests of clients write and run."""

import json
import re
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
CLIENTS = PROJECT / "tests" / "clients"
PAGE = (PROJECT / "docs" / "clients.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of the page that are of this language; commands have none."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [text for kind, text in fenced if kind == language]


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CLIENTS / name).read_text("utf-8"))
    return found


def test_the_code_generator_is_configured_as_it_is_documented() -> None:
    documented, _ = (json.loads(block) for block in blocks("json"))

    assert list(documented["generates"].values()) == list(read("codegen.json")["generates"].values())
    assert documented["documents"] == read("codegen.json")["documents"]


def test_relay_is_configured_as_it_is_documented() -> None:
    _, documented = (json.loads(block) for block in blocks("json"))

    used = read("relay/relay.config.json")
    assert documented["customScalarTypes"] == used["customScalarTypes"]
    assert documented["language"] == used["language"]


def test_every_package_that_people_are_told_to_install_is_one_that_we_try() -> None:
    commands = "".join(blocks("")).replace("\\\n", " ").splitlines()
    told = {word for command in commands if command.startswith("npm install") for word in command.split()[3:]}

    assert told
    assert told <= set(read("package.json")["dependencies"])
