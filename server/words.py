"""Words that people read, kept in one file per language; a language that is not there yet reads English (USR11)."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from rules.locales import Locale

Words: TypeAlias = Mapping[str, Any]


def read_words(folder: Path) -> Mapping[Locale, Words]:
    """Read every language that a folder holds, from files named `en.toml`, `fr.toml` and so on."""
    files = {locale: folder / f"{locale.lower()}.toml" for locale in Locale}
    return {locale: tomllib.loads(file.read_text("utf-8")) for locale, file in files.items() if file.exists()}


def words_in(languages: Mapping[Locale, Words], locale: Locale) -> tuple[Locale, Words]:
    """The words of a language, or the English ones, and which of the two it is."""
    found = locale if locale in languages else Locale.EN
    return found, languages[found]


def every_text(words: Words, path: tuple[str, ...] = ()) -> Mapping[tuple[str, ...], str]:
    """All texts of a language by their path in its file; the texts of one list are joined, for their number is free."""
    texts: dict[tuple[str, ...], str] = {}
    for key, value in words.items():
        if isinstance(value, Mapping):
            texts |= every_text(value, (*path, key))
        else:
            texts[*path, key] = "\n".join(value) if isinstance(value, list) else value
    return texts
