"""The membership as clients see it."""

from datetime import datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Node, column, computed, fact, lookup, many, one, table
from permissions.guards import IsColleague, MaySeeMembership
from permissions.held import ME, STANDINGS
from rules.identifiers import Prefix
from rules.names import fold
from rules.rights import Role
from schema.types import links
from schema.types.viewer_can import MembershipViewerCan, on_membership


@strawberry.input(description="Which members to list.")
class MembershipFilter:
    """Lookups of a list of members."""

    search: str | None = lookup(
        search=("user__name_sort", "user__login_key"),
        fold=fold,
        description="Only members whose name or login contains this text, without case and accents.",
    )
    role: list[Role] | None = lookup("role__in", "Only members with these roles.")
    billing: bool | None = lookup("billing", "Only members with the billing right, or only those without.")


@strawberry.enum(description="Orders of a list of members.")
class MembershipOrder(Enum):
    """Orders of a list of members."""

    OLDEST = strawberry.enum_value("created_at", description="Those who joined first, first.")
    NEWEST = strawberry.enum_value("-created_at", description="Those who joined last, first.")
    ROLE = strawberry.enum_value("role,created_at", description="By the name of the role, then those who joined first.")


@table(models.Membership, prefix=Prefix.MEMBERSHIP, seen=IsColleague.allows | Q(user_id=ME))
class Membership(Node):
    """A user's place in an organization: the role, and the rights that come with it."""

    user: links.User | None = one("User who is the member.")
    organization: links.Organization | None = one("Organization that the user belongs to.")
    role: Role = column("Role of the member.")
    has_billing: bool = column("Whether the member holds the billing right, by role or by choice.", of="billing")
    billing_reminders: bool | None = column(
        "Whether the member gets reminders of bills. Your own, or with the right.", who=MaySeeMembership()
    )
    product_events: bool | None = column(
        "Whether the member gets news of products. Your own, or with the right.", who=MaySeeMembership()
    )
    grants: list[links.ProductGrant] | None = many(
        "Product grants of the member; a role that sees all products needs none. Your own, or with the right.",
        who=MaySeeMembership(),
    )
    is_viewer: bool = fact("Whether this is your own membership.", Q(user_id=ME))
    created_at: datetime = column("Instant at which the user became a member.")
    viewer_can: MembershipViewerCan = computed(
        "What you may do with the membership now.",
        by=on_membership,
        needs=("organization_id", "user_id", "role", STANDINGS),
    )
