"""Every business rule that is built is named by a test."""

import re

from tests.house.sources import ROOT, code

# What this product does so far; whoever builds a rule adds it here.
BUILT = [
    *(f"USR{number}" for number in range(1, 15)),
    *(f"ORG{number}" for number in range(2, 9)),
    *(f"MEM{number}" for number in range(1, 11)),
    *(f"INV{number}" for number in range(1, 12)),
    *(f"WAL{number}" for number in range(1, 8)),
    "PRD1",
    "STA2",
    "MSG2",
    "MSG3",
    "RES6",
    "RES8",
]


def rules_in(text: str) -> set[str]:
    return set(re.findall(r"\b[A-Z]{3}\d{1,2}\b", text))


def test_every_rule_that_is_built_is_a_rule() -> None:
    known = set(re.findall(r"^- ([A-Z]{3}\d+)", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE))

    assert set(BUILT) - known == set()


def test_every_rule_that_is_built_is_named_by_a_test() -> None:
    tests = (source for source in code("tests") if not source.path.startswith("tests/house/"))
    named = {rule for source in tests for rule in rules_in(source.text)}

    assert set(BUILT) - named == set()


def test_a_rule_is_found_in_a_name_or_a_sentence() -> None:
    assert rules_in('"""A login is confirmed (USR3, MEM10)."""') == {"USR3", "MEM10"}
