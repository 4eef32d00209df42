"""Reading selections with their fragments laid out, the same for everything that needs it."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

Conditions = tuple[tuple[str, bool], ...]
"""Boolean variables that must have the value beside them for a selection to count."""

Selected = tuple[FieldNode, str, Conditions]
"""A field, the name of the type it is selected on, and its conditions."""


def fields_of(
    selection_set: SelectionSetNode,
    on: str,
    fragments: Mapping[str, FragmentDefinitionNode],
    conditions: Conditions = (),
) -> Iterator[Selected]:
    """Give the fields that a selection holds directly or through fragments; what is skipped in writing is left out."""
    waiting = [(selection_set, on, conditions)]
    while waiting:
        inner, name, outer = waiting.pop()
        for selection in inner.selections:
            own = conditions_of(selection)
            if own is None:
                continue
            if isinstance(selection, FieldNode):
                yield selection, name, outer + own
            elif isinstance(selection, FragmentSpreadNode):
                fragment = fragments[selection.name.value]
                waiting.append((fragment.selection_set, fragment.type_condition.name.value, outer + own))
            else:
                condition = getattr(selection, "type_condition", None)
                below: SelectionSetNode = selection.selection_set  # type: ignore[attr-defined]  # an inline fragment
                waiting.append((below, condition.name.value if condition else name, outer + own))


def hold(conditions: Conditions, variables: Mapping[str, Any]) -> bool:
    """Tell whether all conditions are met by these variables."""
    return all(variables.get(name) is wanted for name, wanted in conditions)


def conditions_of(selection: SelectionNode) -> Conditions | None:
    """The conditions of one selection; None when it is skipped whatever the variables say."""
    conditions: Conditions = ()
    for directive in (each for each in selection.directives or () if each.name.value in ("skip", "include")):
        wanted = directive.name.value == "include"
        value = _condition_value(directive)
        if isinstance(value, VariableNode):
            conditions += ((value.name.value, wanted),)
        elif isinstance(value, BooleanValueNode) and value.value is not wanted:
            return None
    return conditions


def _condition_value(directive: DirectiveNode) -> object:
    return next((argument.value for argument in directive.arguments or () if argument.name.value == "if"), None)
