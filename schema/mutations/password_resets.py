"""Writing a password that was forgotten, through a link."""

import strawberry

from execution.guards import Anyone
from resolvers import password_resets
from rules import refusals
from schema.context import Info
from schema.expose import mutation
from schema.types.confirmation_sent import ConfirmationSent


@strawberry.input(description="The login whose password was forgotten.")
class RequestPasswordResetInput:
    """Nobody need be signed in."""

    email: str = strawberry.field(description="E-mail address of the account.")


@strawberry.input(description="The new password, and the link that allows it.")
class ResetPasswordInput:
    """Nobody need be signed in."""

    secret: str = strawberry.field(description="Secret of the link in the mail.")
    new_password: str = strawberry.field(description="New password, 12 to 256 characters.")


@strawberry.type(description="The password was reset; all sessions are ended.")
class ResetPasswordSuccess:
    """Log in with it."""

    login: str = strawberry.field(description="Login that the new password belongs to.")


@mutation(who=Anyone())
async def request_password_reset(info: Info, input: RequestPasswordResetInput) -> ConfirmationSent:
    """Ask for a link to set a new password, for a login whose password was forgotten.

    It goes to the confirmed recovery address, else to the login, and works for an hour. The answer is the same whether
    the account exists or not. Limited by network (RATE_LIMITED); beyond a few mails an hour to one address, none is
    sent. At most once per request.
    """
    return ConfirmationSent.of(await password_resets.request_password_reset(info.context.caller, email=input.email))


@mutation(who=Anyone(), refuses=(refusals.LinkExpired, refusals.PasswordTooWeak))
async def reset_password(info: Info, input: ResetPasswordInput) -> ResetPasswordSuccess:
    """Set a new password through the link of a mail. All sessions and all open links of the account end.

    A password that is refused leaves the link as it is. At most once per request.
    """
    row = await password_resets.reset_password(
        info.context.caller, secret=input.secret, new_password=input.new_password
    )
    if row.id == info.context.viewer.user_id:
        info.context.leave()
    return ResetPasswordSuccess(login=row.login)
