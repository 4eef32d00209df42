"""Random documents with their variables, from a seed: aliases, fragments, directives, arguments in every place."""

import json
from collections.abc import Mapping
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
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    parse_type,
    type_from_ast,
)

from tests.random_documents.values import Pool, Values

SDL = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text("utf-8"))
LONG_ALIAS = "a" * 70
MOST_ALIASES = 25
MISTAKES = 0.02
# Where most is to be seen from, and is asked for more often.
RICH_ROOTS = ("viewer", "organization", "organizations", "organization", "specimens", "cabinet", "specimen")


@dataclass
class Call:
    """The arguments of one field: those that are spelled out, and those that are variables."""

    place: str
    arguments: Mapping[str, GraphQLArgument]
    spelled: dict[str, Any]
    variables: dict[str, str]


@dataclass
class Document:
    """A document, values for its variables, and how other values are found for them.

    `calls` are by the key of the answer that they stand at; `loose` are the variables inside of other values and in
    directives, with their types and the name of what they are a value of.
    """

    text: str
    variables: dict[str, Any]
    calls: dict[str, Call] = field(default_factory=dict, compare=False)
    loose: dict[str, tuple[GraphQLInputType, str]] = field(default_factory=dict, compare=False)

    def lists(self, variables: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
        """The list and the order behind each key of the answer, with these variables."""
        return {
            key: (call.place, {**call.spelled, **_given(call, variables)}.get("orderBy"))
            for key, call in self.calls.items()
        }

    def other_variables(self, random: Random, pool: Pool, mistakes: float = MISTAKES) -> dict[str, Any]:
        """Other values for the same variables, of which some are left out."""
        values, found = Values(random, pool, mistakes), dict[str, Any]()
        for call in self.calls.values():
            drawn = values.together(call.place, call.arguments, list(call.variables), call.spelled)
            for argument, value in drawn.items():
                if isinstance(call.arguments[argument].type, GraphQLNonNull) or values.chance(0.8):
                    found[call.variables[argument]] = value
        for name, (kind, of) in self.loose.items():
            if isinstance(kind, GraphQLNonNull) or values.chance(0.8):
                found[name] = values.of(kind, of)
        return found


def _given(call: Call, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {argument: variables[name] for argument, name in call.variables.items() if name in variables}


class Generator:
    """One document after another, all of one seed; `mistakes` is the share of values that are refused."""

    def __init__(self, random: Random, pool: Pool, schema: GraphQLSchema = SDL, mistakes: float = MISTAKES) -> None:
        self.random = random
        self.pool = pool
        self._schema = schema
        self._values = Values(random, pool, mistakes)
        self._start()

    def _start(self) -> None:
        self._declared: list[str] = []
        self._document = Document("", {})
        self._fragments: list[str] = []
        self._aliases = 0
        self._names = 0

    def query(self) -> Document:
        """A query with one to three roots."""
        assert self._schema.query_type is not None
        return self._written("query", self._schema.query_type, self.random.choice((1, 1, 2, 3)))

    def mutation(self, roots: int = 1) -> Document:
        """So many mutations, one after another."""
        assert self._schema.mutation_type is not None
        return self._written("mutation", self._schema.mutation_type, roots)

    def _written(self, operation: str, root: GraphQLObjectType, roots: int) -> Document:
        self._start()
        selected = []
        for place in range(roots):
            rich = [name for name in RICH_ROOTS if name in root.fields]
            name = self.random.choice(rich if rich and self._chance(0.6) else list(root.fields))
            selected.append(self._field(root, name, self.random.randint(1, 5), f"r{place}"))
        head = f"({', '.join(self._declared)})" if self._declared else ""
        self._document.text = f"{operation} Random{head} {{ {' '.join(selected)} }} {' '.join(self._fragments)}"
        return self._document

    def _field(self, parent: GraphQLObjectType, name: str, depth: int, alias: str = "") -> str:
        """One field, now and then selected again under the same key, with other fields below."""
        field_ = parent.fields[name]
        if not alias and self._aliases < MOST_ALIASES and (field_.args or self._chance(0.1)):
            # A field that takes arguments needs a name of its own, for it may be selected twice with different ones.
            self._aliases += 1
            alias = f"{LONG_ALIAS if self._chance(0.01) else 'a'}{self._aliases}"
        called = self._arguments(f"{parent.name}.{name}", field_, alias or name)
        head = f"{alias}: {name}{called}" if alias else f"{name}{called}"
        kind = get_named_type(field_.type)
        if is_leaf_type(kind):
            return f"{head}{self._directive()}"
        written = f"{head}{self._directive()}{self._selection(kind, depth - 1)}"
        if depth > 0 and self._chance(0.08):
            written += f" {head}{self._directive()}{self._selection(kind, depth - 1)}"
        return written

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            return self._abstract_selection(kind, depth)
        assert isinstance(kind, GraphQLObjectType)
        leaves = [name for name, each in kind.fields.items() if is_leaf_type(get_named_type(each.type))]
        edges = [name for name in kind.fields if name not in leaves]
        chosen = self.random.sample(leaves, self.random.randint(1, min(6, len(leaves)))) if leaves else []
        if edges and (depth > 0 or not leaves):
            chosen += self.random.sample(edges, min(len(edges), self.random.randint(1, 2)))
        parts = [self._field(kind, name, depth) for name in chosen]
        if self._chance(0.2):
            parts.append("__typename")
        parts = self._wrapped(parts, kind, depth)
        if "id" in kind.fields:
            parts.append("id")  # so that every row can be held against what its reader may know
        return "{ " + " ".join(parts) + " }"

    def _abstract_selection(self, kind: GraphQLUnionType | GraphQLInterfaceType, depth: int) -> str:
        possible = list(self._schema.get_possible_types(kind))
        parts = ["__typename"] + (["id"] if "id" in getattr(kind, "fields", {}) else [])
        chosen = self.random.sample(possible, min(self.random.choice((1, 1, 1, 3)), len(possible)))
        parts += [f"... on {each.name} {self._selection(each, max(depth, 1) - 1)}" for each in chosen]
        return "{ " + " ".join(parts) + " }"

    def _wrapped(self, parts: list[str], kind: GraphQLObjectType, depth: int) -> list[str]:
        """Some of a selection behind a fragment, named or not, of the type or of what it implements."""
        if depth > 0 and self._chance(0.15):
            self._names += 1
            name = f"F{self._names}"
            self._fragments.append(f"fragment {name} on {kind.name} {{ {parts[-1]} }}")
            spread = f"...{name}{self._directive()}"
            return [*parts[:-1], spread, f"...{name}"] if self._chance(0.1) else [*parts[:-1], spread]
        if self._chance(0.1):
            condition = "" if self._chance(0.2) else f" on {kind.name}"
            return [f"...{condition}{self._directive()} {{ {parts[0]} }}", *parts[1:]]
        if kind.interfaces and self._chance(0.1):
            interface = kind.interfaces[0]
            shared = "id" if "id" in interface.fields else next(iter(interface.fields))
            return [*parts, f"... on {interface.name}{self._directive()} {{ __typename {shared} }}"]
        return parts

    def _directive(self) -> str:
        if not self._chance(0.06):
            return ""
        name = self.random.choice(("skip", "include"))
        kept = self._chance(0.7)
        value: bool = kept if name == "include" else not kept
        given = self._loose("Boolean!", value, "if") if self._chance(0.6) else str(value).lower()
        return f" @{name}(if: {given})"

    def _arguments(self, place: str, field_: GraphQLField, key: str) -> str:
        shares = {"filter": 0.7}  # where most of what can be asked is
        names = [
            name
            for name, argument in field_.args.items()
            if is_required_argument(argument) or self._chance(shares.get(name, 0.4))
        ]
        values = self._values.together(place, field_.args, names, {})
        call = Call(place, field_.args, {}, {})
        given = []
        for name, value in values.items():
            kind = field_.args[name].type
            if self._chance(0.5):
                call.variables[name] = self._variable(str(kind), value, name)
                given.append(f"{name}: ${call.variables[name]}")
            else:
                call.spelled[name] = value
                given.append(f"{name}: {self._literal(kind, value, name)}")
        if call.arguments:
            self._document.calls[key] = call
        return f"({', '.join(given)})" if given else ""

    def _variable(self, type_: str, value: Any, of: str) -> str:
        self._names += 1
        name = f"v{self._names}"
        default = ""
        kind = self._type(type_)
        if not type_.endswith("!") and value is not None and not isinstance(value, dict) and self._chance(0.15):
            default = f" = {self._literal(kind, self._values.of(kind, of), '')}"
        self._declared.append(f"${name}: {type_}{default}")
        if type_.endswith("!") or self._chance(0.85):
            self._document.variables[name] = value
        return name

    def _loose(self, type_: str, value: Any, of: str) -> str:
        name = self._variable(type_, value, of)
        self._document.loose[name] = self._type(type_), of
        return f"${name}"

    def _type(self, text: str) -> Any:
        """The type of a variable from its spelling."""
        return type_from_ast(self._schema, parse_type(text))

    def _literal(self, type_: GraphQLInputType, value: Any, of: str) -> str:
        """A value as a document spells it; parts of it may be variables where `of` says what it is a value of."""
        kind = get_nullable_type(type_)
        if value is None:
            return "null"
        if isinstance(value, list):
            inner: Any = kind.of_type if is_list_type(kind) else kind
            return "[" + ", ".join(self._part(inner, each, of) for each in value) + "]"
        if isinstance(kind, GraphQLInputObjectType):
            entries = (f"{key}: {self._part(kind.fields[key].type, each, of and key)}" for key, each in value.items())
            return "{" + ", ".join(entries) + "}"
        return str(value) if isinstance(get_named_type(kind), GraphQLEnumType) else json.dumps(value)

    def _part(self, type_: GraphQLInputType, value: Any, of: str) -> str:
        if of and self._chance(0.2):
            return self._loose(str(type_), value, of)
        return self._literal(type_, value, of)

    def _chance(self, share: float) -> bool:
        return self._values.chance(share)
