"""Folded copies of names: what lists are ordered by and searches look in."""

import unicodedata


def fold(text: str) -> str:
    """A text without case and accents, in one spelling, so that 'Éclair' sorts and is found beside 'eclair'."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    without_accents = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(without_accents.split())


def sort_key(text: str, maximum: int) -> str:
    """The folded text, cut to what its column holds: folding may lengthen a text many times over."""
    return fold(text)[:maximum]


def one_line(text: str) -> str:
    """The text with single spaces and none around it, as it is stored."""
    return " ".join(text.split())


def full_name(first_name: str, last_name: str) -> str:
    """A person's name as others read it."""
    return f"{first_name} {last_name}".strip()
