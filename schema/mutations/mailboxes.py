"""Writing mailboxes."""

import strawberry

from permissions.guards import MayManageMailbox
from resolvers import mailboxes
from rules import refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, reference
from schema.types import links
from schema.types.mailbox import Mailbox


@strawberry.input(description="The mailbox, and its new password.")
class ChangeMailboxPasswordInput:
    """One mailbox."""

    mailbox_id: strawberry.ID = reference(Prefix.MAILBOX, "Mailbox whose password changes.")
    new_password: str = strawberry.field(description="New password, 12 to 256 characters.")


@strawberry.type(description="The password of the mailbox was changed.")
class ChangeMailboxPasswordSuccess:
    """Carries the mailbox."""

    mailbox: links.Mailbox = strawberry.field(description="Mailbox whose password was changed.")


@mutation(who=MayManageMailbox(), refuses=(refusals.PasswordTooWeak,))
async def change_mailbox_password(info: Info, input: ChangeMailboxPasswordInput) -> ChangeMailboxPasswordSuccess:
    """Change the password of a mailbox. Nobody's login is touched, not even where it is the same address.

    Causes the event MAILBOX_PASSWORD_CHANGED.
    """
    row = await mailboxes.change_mailbox_password(
        info.context.caller, mailbox_id=key(input.mailbox_id), new_password=input.new_password
    )
    return ChangeMailboxPasswordSuccess(mailbox=Mailbox.of(row))
