"""Random values for the arguments of a document: most mean something, a few are mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)

NASTY = (
    "",
    "plain",
    'q"uote',
    "back\\slash",
    "new\nline",
    "é ü 漢字 😀",
    '{"!":0}',
    "~tilde~1",
    "%_",
    "</script>",
    "=1+1",
    "null",
)
TOO_LONG = "x" * 300
JUNK_IDS = ("org_" + "0" * 32, "prd_junk", "", "x" * 40)
PAGE_SIZES = (0, 1, 2, 3, 5, 20)
BAD_PAGE_SIZES = (-1, 101, 2**31 - 1)
NUMBERS = (-1, 0, 1, 2, 7, 30)
AMOUNTS = (0, 1, -1, 500, 10_810, 2**62)
INSTANTS = ("2026-03-02T09:30:00+00:00", "2026-05-31T14:00:00.5+02:00", "2026-06-01T12:00:00.000001Z")
ARGUMENT_DEPTH = 3
# Which ids an argument is about.
PREFIXES = {
    "organization": "org_",
    "organizationId": "org_",
    "membershipId": "mem_",
    "productId": "prd_",
    "mailboxId": "mbx_",
    "invitationId": "ivt_",
    "invoice": "inv_",
    "invoiceIds": "inv_",
    "dueItemIds": "due_",
    "withdrawalId": "wdr_",
    "walletId": "wal_",
    "incomingTransferId": "itr_",
    "sessionId": "ses_",
    "product": "prd_",
    "products": "prd_",
    "keeper": "usr_",
    "childKeeper": "usr_",
    "childKeepers": "usr_",
    "keepers": "usr_",
    "specimen": "spc_",
    "signed": "spc_",
}


@dataclass
class Pool:
    """What arguments are drawn from: ids of rows that are there, cursors that were given out, texts that are stored.

    Cursors are kept by the list and the order that they belong to.
    """

    ids: list[str]
    texts: list[str]
    cursors: dict[tuple[str, Any], list[str]] = field(default_factory=dict)

    def learn(self, calls: Mapping[str, tuple[str, Any]], data: Any) -> None:
        """Keep the cursors of an answer; `calls` tells the list and the order behind a key of it."""
        for each in data if isinstance(data, list) else ():
            self.learn(calls, each)
        for key, value in data.items() if isinstance(data, dict) else ():
            if key in calls and isinstance(value, dict):
                known = self.cursors.setdefault(calls[key], [])
                known += [each for each in cursors_in(value) if each not in known]
                del known[:-20]
            self.learn(calls, value)


def cursors_in(connection: Mapping[str, Any]) -> list[str]:
    """The cursors that an answered connection shows."""
    places = [edge["cursor"] for edge in connection.get("edges") or () if "cursor" in edge]
    info = connection.get("pageInfo") or {}
    return places + [info[name] for name in ("startCursor", "endCursor") if info.get(name)]


class Values:
    """Draws values; about `mistakes` of them are such that a request is refused for them."""

    def __init__(self, random: Random, pool: Pool, mistakes: float) -> None:
        self._random = random
        self._pool = pool
        self._mistakes = mistakes

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def together(
        self, place: str, arguments: Mapping[str, GraphQLArgument], names: list[str], spelled: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Values for some arguments of one field, which fit each other and those that are spelled out already."""
        field = place.partition(".")[2]
        answer = {name: self.of(arguments[name].type, field if name == "id" else name) for name in names}
        if {"first", "last"} <= arguments.keys() and not self.chance(self._mistakes):
            whole = {**spelled, **answer}
            if whole.get("first") is not None and whole.get("last") is not None:
                answer |= dict.fromkeys([name for name in ("first", "last") if name in answer][-1:])
            for name in {"after", "before"}.intersection(answer):
                answer[name] = self._cursor(place, whole.get("orderBy"))
        return answer

    def _cursor(self, place: str, order: Any) -> str | None:
        known = self._pool.cursors.get((place, order))
        return self._random.choice(known) if known and self.chance(0.9) else None

    def of(self, type_: GraphQLInputType, name: str, depth: int = 0) -> Any:
        """A value of a type, for an argument or a key of this name."""
        if isinstance(type_, GraphQLNonNull):
            return self._present(type_.of_type, name, depth)
        return None if self.chance(0.12) else self._present(type_, name, depth)

    def _present(self, type_: GraphQLInputType, name: str, depth: int) -> Any:
        if isinstance(type_, GraphQLList):
            inner = type_.of_type
            item = inner.of_type if isinstance(inner, GraphQLNonNull) else inner
            return [self._present(item, name, depth + 1) for _ in range(self._random.randint(0, 3))]
        if isinstance(type_, GraphQLEnumType):
            return self._random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return {key: self.of(type_.fields[key].type, key, depth + 1) for key in self._keys(type_, depth)}
        return self._scalar(str(type_), name)

    def _keys(self, type_: GraphQLInputObjectType, depth: int) -> list[str]:
        """The keys that are needed, and a few others: each that is given leaves fewer rows."""
        needed = [key for key, each in type_.fields.items() if is_required_input_field(each)]
        others = [key for key in type_.fields if key not in needed]
        number = self._random.choice((0, 1, 1, 2, 2, 3, 5)) if depth < ARGUMENT_DEPTH else 0
        return needed + self._random.sample(others, min(number, len(others)))

    def _scalar(self, type_: str, name: str) -> Any:
        wrong = self.chance(self._mistakes)
        if type_ == "ID":
            fitting = [each for each in self._pool.ids if each.startswith(PREFIXES.get(name, ""))]
            return self._random.choice([*JUNK_IDS, *self._pool.ids[:20]] if wrong or not fitting else fitting)
        if type_ == "Boolean":
            return self.chance(0.5)
        if type_ == "Int" and name in ("first", "last"):
            return self._random.choice(BAD_PAGE_SIZES if wrong else PAGE_SIZES)
        if type_ == "Int":
            return self._random.choice(NUMBERS)
        if type_ in ("BigInt", "Decimal"):
            return str(self._random.choice(AMOUNTS))
        if type_ == "Date":
            return f"20{self._random.randint(24, 29)}-0{self._random.randint(1, 9)}-1{self._random.randint(0, 9)}"
        if type_ == "DateTime":
            return self._random.choice(INSTANTS)
        return TOO_LONG if wrong else self._random.choice(self._pool.texts if self.chance(0.6) else NASTY)
