"""How much one request may ask for, and the one check of a document that says so.

The check visits every selection of the document once. What a fragment holds is counted once and then multiplied by
arithmetic wherever the fragment is spread, so a document of spreads upon spreads costs no more than its own length.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from execution.errors import bad_request, limit_exceeded

Fragments = Mapping[str, FragmentDefinitionNode]
Place = dict[str, "Place"]
"""The fields selected at one place of the answer, by response key, with what is selected below each."""


def _limit(default: float, meaning: str) -> Any:
    """A limit with its value unless the application says otherwise, and what it bounds."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request, one document and one caller may use; sizes in bytes, times in seconds, costs in points.

    Of `single_mutations` one request may hold a single call each. `long_lists` are the coordinates of the lists that
    may have `long_list_items`: `Mutation.renewProducts(rows:)` or `RenewProductsInput.rows`.
    """

    body_bytes: int = _limit(256_000, "bytes of a request's body")
    receive_seconds: float = _limit(10.0, "seconds in which a body must have arrived")
    seconds: float = _limit(10.0, "seconds that a request may run")
    tokens: int = _limit(2_000, "tokens of a document")
    depth: int = _limit(16, "levels of a document")
    fields: int = _limit(600, "fields of a document, fragments expanded")
    # Comparing fields that are selected again where they already are costs time with the square of their number.
    repeats: int = _limit(100, "fields selected again where they already are")
    aliases: int = _limit(30, "aliases of a document, fragments expanded")
    directives: int = _limit(20, "directives of a document, fragments expanded")
    fragments: int = _limit(20, "fragments of a document")
    root_mutation_fields: int = _limit(5, "mutations in one request")
    value_depth: int = _limit(32, "levels of a request's variables")
    page: int = _limit(100, "rows of a page, as costs are counted")
    list_items: int = _limit(100, "items of a list in the input")
    long_list_items: int = _limit(1_000, "items of the lists of bulk mutations")
    cost: int = _limit(2_000, "points that a request may cost")
    bucket: int = _limit(20_000, "points in a caller's full bucket")
    refill_per_second: int = _limit(500, "points that flow into a bucket each second")
    cached_documents: int = _limit(1_000, "documents that a process remembers checked")
    cached_bytes: int = _limit(64_000_000, "bytes of documents that a process remembers checked")
    single_mutations: frozenset[str] = frozenset()
    long_lists: frozenset[str] = frozenset()


@dataclass(slots=True)
class Outline:
    """What one definition holds: alone at first, with the fragments it spreads once they are added."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    roots: Counter[str] = field(default_factory=Counter)
    spreads: list[tuple[str, int]] = field(default_factory=list)
    """Each fragment spread, with the depth it is spread at."""

    def add(self, fragment: "Outline", depth: int) -> None:
        """Count a fragment in that is spread at `depth`."""
        self.depth = max(self.depth, depth + fragment.depth)
        self.fields += fragment.fields
        self.aliases += fragment.aliases
        self.directives += fragment.directives
        if depth == 0:
            self.roots.update(fragment.roots)


class DocumentCheck:
    """One document measured against the limits; `visited` counts the selections looked at."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.visited = 0
        self.operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self._whole: dict[str, Outline] = {}
        self._open: set[str] = set()
        definitions = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
        self._hold("FRAGMENTS", limits.fragments, len(definitions), "fragments")
        for definition in definitions:
            if definition.name.value in self.fragments:
                raise bad_request(f"There can be only one fragment named '{definition.name.value}'.")
            self.fragments[definition.name.value] = definition

    def run(self) -> None:
        """Refuse a document that asks for too much, that spreads a fragment within itself, or that selects nothing."""
        for name in self.fragments:
            self._hold_all(self._fragment(name))
        total = Outline()
        for operation in self.operations:
            outline = self._expanded(operation)
            self._hold_roots(operation, outline)
            total.add(outline, 0)
        self._hold_all(total)
        self._hold("REPEATS", self.limits.repeats, self._repeats(), "fields that are selected already")

    def _hold_all(self, outline: Outline) -> None:
        self._hold("DEPTH", self.limits.depth, outline.depth, "levels of fields")
        self._hold("FIELDS", self.limits.fields, outline.fields, "fields")
        self._hold("ALIASES", self.limits.aliases, outline.aliases, "aliases")
        self._hold("DIRECTIVES", self.limits.directives, outline.directives, "directives")

    def _hold(self, limit: str, allowed: int, actual: int, things: str) -> None:
        if actual > allowed:
            raise too_many(limit, allowed, actual, things)

    def _hold_roots(self, operation: OperationDefinitionNode, outline: Outline) -> None:
        if operation.operation is not OperationType.MUTATION:
            return
        calls = sum(outline.roots.values()) - outline.roots["__typename"]
        self._hold("ROOT_MUTATION_FIELDS", self.limits.root_mutation_fields, calls, "mutations")
        for name in self.limits.single_mutations & outline.roots.keys():
            self._hold("SINGLE_MUTATION", 1, outline.roots[name], f"calls of {name}")

    def _fragment(self, name: str) -> Outline:
        if name not in self._whole:
            if name in self._open:
                raise bad_request(f"The fragment '{name}' spreads itself.")
            self._open.add(name)
            self._whole[name] = self._expanded(self.fragments[name])
            self._open.remove(name)
        return self._whole[name]

    def _expanded(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Outline:
        outline = self._own(definition)
        for name, depth in outline.spreads:
            if name not in self.fragments:
                raise bad_request(f"There is no fragment named '{name}'.")
            outline.add(self._fragment(name), depth)
        return outline

    def _own(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Outline:
        outline = Outline(directives=len(definition.directives or ()))
        for variable in definition.variable_definitions or ():
            outline.directives += len(variable.directives or ())
        waiting = [(definition.selection_set, 0)]
        while waiting:
            selection_set, depth = waiting.pop()
            if not selection_set.selections:
                raise bad_request("A selection must hold at least one field.")
            for selection in selection_set.selections:
                self.visited += 1
                outline.directives += len(selection.directives or ())
                if isinstance(selection, FragmentSpreadNode):
                    outline.spreads.append((selection.name.value, depth))
                    continue
                if isinstance(selection, FieldNode):
                    self._count_field(selection, outline, depth)
                inner: SelectionSetNode | None = getattr(selection, "selection_set", None)
                if inner is not None:
                    waiting.append((inner, depth + isinstance(selection, FieldNode)))
        return outline

    def _count_field(self, selection: FieldNode, outline: Outline, depth: int) -> None:
        outline.fields += 1
        outline.aliases += selection.alias is not None
        outline.depth = max(outline.depth, depth + 1)
        if depth == 0:
            outline.roots[selection.name.value] += 1

    def _repeats(self) -> int:
        """Count the fields selected again where they already are; the counts above bound this walk."""
        return max((repeats(each.selection_set, self.fragments) for each in self._definitions()), default=0)

    def _definitions(self) -> list[OperationDefinitionNode | FragmentDefinitionNode]:
        return [*self.operations, *self.fragments.values()]


def repeats(selection_set: SelectionSetNode, fragments: Fragments) -> int:
    """Count the fields that are selected again at a place of the answer where they are selected already."""
    repeated = 0
    root: Place = {}
    waiting = [(selection_set, root)]
    while waiting:
        inner, place = waiting.pop()
        for selection in inner.selections:
            if isinstance(selection, FragmentSpreadNode):
                waiting.append((fragments[selection.name.value].selection_set, place))
                continue
            below = place
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                repeated += key in place
                below = place.setdefault(key, {})
            nested: SelectionSetNode | None = getattr(selection, "selection_set", None)
            if nested is not None:
                waiting.append((nested, below))
    return repeated


def too_many(limit: str, allowed: int, actual: int, things: str) -> GraphQLError:
    """Make the error for a document that holds too many of something."""
    return limit_exceeded(
        limit, allowed, actual, f"The request has too many {things}: {actual}, where {allowed} are allowed."
    )


def check_document(document: DocumentNode, limits: Limits) -> DocumentCheck:
    """Measure a parsed document before anything else reads it; LIMIT_EXCEEDED or BAD_REQUEST if it is too much."""
    check = DocumentCheck(document, limits)
    check.run()
    return check
