"""What a request knows of its viewer's standing: asked once per batch of rows, kept for one operation."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from tortoise.expressions import Q
from tortoise.models import Model

from models import Organization, Product, ProductGrant
from models.statements import as_key, ask, columns_of
from rules.refusals import NamedOrganization
from rules.rights import AccessLevel, Right, Role, levels_with
from rules.viewer import Standing, Viewer

RowT = TypeVar("RowT", bound=Model)

_STANDING = (
    "o.id AS standing_in, o.name AS standing_name, o.member_count AS standing_members, "
    "o.legal_representative_count AS standing_legal, m.id AS standing_id, m.role AS standing_role, "
    "m.billing AS standing_billing"
)
_MEMBER = "JOIN memberships m ON m.organization_id = o.id AND m.user_id = ?"


class Standings:
    """The viewer's standings and product grants, as far as this operation has met organizations and products."""

    def __init__(self, viewer: Viewer) -> None:
        """Know nothing yet."""
        self.viewer = viewer
        self._standings: dict[UUID, Standing | None] = {}
        self._levels: dict[UUID, frozenset[AccessLevel]] = {}
        self._customers: dict[UUID, NamedOrganization] = {}

    def forget(self) -> None:
        """Know nothing again, after a mutation may have changed rights."""
        self._standings.clear()
        self._levels.clear()
        self._customers.clear()

    async def learn(self, organization_ids: Collection[UUID]) -> None:
        """Fetch the standings in these organizations that are not known yet: one statement, or none."""
        missing = set(organization_ids) - self._standings.keys()
        if not missing:
            return
        # Known only once it is fetched: who asks in the meantime must not be told that there is nothing.
        self._standings.update(dict.fromkeys(missing) | await self._fetch(missing))

    async def _fetch(self, organization_ids: Collection[UUID]) -> dict[UUID, Standing | None]:
        if self.viewer.user_id is None:
            return {}
        rows = await ask(
            f"SELECT {_STANDING} FROM organizations o {_MEMBER} WHERE o.id IN ? AND o.deleted_at IS NULL",  # noqa: S608 -- words of ours
            self.viewer.user_id,
            list(organization_ids),
        )
        return {as_key(row["standing_in"]): _standing_of(row) for row in rows}

    async def find_rows(self, model: type[RowT], owner: str, keys: Collection[UUID]) -> list[RowT]:
        """The rows of some keys; the same statement tells the standings in the organizations of their column `owner`.

        It is the same statement whether a row is a stranger's or is not there at all.
        """
        found = await ask(_finding(model, owner), self.viewer.user_id, list(keys))
        rows = [model._init_from_db(**row) for row in found]
        for row, values in zip(rows, found, strict=True):
            self._standings[getattr(row, owner)] = _standing_of(values) if values["standing_id"] else None
        return rows

    async def learn_names(self, organization_ids: Collection[UUID]) -> None:
        """Learn the names of these organizations: one's own with one's standing, any for the provider's own people."""
        await self.learn(organization_ids)
        missing = {key for key in organization_ids if self.named(key) is None} if self.viewer.is_staff else set()
        if missing:
            found = await Organization.filter(id__in=missing)
            self._customers.update({row.id: NamedOrganization(row.id, row.name) for row in found})

    async def learn_grants(self, products: Iterable[Product]) -> None:
        """Fetch the grants that may open these products, for members who do not see all: one statement, or none."""
        rows = [row for row in products if row.id not in self._levels]
        await self.learn({row.organization_id for row in rows})
        limited = {
            standing.membership_id
            for row in rows
            if (standing := self.standing_in(row.organization_id)) and Right.MANAGE not in standing.rights
        }
        grants = (
            await ProductGrant.filter(membership_id__in=limited).filter(
                Q(product_id__in=[row.id for row in rows]) | Q(kind__isnull=False)
            )
            if limited
            else []
        )
        for row in rows:
            self._levels[row.id] = frozenset(
                grant.level
                for grant in grants
                if grant.organization_id == row.organization_id
                and (grant.product_id == row.id or grant.kind == row.kind)
            )

    def standing_in(self, organization_id: UUID) -> Standing | None:
        """The viewer's standing in an organization that was learned; None for a stranger."""
        return self._standings.get(organization_id)

    def named(self, organization_id: UUID) -> NamedOrganization | None:
        """An organization whose name was learned; None for one that the viewer may know nothing of."""
        standing = self.standing_in(organization_id)
        return standing.organization if standing else self._customers.get(organization_id)

    def is_mine(self, membership_id: UUID) -> bool:
        """Whether a membership is one of the viewer's own, in an organization that was learned."""
        return any(standing and standing.membership_id == membership_id for standing in self._standings.values())

    def holds(self, right: Right, organization_id: UUID) -> bool:
        """Whether the viewer holds a right over a whole organization that was learned."""
        standing = self.standing_in(organization_id)
        return standing is not None and right in standing.rights

    def is_granted(self, right: Right, product_id: UUID) -> bool:
        """Whether a grant gives VIEW or MANAGE on a product that was learned."""
        return not self._levels.get(product_id, frozenset()).isdisjoint(levels_with(right))

    def rights_on(self, product_id: UUID, organization_id: UUID) -> frozenset[Right]:
        """The viewer's rights on a product that was learned, by standing or by grant."""
        asked = (Right.VIEW, Right.MANAGE)
        return frozenset(
            right for right in asked if self.holds(right, organization_id) or self.is_granted(right, product_id)
        )


@cache
def _finding(model: type[Model], owner: str) -> str:
    columns = ", ".join(f't."{column}"' for column in columns_of(model))
    return (
        f'SELECT {columns}, {_STANDING} FROM "{model._meta.db_table}" t '  # noqa: S608 -- names of ours
        f"LEFT JOIN organizations o ON o.id = t.{owner} AND o.deleted_at IS NULL LEFT {_MEMBER} WHERE t.id IN ?"
    )


def _standing_of(row: Mapping[str, Any]) -> Standing:
    return Standing(
        organization=NamedOrganization(as_key(row["standing_in"]), row["standing_name"]),
        membership_id=as_key(row["standing_id"]),
        role=Role(row["standing_role"]),
        billing=bool(row["standing_billing"]),
        member_count=row["standing_members"],
        legal_representative_count=row["standing_legal"],
    )
