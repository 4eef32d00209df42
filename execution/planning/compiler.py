"""From an operation to a statement: the one place where all parts of a plan are put together."""

from collections.abc import Mapping
from typing import Any

from graphql import FragmentDefinitionNode, OperationDefinitionNode
from strawberry import Schema

from execution.planning.conditions import Conditions
from execution.planning.dialects import Dialect
from execution.planning.objects import Objects
from execution.planning.requests import Questions, Request
from execution.planning.roots import Roots
from execution.planning.selecting import Selections
from execution.planning.statement import Builder, Statement


def compile_query(
    schema: Schema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    dialect: Dialect,
    request: Request,
) -> Statement:
    """The statement that answers a query for this request, and for all that answer its questions alike.

    Raises Unplannable, and what the arguments of the request are refused with.
    """
    core: Any = schema._schema
    questions = Questions(request)
    builder = Builder(dialect, questions)
    selections = Selections(core, fragments, questions, dialect)
    objects = Objects(schema, builder, Conditions(builder, request), selections)
    expression = Roots(objects, core).document(operation.selection_set.selections)
    questions.end()
    return builder.finish(f"({expression})::text" if dialect.name == "postgres" else expression)
