"""Random documents with their variables, from a seed: aliases, fragments, directives, arguments in every place."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
)

SDL = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text("utf-8"))
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
    "x" * 300,
)
LONG_ALIAS = "a" * 70
PAGE_SIZES = (0, 1, 2, 3, 5, 20)
BAD_PAGE_SIZES = (-1, 101, 2**31 - 1)
ARGUMENT_DEPTH = 3
# Where most is to be seen from, and is asked for more often.
RICH_ROOTS = ("viewer", "organization", "organizations", "organization")
# Which ids an argument is about; some are given of another kind all the same.
PREFIXES = {
    "organization": "org_",
    "organizationId": "org_",
    "membershipId": "mem_",
    "productId": "prd_",
    "mailboxId": "mbx_",
    "invitationId": "ivt_",
    "invoiceIds": "inv_",
    "dueItemIds": "due_",
    "sessionId": "ses_",
    "withdrawalId": "wdr_",
    "walletId": "wal_",
    "incomingTransferId": "itr_",
}


@dataclass
class Pool:
    """What arguments are drawn from: ids of rows that are there, cursors that were given out, texts that are stored."""

    ids: list[str]
    texts: list[str]
    cursors: list[str] = field(default_factory=list)


@dataclass
class Document:
    """A document, the types of its variables, and values for them."""

    text: str
    variables: dict[str, Any]


class Generator:
    """One document after another, all of one seed."""

    def __init__(self, random: Random, pool: Pool) -> None:
        self.random = random
        self.pool = pool
        self._start()

    def _start(self) -> None:
        self._declared: list[str] = []
        self._values: dict[str, Any] = {}
        self._fragments: list[str] = []
        self._aliases = 0
        self._names = 0

    def query(self) -> Document:
        """A query with one to three roots."""
        assert SDL.query_type is not None
        return self._document("query", SDL.query_type, self.random.choice((1, 1, 2, 3)))

    def mutation(self) -> Document:
        """A single mutation."""
        assert SDL.mutation_type is not None
        return self._document("mutation", SDL.mutation_type, 1)

    def _document(self, operation: str, root: GraphQLObjectType, roots: int) -> Document:
        self._start()
        selected = []
        for place in range(roots):
            rich = [name for name in RICH_ROOTS if name in root.fields]
            name = self.random.choice(rich if rich and self._chance(0.6) else list(root.fields))
            selected.append(f"r{place}: {self._field(root.fields[name], name, self.random.randint(1, 5))}")
        head = f"({', '.join(self._declared)})" if self._declared else ""
        text = f"{operation} Random{head} {{ {' '.join(selected)} }} {' '.join(self._fragments)}"
        return Document(text, self._values)

    def _field(self, field_: GraphQLField, name: str, depth: int) -> str:
        kind = get_named_type(field_.type)
        below = "" if is_leaf_type(kind) else self._selection(kind, depth - 1)
        return f"{name}{self._arguments(field_.args, name)}{self._directive()}{below}"

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            return self._abstract_selection(kind, depth)
        assert isinstance(kind, GraphQLObjectType)
        leaves = [name for name, each in kind.fields.items() if is_leaf_type(get_named_type(each.type))]
        edges = [name for name in kind.fields if name not in leaves]
        chosen = self.random.sample(leaves, self.random.randint(1, min(6, len(leaves)))) if leaves else []
        if edges and (depth > 0 or not leaves):
            chosen += self.random.sample(edges, min(len(edges), self.random.randint(1, 2)))
        parts = [self._aliased(self._field(kind.fields[name], name, depth)) for name in chosen]
        if self._chance(0.2):
            parts.append("__typename")
        parts = self._wrapped(parts, kind, depth)
        if "id" in kind.fields:
            parts.append("id")  # so that every row can be held against what its reader may know
        return "{ " + " ".join(parts) + " }"

    def _abstract_selection(self, kind: GraphQLUnionType | GraphQLInterfaceType, depth: int) -> str:
        possible = list(SDL.get_possible_types(kind))
        parts = ["__typename"] + (["id"] if "id" in getattr(kind, "fields", {}) else [])
        chosen = self.random.sample(possible, min(3, len(possible)))
        parts += [f"... on {each.name} {self._selection(each, max(depth, 1) - 1)}" for each in chosen]
        return "{ " + " ".join(parts) + " }"

    def _wrapped(self, parts: list[str], kind: GraphQLObjectType, depth: int) -> list[str]:
        """Some of a selection behind a fragment, named or not."""
        if depth > 0 and self._chance(0.15):
            self._names += 1
            name = f"F{self._names}"
            self._fragments.append(f"fragment {name} on {kind.name} {{ {parts[-1]} }}")
            return [*parts[:-1], f"...{name}"]
        if self._chance(0.1):
            return [f"... on {kind.name}{self._directive()} {{ {parts[0]} }}", *parts[1:]]
        return parts

    def _aliased(self, text: str) -> str:
        # A field that takes arguments needs a name of its own, for it may be selected twice with different ones.
        if self._aliases < 25 and ("(" in text or self._chance(0.1)):
            self._aliases += 1
            return f"{LONG_ALIAS if self._chance(0.02) else 'a'}{self._aliases}: {text}"
        return text

    def _directive(self) -> str:
        if not self._chance(0.06):
            return ""
        name = self.random.choice(("skip", "include"))
        kept = self._chance(0.7)
        value: bool = kept if name == "include" else not kept
        given = self._variable("Boolean!", value) if self._chance(0.6) else str(value).lower()
        return f" @{name}(if: {given})"

    def _arguments(self, arguments: dict[str, GraphQLArgument], of: str) -> str:
        given = []
        for name, argument in arguments.items():
            needed = isinstance(argument.type, GraphQLNonNull)
            if not needed and self._chance(0.6):
                continue
            value = self._value(argument.type, of if name == "id" else name, 0)
            if self._chance(0.5):
                given.append(f"{name}: {self._variable(str(argument.type), value)}")
            else:
                given.append(f"{name}: {self._literal(argument.type, value)}")
        return f"({', '.join(given)})" if given else ""

    def _variable(self, type_: str, value: Any) -> str:
        self._names += 1
        name = f"v{self._names}"
        self._declared.append(f"${name}: {type_}")
        if type_.endswith("!") or self._chance(0.85):
            self._values[name] = value
        return f"${name}"

    def _value(self, type_: GraphQLInputType, name: str, depth: int) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._present(type_.of_type, name, depth)
        return None if self._chance(0.15) else self._present(type_, name, depth)

    def _present(self, type_: GraphQLInputType, name: str, depth: int) -> Any:
        if isinstance(type_, GraphQLList):
            return [
                self._present(type_.of_type, name, depth + 1)
                if not isinstance(type_.of_type, GraphQLNonNull)
                else self._present(type_.of_type.of_type, name, depth + 1)
                for _ in range(self.random.randint(0, 3))
            ]
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return {
                key: self._value(each.type, key, depth + 1)
                for key, each in type_.fields.items()
                if isinstance(each.type, GraphQLNonNull) or (depth < ARGUMENT_DEPTH and self._chance(0.5))
            }
        return self._scalar(str(type_), name)

    def _scalar(self, type_: str, name: str) -> Any:
        if type_ == "ID":
            fitting = [each for each in self.pool.ids if each.startswith(PREFIXES.get(name, ""))]
            return self.random.choice(fitting if fitting and self._chance(0.9) else self.pool.ids)
        if type_ == "Boolean":
            return self._chance(0.5)
        if type_ == "Int":
            return self.random.choice(BAD_PAGE_SIZES if self._chance(0.05) else PAGE_SIZES)
        if type_ in ("BigInt", "Decimal"):
            return str(self.random.choice((0, 1, -1, 500, 2**62)))
        if type_ == "Date":
            return f"20{self.random.randint(24, 29)}-0{self.random.randint(1, 9)}-1{self.random.randint(0, 9)}"
        if type_ == "DateTime":
            return "2026-03-02T09:30:00+00:00"
        if name in ("after", "before") and self.pool.cursors and self._chance(0.9):
            return self.random.choice(self.pool.cursors)
        return self.random.choice(self.pool.texts if self._chance(0.6) else NASTY)

    def _literal(self, type_: GraphQLInputType, value: Any) -> str:
        kind = get_named_type(type_)
        if value is None:
            return "null"
        if isinstance(value, list):
            return "[" + ", ".join(self._literal(kind, each) for each in value) + "]"  # type: ignore[arg-type] # an input type
        if isinstance(kind, GraphQLInputObjectType):
            return (
                "{"
                + ", ".join(f"{key}: {self._literal(kind.fields[key].type, each)}" for key, each in value.items())
                + "}"
            )
        return str(value) if isinstance(kind, GraphQLEnumType) else json.dumps(value)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share
