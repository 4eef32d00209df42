"""Refusals as clients see them: data in a mutation's result, each with a code, a sentence and its facts."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

from execution.denials import forbidden, not_found
from execution.scalars import BigInt
from rules import denials, refusals
from rules.identifiers import Prefix, public_id
from rules.locales import Locale
from rules.money import Currency
from rules.refusals import PasswordWeakness, ProblemCode, RefusalCode, Remedy
from rules.rights import Role
from rules.states import InvoiceState
from schema.texts import refusal_text
from schema.types.money import Money
from schema.types.named_organization import NamedOrganization

Class = TypeVar("Class", bound=type)

# Of which table the keys in refusals are.
PREFIXES = {
    "invitation_id": Prefix.INVITATION,
    "invoice_id": Prefix.INVOICE,
    "payment_id": Prefix.PAYMENT,
    "withdrawal_id": Prefix.WITHDRAWAL,
    "incoming_transfer_id": Prefix.INCOMING_TRANSFER,
    "charge_id": Prefix.CHARGE,
}

_shown_as: dict[type[refusals.Refusal], type["UserError"]] = {}


def shows(refusal: type[refusals.Refusal]) -> Callable[[Class], Class]:
    """Register the type that shows a refusal; its fields are attributes of the refusal by the same name."""

    def register(cls: Class) -> Class:
        _shown_as[refusal] = cls
        return cls

    return register


def camel_case(name: str) -> str:
    """Spell a name of ours as the schema does."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@strawberry.interface(description="A rule that said no. Nothing has changed.")
class UserError:
    """What every refusal has."""

    code: RefusalCode = strawberry.field(description="Code of the refusal; switch on this, never on the message.")
    message: str = strawberry.field(description="Sentence for people, in the user's language.")
    path: list[str] | None = strawberry.field(
        description="Input field at fault, as the path of its names; null where the refusal is about the whole."
    )


@strawberry.type(description="What is wrong with one input field.")
class InputProblem:
    """One of the problems of InvalidInput."""

    path: list[str] = strawberry.field(description="Path of the input field, below `input`.")
    code: ProblemCode = strawberry.field(description="Code of the problem.")
    limit: int | None = strawberry.field(description="Bound that was missed, in characters or items.")
    message: str = strawberry.field(description="Sentence for people, in the user's language.")


@shows(refusals.InvalidInput)
@strawberry.type(description="Input fields that cannot be accepted, all of them at once.")
class InvalidInput(UserError):
    """Added to every mutation."""

    problems: list[InputProblem] = strawberry.field(description="Problems of the input, field by field.")


@shows(refusals.IdempotencyKeyReused)
@strawberry.type(description="The idempotency key was used before with other arguments. Use a fresh key.")
class IdempotencyKeyReused(UserError):
    """Added to every mutation with a key."""


@shows(refusals.InvalidCredentials)
@strawberry.type(description="Login and password do not belong together, or there is no such login.")
class InvalidCredentials(UserError):
    """The one answer to every failed log-in."""


@shows(refusals.InvalidCurrentPassword)
@strawberry.type(description="The current password is wrong.")
class InvalidCurrentPassword(UserError):
    """Asked before what matters."""


@shows(refusals.LinkExpired)
@strawberry.type(description="The link is unknown, used, replaced, withdrawn or too old.")
class LinkExpired(UserError):
    """Links work once and not for long."""


@shows(refusals.LoginChangeExpired)
@strawberry.type(description="The link of the login change is unknown, used, replaced, withdrawn or too old.")
class LoginChangeExpired(UserError):
    """Ask for the change again."""


@shows(refusals.SameAsRecoveryEmail)
@strawberry.type(description="Login and recovery e-mail must be two different addresses.")
class SameAsRecoveryEmail(UserError):
    """Compared without regard to case and spelling of the domain."""


@shows(refusals.LoginEmailTaken)
@strawberry.type(description="The address is the login of another account. Said only once you have proven it is yours.")
class LoginEmailTaken(UserError):
    """Carries the way out."""

    remedy: Remedy = strawberry.field(description="What you can do instead.")
    only_legal_representative_of: list[NamedOrganization] = strawberry.field(
        description="Organizations to which the other account must be invited as legal representative."
    )


@shows(refusals.PasswordTooWeak)
@strawberry.type(description="The new password cannot be accepted.")
class PasswordTooWeak(UserError):
    """Says all that is wrong."""

    reasons: list[PasswordWeakness] = strawberry.field(description="Reasons why the password is too weak.")
    minimum_length: int = strawberry.field(description="Least number of characters of a password.")


@shows(refusals.NoLinkedMailbox)
@strawberry.type(description="Your login is no mailbox that you manage here: there is none to share a password with.")
class NoLinkedMailbox(UserError):
    """Asked for `alsoMailbox` without one."""


@shows(refusals.SecondFactorRequired)
@strawberry.type(description="The password is right. Log in again with a code of the authenticator as well.")
class SecondFactorRequired(UserError):
    """Ask for the code, then repeat the log-in with it."""


@shows(refusals.SecondFactorInvalid)
@strawberry.type(description="The code is wrong, too old, or was used before.")
class SecondFactorInvalid(UserError):
    """Each code works once."""


@shows(refusals.SecondFactorAlreadyOn)
@strawberry.type(description="Your account has a second factor already.")
class SecondFactorAlreadyOn(UserError):
    """Switch it off first to use another authenticator."""


@shows(refusals.SecondFactorNotOn)
@strawberry.type(description="Your account has no second factor, or you did not ask for one yet.")
class SecondFactorNotOn(UserError):
    """Begin with enableSecondFactor."""


@shows(refusals.SecondFactorNeededByStaff)
@strawberry.type(description="Whoever works for the provider keeps the second factor.")
class SecondFactorNeededByStaff(UserError):
    """Staff must have one."""


@shows(refusals.LastMember)
@strawberry.type(description="You are the last member of these organizations.")
class LastMember(UserError):
    """An organization is never left without people."""

    organizations: list[NamedOrganization] = strawberry.field(description="Organizations that you are alone in.")
    remedy: Remedy = strawberry.field(description="What you can do instead.")


@shows(refusals.LastLegalRepresentative)
@strawberry.type(description="The only legal representative of these organizations can be neither removed nor demoted.")
class LastLegalRepresentative(UserError):
    """An organization is never left without one."""

    organizations: list[NamedOrganization] = strawberry.field(description="Organizations that would be left without.")
    remedy: Remedy = strawberry.field(description="What you can do instead.")


@shows(refusals.VatNumberNotApplicable)
@strawberry.type(
    description="A VAT number is taken from organizations in the European Union only, never from individuals."
)
class VatNumberNotApplicable(UserError):
    """Carries the country that it was refused for."""

    country: str = strawberry.field(description="Country of the organization, as a two-letter code.")


@shows(refusals.VatNumberInvalid)
@strawberry.type(description="Format, country or check digits of the VAT number are wrong.")
class VatNumberInvalid(UserError):
    """Checked without asking anybody."""


@shows(refusals.RoleNotGrantable)
@strawberry.type(description="You may neither grant nor take away this role.")
class RoleNotGrantable(UserError):
    """Nobody grants more than they hold."""

    role: Role = strawberry.field(description="Role that is beyond your rights.")


@shows(refusals.InvitationAlreadyPending)
@strawberry.type(description="The organization has invited this address already.")
class InvitationAlreadyPending(UserError):
    """Carries the pending one, to resend or revoke it."""

    invitation_id: strawberry.ID = strawberry.field(description="Id of the pending invitation.")


@shows(refusals.InvitationNotPending)
@strawberry.type(description="The invitation was accepted, declined or revoked already, or it is too old.")
class InvitationNotPending(UserError):
    """Only pending invitations can be sent again or revoked."""

    remedy: Remedy = strawberry.field(description="What you can do instead.")


@shows(refusals.AlreadyMember)
@strawberry.type(description="The person belongs to the organization already.")
class AlreadyMember(UserError):
    """Rights of members are changed by updateMembership."""


@shows(refusals.InvitationForOtherAddress)
@strawberry.type(description="The invitation was sent to another address than your login.")
class InvitationForOtherAddress(UserError):
    """Log in with the invited address."""


@shows(refusals.InsufficientFunds)
@strawberry.type(description="The wallet holds too little. Nothing was paid.")
class InsufficientFunds(UserError):
    """Says what is missing."""

    missing: Money = strawberry.field(description="What is missing.")


@shows(refusals.InvoiceNotPayable)
@strawberry.type(
    description="An invoice is not open, being paid already by another payment, void, or not issued. Nothing was paid."
)
class InvoiceNotPayable(UserError):
    """Says which, and where it stands."""

    invoice_id: strawberry.ID = strawberry.field(description="Id of the invoice.")
    state: InvoiceState = strawberry.field(description="State of the invoice now.")
    is_being_paid: bool = strawberry.field(description="Whether another payment of the invoice is under way.")


@shows(refusals.InvoiceNotFinal)
@strawberry.type(description="The final document exists once the invoice is paid. Until then there is the pro forma.")
class InvoiceNotFinal(UserError):
    """Says where the invoice stands."""

    invoice_id: strawberry.ID = strawberry.field(description="Id of the invoice.")
    state: InvoiceState = strawberry.field(description="State of the invoice now.")


@shows(refusals.AmountOutOfRange)
@strawberry.type(description="The amount is below the least or above the largest that is possible now.")
class AmountOutOfRange(UserError):
    """Says both; the largest is below the least where nothing is possible now."""

    minimum: Money = strawberry.field(description="Least amount.")
    maximum: Money = strawberry.field(description="Largest amount, for the wallet as it is now.")


@shows(refusals.AmountChanged)
@strawberry.type(description="What is to be paid is not what you have shown. Nothing was paid.")
class AmountChanged(UserError):
    """Says what it is now."""

    amount: Money = strawberry.field(description="What is to be paid now.")


@shows(refusals.CurrencyMismatch)
@strawberry.type(description="Amounts of different currencies cannot be paid together. Nothing was paid.")
class CurrencyMismatch(UserError):
    """Names the currencies."""

    currencies: list[Currency] = strawberry.field(description="Currencies of what was to be paid.")


def shown_as(refusal: type[refusals.Refusal]) -> type[UserError]:
    """The type that shows a refusal; LookupError when it was forgotten here."""
    return _shown_as[refusal]


def show_refusal(refusal: refusals.Refusal, locale: Locale) -> UserError:
    """Turn a refusal into the data that clients get, with its sentence in a language."""
    cls = shown_as(type(refusal))
    facts = {
        field.python_name: _show_fact(refusal, field.python_name, locale)
        for field in cls.__strawberry_definition__.fields  # type: ignore[attr-defined] # put there by Strawberry
        if field.python_name not in ("code", "message", "path")
    }
    path = [camel_case(name) for name in refusal.path] or None
    return cls(code=refusal.code, message=refusal_text(refusal.code, locale), path=path, **facts)


def _show_fact(refusal: refusals.Refusal, name: str, locale: Locale) -> Any:
    """A fact of a refusal as its type shows it: amounts with their currency, keys as ids."""
    if hasattr(refusal, f"{name}_minor"):
        return Money(amount_minor=BigInt(getattr(refusal, f"{name}_minor")), currency=getattr(refusal, "currency"))  # noqa: B009 -- refusals with amounts have one
    value = getattr(refusal, name)
    if isinstance(value, UUID):
        return strawberry.ID(public_id(PREFIXES[name], value))
    return _show_value(value, locale)


def _show_value(value: Any, locale: Locale) -> Any:
    if isinstance(value, tuple):
        return [_show_value(item, locale) for item in value]
    if isinstance(value, refusals.NamedOrganization):
        return NamedOrganization.of(value)
    if isinstance(value, refusals.Problem):
        path = [camel_case(name) for name in value.path]
        return InputProblem(path=path, code=value.code, limit=value.limit, message=refusal_text(value.code, locale))
    return value


def as_graphql_error(denial: denials.Denial) -> GraphQLError:
    """Turn a denial into a top-level error with its code; see `extensions.code` in the documentation of errors."""
    if isinstance(denial, denials.NotFound):
        return not_found()
    if isinstance(denial, denials.Forbidden):
        return forbidden(denial.right)
    extensions: dict[str, Any] = {"code": denial.code}
    if isinstance(denial, denials.RateLimited):
        extensions["retryAfterMs"] = denial.retry_after_seconds * 1000
    return GraphQLError(DENIAL_TEXTS[denial.code], extensions=extensions)


DENIAL_TEXTS = {
    denials.Unauthenticated.code: "Log in first: no session, or one that is over.",
    denials.ReauthenticationRequired.code: "Prove your password again with reauthenticate, then repeat this.",
    denials.RateLimited.code: "Too many attempts. Wait as long as retryAfterMs says.",
    denials.Unavailable.code: "The payment provider does not answer now. Nothing was done; try again in a moment.",
    denials.IdempotencyInProgress.code: "The first request under this idempotency key is still running.",
}
