"""Running queries by plans: a few for each operation, each for the requests that its questions fit."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
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
from execution.planning.following import Followed, Outcome
from execution.planning.holes import MARK, fill_holes
from execution.planning.postgresql import Postgresql
from execution.planning.requests import Request
from execution.planning.results import Answered, Result, compile_result
from execution.planning.showing import RowGone, Showing
from execution.planning.sqlite import Sqlite
from execution.planning.statement import Filling, NotThisTime, Statement, Unplannable

logger = logging.getLogger("execution.planning")

RunRoots = Callable[[Sequence[FieldNode]], Awaitable[ExecutionResult]]

DIALECTS: dict[str, Dialect] = {"postgres": Postgresql(), "sqlite": Sqlite()}
MOST_VARIANTS = 16
MOST_OUTCOMES = 64
TOO_DEEP = "parser stack overflow"


@dataclass(frozen=True, slots=True)
class Printed:
    """An answer without errors that the database has printed already: `data` holds the very bytes."""

    data: bytes


@dataclass
class Shown:
    """The ways to show one mutation's value, the newest first; `refusal` says why there can be none."""

    results: list[Result] = field(default_factory=list)
    refusal: str | None = None


@dataclass
class Plans:
    """The plans of one operation, the one used last first; `refusal` says why there can be none.

    `outcomes` are the plans of what a mutation's roots answer.
    """

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    statements: list[Statement] = field(default_factory=list)
    refusal: str | None = None
    outcomes: dict[Any, Shown] = field(default_factory=dict)

    def shown(self, outcome: Outcome) -> Shown:
        """The plans of whatever is selected so of a value of this type; nodes are the operation's own, and stay."""
        identity = (outcome.kind.name, *map(id, outcome.nodes))
        if identity not in self.outcomes and len(self.outcomes) >= MOST_OUTCOMES:
            self.outcomes.clear()
        return self.outcomes.setdefault(identity, Shown())


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
        except (Unplannable, GraphQLError) as reason:
            self._leave(plans, reason)
            return None
        return await self._run(plans, statement, values, request, run_roots)

    async def follow(self, plans: Plans, outcome: Outcome) -> Followed | None:
        """What a mutation's value is shown as; None where it must be shown field by field, which is always allowed."""
        shown = plans.shown(outcome)
        if shown.refusal is not None:
            self._count_unplanned(shown.refusal)
            return None
        request = Answered(outcome.variables, outcome.context, outcome.value)
        try:
            result = self._result(plans, shown, outcome, request)
            values = result.statement.values(request) if result.asks else []
        except (Unplannable, GraphQLError) as reason:
            self._leave(shown, reason)
            return None
        try:
            followed = await _show(result, values, request, outcome)
        except Exception as error:  # shown again field by field, where it says its place and is reported
            self._leave(shown, error)
            return None
        self.counts["followed"] += 1
        return followed

    def _result(self, plans: Plans, shown: Shown, outcome: Outcome, request: Answered) -> Result:
        for result in shown.results:
            if result.statement.questions.are_answered_alike(request):
                return result
        dialect = DIALECTS[get_connections().all()[0].capabilities.dialect]
        compiled = compile_result(self._schema, outcome.kind, outcome.nodes, plans.fragments, dialect, request)
        shown.results.insert(0, compiled)
        del shown.results[MOST_VARIANTS:]
        self.counts["compiled"] += 1
        return compiled

    def _leave(self, plans: Plans | Shown, reason: Exception) -> None:
        """Leave something to the fields, this time or for ever, and count why."""
        match reason:
            case NotThisTime() | RowGone():
                self._count_unplanned(str(reason))
            case Unplannable():
                plans.refusal = str(reason)
                self._count_unplanned(plans.refusal)
            case GraphQLError():
                self._count_unplanned("arguments that are refused")
            case OperationalError() if TOO_DEEP in str(reason):
                plans.refusal = "a statement deeper than the database can read"
                self._count_unplanned(plans.refusal)
            case _:
                logger.warning("a result could not be shown: %s", type(reason).__name__)
                self._count_unplanned("a function that failed")

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
            self._leave(plans, error)
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


async def _show(result: Result, values: list[Any], request: Answered, outcome: Outcome) -> Followed:
    showing = Showing(result.statement, Filling(request, {}), [outcome.key])
    if result.asks:
        showing.printed = orjson.loads(await _fetch(result.statement.sql, values))
        showing.learn(showing.printed)
        await showing.filling.learn()
    return Followed(result.show(outcome.value, showing), showing.filling.errors)


async def _fetch(sql: str, values: list[Any]) -> str:
    (row,) = await get_connections().all()[0].execute_query_dict(sql, values)
    printed: str = row["answer"]
    return printed
