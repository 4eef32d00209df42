"""Data loaders, fresh ones for each request: one statement for all parents of a level."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from strawberry.dataloader import DataLoader
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from bench.peers.stock import models

Load = Callable[[list[UUID]], Awaitable[list[Any]]]


@dataclass
class Loaders:
    """The loaders of one request, by what they load."""

    made: dict[Hashable, DataLoader[UUID, Any]] = field(default_factory=dict)

    async def load(self, name: Hashable, by: Load, key: UUID) -> Any:
        if name not in self.made:
            self.made[name] = DataLoader(load_fn=by)
        return await self.made[name].load(key)


def rows(query: QuerySet[Any], column: str, first: int | None = None) -> Load:
    """The rows for each parent; a lone parent's are limited by the database, those of many here."""

    async def load(parents: list[UUID]) -> list[Any]:
        found = defaultdict(list)
        chosen = query.filter(**{f"{column}__in": parents})
        if first is not None and len(parents) == 1:
            chosen = chosen.limit(first)
        for row in await chosen:
            found[getattr(row, column)].append(row)
        return [found[parent][:first] for parent in parents]

    return load


def row(query: QuerySet[Any], column: str) -> Load:
    """The one row for each parent."""

    async def load(parents: list[UUID]) -> list[Any]:
        found = {getattr(each, column): each for each in await query.filter(**{f"{column}__in": parents})}
        return [found.get(parent) for parent in parents]

    return load


def number(query: QuerySet[Any], column: str) -> Load:
    """How many rows there are for each parent."""

    async def load(parents: list[UUID]) -> list[Any]:
        counted = query.filter(**{f"{column}__in": parents}).annotate(rows=Count("id")).group_by(column)
        found = {each[column]: each["rows"] for each in await counted.values(column, "rows")}
        return [found.get(parent, 0) for parent in parents]

    return load


async def organizations_of(parents: list[UUID]) -> list[Any]:
    """The organizations of each user, by name."""
    found = defaultdict(list)
    members = models.Membership.filter(user_id__in=parents).select_related("organization")
    for member in await members.order_by("organization__name_sort", "organization_id"):
        found[member.user_id].append(member.organization)  # type: ignore[attr-defined] # Tortoise adds the columns
    return [found[parent] for parent in parents]
