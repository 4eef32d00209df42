"""The only place that turns ids into an owner: what the viewer may not know of, or mixes, is not found."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from tortoise.models import Model

from execution.predicates import concrete, holds, prepare
from execution.tables import Table, table_of
from permissions.held import is_told_by_standings
from permissions.standings import Standings
from rules.denials import NotFound


class Referring(Protocol):
    """An id of an input, read: the table it speaks of and the row's key."""

    @property
    def model(self) -> type[Model]: ...

    @property
    def key(self) -> UUID: ...


class Asking(Protocol):
    """What resolving needs of a request's context."""

    standings: Standings


async def find_rows(references: Sequence[Referring], context: Asking, *, everywhere: bool = False) -> list[Model]:
    """The rows of all ids, in the order of the ids, one statement per table.

    Refuses with NotFound unless every row exists, may be seen by the viewer, and all that belong to an organization
    belong to the same one: nobody pays one organization's invoice from another's wallet. A foreign id and an unknown
    one are refused alike. With `everywhere`, for the provider's own people, rows of any organization are found.
    """
    keys: dict[type[Model], set[UUID]] = {}
    for reference in references:
        keys.setdefault(reference.model, set()).add(reference.key)
    found: dict[tuple[type[Model], UUID], Model] = {}
    owners: set[UUID] = set()
    for model, wanted in keys.items():
        table = table_of(model)
        rows: list[Any] = await (model.filter(pk__in=wanted) if everywhere else _find_seen(table, wanted, context))
        found.update({(model, row.pk): row for row in rows})
        if table.owner is not None:
            owners.update(getattr(row, table.owner) for row in rows)
    if len(found) < sum(map(len, keys.values())) or len(owners) > 1:
        raise NotFound
    answer = [found[reference.model, reference.key] for reference in references]
    await prepare(answer, context)
    return answer


async def _find_seen(table: Table, keys: set[UUID], context: Asking) -> list[Model]:
    """The rows of these keys that the viewer may know to exist, in one statement that strangers' rows do not change."""
    if table.owner is None or not is_told_by_standings(table.seen):
        return await table.model.filter(concrete(table.seen, table, context), pk__in=keys)
    rows = await context.standings.find_rows(table.model, table.owner, keys)
    return [row for row in rows if holds(table.seen, row, context)]
