"""Writing one's own account: the profile, and giving it up."""

import strawberry

from permissions.guards import IsSignedIn
from resolvers import accounts, closing
from rules import refusals
from rules.locales import Locale
from schema.context import Info
from schema.expose import mutation
from schema.inputs import given, optional
from schema.types import links
from schema.types.user import User


@strawberry.input(description="What to change about your profile; what is left out stays as it is.")
class UpdateProfileInput:
    """Each field on its own."""

    first_name: str | None = optional("New first name, up to 100 characters.")
    last_name: str | None = optional("New last name, up to 100 characters.")
    locale: Locale | None = optional("New language for mails, and for the sentences of refusals.")


@strawberry.input(description="Your word that the account is to be given up.")
class CloseAccountInput:
    """The password is the confirmation."""

    password: str = strawberry.field(description="Your password.")


@strawberry.type(description="Your profile was changed.")
class UpdateProfileSuccess:
    """Carries the changed user."""

    user: links.User = strawberry.field(description="User as it is now.")


@strawberry.type(description="Your account was given up, and you are logged out.")
class CloseAccountSuccess:
    """Nothing is left to show."""

    login: str = strawberry.field(description="Address that was your login, and is free again.")


@mutation(who=IsSignedIn())
async def update_profile(info: Info, input: UpdateProfileInput) -> UpdateProfileSuccess:
    """Change your names and the language that you are written to in."""
    row = await accounts.update_profile(
        info.context.caller,
        first_name=given(input.first_name),
        last_name=given(input.last_name),
        locale=given(input.locale),
    )
    return UpdateProfileSuccess(user=User.of(row))


@mutation(
    who=IsSignedIn(),
    refuses=(refusals.InvalidCurrentPassword, refusals.LastMember, refusals.LastLegalRepresentative),
)
async def close_account(info: Info, input: CloseAccountInput) -> CloseAccountSuccess:
    """Give your account up for good: memberships, sessions and open links end, and the address is free again.

    Not as the last member or the only legal representative of an organization. Wrong passwords are limited
    (RATE_LIMITED). A mail confirms it. Causes the event MEMBER_LEFT in each of your organizations.
    """
    login = await closing.close_account(info.context.caller, password=input.password)
    info.context.leave()
    return CloseAccountSuccess(login=login)
