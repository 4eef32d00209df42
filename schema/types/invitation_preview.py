"""The invitation as the holder of its link sees it."""

from datetime import datetime
from typing import Self

import strawberry

from models import InvitationState
from resolvers import invitation_answers
from rules.rights import Role


@strawberry.type(description="An invitation, for whoever holds its link.")
class InvitationPreview:
    """What there is to know before accepting or declining."""

    organization_name: str = strawberry.field(description="Name of the organization that invites.")
    inviter_name: str = strawberry.field(description="Name of the user who sent the invitation.")
    address: str = strawberry.field(description="Address that the invitation went to.")
    role: Role = strawberry.field(description="Role that comes with accepting.")
    state: InvitationState = strawberry.field(description="State of the invitation.")
    expires_at: datetime = strawberry.field(description="Instant after which the link does not work any more.")
    account_exists: bool = strawberry.field(
        description="Whether the address has an account: log in to accept, or else accept with `newAccount`."
    )

    @classmethod
    def of(cls, preview: invitation_answers.InvitationPreview) -> Self:
        """Show what was found behind a link."""
        return cls(
            organization_name=preview.organization_name,
            inviter_name=preview.inviter_name,
            address=preview.address,
            role=preview.role,
            state=preview.state,
            expires_at=preview.expires_at,
            account_exists=preview.account_exists,
        )
