"""Who may, in the small world: members see their organization, billing members its money, some a product."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import strawberry
from strawberry.schema_directive import Location
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from execution.given import Part
from execution.guards import Guard
from execution.predicates import EVERYONE, Given
from tests.execution.sample.models import Membership, Organization

ANYBODY = UUID(int=(1 << 128) - 1)


class Right(StrEnum):
    BILLING = "BILLING"


strawberry.enum(Right, description="A right.")


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="requires")
class Requires:
    right: Right


@dataclass
class Context:
    """A request of the small world; counts how often it was asked about rows, and notes which mutations ran."""

    viewer: UUID | None = None
    granted: frozenset[UUID] = frozenset()
    now: datetime = datetime(2026, 6, 1, 12, tzinfo=UTC)
    loaders: dict[Any, Any] = field(default_factory=dict)
    billing: dict[UUID, bool] = field(default_factory=dict)
    questions: list[int] = field(default_factory=list)
    is_asking: bool = False
    answered: list[str] = field(default_factory=list)

    def marked(self) -> tuple["Context", Mapping[UUID, Callable[[Any], Any]]]:
        return replace(self, viewer=ANYBODY, loaders={}), {ANYBODY: lambda request: request.context.viewer}


def owner_of(row: Model) -> UUID:
    if isinstance(row, Organization):
        return row.id
    return getattr(row, "billed_to_id", None) or row.organization_id  # type: ignore[attr-defined,no-any-return] # all others have it


async def learn_billing(context: Context, rows: list[Model]) -> None:
    assert not context.is_asking, "two questions were asked at a time"
    owners = {owner_of(row) for row in rows}
    context.questions.append(len(rows))
    context.is_asking = True
    found = await Membership.filter(user_id=context.viewer, organization_id__in=owners) if context.viewer else []
    context.is_asking = False
    context.billing.update(dict.fromkeys(owners, False))
    context.billing.update({each.organization_id: each.billing for each in found})


@dataclass(frozen=True)
class Billed:
    """Answers `in` only: the organizations in which the viewer holds the billing right."""

    known: dict[UUID, bool]

    def __contains__(self, owner: UUID) -> bool:
        return self.known[owner]


def memberships(context: Context, **more: Any) -> Subquery:
    return Subquery(Membership.filter(user_id=context.viewer, **more).values("organization_id"))


VIEWER = Given(name="viewer", memory=lambda context: context.viewer)
MEMBERSHIPS = Given(name="memberships", memory=lambda context: set(context.billing), stored=memberships)
GRANTED = Given(name="granted", memory=lambda context: context.granted)
ALL_MEMBERSHIPS = Given(
    name="memberships with their rights",
    memory=lambda _context: frozenset(),
    stored=lambda context: Subquery(
        Membership.filter(user_id=context.viewer).values("organization_id", "billing", "id")
    ),
)
BILLED = Given(
    name="billing",
    memory=lambda context: Billed(context.billing),
    stored=lambda context: memberships(context, billing=True),
    ask=learn_billing,
    part=Part(of=ALL_MEMBERSHIPS, model=Membership, where=Q(billing=True), column="organization_id"),
)


class IsMember(Guard):
    """Belong to the organization."""

    allows = Q(owner__in=MEMBERSHIPS)


class IsSomebody(Guard):
    """Be signed in."""

    admits = Given(name="signed in", memory=lambda context: context.viewer is not None)
    code = "UNAUTHENTICATED"
    allows = EVERYONE


class MayViewBilling(Guard):
    """See the money of the organization."""

    right: ClassVar[Right] = Right.BILLING
    allows = Q(owner__in=BILLED)

    @property
    def schema_directive(self) -> object:
        return Requires(right=self.right)


def days_late(context: Context, issued_on: Any, status: str) -> int:
    return 0 if status == "PAID" else max(0, (context.now.date() - issued_on).days)


def may_pay(_context: Context, status: str, billed: Billed, owner: UUID) -> bool:
    return status == "OPEN" and owner in billed
