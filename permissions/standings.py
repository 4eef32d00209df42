"""What a request knows of its viewer's standing: asked once per batch of rows, kept for one operation."""

from collections.abc import Collection, Iterable
from uuid import UUID

from tortoise.expressions import Q

from models import Membership, Product, ProductGrant
from rules.refusals import NamedOrganization
from rules.rights import AccessLevel, Right, levels_with
from rules.viewer import Standing, Viewer


class Standings:
    """The viewer's standings and product grants, as far as this operation has met organizations and products."""

    def __init__(self, viewer: Viewer) -> None:
        """Know nothing yet."""
        self.viewer = viewer
        self._standings: dict[UUID, Standing | None] = {}
        self._levels: dict[UUID, frozenset[AccessLevel]] = {}

    def forget(self) -> None:
        """Know nothing again, after a mutation may have changed rights."""
        self._standings.clear()
        self._levels.clear()

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
        rows = await Membership.filter(
            user_id=self.viewer.user_id, organization_id__in=organization_ids, organization__deleted_at=None
        ).select_related("organization")
        return {
            row.organization_id: Standing(
                organization=NamedOrganization(row.organization_id, row.organization.name),
                membership_id=row.id,
                role=row.role,
                billing=row.billing,
                member_count=row.organization.member_count,
                legal_representative_count=row.organization.legal_representative_count,
            )
            for row in rows
        }

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
