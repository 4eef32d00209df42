"""The small world asked by plans and field by field; what is answered must be the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from random import Random
from typing import Any
from uuid import UUID

from graphql import DocumentNode, ExecutionResult, FieldNode, OperationType, execute

from execution.documents import Documents
from execution.limits import Limits
from execution.planning.following import executor
from execution.planning.planner import Planner, Printed
from execution.rehearsal import reduced_to
from tests.execution.sample import world
from tests.execution.sample.rights import Context
from tests.execution.sample.types import schema
from tests.random_documents.executors import Differs
from tests.random_documents.generating import Document, Generator
from tests.random_documents.values import Pool

UNLIMITED = Limits(
    tokens=10_000, depth=50, fields=5_000, repeats=5_000, aliases=500, directives=500, root_mutation_fields=100
)
GRANTS = (frozenset[UUID](), frozenset({world.key(3, 11), world.key(8, 7), world.key(8, 12)}))
VIEWERS = [(viewer, granted) for viewer in (world.ANNA, world.BOB, world.CARL, None) for granted in GRANTS]


@dataclass
class Both:
    """Both ways to run a document, with plans that stay warm from one request to the next."""

    planner: Planner = field(default_factory=lambda: Planner(schema))
    documents: Documents = field(default_factory=lambda: Documents(schema, UNLIMITED))

    async def ask(
        self,
        text: str,
        variables: Mapping[str, Any] | None = None,
        viewer: UUID | None = world.ANNA,
        granted: frozenset[UUID] = GRANTS[0],
    ) -> ExecutionResult:
        """What both answer; fails where they differ."""
        operation = self.documents.document(text).operation(None)
        given = dict(variables or {})
        slow_context, context = Context(viewer, granted), Context(viewer, granted)
        slow = await self.by_fields(operation.document, given, slow_context)

        async def run_roots(roots: Sequence[FieldNode]) -> ExecutionResult:
            reduced = reduced_to(operation.document, operation.definition, roots)
            return await self.by_fields(reduced, given, context)

        fast: ExecutionResult | Printed | None
        if operation.type is OperationType.MUTATION:
            runner = executor(self.documents.schema, operation, self.planner)
            fast = await self.by_fields(operation.document, given, context, **runner)
            assert context.answered == slow_context.answered, "a mutation ran twice, or not at all"
        else:
            fast = await self.planner.answer(operation.plans, given, context, run_roots)
        if isinstance(fast, Printed):
            cost = operation.cost.actual_printed(fast.data)
            fast = ExecutionResult(json.loads(fast.data), None)
            if cost != operation.cost.actual(fast.data):
                raise Differs(f"{text}\n{given} {viewer} {granted}\nthe cost is {cost} printed")
        if fast is not None and comparable(fast) != comparable(slow):
            raise Differs(f"{text}\n{given} {viewer} {granted}\nplan:   {comparable(fast)}\nfields: {comparable(slow)}")
        return slow

    async def by_fields(
        self, document: DocumentNode, variables: dict[str, Any], context: Context, **runner: Any
    ) -> ExecutionResult:
        """What graphql-core answers; `runner` is what else it is to run the fields with."""
        result = execute(
            self.documents.core,
            document,
            context_value=context,
            variable_values=variables,
            hide_suggestions=True,
            **(runner or {"executor_class": schema.execution_context_class}),
        )
        return await result if isawaitable(result) else result


def comparable(result: ExecutionResult) -> tuple[str, list[str]]:
    """Data with the order of its keys and every spelling, and the errors as a set."""
    errors = sorted(json.dumps(error.formatted, sort_keys=True) for error in result.errors or ())
    return json.dumps(result.data, ensure_ascii=False), errors


def small_pool() -> Pool:
    """Ids and texts of the small world."""
    ids = [f"usr_{each.hex}" for each in (world.ANNA, world.BOB, world.CARL)]
    ids += [world.org(each) for each in (world.ACME, world.BETA, world.GAMMA)]
    ids += [f"wal_{world.key(6, number).hex}" for number in range(3)]
    ids += [world.product(number) for number in range(1, 13)] + [world.invoice(number) for number in range(1, 10)]
    ids += [world.specimen(number) for number in range(1, 41)]
    return Pool(ids, [*world.NASTY_TEXTS, "Rex", "O'Bo", "Anna", "Bob", "product 6", "a"])


async def ask_at_random(both: Both, documents: range, pool: Pool, *, mutations: bool = False) -> int:
    """Ask random documents, each as four viewers and with four sets of variables; answers how many answers had data."""
    answered = 0
    for seed in documents:
        random = Random(seed)  # noqa: S311 -- documents must be the same again
        generator = Generator(random, pool, both.documents.core)
        document = generator.mutation(random.choice((1, 1, 2, 3))) if mutations else generator.query()
        sets = [document.variables] + [document.other_variables(random, pool) for _ in range(3)]
        for variables, (viewer, granted) in zip(sets, random.sample(VIEWERS, 4), strict=True):
            answered += await _ask(both, document, variables, viewer, granted, pool)
    return answered


async def _ask(
    both: Both,
    document: Document,
    variables: Mapping[str, Any],
    viewer: UUID | None,
    granted: frozenset[UUID],
    pool: Pool,
) -> bool:
    result = await both.ask(document.text, variables, viewer, granted)
    pool.learn(document.lists(variables), result.data)
    return result.data is not None
