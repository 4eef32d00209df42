"""How a function of ours becomes a field: who may use it is a required argument, its docstring is its description.

A mutation runs in this order, and each step may end it before the next: signed in; every id of the input resolved to a
row that the viewer may know, all of one organization; the permission class asked of the first of them; a recent proof
of the password, where asked; the idempotency key; then the function, which asks the right again behind its lock.
"""

import functools
import hashlib
import inspect
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from operator import getitem
from typing import Annotated, Any, Union, get_type_hints

import strawberry
from tortoise.models import Model

import schema.money_errors  # noqa: F401 -- registers the types of its refusals
from execution.guards import Anyone, Guard
from execution.predicates import concrete, givens, holds, prepare
from execution.tables import split_id, table_of
from permissions.guards import IsStaff
from permissions.ownership import find_rows
from resolvers.caller import Caller, Once
from resolvers.idempotency import AlreadyDone
from rules import refusals
from rules.denials import Denial, Forbidden, NotFound, Unauthenticated
from schema.context import Context, Info
from schema.errors import UserError, as_graphql_error, camel_case, show_refusal, shown_as
from schema.ids import names_its_subject, references_in, unresolved_ids


@dataclass(frozen=True)
class Replay:
    """How a replay under an idempotency key is answered: the row that was made, read again, and its success.

    `check` is asked of the row before, and may refuse: what was under way may have ended badly meanwhile.
    """

    model: type[Model]
    success: Callable[[Any], Any]
    check: Callable[[Caller, Any], object] | None = None


@dataclass(frozen=True)
class Exposed:
    """What a mutation declared, for the tests that walk over all of them."""

    who: Guard
    refuses: tuple[type[refusals.Refusal], ...]
    recent_proof: bool

    @property
    def everywhere(self) -> bool:
        """Whether it reaches rows of any organization: what the provider's own people do."""
        return isinstance(self.who, IsStaff)


def idempotency_key() -> Any:
    """Declare the key of a mutation that must not happen twice."""
    return strawberry.field(
        description="Key of your own for this one intention, 1 to 255 characters. Repeating the call with the same key "
        "and arguments has no second effect, and answers the outcome of the first."
    )


def mutation(
    *,
    who: Guard,
    refuses: Iterable[type[refusals.Refusal]] = (),
    again: Replay | None = None,
    recent_proof: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """Expose an async function of `(info, input)`, or of `(info)`, as a mutation.

    The function answers its success type and raises refusals, which become members of the union `<Name>Result`.
    `refuses` lists them; those that every mutation shares are added here. `again` is required where the input has an
    idempotency key.
    """

    def expose(function: Callable[..., Awaitable[Any]]) -> Any:
        hints = get_type_hints(function)
        input_type = hints.get("input")
        has_key = input_type is not None and "idempotency_key" in {field.name for field in fields(input_type)}
        _refuse_careless(function.__name__, who, input_type, has_key, again)
        shared = [refusals.InvalidInput] + ([refusals.IdempotencyKeyReused] if has_key else [])
        declared = Exposed(who, (*refuses, *shared), recent_proof)

        @functools.wraps(function)
        async def resolver(info: Info, **arguments: Any) -> Any:
            return await _run(function, declared, again, info, arguments)

        name = camel_case(function.__name__)
        if input_type is not None:
            described = strawberry.argument(description=f"What {name} is to do.")
            hints["input"] = getitem(Annotated, (input_type, described))
        resolver.__annotations__ = {**hints, "return": _result_union(name, hints["return"], declared.refuses) | None}
        parameters = [
            each.replace(annotation=hints[each.name]) for each in inspect.signature(function).parameters.values()
        ]
        resolver.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # inspect looks for it
            parameters, return_annotation=resolver.__annotations__["return"]
        )
        directive = who.schema_directive
        return strawberry.mutation(
            resolver=resolver,
            name=name,
            description=inspect.getdoc(function),
            directives=[directive] if directive else [],
            metadata={"mutation": declared},
        )

    return expose


def _refuse_careless(name: str, who: Guard, input_type: type[Any] | None, has_key: bool, again: Replay | None) -> None:
    """Refuse with TypeError a declaration under which a right could not be asked, or an effect happen twice."""
    if unresolved := list(unresolved_ids(input_type) if input_type else ()):
        raise TypeError(f"{name}: {', '.join(unresolved)} must be declared by reference()")
    if who.allows and not names_its_subject(input_type):
        raise TypeError(f"{name}: the first id of its input must be required: who is asked of it")
    if has_key != (again is not None):
        raise TypeError(f"{name}: an idempotency key and its replay go together")


def _result_union(name: str, success: Any, refused: Iterable[type[refusals.Refusal]]) -> Any:
    title = name[0].upper() + name[1:]
    members = (success, *dict.fromkeys(shown_as(each) for each in refused))
    union = strawberry.union(
        f"{title}Result", description=f"What {name} answers: its success, or the refusal that it met."
    )
    return getitem(Annotated, (Union[members], union))  # noqa: UP007 -- the members are known only now


async def _run(
    function: Callable[..., Awaitable[Any]],
    declared: Exposed,
    again: Replay | None,
    info: Info,
    arguments: dict[str, Any],
) -> Any:
    context = info.context
    try:
        subject = await _admit(declared, context, arguments.get("input"))
        if again is not None:
            _note_key(context, function.__name__, subject, arguments["input"])
        result = await _run_once(function, declared, again, info, arguments)
    except refusals.Refusal as refusal:
        result = show_refusal(refusal, context.caller.locale)
    except Denial as denial:
        raise as_graphql_error(denial) from None
    finally:
        context.caller = replace(context.caller, once=None)
        context.forget()
    if not isinstance(result, UserError):
        await prepare(_rows_in(result), context)
    return result


async def _admit(declared: Exposed, context: Context, given: Any) -> Model | None:
    """Ask everything that can be asked before the function runs; answers the row that the mutation is about."""
    if not isinstance(declared.who, Anyone) and not context.viewer.is_signed_in:
        raise Unauthenticated
    if not declared.who.is_admitted(context):
        raise Forbidden(None)
    references = list(references_in(given))
    rows = await find_rows(references, context, everywhere=declared.everywhere) if references else []
    subject = rows[0] if rows else None
    if subject is not None and not await _is_allowed(declared.who, subject, context):
        raise Forbidden(declared.who.right)  # type: ignore[arg-type] # the guards of ours name rights of ours
    if declared.recent_proof:
        context.caller.require_recent_proof()
    return subject


async def _is_allowed(who: Guard, subject: Model, context: Context) -> bool:
    """Ask the permission class, which may want to know more than the fields of the row's type ever ask."""
    for question in givens(who.allows):
        if question.ask is not None:
            await question.ask(context, [subject])
    return holds(who.allows, subject, context)


def _note_key(context: Context, mutation_name: str, subject: Model | None, given: Any) -> None:
    key = given.idempotency_key
    if not 1 <= len(key) <= 255:
        code = refusals.ProblemCode.TOO_LONG if key else refusals.ProblemCode.REQUIRED
        raise refusals.InvalidInput(problems=(refusals.Problem(("idempotency_key",), code, 255),))
    owner = "" if subject is None else getattr(subject, table_of(type(subject)).owner or "pk").hex
    asked = {name: value for name, value in _plain(given).items() if name != "idempotency_key"}
    fingerprint = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    context.caller = replace(context.caller, once=Once(owner, mutation_name, key, fingerprint))


def _plain(value: Any) -> Any:
    """An input as plain values, the same for the same arguments."""
    if isinstance(value, strawberry.Some):
        return {"given": _plain(value.value)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.name
    if value is strawberry.UNSET:
        return None  # left out means what null means
    return value if isinstance(value, bool | int | str | None) else str(value)


async def _run_once(
    function: Callable[..., Awaitable[Any]],
    declared: Exposed,
    again: Replay | None,
    info: Info,
    arguments: dict[str, Any],
) -> Any:
    try:
        return await function(info, **arguments)
    except AlreadyDone as done:
        assert again is not None
        return await _replay(declared, again, done.reference, info)


async def _replay(declared: Exposed, again: Replay, reference: str, info: Info) -> Any:
    table = table_of(again.model)
    demands = [] if declared.everywhere else [concrete(table.seen, table, info.context)]
    row = await again.model.filter(*demands, pk=split_id(reference)[1]).first()
    if row is None:
        raise NotFound
    info.context.extensions.setdefault("idempotency", {}).setdefault("replayed", []).append(info.field_name)
    if again.check is not None:
        again.check(info.context.caller, row)
    return again.success(row)


def _rows_in(result: Any) -> list[Model]:
    """The stored rows that a success shows, so that what their fields will ask can be learned beforehand."""
    rows: list[Model] = []
    for value in vars(result).values():
        rows.extend(item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Model))
    return rows


def field(*, who: Guard, cost: int = 1) -> Callable[[Callable[..., Any]], Any]:
    """Expose a function as a field with code of its own: one of the few that no declaration can say.

    Its docstring is the description. Denials and refusals it raises become top-level errors.
    """

    def expose(function: Callable[..., Any]) -> Any:
        hints = get_type_hints(function, include_extras=True)

        @functools.wraps(function)
        async def resolver(info: Info, **arguments: Any) -> Any:
            if not isinstance(who, Anyone) and not info.context.viewer.is_signed_in:
                raise as_graphql_error(Unauthenticated())
            if not who.is_admitted(info.context):
                raise who.denial()
            try:
                answer = function(info, **arguments)
                return await answer if inspect.isawaitable(answer) else answer
            except Denial as denial:
                raise as_graphql_error(denial) from None

        resolver.__annotations__ = hints
        resolver.__signature__ = inspect.signature(function)  # type: ignore[attr-defined] # inspect looks for it
        return strawberry.field(
            resolver=resolver,
            description=inspect.getdoc(function),
            metadata={"cost": cost, "coded": who},
        )

    return expose
