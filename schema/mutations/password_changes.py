"""Writing one's own password."""

import strawberry

from permissions.guards import IsSignedIn
from resolvers import password_changes
from rules import refusals
from schema.context import Info
from schema.expose import mutation
from schema.inputs import given, optional
from schema.types import links
from schema.types.mailbox import Mailbox
from schema.types.user import User


@strawberry.input(description="The new password, and the one in force.")
class ChangePasswordInput:
    """What the new password is for."""

    current_password: str = strawberry.field(description="Your password.")
    new_password: str = strawberry.field(description="New password, 12 to 256 characters.")
    also_mailbox: bool | None = optional(
        "Whether the mailbox that is your login gets the same password; false when left out: then the two differ."
    )


@strawberry.type(description="The password was changed.")
class ChangePasswordSuccess:
    """Warns where it matters for one's mail."""

    user: links.User = strawberry.field(description="User whose password was changed.")
    affects_mail_access: bool = strawberry.field(
        description="Whether the change may affect access to your mail: your login is a mailbox that you manage here. "
        "Warn the user, and say whether the mailbox has the new password or keeps its own."
    )
    linked_mailbox: links.Mailbox | None = strawberry.field(description="Mailbox that is your login; null without one.")
    changed_mailbox: bool = strawberry.field(description="Whether the mailbox got the same password.")
    ended_sessions_count: int = strawberry.field(description="Number of your other sessions, which were ended.")


@mutation(
    who=IsSignedIn(),
    refuses=(refusals.InvalidCurrentPassword, refusals.PasswordTooWeak, refusals.NoLinkedMailbox),
)
async def change_password(info: Info, input: ChangePasswordInput) -> ChangePasswordSuccess:
    """Change your password. Your other sessions end, as do links to reset the password; a mail confirms it.

    It may affect access to your mail, see `affectsMailAccess`: when your login is a mailbox that you manage here,
    choose with `alsoMailbox` whether both get the same password. Wrong passwords are limited (RATE_LIMITED). Causes the
    event MAILBOX_PASSWORD_CHANGED where the mailbox is changed.
    """
    change = await password_changes.change_password(
        info.context.caller,
        current_password=input.current_password,
        new_password=input.new_password,
        also_mailbox=given(input.also_mailbox, False),
    )
    mailbox = change.linked_mailbox
    return ChangePasswordSuccess(
        user=User.of(change.user),
        affects_mail_access=mailbox is not None,
        linked_mailbox=Mailbox.of(mailbox) if mailbox else None,
        changed_mailbox=change.changed_mailbox,
        ended_sessions_count=change.ended_sessions,
    )
