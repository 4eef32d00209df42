"""The facts of a mail in the reader's words: dates, roles, lists of what changed, and no way to smuggle in a line."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rules.letters import LetterKind
from server.words import Words

# Marks that reverse the direction of the text around them, so that a name could disguise what follows it.
DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Facts:
    """What a mail says: values for the placeholders of its words, rows of a small table, and the link's secret."""

    values: Mapping[str, str]
    rows: tuple[tuple[str, str], ...]
    secret: str


def tell_facts(kind: LetterKind, details: str, words: Words, zone: ZoneInfo) -> Facts:
    """Turn the details of an outbox row (JSON) into what a mail in one language says."""
    stored: dict[str, Any] = json.loads(details)
    secret = str(stored.pop("secret", ""))
    rows = tuple(_rows_of(kind, stored, words))
    values = {name: _tell(name, value, words, zone) for name, value in stored.items() if not isinstance(value, list)}
    return Facts(values=values, rows=rows, secret=secret)


def one_line(text: str) -> str:
    """A text without line ends, control characters and marks of direction, fit for a header and for a sentence (O5)."""
    return " ".join(
        "".join(
            " " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} or letter in DIRECTION_MARKS else letter
            for letter in text
        ).split()
    )


def tell_instant(moment: datetime, words: Words, zone: ZoneInfo) -> str:
    """A moment as a sentence says it, in the given time zone, which it names by its city."""
    local, common = moment.astimezone(zone), words["common"]
    return str(common["instant"]).format(
        day=common["first_day"] if local.day == 1 else local.day,
        month=common["months"][local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
        city=zone.key.rpartition("/")[2].replace("_", " "),
    )


def tell_day(day: date, words: Words) -> str:
    """A day as a sentence says it."""
    common = words["common"]
    number = common["first_day"] if day.day == 1 else day.day
    return str(common["day"]).format(day=number, month=common["months"][day.month - 1], year=day.year)


def _tell(name: str, value: Any, words: Words, zone: ZoneInfo) -> str:
    if value is None:
        return str(words["common"]["nothing"])
    if name == "role":
        return str(words["roles"][value])
    if name.endswith("_on"):
        return tell_day(date.fromisoformat(value), words)
    if name.endswith("_at"):
        return tell_instant(datetime.fromisoformat(value), words, zone)
    return one_line(str(value))


def _rows_of(kind: LetterKind, stored: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    common = words["common"]
    if kind is LetterKind.ROLE_CHANGED:
        yield common["role"], words["roles"][stored["role"]]
        yield common["billing"], common["yes"] if stored["billing"] else common["no"]
        yield common["products"], _tell_products(stored["products"], words)
    if kind is LetterKind.DETAILS_CHANGED:
        for name, old, new in stored["changes"]:
            told = {"old": _tell_detail(name, old, words), "new": _tell_detail(name, new, words)}
            yield words["fields"][name], str(common["change"]).format(**told)


def _tell_detail(name: str, value: str | None, words: Words) -> str:
    if not value:
        return str(words["common"]["nothing"])
    return str(words["kinds"][value]) if name == "kind" else one_line(value)


def _tell_products(products: list[str] | None, words: Words) -> str:
    if products is None:
        return str(words["common"]["all_products"])
    return "; ".join(_tell_product(name, words) for name in products) or str(words["common"]["no_product"])


def _tell_product(name: str, words: Words) -> str:
    """A product by its name, or all products of a kind by the kind's."""
    kinds = words["products"]
    return str(words["common"]["products_of_kind"]).format(products=kinds[name]) if name in kinds else one_line(name)
