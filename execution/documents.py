"""Documents, parsed, measured and validated once each, and then remembered."""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry import Schema
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from execution.cost import OperationCost
from execution.errors import Formatted, Refused, bad_request, our_mistake, told
from execution.inputs import ListCheck
from execution.limits import Limits, check_document, too_many
from execution.planning.planner import Planner, Plans

ERRORS_SHOWN = 20
BYTES_OF_A_TOKEN = 400
"""What a token of a parsed document takes in memory, measured."""

_TOO_LONG = re.compile(r"contains more than (\d+) (tokens|lexical tokens|comments)")
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a valid document, ready to be run with any variables."""

    document: DocumentNode
    definition: OperationDefinitionNode
    name: str | None
    cost: OperationCost
    lists: ListCheck
    plans: Plans

    @property
    def type(self) -> OperationType:
        """Whether it reads, writes or subscribes."""
        return self.definition.operation


@dataclass(frozen=True, slots=True)
class Document:
    """What is remembered of a text: its operations, or why it is refused, and about how much memory that takes."""

    operations: Mapping[str | None, Operation]
    refusal: Sequence[Formatted]
    size_bytes: int

    def operation(self, name: str | None) -> Operation:
        """Choose the operation to run, as the specification says; raises Refused or a GraphQLError."""
        if self.refusal:
            raise Refused(self.refusal)
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise bad_request("The document does not hold exactly one operation: operationName must name one.")
        if name not in self.operations:
            raise bad_request("The document holds no operation of the name given in operationName.")
        return self.operations[name]


class Documents:
    """The documents last asked for, bounded in number and in bytes; the longest unused are forgotten first.

    A text is parsed, measured against the limits and validated the first time, by rule classes that are the same for
    every request. A refusal is remembered like an answer, so that asking again costs nothing.
    """

    def __init__(
        self,
        schema: Schema,
        limits: Limits | None = None,
        *,
        introspection: bool = True,
        planner: Planner | None = None,
    ) -> None:
        self.schema = schema
        self.core = schema._schema  # Strawberry keeps the executable schema under this name and offers no other
        self.limits = limits or Limits()
        self.rules = _RULES if introspection else (*_RULES, NoSchemaIntrospectionCustomRule)
        self.planner = planner
        self.size_bytes = 0
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def __len__(self) -> int:
        return len(self._documents)

    def document(self, text: str) -> Document:
        """Give the prepared document of a text, from memory where it is known."""
        known = self._documents.get(text)
        if known is not None:
            self._documents.move_to_end(text)
            return known
        prepared = self._prepared(text)
        self._documents[text] = prepared
        self.size_bytes += prepared.size_bytes
        while len(self._documents) > self.limits.cached_documents or self.size_bytes > self.limits.cached_bytes:
            _, forgotten = self._documents.popitem(last=False)
            self.size_bytes -= forgotten.size_bytes
        return prepared

    def _prepared(self, text: str) -> Document:
        try:
            document = self._parsed(text)
            operations = self._operations(document)
        except GraphQLError as error:
            return Document({}, [told(error)], len(text))
        except Refused as refused:
            return Document({}, refused.errors, len(text))
        return Document(operations, (), len(text) + BYTES_OF_A_TOKEN * _tokens(document))

    def _parsed(self, text: str) -> DocumentNode:
        most = self.limits.tokens
        try:
            return parse(text, max_lexical_tokens=most, max_comments=most)
        except GraphQLSyntaxError as error:
            if _TOO_LONG.search(error.message):
                raise too_many("TOKENS", most, most + 1, "words and signs") from error
            raise

    def _operations(self, document: DocumentNode) -> dict[str | None, Operation]:
        fragments = check_document(document, self.limits).fragments
        errors = validate(self.core, document, self.rules, max_errors=ERRORS_SHOWN, hide_suggestions=True)
        for mistake in filter(None, map(our_mistake, errors)):
            raise mistake
        if errors:
            raise Refused([told(error) for error in errors])
        lists = ListCheck(self.core, document, self.limits)
        return {
            _name(definition): Operation(
                document,
                definition,
                _name(definition),
                OperationCost(self.core, definition, fragments, self.limits.page),
                lists,
                Plans(definition, fragments),
            )
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        }


def _name(definition: OperationDefinitionNode) -> str | None:
    return definition.name.value if definition.name else None


def _tokens(document: DocumentNode) -> int:
    count, token = 0, document.loc.start_token if document.loc else None
    while token is not None:
        count, token = count + 1, token.next
    return count
