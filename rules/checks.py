"""Checks of input texts that answer every problem at once; what passes is what may be stored."""

import unicodedata
from collections.abc import Iterator

from rules.refusals import InvalidInput, Problem, ProblemCode


def check_text(path: tuple[str, ...], text: str, *, maximum: int, minimum: int = 1) -> Iterator[Problem]:
    """Problems of a text of one line: too short once trimmed, too long in characters, or with control characters."""
    if len(text.strip()) < minimum:
        yield Problem(path, ProblemCode.REQUIRED if minimum == 1 else ProblemCode.TOO_SHORT, minimum)
    if len(text) > maximum:
        yield Problem(path, ProblemCode.TOO_LONG, maximum)
    # Cc and Zl/Zp would break mail headers and lists; Cf hides text, Cs and Cn are no characters at all.
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs", "Cn") for letter in text):
        yield Problem(path, ProblemCode.MALFORMED)


def refuse_problems(*found: Iterator[Problem]) -> None:
    """Raise InvalidInput with all problems, if there are any."""
    problems = tuple(problem for each in found for problem in each)
    if problems:
        raise InvalidInput(problems=problems)
