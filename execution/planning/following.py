"""Mutations: graphql-core runs their resolvers, one after another; what each has answered is shown by a plan.

A plan begins only when the value of a resolver is known, so nothing runs twice. Where there is none, the value is shown
field by field.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLError, GraphQLObjectType, OperationType
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

if TYPE_CHECKING:
    from execution.documents import Operation
    from execution.planning.planner import Planner


@dataclass(frozen=True, slots=True)
class Followed:
    """What a plan shows of a mutation's value, with the errors met below it."""

    data: Any
    errors: Sequence[GraphQLError]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one mutation has answered: a value of this type under this key, of which these nodes select."""

    key: str
    nodes: Sequence[FieldNode]
    kind: GraphQLObjectType
    value: Any
    variables: VariableValues
    context: Any


Follow = Callable[[Outcome], Awaitable[Followed | None]]


class Following(StrawberryGraphQLCoreExecutionContext):
    """Runs a document on graphql-core, and hands the value of each root to whoever can show it faster."""

    def __init__(self, *given: Any, follow: Follow, **named: Any) -> None:
        super().__init__(*given, **named)
        self._follow = follow

    def complete_object_value(
        self, return_type: GraphQLObjectType, field_details_list: Any, info: Any, path: Any, result: Any, position: Any
    ) -> Any:
        """Complete an object; that of a root by a plan, where there is one."""

        def by_fields() -> Any:
            complete = super(Following, self).complete_object_value
            return complete(return_type, field_details_list, info, path, result, position)

        if path.prev is not None:
            return by_fields()
        nodes = [each.node for each in field_details_list]
        outcome = Outcome(path.key, nodes, return_type, result, self.variable_values, self.context_value)
        return self._followed(outcome, by_fields)

    async def _followed(self, outcome: Outcome, by_fields: Callable[[], Any]) -> Any:
        followed = await self._follow(outcome)
        if followed is None:
            completed = by_fields()
            return await completed if self.is_awaitable(completed) else completed
        self.collected_errors.errors.extend(followed.errors)
        return followed.data


def executor(schema: Schema, operation: "Operation", planner: "Planner | None") -> dict[str, Any]:
    """What graphql-core runs an operation with, as `execute` takes it."""
    if planner is None or operation.type is not OperationType.MUTATION:
        return {"executor_class": schema.execution_context_class}
    return {"executor_class": Following, "follow": partial(planner.follow, operation.plans)}
