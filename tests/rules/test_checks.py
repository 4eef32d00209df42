"""Texts of one line: what can be stored, and what is said of the others."""

import pytest

from rules.checks import check_text, refuse_problems
from rules.refusals import InvalidInput, Problem, ProblemCode

PATH = ("name",)


@pytest.mark.parametrize("text", ["Zoë Ŝmith-Łuk", "名前", "عمر", "a\u200db", "\U0001f43b & Co.", " padded ", "x" * 20])
def test_every_script_can_be_written(text: str) -> None:
    assert list(check_text(PATH, text, maximum=20)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ProblemCode.REQUIRED),
        (" \u3000 ", ProblemCode.REQUIRED),
        ("x" * 21, ProblemCode.TOO_LONG),
        ("two\nlines", ProblemCode.MALFORMED),
        ("two\u2028lines", ProblemCode.MALFORMED),
        ("\x1b[31mred", ProblemCode.MALFORMED),
        ("half \ud800", ProblemCode.MALFORMED),
        ("nothing \uffff", ProblemCode.MALFORMED),
        ("invoice\u202egnp.exe", ProblemCode.MALFORMED),
        ("isolated\u2066", ProblemCode.MALFORMED),
    ],
)
def test_what_breaks_lines_or_hides_something_is_refused(text: str, code: ProblemCode) -> None:
    assert [problem.code for problem in check_text(PATH, text, maximum=20)] == [code]


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_problems(check_text(("a",), "", maximum=5), check_text(("b",), "long\nlong", maximum=5))

    assert refused.value.problems == (
        Problem(("a",), ProblemCode.REQUIRED, 1),
        Problem(("b",), ProblemCode.TOO_LONG, 5),
        Problem(("b",), ProblemCode.MALFORMED),
    )
