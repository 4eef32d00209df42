"""Writing second factors: an authenticator switched on and off, and its recovery codes."""

import strawberry

from permissions.guards import IsSignedIn
from resolvers import second_factors
from rules import refusals
from schema.context import Info
from schema.expose import mutation
from schema.types import links
from schema.types.second_factor import SecondFactor
from schema.types.user import User


@strawberry.input(description="A code of the second factor that is to go.")
class DisableSecondFactorInput:
    """Asked, so that nobody can do it without."""

    code: str = strawberry.field(description="Code that your authenticator shows now, or one of your recovery codes.")


@strawberry.input(description="A code of the second factor.")
class RegenerateRecoveryCodesInput:
    """Asked, so that nobody can do it without."""

    code: str = strawberry.field(description="Code that your authenticator shows now, or one of your recovery codes.")


@strawberry.input(description="The first code of a new authenticator.")
class ConfirmSecondFactorInput:
    """The proof that the authenticator was set up."""

    code: str = strawberry.field(description="Code that your authenticator shows now.")


@strawberry.type(description="What an authenticator app needs. Confirm with a first code: nothing is asked before.")
class EnableSecondFactorSuccess:
    """Shown this once."""

    secret: str = strawberry.field(description="Secret to type into the authenticator, in base32.")
    uri: str = strawberry.field(description="The same as an `otpauth:` address, to be shown as a QR code.")


@strawberry.type(description="Logging in asks for a code from now on.")
class ConfirmSecondFactorSuccess:
    """Carries the recovery codes, this once."""

    second_factor: links.SecondFactor = strawberry.field(description="Second factor that is on.")
    recovery_codes: list[str] = strawberry.field(
        description="Codes that stand in for the authenticator, once each. They are shown this once: have them kept."
    )


@strawberry.type(description="Logging in asks for the password alone again.")
class DisableSecondFactorSuccess:
    """The authenticator and the codes are forgotten."""

    user: links.User = strawberry.field(description="You.")


@strawberry.type(description="The old recovery codes are void.")
class RegenerateRecoveryCodesSuccess:
    """Carries the new ones, this once."""

    recovery_codes: list[str] = strawberry.field(description="Fresh codes, shown this once.")


@mutation(who=IsSignedIn(), refuses=(refusals.SecondFactorAlreadyOn,), recent_proof=True)
async def enable_second_factor(info: Info) -> EnableSecondFactorSuccess:
    """Begin to use an authenticator: get its secret. Nothing is asked of it before confirmSecondFactor.

    Asks for a recent proof of the password (REAUTHENTICATION_REQUIRED).
    """
    enrolment = await second_factors.enable_second_factor(info.context.caller)
    return EnableSecondFactorSuccess(secret=enrolment.secret, uri=enrolment.uri)


@mutation(
    who=IsSignedIn(),
    refuses=(refusals.SecondFactorInvalid, refusals.SecondFactorAlreadyOn, refusals.SecondFactorNotOn),
    recent_proof=True,
)
async def confirm_second_factor(info: Info, input: ConfirmSecondFactorInput) -> ConfirmSecondFactorSuccess:
    """Switch the second factor on with a first code: from now on logging in asks for one.

    Answers the recovery codes; you are told by mail. Codes are limited by account (RATE_LIMITED). Asks for a recent
    proof of the password (REAUTHENTICATION_REQUIRED).
    """
    done = await second_factors.confirm_second_factor(info.context.caller, code=input.code)
    return ConfirmSecondFactorSuccess(second_factor=SecondFactor.of(done.factor), recovery_codes=done.recovery_codes)


@mutation(
    who=IsSignedIn(),
    refuses=(refusals.SecondFactorInvalid, refusals.SecondFactorNotOn, refusals.SecondFactorNeededByStaff),
    recent_proof=True,
)
async def disable_second_factor(info: Info, input: DisableSecondFactorInput) -> DisableSecondFactorSuccess:
    """Switch the second factor off, with a code of it or a recovery code; nobody can without.

    You are told by mail. Codes are limited by account (RATE_LIMITED). Asks for a recent proof of the password
    (REAUTHENTICATION_REQUIRED).
    """
    user = await second_factors.disable_second_factor(info.context.caller, code=input.code)
    return DisableSecondFactorSuccess(user=User.of(user))


@mutation(who=IsSignedIn(), refuses=(refusals.SecondFactorInvalid, refusals.SecondFactorNotOn), recent_proof=True)
async def regenerate_recovery_codes(info: Info, input: RegenerateRecoveryCodesInput) -> RegenerateRecoveryCodesSuccess:
    """Replace your recovery codes by fresh ones; the old ones are void.

    Codes are limited by account (RATE_LIMITED). Asks for a recent proof of the password (REAUTHENTICATION_REQUIRED).
    """
    done = await second_factors.regenerate_recovery_codes(info.context.caller, code=input.code)
    return RegenerateRecoveryCodesSuccess(recovery_codes=done.recovery_codes)
