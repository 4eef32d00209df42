"""The invitation as clients see it."""

from datetime import datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import NOW, Node, column, computed, fact, lookup, many, one, table
from models import InvitationState
from permissions.guards import IsMember, MayManageMembers
from permissions.held import STANDINGS, held_in
from rules.identifiers import Prefix
from rules.kinds import ProductKind
from rules.names import fold
from rules.rights import AccessLevel, Right, Role
from schema.types import links
from schema.types.viewer_can import InvitationViewerCan, on_invitation


@strawberry.input(description="Which invitations to list.")
class InvitationFilter:
    """Lookups of a list of invitations."""

    search: str | None = lookup(
        search=("address_key",), fold=fold, description="Only invitations to addresses with this text."
    )
    state: list[InvitationState] | None = lookup("state__in", "Only invitations in these states.")


@strawberry.enum(description="Orders of a list of invitations.")
class InvitationOrder(Enum):
    """Orders of a list of invitations."""

    NEWEST = strawberry.enum_value("-created_at", description="The last invited first.")
    OLDEST = strawberry.enum_value("created_at", description="The first invited first.")
    ADDRESS = strawberry.enum_value("address_key", description="By address, from A to Z.")


@table(models.Invitation, prefix=Prefix.INVITATION, seen=IsMember.allows, who=MayManageMembers())
class Invitation(Node):
    """An address that was asked to join an organization, with the rights it will get."""

    organization: links.Organization | None = one("Organization that the invitation is for.")
    address: str = column("Address that the invitation went to.")
    role: Role = column("Role that the person will have.")
    has_billing: bool = column("Whether the person will hold the billing right.", of="billing")
    billing_reminders: bool = column("Whether the person will get reminders of bills.")
    product_events: bool = column("Whether the person will get news of products.")
    grants: list[links.InvitationGrant] = many("Product grants that the person will get.")
    state: InvitationState = column("State of the invitation.")
    is_expired: bool = fact(
        "Whether the invitation can no longer be accepted because its time is over.",
        Q(state=InvitationState.EXPIRED) | Q(state=InvitationState.PENDING, expires_at__lte=NOW),
    )
    inviter: links.User | None = one("User who sent the invitation; null when they are no colleague of yours any more.")
    created_at: datetime = column("Instant at which the invitation was first sent.")
    expires_at: datetime = column("Instant after which the invitation cannot be accepted any more.")
    settled_at: datetime | None = column("Instant at which the invitation came to its end; null while it is pending.")
    viewer_can: InvitationViewerCan = computed(
        "What you may do with the invitation now.",
        by=on_invitation,
        needs=("organization_id", "role", "billing", "state", "expires_at", STANDINGS),
    )


@table(models.InvitationGrant, prefix=Prefix.INVITATION_GRANT, seen=Q(owner__in=held_in(Right.MEMBERS)))
class InvitationGrant(Node):
    """A product grant that an invitation will give."""

    product: links.Product | None = one("Product that the grant will open; null for a grant on a kind.")
    kind: ProductKind | None = column("Kind of products that the grant will open; null for a grant on one product.")
    level: AccessLevel = column("Level of the access.")
