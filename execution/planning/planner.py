"""Running queries by plans: a few for each operation, each for the requests that its questions fit."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    get_variable_values,
)
from graphql.execution.values import VariableValues
from strawberry import Schema
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from execution.planning.compiler import compile_query
from execution.planning.dialects import Dialect
from execution.planning.holes import MARK, fill_holes
from execution.planning.postgresql import Postgresql
from execution.planning.requests import Request
from execution.planning.sqlite import Sqlite
from execution.planning.statement import NotThisTime, Statement, Unplannable

logger = logging.getLogger("execution.planning")

RunRoots = Callable[[Sequence[FieldNode]], Awaitable[ExecutionResult]]

DIALECTS: dict[str, Dialect] = {"postgres": Postgresql(), "sqlite": Sqlite()}
MOST_VARIANTS = 16
TOO_DEEP = "parser stack overflow"


@dataclass(frozen=True, slots=True)
class Printed:
    """An answer without errors that the database has printed already: `data` holds the very bytes."""

    data: bytes


@dataclass
class Plans:
    """The plans of one operation, the one used last first; `refusal` says why there can be none."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    statements: list[Statement] = field(default_factory=list)
    refusal: str | None = None


class Planner:
    """Answers queries of one schema by plans; whatever has none is left to be run field by field, and counted."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()

    async def answer(
        self, plans: Plans, variables: Mapping[str, Any], context: Any, run_roots: RunRoots
    ) -> ExecutionResult | Printed | None:
        """What a query is answered with; None where it must be run field by field, which is always allowed.

        `run_roots` runs roots with code of their own, which no statement answers.
        """
        if plans.refusal is not None:
            self._count_unplanned(plans.refusal)
            return None
        core: Any = self._schema._schema
        definitions = plans.operation.variable_definitions or ()
        coerced = get_variable_values(core, definitions, dict(variables), hide_suggestions=True)
        if not isinstance(coerced, VariableValues):
            self._count_unplanned("variables that are refused")
            return None
        request = Request(coerced, context)
        connection = get_connections().all()[0]
        try:
            statement = self._statement(plans, request, connection)
            values = statement.values(request)
        except NotThisTime as reason:
            self._count_unplanned(str(reason))
            return None
        except Unplannable as reason:
            plans.refusal = str(reason)
            self._count_unplanned(plans.refusal)
            return None
        except GraphQLError:
            self._count_unplanned("arguments that are refused")
            return None
        return await self._run(plans, statement, values, request, run_roots)

    def _statement(self, plans: Plans, request: Request, connection: BaseDBAsyncClient) -> Statement:
        for place, statement in enumerate(plans.statements):
            if statement.questions.are_answered_alike(request):
                if place:
                    plans.statements.insert(0, plans.statements.pop(place))
                return statement
        dialect = DIALECTS[connection.capabilities.dialect]
        compiled = compile_query(self._schema, plans.operation, plans.fragments, dialect, request)
        plans.statements.insert(0, compiled)
        del plans.statements[MOST_VARIANTS:]
        self.counts["compiled"] += 1
        return compiled

    async def _run(
        self, plans: Plans, statement: Statement, values: list[Any], request: Request, run_roots: RunRoots
    ) -> ExecutionResult | Printed | None:
        try:
            printed = await _fetch(statement.sql, values)
        except OperationalError as error:
            if TOO_DEEP not in str(error):
                raise
            plans.refusal = "a statement deeper than the database can read"
            self._count_unplanned(plans.refusal)
            return None
        raw = printed.encode()
        # A single sign is looked for much faster than the whole mark.
        if b"!" not in raw or MARK not in raw:
            self.counts["planned"] += 1
            return Printed(raw)
        coded = await run_roots(statement.coded) if statement.coded else ExecutionResult({}, None)
        try:
            data, filling = await fill_holes(raw, statement, request, coded.data or {})
        except Exception as error:  # run again field by field, where it says its place and is reported
            logger.warning("a hole could not be filled: %s", type(error).__name__)
            self._count_unplanned("a function that failed")
            return None
        self.counts.update(("planned", "with holes"))
        return ExecutionResult(data=data, errors=[*filling.errors, *(coded.errors or ())] or None)

    def _count_unplanned(self, reason: str) -> None:
        self.counts["unplanned"] += 1
        self.reasons[reason] += 1
        logger.debug("run field by field: %s", reason)


async def _fetch(sql: str, values: list[Any]) -> str:
    (row,) = await get_connections().all()[0].execute_query_dict(sql, values)
    printed: str = row["answer"]
    return printed
