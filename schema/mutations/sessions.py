"""Writing sessions: logging in and out, and the recent proof."""

import strawberry

from execution.guards import Anyone
from permissions.guards import IsSignedIn
from resolvers import sessions
from rules import refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, reference
from schema.inputs import given, optional
from schema.types import links
from schema.types.session import Session
from schema.types.viewer import Viewer


@strawberry.input(description="Login and password.")
class LogInInput:
    """The one way in."""

    email: str = strawberry.field(description="E-mail address of the account.")
    password: str = strawberry.field(description="Password of the account.")
    second_factor_code: str | None = optional(
        "Code of the authenticator, or a recovery code; needed where the account has a second factor."
    )
    application: str | None = optional("Name of your application for the list of sessions, up to 100 characters.")


@strawberry.input(description="The proof that dangerous operations ask for.")
class ReauthenticateInput:
    """The password alone."""

    password: str = strawberry.field(description="Your password.")


@strawberry.input(description="The session to end.")
class EndSessionInput:
    """One session."""

    session_id: strawberry.ID = reference(Prefix.SESSION, "Session of yours to end.")


@strawberry.input(description="Which sessions to end.")
class EndSessionsInput:
    """All of them, or all the others."""

    including_current: bool | None = optional("Whether this session ends as well; false when left out.")


@strawberry.type(description="You are logged in.")
class LogInSuccess:
    """Carries the secret, this once."""

    secret: str = strawberry.field(
        description="Secret of the session, to be sent as `Authorization: Bearer`. It is shown this once; browsers get "
        "it as a cookie too."
    )
    session: links.Session = strawberry.field(description="Session that was opened.")
    viewer: Viewer = strawberry.field(description="You, with everything that is yours.")


@strawberry.type(description="You are logged out.")
class LogOutSuccess:
    """Carries the session at its end."""

    session: links.Session = strawberry.field(description="Session that was ended.")


@strawberry.type(description="The password was proven.")
class ReauthenticateSuccess:
    """Carries the session with its new proof."""

    session: links.Session = strawberry.field(description="Session with its new `provedAt`.")


@strawberry.type(description="The session was ended.")
class EndSessionSuccess:
    """Carries the session at its end."""

    session: links.Session = strawberry.field(description="Session that was ended.")


@strawberry.type(description="The sessions were ended.")
class EndSessionsSuccess:
    """Says how many."""

    ended_count: int = strawberry.field(description="Number of sessions that were ended.")


@mutation(
    who=Anyone(),
    refuses=(refusals.InvalidCredentials, refusals.SecondFactorRequired, refusals.SecondFactorInvalid),
)
async def log_in(info: Info, input: LogInInput) -> LogInSuccess:
    """Log in, on one application.

    An unknown login and a wrong password are refused alike. Where the account has a second factor, a right password
    alone is answered with SecondFactorRequired: call again with a code. Attempts are limited by account and network
    (RATE_LIMITED); sessions that are open already are not affected. At most once per request.
    """
    opened = await sessions.log_in(
        info.context.caller,
        email=input.email,
        password=input.password,
        application=given(input.application, ""),
        second_factor_code=given(input.second_factor_code, None),
    )
    info.context.enter(opened)
    return LogInSuccess(secret=opened.secret, session=Session.of(opened.session), viewer=Viewer())


@mutation(who=IsSignedIn())
async def log_out(info: Info) -> LogOutSuccess:
    """Log out: end the session that this request comes through."""
    session = await sessions.log_out(info.context.caller)
    info.context.leave()
    return LogOutSuccess(session=Session.of(session))


@mutation(who=IsSignedIn(), refuses=(refusals.InvalidCurrentPassword,))
async def reauthenticate(info: Info, input: ReauthenticateInput) -> ReauthenticateSuccess:
    """Prove your password again, for operations that ask for a proof of the last 15 minutes.

    Attempts are limited by session (RATE_LIMITED). A log-in is such a proof as well.
    """
    session = await sessions.reauthenticate(info.context.caller, password=input.password)
    return ReauthenticateSuccess(session=Session.of(session))


@mutation(who=IsSignedIn())
async def end_session(info: Info, input: EndSessionInput) -> EndSessionSuccess:
    """End one of your sessions: that application must log in again."""
    session = await sessions.end_session(info.context.caller, session_id=key(input.session_id))
    if session.id == info.context.viewer.session_id:
        info.context.leave()
    return EndSessionSuccess(session=Session.of(session))


@mutation(who=IsSignedIn())
async def end_sessions(info: Info, input: EndSessionsInput) -> EndSessionsSuccess:
    """End all your sessions but this one, or this one too."""
    including_current = given(input.including_current, False)
    ended = await sessions.end_sessions(info.context.caller, including_current=including_current)
    if including_current:
        info.context.leave()
    return EndSessionsSuccess(ended_count=ended)
