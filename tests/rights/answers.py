"""What an answer shows, held against what its caller may know: the same check for every document there is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLCompositeType,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    parse,
)

from tests.rights.selecting import SCHEMA, row_types
from tests.rights.table import OPEN_TO_STAFF, OWN_ROW_ONLY, OWN_ROW_SUFFICES, REQUIRES, TYPE_REQUIRES
from tests.world import Answer

Path = tuple[str | int, ...]
ROWS = row_types()
ENTRY_CODES = {"NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"}


@dataclass
class Knowledge:
    """What one caller may know: the ids of rows, the rights held over each, and which are the caller's own."""

    known: set[str]
    rights: dict[str, set[str]] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    is_staff: bool = False

    def missing(self, shown: str, name: str, row: str) -> str | None:
        """Why a field of a row is denied: the right, or OWN where no right helps; None if it is open."""
        coordinate = f"{shown}.{name}"
        if coordinate in OWN_ROW_ONLY:
            return None if row in self.own else "OWN"
        right = REQUIRES.get(coordinate)
        if right is None or right in self.rights.get(row, ()) or (coordinate in OWN_ROW_SUFFICES and row in self.own):
            return None
        return right


@dataclass
class Shown:
    """An object of an answer: where it stands, its type, its value, and the field behind each of its keys."""

    path: Path
    type: str
    value: dict[str, Any]
    fields: dict[str, str]


def objects_in(text: str, data: Any) -> Iterator[Shown]:
    """Every object of an answer whose document asks, where there is a choice, for `_type` or `__typename`."""
    definitions = parse(text).definitions
    fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
    (operation,) = (each for each in definitions if isinstance(each, OperationDefinitionNode))
    root = SCHEMA.get_root_type(operation.operation)
    assert root is not None
    if data is not None:
        yield from _walk(root, [operation.selection_set], data, (), fragments)


def problems(text: str, answer: Answer, knowledge: Knowledge) -> list[str]:
    """Everything in an answer that its caller should not see, or should, and that no rule explains."""
    errors = {tuple(error.get("path") or ()): error for error in answer.body.get("errors", ())}
    explained: set[Path] = {path for path, error in errors.items() if _is_explained(path, error)}
    found: list[str] = []
    for shown in objects_in(text, answer.body.get("data")):
        row = shown.value.get("_id") or shown.value.get("id")
        if row is None or shown.type not in ROWS:
            continue
        if row not in knowledge.known:
            found.append(f"{shown.path}: {row} is not known to the caller")
        right = TYPE_REQUIRES.get(shown.type)
        excused = knowledge.is_staff and shown.type in OPEN_TO_STAFF
        if right and right not in knowledge.rights.get(row, ()) and not excused:
            found.append(f"{shown.path}: {row} needs {right}")
        for key, name in shown.fields.items():
            missing, path = knowledge.missing(shown.type, name, row), (*shown.path, key)
            said = _denial(errors.get(path))
            if said != missing:
                found.append(f"{shown.type}.{name} at {path}: {said or 'open'} where {missing or 'open'} is right")
            if missing and shown.value[key] is not None:
                found.append(f"{shown.type}.{name} at {path}: data beside a denial")
            if missing:
                explained.add(path)
    found += [f"{path}: {errors[path]}" for path in errors.keys() - explained]
    return found


def _denial(error: Any) -> str | None:
    if error is None or error["extensions"]["code"] != "FORBIDDEN":
        return None
    return error["extensions"].get("requiredRight") or "OWN"


def _is_explained(path: Path, error: Any) -> bool:
    """Whether an error may stand where it stands: about arguments anywhere, about access at an entry only."""
    code = error["extensions"]["code"]
    if code in ("BAD_REQUEST", "LIMIT_EXCEEDED", "RATE_LIMITED"):
        return True
    return code in ENTRY_CODES and len([step for step in path if isinstance(step, str)]) == 1


def _walk(
    parent: GraphQLCompositeType,
    selections: list[SelectionSetNode],
    value: Any,
    path: Path,
    fragments: dict[str, FragmentDefinitionNode],
) -> Iterator[Shown]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(parent, selections, item, (*path, index), fragments)
        return
    if not isinstance(value, dict):
        return
    concrete = SCHEMA.type_map[value.get("_type") or value["__typename"]] if is_abstract_type(parent) else parent
    assert isinstance(concrete, GraphQLObjectType)
    keys: dict[str, list[FieldNode]] = {}
    for selection in selections:
        _collect(selection, concrete, fragments, keys)
    present = {key: nodes for key, nodes in keys.items() if key in value}
    yield Shown(path, concrete.name, value, {key: nodes[0].name.value for key, nodes in present.items()})
    for key, nodes in present.items():
        below = [node.selection_set for node in nodes if node.selection_set]
        if below:
            shown = get_named_type(concrete.fields[nodes[0].name.value].type)
            yield from _walk(shown, below, value[key], (*path, key), fragments)


def _collect(
    selection_set: SelectionSetNode,
    concrete: GraphQLObjectType,
    fragments: dict[str, FragmentDefinitionNode],
    keys: dict[str, list[FieldNode]],
) -> None:
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            keys.setdefault((selection.alias or selection.name).value, []).append(selection)
            continue
        fragment = selection if isinstance(selection, InlineFragmentNode) else _named(selection, fragments)
        condition = SCHEMA.type_map[fragment.type_condition.name.value] if fragment.type_condition else concrete
        fits = condition is concrete or (
            isinstance(condition, GraphQLAbstractType) and SCHEMA.is_sub_type(condition, concrete)
        )
        if fits:
            _collect(fragment.selection_set, concrete, fragments, keys)


def _named(selection: Any, fragments: dict[str, FragmentDefinitionNode]) -> FragmentDefinitionNode:
    assert isinstance(selection, FragmentSpreadNode)
    return fragments[selection.name.value]
