"""What is selected, with fragments laid out, fields of one key together, and directives asked of the request."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionNode,
)

from execution.planning.dialects import LONGEST_KEY, Dialect
from execution.planning.requests import Questions, Reader, Request
from execution.planning.statement import Unplannable
from execution.selections import conditions_of

TYPE_NAME = "__typename"


@dataclass(frozen=True)
class Selected:
    """One entry of an answer: its key, the nodes that ask for it, the field's name, and what is selected below."""

    key: str
    nodes: Sequence[FieldNode]
    name: str
    below: Sequence[SelectionNode]


class Selections:
    """Reads the selections of one operation for one request."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        questions: Questions,
        dialect: Dialect,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._questions = questions
        self._longest = LONGEST_KEY if dialect.name == "postgres" else None

    def of(self, kind: GraphQLObjectType, selections: Iterable[SelectionNode]) -> Iterator[Selected]:
        """The entries that are selected of an object of this type, in the order of the answer."""
        found: dict[str, list[FieldNode]] = {}
        self._collect(kind, selections, found, set())
        for key, nodes in found.items():
            if self._longest is not None and len(key) > self._longest:
                raise Unplannable("a key is longer than the database can name")
            below = [each for node in nodes if node.selection_set for each in node.selection_set.selections]
            yield Selected(key, nodes, nodes[0].name.value, below)

    def _collect(
        self,
        kind: GraphQLObjectType,
        selections: Iterable[SelectionNode],
        found: dict[str, list[FieldNode]],
        spread: set[str],
    ) -> None:
        for selection in selections:
            if not self._counts(selection):
                continue
            if isinstance(selection, FieldNode):
                found.setdefault((selection.alias or selection.name).value, []).append(selection)
                continue
            inner: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                if selection.name.value in spread:
                    continue
                spread.add(selection.name.value)
                inner = self._fragments[selection.name.value]
            if self._applies(inner.type_condition, kind):
                self._collect(kind, inner.selection_set.selections, found, spread)

    def _applies(self, condition: Any, kind: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == kind.name:
            return True
        wanted: Any = self._schema.type_map[condition.name.value]
        return not isinstance(wanted, GraphQLObjectType) and self._schema.is_sub_type(wanted, kind)

    def _counts(self, selection: SelectionNode) -> bool:
        if not selection.directives:
            return True
        conditions = conditions_of(selection)
        if conditions is None:
            return False
        return all(self._questions.ask(variable(name)) is wanted for name, wanted in conditions)


@cache
def variable(name: str) -> Reader:
    """Reads a variable that a directive names."""

    def read(request: Request) -> Any:
        return request.variables.coerced.get(name)

    return read
