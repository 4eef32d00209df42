"""Writing accounts that are new."""

import strawberry

from execution.guards import Anyone
from resolvers import signing_up
from rules import refusals
from rules.locales import Locale
from schema.context import Info
from schema.expose import mutation
from schema.inputs import given, optional
from schema.mutations.organizations import OrganizationDetailsInput, details_of
from schema.types import links
from schema.types.confirmation_sent import ConfirmationSent
from schema.types.session import Session
from schema.types.viewer import Viewer


@strawberry.input(description="The account to create, and its organization.")
class SignUpInput:
    """Nothing is created before the link in the mail is confirmed."""

    email: str = strawberry.field(description="Address that the user will log in with; the link goes there.")
    password: str = strawberry.field(description="Password of the new account, 12 to 256 characters.")
    first_name: str = strawberry.field(description="First name, up to 100 characters.")
    last_name: str = strawberry.field(description="Last name, up to 100 characters.")
    locale: Locale | None = optional("Language to be written to in; left out, it is what the request prefers.")
    organization: OrganizationDetailsInput | None = optional(
        "Organization to create with the account, with its user as legal representative."
    )


@strawberry.input(description="The sign-up to confirm, by its link.")
class ConfirmSignUpInput:
    """No session is needed."""

    secret: str = strawberry.field(description="Secret of the link in the mail.")
    application: str | None = optional("Name of your application for the list of sessions, up to 100 characters.")


@strawberry.type(description="The account exists, and you are logged in.")
class ConfirmSignUpSuccess:
    """What a log-in answers."""

    secret: str = strawberry.field(
        description="Secret of the session, to be sent as `Authorization: Bearer`. It is shown this once; browsers get "
        "it as a cookie too."
    )
    session: links.Session = strawberry.field(description="Session that was opened.")
    viewer: Viewer = strawberry.field(description="You, with everything that is yours.")


@mutation(
    who=Anyone(),
    refuses=(refusals.PasswordTooWeak, refusals.VatNumberNotApplicable, refusals.VatNumberInvalid),
)
async def sign_up(info: Info, input: SignUpInput) -> ConfirmationSent:
    """Sign up: a link goes to the address, and nothing exists before it is confirmed with confirmSignUp.

    The answer is the same for every address. If it has an account already, the mail says so to whoever reads it and
    nothing is created. Limited by network (RATE_LIMITED); beyond a few mails an hour to one address, none is sent.
    """
    details = given(input.organization)
    sent = await signing_up.sign_up(
        info.context.caller,
        email=input.email,
        password=input.password,
        first_name=input.first_name,
        last_name=input.last_name,
        locale=given(input.locale),
        organization=details and details_of(details),
    )
    return ConfirmationSent.of(sent)


@mutation(who=Anyone(), refuses=(refusals.LinkExpired,))
async def confirm_sign_up(info: Info, input: ConfirmSignUpInput) -> ConfirmSignUpSuccess:
    """Confirm a sign-up: create the user, the organization that came with it, and a session, all at once.

    Once one sign-up of an address is confirmed, its other links are dead. Causes the event ORGANIZATION_CREATED where
    there is an organization.
    """
    opened = await signing_up.confirm_sign_up(
        info.context.caller, secret=input.secret, application=given(input.application, "")
    )
    info.context.enter(opened)
    return ConfirmSignUpSuccess(secret=opened.secret, session=Session.of(opened.session), viewer=Viewer())
