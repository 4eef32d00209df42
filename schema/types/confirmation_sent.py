"""The answer to whoever asks for a link without being signed in."""

from datetime import datetime
from typing import Self

import strawberry

from resolvers.links import LinkSent


@strawberry.type(
    description="A mail is on its way, whatever the address: nothing here tells whether it has an account. What the "
    "mail says, only its reader knows."
)
class ConfirmationSent:
    """The same for every address."""

    address: str = strawberry.field(description="Address that was given.")
    expires_at: datetime = strawberry.field(
        description="Instant after which a link in the mail does not work any more."
    )

    @classmethod
    def of(cls, sent: LinkSent) -> Self:
        """Show what was sent."""
        return cls(address=sent.address, expires_at=sent.expires_at)
