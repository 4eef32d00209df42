"""Writing the recovery address."""

import strawberry

from permissions.guards import IsSignedIn
from resolvers import recovery
from rules import refusals
from rules.refusals import InvalidInput, Problem, ProblemCode
from schema.context import Info
from schema.expose import mutation
from schema.types import links
from schema.types.confirmation import Confirmation
from schema.types.user import User


@strawberry.input(description="The new recovery address.")
class ChangeRecoveryEmailInput:
    """Null and left out are two things here."""

    email: strawberry.Maybe[str | None] = strawberry.field(
        description="Address to recover the account with; null removes the one there is. It must be given."
    )


@strawberry.input(description="The recovery address to confirm, by its link.")
class ConfirmRecoveryEmailInput:
    """In a session of the user who asked for it."""

    secret: str = strawberry.field(description="Secret of the link in the mail.")


@strawberry.type(description="The recovery address was removed, or a link went to the new one.")
class ChangeRecoveryEmailSuccess:
    """A new address does not count yet."""

    user: links.User = strawberry.field(description="User, with the recovery address that counts now.")
    confirmation: links.Confirmation | None = strawberry.field(
        description="Link that waits to be opened; null when the address was removed."
    )


@strawberry.type(description="The recovery address counts from now on.")
class ConfirmRecoveryEmailSuccess:
    """Carries the changed user."""

    user: links.User = strawberry.field(description="User with the new recovery address.")


@mutation(who=IsSignedIn(), refuses=(refusals.SameAsRecoveryEmail,), recent_proof=True)
async def change_recovery_email(info: Info, input: ChangeRecoveryEmailInput) -> ChangeRecoveryEmailSuccess:
    """Change or remove the address that links go to when you forget your password.

    A new one counts once its link was confirmed with confirmRecoveryEmail, within 24 hours. Asks for a recent proof
    (REAUTHENTICATION_REQUIRED). Mails are limited (RATE_LIMITED); what has changed is told to the login.
    """
    if input.email is None:
        raise InvalidInput(problems=(Problem(("email",), ProblemCode.REQUIRED),))
    change = await recovery.change_recovery_email(info.context.caller, email=input.email.value)
    row = change.confirmation
    return ChangeRecoveryEmailSuccess(user=User.of(change.user), confirmation=Confirmation.of(row) if row else None)


@mutation(who=IsSignedIn(), refuses=(refusals.LinkExpired, refusals.SameAsRecoveryEmail))
async def confirm_recovery_email(info: Info, input: ConfirmRecoveryEmailInput) -> ConfirmRecoveryEmailSuccess:
    """Confirm the recovery address with the link that went there. The login and the old address get a mail."""
    row = await recovery.confirm_recovery_email(info.context.caller, secret=input.secret)
    return ConfirmRecoveryEmailSuccess(user=User.of(row))
