"""Writing the login."""

import strawberry

from permissions.guards import IsSignedIn
from resolvers import login_changes
from rules import refusals
from schema.context import Info
from schema.expose import mutation
from schema.types import links
from schema.types.confirmation import Confirmation
from schema.types.user import User


@strawberry.input(description="The new login, and the password in force.")
class RequestLoginChangeInput:
    """The password stays the same."""

    new_email: str = strawberry.field(description="Address to log in with from then on.")
    current_password: str = strawberry.field(description="Your password.")


@strawberry.input(description="The change of login to confirm, by its link.")
class ConfirmLoginChangeInput:
    """In a session of the user who asked for it."""

    secret: str = strawberry.field(description="Secret of the link in the mail.")


@strawberry.type(description="A link went to the new address. Nothing has changed yet.")
class RequestLoginChangeSuccess:
    """Carries what waits to be confirmed."""

    confirmation: links.Confirmation = strawberry.field(description="Link that waits to be opened.")


@strawberry.type(description="The login was changed.")
class ConfirmLoginChangeSuccess:
    """Carries the changed user."""

    user: links.User = strawberry.field(description="User with the new login.")


@strawberry.type(description="The change of login was withdrawn; its link is dead.")
class WithdrawLoginChangeSuccess:
    """Carries the link at its end."""

    confirmation: links.Confirmation = strawberry.field(description="Link that was withdrawn.")


@mutation(who=IsSignedIn(), refuses=(refusals.InvalidCurrentPassword, refusals.SameAsRecoveryEmail))
async def request_login_change(info: Info, input: RequestLoginChangeInput) -> RequestLoginChangeSuccess:
    """Ask for another login: a link goes to the new address, a notice to the old one.

    Nothing changes before the link is confirmed with confirmLoginChange, within 24 hours. A new request replaces the
    one before. Wrong passwords and mails are limited (RATE_LIMITED). Whether the address is taken is not said here.
    """
    row = await login_changes.request_login_change(
        info.context.caller, new_email=input.new_email, current_password=input.current_password
    )
    return RequestLoginChangeSuccess(confirmation=Confirmation.of(row))


@mutation(
    who=IsSignedIn(),
    refuses=(refusals.LoginChangeExpired, refusals.SameAsRecoveryEmail, refusals.LoginEmailTaken),
)
async def confirm_login_change(info: Info, input: ConfirmLoginChangeInput) -> ConfirmLoginChangeSuccess:
    """Confirm the change of login with the link that went to the new address.

    Your other sessions end, as do links to reset the password; both addresses get a mail.
    """
    row = await login_changes.confirm_login_change(info.context.caller, secret=input.secret)
    return ConfirmLoginChangeSuccess(user=User.of(row))


@mutation(who=IsSignedIn(), refuses=(refusals.LoginChangeExpired,))
async def withdraw_login_change(info: Info) -> WithdrawLoginChangeSuccess:
    """Withdraw the change of login that you asked for; its link is dead."""
    row = await login_changes.withdraw_login_change(info.context.caller)
    return WithdrawLoginChangeSuccess(confirmation=Confirmation.of(row))
