"""Checks of input texts that answer every problem at once; what passes is what may be stored."""

import unicodedata
from collections.abc import Iterator

from rules.refusals import InvalidInput, Problem, ProblemCode

# Cc and Zl/Zp would break mail headers and lists; Cs and Cn are no characters at all.
UNWRITABLE = frozenset({"Cc", "Zl", "Zp", "Cs", "Cn"})
# Embeddings, overrides and isolates turn round what is shown, the text behind them included.
REVERSING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_text(path: tuple[str, ...], text: str, *, maximum: int, minimum: int = 1) -> Iterator[Problem]:
    """Problems of a text of one line: too short once trimmed, too long in characters, or with what nobody sees.

    Those are control characters, line ends, and marks that let a name look like another.
    """
    if len(text.strip()) < minimum:
        yield Problem(path, ProblemCode.REQUIRED if minimum == 1 else ProblemCode.TOO_SHORT, minimum)
    if len(text) > maximum:
        yield Problem(path, ProblemCode.TOO_LONG, maximum)
    if any(letter in REVERSING or unicodedata.category(letter) in UNWRITABLE for letter in text):
        yield Problem(path, ProblemCode.MALFORMED)


def refuse_problems(*found: Iterator[Problem]) -> None:
    """Raise InvalidInput with all problems, if there are any."""
    problems = tuple(problem for each in found for problem in each)
    if problems:
        raise InvalidInput(problems=problems)
