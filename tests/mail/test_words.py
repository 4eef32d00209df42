"""Every language that is there says everything, and asks for no fact that nobody tells (USR11, MSG1, MSG2)."""

from dataclasses import fields
from pathlib import Path
from string import Formatter

import pytest

from rules.kinds import ProductKind
from rules.letters import FACTS, LetterKind
from rules.locales import Locale
from rules.organizations import OrganizationDetails, OrganizationKind
from rules.rights import Role
from server import pages
from server.mail import writing
from server.mail.links import LINK_OF_LETTER, LinkKind
from server.words import Words, every_text, read_words, words_in
from tests.mail.samples import DETAILS

UNTOLD = {"secret", "changes", "products", "billing"}  # shown as link and as rows, never inside a sentence


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def missing_texts(english: Words, other: Words) -> set[tuple[str, ...]]:
    """Paths that only one of the two languages has."""
    return set(every_text(english).keys() ^ every_text(other).keys())


@pytest.mark.parametrize("languages", [writing.LANGUAGES, pages.LANGUAGES], ids=["mails", "pages"])
def test_a_language_is_complete_or_absent(languages: dict[Locale, Words]) -> None:
    """USR11"""
    assert {Locale.EN, Locale.FR} <= languages.keys()
    for locale, words in languages.items():
        assert missing_texts(languages[Locale.EN], words) == set(), locale


def test_a_missing_text_would_be_seen() -> None:
    english = {"common": {"yes": "yes"}, "SIGN_UP": {"subject": "Hello", "after": ["one", "two"]}}
    french = {"common": {"yes": "oui"}, "SIGN_UP": {"subject": "Bonjour"}}
    assert missing_texts(english, french) == {("SIGN_UP", "after")}


@pytest.mark.parametrize("locale", writing.LANGUAGES)
@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_asks_only_for_facts_that_are_told(kind: LetterKind, locale: Locale) -> None:
    """MSG1"""
    told = (FACTS[kind] - UNTOLD) | {"service"}
    for path, text in every_text(writing.LANGUAGES[locale][kind]).items():
        assert placeholders(text) <= told, path


@pytest.mark.parametrize("locale", writing.LANGUAGES)
@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_says_until_when(kind: LetterKind, locale: Locale) -> None:
    """MSG1"""
    texts = every_text(writing.LANGUAGES[locale][kind]).values()
    asked = set().union(*map(placeholders, texts))
    assert ("expires_at" in FACTS[kind]) == ("expires_at" in asked)


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_has_a_button_exactly_when_it_has_a_link(kind: LetterKind) -> None:
    """MSG3"""
    assert ("button" in writing.LANGUAGES[Locale.EN][kind]) == (kind in LINK_OF_LETTER)
    if "secret" in FACTS[kind]:
        assert LINK_OF_LETTER[kind] is LinkKind[kind]


@pytest.mark.parametrize("kind", LetterKind)
def test_the_samples_of_these_tests_tell_the_facts_of_their_kind(kind: LetterKind) -> None:
    assert DETAILS[kind].keys() == FACTS[kind]


@pytest.mark.parametrize("words", writing.LANGUAGES.values(), ids=writing.LANGUAGES.keys())
def test_every_name_that_a_letter_may_tell_has_words(words: Words) -> None:
    details = {field.name for field in fields(OrganizationDetails)} | {"currency"}
    assert words["fields"].keys() == details
    assert words["roles"].keys() == set(Role)
    assert words["kinds"].keys() == set(OrganizationKind)
    assert words["products"].keys() == set(ProductKind)


def test_a_language_that_is_not_there_reads_english(tmp_path: Path) -> None:
    """USR11"""
    (tmp_path / "en.toml").write_text('hello = "Hello"')
    languages = read_words(tmp_path)
    assert words_in(languages, Locale.IT) == (Locale.EN, {"hello": "Hello"})
