"""Asking what an operation would cost, without running it: `rateLimit(dryRun: true)` beside what it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

FIELD = "rateLimit"
ARGUMENT = "dryRun"


def rehearsal(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> DocumentNode | None:
    """Reduce a document to the field that tells the cost, when its operation selects that as a dry run; else None."""
    asked = [each for each in operation.selection_set.selections if _is_dry(each, variables)]
    return reduced_to(document, operation, asked) if asked else None


def reduced_to(
    document: DocumentNode, operation: OperationDefinitionNode, roots: Sequence[SelectionNode]
) -> DocumentNode:
    """The same document with an operation of which only these roots are left."""
    reduced = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(roots)),
        loc=operation.loc,
    )
    others = (each for each in document.definitions if each is not operation)
    return DocumentNode(definitions=(reduced, *others), loc=document.loc)


def _is_dry(selection: object, variables: Mapping[str, Any]) -> bool:
    if not isinstance(selection, FieldNode) or selection.name.value != FIELD:
        return False
    value = next((each.value for each in selection.arguments or () if each.name.value == ARGUMENT), None)
    if isinstance(value, VariableNode):
        return variables.get(value.name.value) is True
    return isinstance(value, BooleanValueNode) and value.value
