"""Running one request: read, check, charge, execute, and say what happened.

This is the one way in, whatever carried the request here. It reads no clock: the context brings the time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from inspect import isawaitable
from typing import Any, TypeGuard, cast

from graphql import DocumentNode, ExecutionResult, FieldNode, GraphQLError, OperationType, execute
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

from execution.answers import Answer, Context, refused
from execution.buckets import Buckets
from execution.cost import Cost
from execution.documents import Documents, Operation
from execution.errors import (
    Code,
    Masking,
    Refused,
    bad_request,
    limit_exceeded,
    refusal,
    told,
    unavailable,
)
from execution.inputs import check_values
from execution.planning.following import executor
from execution.planning.planner import Planner, Printed
from execution.rehearsal import reduced_to, rehearsal

QUERIES = frozenset({OperationType.QUERY})
QUERIES_AND_MUTATIONS = frozenset({OperationType.QUERY, OperationType.MUTATION})

COST_OF_A_REFUSAL = 10
"""Points a document costs that is refused before it runs: reading it was work."""

Result = ExecutionResult | Printed

_unfinished: set[asyncio.Task[Result]] = set()


async def run(
    schema: Schema,
    document_cache: Documents,
    query: str,
    variables: Mapping[str, Any] | None,
    operation_name: str | None,
    context: Context,
    *,
    allow: Collection[OperationType] = QUERIES_AND_MUTATIONS,
    buckets: Buckets | None = None,
    masking: Masking | None = None,
) -> Answer:
    """Answer one request.

    A query that takes longer than the limit, or whose caller goes away, is cancelled. A mutation is never stopped
    half-way: it runs to its end even when nobody waits for it any more. Refuses with the codes BAD_REQUEST,
    LIMIT_EXCEEDED, RATE_LIMITED and UNAVAILABLE; whatever else goes wrong is masked.
    """
    request = _Request(schema, document_cache, variables or {}, context, buckets, masking or Masking())
    try:
        operation = request.prepare(query, operation_name, allow)
    except Refused as reason:
        return request.finish(refused(reason))
    answer = request.finish(await request.execute(operation))
    answer.operation_name = operation.name
    return answer


async def finish_running() -> None:
    """Wait for the mutations that still run although nobody waits for their answer; for the end of the process."""
    while _unfinished:
        await asyncio.wait(set(_unfinished))


class _Request:
    def __init__(
        self,
        schema: Schema,
        documents: Documents,
        variables: Mapping[str, Any],
        context: Context,
        buckets: Buckets | None,
        masking: Masking,
    ) -> None:
        self.schema = schema
        self.documents = documents
        self.limits = documents.limits
        self.variables = variables
        self.context = context
        self.buckets = buckets or Buckets(self.limits.bucket, self.limits.refill_per_second)
        self.masking = masking
        self.now = context.now.timestamp()
        self.taken = 0
        self.requested = 0
        self.rehearsal: DocumentNode | None = None

    def prepare(self, query: str, operation_name: str | None, allow: Collection[OperationType]) -> Operation:
        self._admit(1)
        try:
            operation = self.documents.document(query).operation(operation_name)
            self._check(operation, allow)
        except (GraphQLError, Refused) as error:
            self.buckets.take(self.context.caller_key, COST_OF_A_REFUSAL, self.now)
            raise error if isinstance(error, Refused) else Refused([told(error)]) from error
        self._charge()
        return operation

    def _check(self, operation: Operation, allow: Collection[OperationType]) -> None:
        if operation.type is OperationType.SUBSCRIPTION and operation.type not in allow:
            raise bad_request("Subscriptions are not served here.")
        if operation.type not in allow:
            raise Refused([told(bad_request("A mutation must be sent by POST."))], status=405, allow="POST")
        check_values(self.variables, self.limits.value_depth)
        operation.lists.check(self.variables)
        self.rehearsal = rehearsal(operation.document, operation.definition, self.variables)
        self.requested = operation.cost.requested(self.variables)
        if self.requested > self.limits.cost and self.rehearsal is None:
            raise limit_exceeded(
                "COST",
                self.limits.cost,
                self.requested,
                f"The request costs {self.requested} points, where {self.limits.cost} are allowed.",
            )

    def _charge(self) -> None:
        self.taken = self.requested if self.rehearsal is None else 1
        self._admit(self.taken)
        self.buckets.take(self.context.caller_key, self.taken, self.now)
        remaining = self.buckets.remaining(self.context.caller_key, self.now)
        self.context.cost = Cost(self.requested, self.buckets.capacity, remaining, self.requested)

    def _admit(self, points: int) -> None:
        wait = self.buckets.wait_milliseconds(self.context.caller_key, points, self.now)
        if wait == 0:
            return
        remaining = self.buckets.remaining(self.context.caller_key, self.now)
        self.context.cost = Cost(points, self.buckets.capacity, remaining, 0, wait)
        message = "Too many requests. Please try again later."
        raise Refused([told(refusal(Code.RATE_LIMITED, message, retryAfterMs=wait))])

    async def execute(self, operation: Operation) -> Answer:
        try:
            result = self._start(operation)
            if isawaitable(result):
                result = await self._finished(operation, result)
        except TimeoutError:
            return refused(Refused([told(_took_too_long(operation.type))]))
        except Exception as exception:  # nothing may leave here unmasked
            return refused(Refused([self.masking.mask(exception)]))
        return self._answer(operation, result)

    def _start(self, operation: Operation) -> Awaitable[Result] | Result:
        planner = self.documents.planner
        if planner is None or operation.type is not OperationType.QUERY or self.rehearsal is not None:
            return self._run_field_by_field(operation)
        return self._planned(planner, operation)

    async def _planned(self, planner: Planner, operation: Operation) -> Result:
        """Answer a query by a plan; what has none is run field by field, which answers the same."""

        async def run_roots(roots: Sequence[FieldNode]) -> ExecutionResult:
            document = reduced_to(operation.document, operation.definition, roots)
            result = self._run_field_by_field(operation, document)
            return await result if isawaitable(result) else result

        planned = await planner.answer(operation.plans, self.variables, self.context, run_roots)
        if planned is not None:
            return planned
        result = self._run_field_by_field(operation)
        return await result if isawaitable(result) else result

    def _run_field_by_field(
        self, operation: Operation, document: DocumentNode | None = None
    ) -> Awaitable[ExecutionResult] | ExecutionResult:
        return execute(
            self.documents.core,
            document or self.rehearsal or operation.document,
            context_value=self.context,
            variable_values=dict(self.variables),
            operation_name=operation.name,
            is_awaitable=cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable),
            hide_suggestions=True,
            **executor(self.schema, operation, self.documents.planner),
        )

    async def _finished(self, operation: Operation, running: Awaitable[Result]) -> Result:
        task = asyncio.ensure_future(running)
        try:
            await asyncio.wait({task}, timeout=self.limits.seconds)
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            if not task.done():
                self._leave(task, operation)

    def _leave(self, task: "asyncio.Future[Result]", operation: Operation) -> None:
        if operation.type is OperationType.QUERY:
            task.cancel()
        _unfinished.add(task)  # type: ignore[arg-type]  # ensure_future makes a task of a coroutine
        task.add_done_callback(_unfinished.discard)
        task.add_done_callback(self._report_left)

    def _report_left(self, task: "asyncio.Future[Result]") -> None:
        if task.cancelled():
            return
        result = task.result()
        for error in () if isinstance(result, Printed) else result.errors or ():
            self.masking.present(error)

    def _answer(self, operation: Operation, result: Result) -> Answer:
        if isinstance(result, Printed):
            self._settle(operation.cost.actual_printed(result.data))
            return Answer(executed=True, printed=result.data)
        errors = [self.masking.present(error) for error in result.errors or ()]
        if result.data is None and not any(error.path for error in result.errors or ()):
            self._settle(1)
            return refused(Refused(errors))
        self._settle(operation.cost.actual(result.data))
        return Answer(data=result.data, errors=errors, executed=True)

    def _settle(self, actual: int) -> None:
        cost = self.context.cost
        assert cost is not None  # it was charged before
        cost.actual = min(actual, self.taken)
        self.buckets.give_back(self.context.caller_key, self.taken - cost.actual, self.now)
        cost.remaining = self.buckets.remaining(self.context.caller_key, self.now)

    def finish(self, answer: Answer) -> Answer:
        if self.context.cost is not None:
            answer.extensions["cost"] = self.context.cost.extension()
        answer.extensions.update(self.context.extensions)
        answer.headers.extend(self.context.answer_headers)
        return answer


def _took_too_long(type_: OperationType) -> GraphQLError:
    if type_ is OperationType.QUERY:
        return unavailable("The request took too long and was stopped.")
    return unavailable(
        "The request takes long and is still being carried out. Ask again with the same idempotency key."
    )
