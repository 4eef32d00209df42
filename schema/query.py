"""Reading: the table of contents."""

from typing import Annotated

import strawberry

import models
from execution.declare import Connection, entry, entry_node, entry_nodes, entry_pages, gate
from execution.declare import Node as NodeInterface
from execution.guards import Anyone
from permissions.guards import IsSignedIn, IsStaff
from permissions.held import SIGNED_IN
from resolvers import invitation_answers
from schema.context import Info
from schema.expose import field
from schema.types import links
from schema.types.invitation_preview import InvitationPreview
from schema.types.organization import OrganizationFilter, OrganizationOrder
from schema.types.rate_limit import RateLimit
from schema.types.staff import Staff
from schema.types.viewer import Viewer

DryRun = Annotated[
    bool, strawberry.argument(description="Whether only to tell the cost: nothing else of the request is executed.")
]


@field(who=Anyone(), cost=0)
def rate_limit(info: Info, dry_run: DryRun = False) -> RateLimit | None:  # noqa: ARG001 -- read before anything runs
    """Points that you may spend, and what this request costs."""
    return RateLimit.of(info.context.cost)


Secret = Annotated[str, strawberry.argument(description="Secret of the link in the mail.")]


@field(who=Anyone())
async def invitation(info: Info, secret: Secret) -> InvitationPreview | None:
    """Invitation behind a link, for its holder, who need not be signed in."""
    return InvitationPreview.of(await invitation_answers.preview_invitation(info.context.caller, secret=secret))


@field(who=IsStaff())
def staff(info: Info) -> Staff | None:  # noqa: ARG001 -- who asks is looked at before
    """Work of the provider's own people, for them alone: they work for the provider and prove a second factor."""
    return Staff()


@strawberry.type(description="Everything that can be read.")
class Query:
    """The roots of reading."""

    viewer: Viewer | None = gate(
        Viewer, "You, and everything that is yours; null when nobody is signed in.", when=SIGNED_IN
    )
    organization: links.Organization | None = entry(models.Organization, "Organization by its id.", who=IsSignedIn())
    organizations: Connection[links.Organization] | None = entry_pages(
        models.Organization,
        "Organizations that you belong to.",
        who=IsSignedIn(),
        order="name_sort",
        filter=OrganizationFilter,
        order_by=OrganizationOrder,
    )
    node: NodeInterface | None = entry_node("Anything by its id.", who=IsSignedIn())
    nodes: list[NodeInterface | None] | None = entry_nodes("Many things by their ids.", who=IsSignedIn())
    invitation: InvitationPreview | None = invitation
    staff: Staff | None = staff
    rate_limit: RateLimit | None = rate_limit
