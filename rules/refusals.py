"""Refusals: what a mutation answers, as data, when a rule says no. Nothing has changed when one is raised."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from rules.money import Currency
from rules.rights import Role
from rules.states import InvoiceState


class RefusalCode(StrEnum):
    """The code of a refusal; clients switch on it."""

    INVALID_INPUT = "INVALID_INPUT"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    INVALID_CURRENT_PASSWORD = "INVALID_CURRENT_PASSWORD"
    LINK_EXPIRED = "LINK_EXPIRED"
    LOGIN_CHANGE_EXPIRED = "LOGIN_CHANGE_EXPIRED"
    SAME_AS_RECOVERY_EMAIL = "SAME_AS_RECOVERY_EMAIL"
    LOGIN_EMAIL_TAKEN = "LOGIN_EMAIL_TAKEN"
    PASSWORD_TOO_WEAK = "PASSWORD_TOO_WEAK"
    NO_LINKED_MAILBOX = "NO_LINKED_MAILBOX"
    SECOND_FACTOR_REQUIRED = "SECOND_FACTOR_REQUIRED"
    SECOND_FACTOR_INVALID = "SECOND_FACTOR_INVALID"
    SECOND_FACTOR_ALREADY_ON = "SECOND_FACTOR_ALREADY_ON"
    SECOND_FACTOR_NOT_ON = "SECOND_FACTOR_NOT_ON"
    SECOND_FACTOR_NEEDED_BY_STAFF = "SECOND_FACTOR_NEEDED_BY_STAFF"
    LAST_MEMBER = "LAST_MEMBER"
    LAST_LEGAL_REPRESENTATIVE = "LAST_LEGAL_REPRESENTATIVE"
    VAT_NUMBER_NOT_APPLICABLE = "VAT_NUMBER_NOT_APPLICABLE"
    VAT_NUMBER_INVALID = "VAT_NUMBER_INVALID"
    ROLE_NOT_GRANTABLE = "ROLE_NOT_GRANTABLE"
    INVITATION_ALREADY_PENDING = "INVITATION_ALREADY_PENDING"
    INVITATION_NOT_PENDING = "INVITATION_NOT_PENDING"
    ALREADY_MEMBER = "ALREADY_MEMBER"
    INVITATION_FOR_OTHER_ADDRESS = "INVITATION_FOR_OTHER_ADDRESS"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    INVOICE_NOT_PAYABLE = "INVOICE_NOT_PAYABLE"
    INVOICE_NOT_FINAL = "INVOICE_NOT_FINAL"
    AMOUNT_OUT_OF_RANGE = "AMOUNT_OUT_OF_RANGE"
    AMOUNT_CHANGED = "AMOUNT_CHANGED"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    PAYMENT_METHOD_NOT_ALLOWED = "PAYMENT_METHOD_NOT_ALLOWED"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    PAYMENT_ACTION_REQUIRED = "PAYMENT_ACTION_REQUIRED"
    PAYMENT_NOT_CANCELLABLE = "PAYMENT_NOT_CANCELLABLE"
    WITHDRAWAL_NOT_CANCELLABLE = "WITHDRAWAL_NOT_CANCELLABLE"
    WITHDRAWAL_NOT_SETTLEABLE = "WITHDRAWAL_NOT_SETTLEABLE"
    INCOMING_TRANSFER_ASSIGNED = "INCOMING_TRANSFER_ASSIGNED"
    CHARGE_NOT_OPEN = "CHARGE_NOT_OPEN"
    SOURCE_REFERENCE_REUSED = "SOURCE_REFERENCE_REUSED"
    INVOICE_NOT_CREDITABLE = "INVOICE_NOT_CREDITABLE"


class ProblemCode(StrEnum):
    """What is wrong with one input field."""

    REQUIRED = "REQUIRED"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    MALFORMED = "MALFORMED"
    NOT_ALLOWED = "NOT_ALLOWED"
    DUPLICATE = "DUPLICATE"


class PasswordWeakness(StrEnum):
    """Why a password is refused (USR6)."""

    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    TOO_COMMON = "TOO_COMMON"
    EQUALS_LOGIN = "EQUALS_LOGIN"


class Remedy(StrEnum):
    """What the user can do instead."""

    INVITE_OTHER_ACCOUNT_THEN_CLOSE_THIS_ONE = "INVITE_OTHER_ACCOUNT_THEN_CLOSE_THIS_ONE"
    NAME_ANOTHER_LEGAL_REPRESENTATIVE = "NAME_ANOTHER_LEGAL_REPRESENTATIVE"
    DELETE_THE_ORGANIZATION = "DELETE_THE_ORGANIZATION"
    ASK_A_MEMBER_WITH_THE_RIGHT = "ASK_A_MEMBER_WITH_THE_RIGHT"
    INVITE_AGAIN = "INVITE_AGAIN"


@dataclass(frozen=True)
class Problem:
    """One input field that cannot be accepted: where it is, what is wrong, and the bound that was missed."""

    path: tuple[str, ...]
    code: ProblemCode
    limit: int | None = None


@dataclass(frozen=True)
class NamedOrganization:
    """An organization that a refusal speaks of; always one that the viewer belongs to."""

    id: UUID
    name: str


@dataclass(eq=False)
class Refusal(Exception):
    """A rule that said no; `path` names the input field at fault, where there is one."""

    code: ClassVar[RefusalCode]
    path: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(eq=False)
class InvalidInput(Refusal):
    """Input fields that cannot be accepted, all of them at once."""

    code = RefusalCode.INVALID_INPUT
    problems: tuple[Problem, ...]


@dataclass(eq=False)
class IdempotencyKeyReused(Refusal):
    """The idempotency key was used before with other arguments."""

    code = RefusalCode.IDEMPOTENCY_KEY_REUSED


@dataclass(eq=False)
class InvalidCredentials(Refusal):
    """The login and the password do not belong together; unknown logins answer the same (USR10)."""

    code = RefusalCode.INVALID_CREDENTIALS


@dataclass(eq=False)
class InvalidCurrentPassword(Refusal):
    """The current password is wrong (USR2, USR6)."""

    code = RefusalCode.INVALID_CURRENT_PASSWORD


@dataclass(eq=False)
class LinkExpired(Refusal):
    """A one-time link that is unknown, used, replaced, withdrawn or too old."""

    code = RefusalCode.LINK_EXPIRED


@dataclass(eq=False)
class LoginChangeExpired(Refusal):
    """The link of a login change is unknown, used, replaced, withdrawn, too old, or another user's (USR3)."""

    code = RefusalCode.LOGIN_CHANGE_EXPIRED


@dataclass(eq=False)
class SameAsRecoveryEmail(Refusal):
    """Login and recovery e-mail would be the same address (USR4)."""

    code = RefusalCode.SAME_AS_RECOVERY_EMAIL


@dataclass(eq=False)
class LoginEmailTaken(Refusal):
    """The proven address is the login of another account (USR5)."""

    code = RefusalCode.LOGIN_EMAIL_TAKEN
    remedy: Remedy = Remedy.INVITE_OTHER_ACCOUNT_THEN_CLOSE_THIS_ONE
    only_legal_representative_of: tuple[NamedOrganization, ...] = ()


@dataclass(eq=False)
class PasswordTooWeak(Refusal):
    """The new password cannot be accepted (USR6)."""

    code = RefusalCode.PASSWORD_TOO_WEAK
    reasons: tuple[PasswordWeakness, ...]
    minimum_length: int


@dataclass(eq=False)
class NoLinkedMailbox(Refusal):
    """The login is no mailbox hosted here, so no password can be shared with one (USR7)."""

    code = RefusalCode.NO_LINKED_MAILBOX


@dataclass(eq=False)
class SecondFactorRequired(Refusal):
    """The password is right, and a code of the second factor is needed as well (USR12)."""

    code = RefusalCode.SECOND_FACTOR_REQUIRED


@dataclass(eq=False)
class SecondFactorInvalid(Refusal):
    """The code is wrong, too old, or was used before (USR12)."""

    code = RefusalCode.SECOND_FACTOR_INVALID


@dataclass(eq=False)
class SecondFactorAlreadyOn(Refusal):
    """The account has a second factor already (USR12)."""

    code = RefusalCode.SECOND_FACTOR_ALREADY_ON


@dataclass(eq=False)
class SecondFactorNotOn(Refusal):
    """The account has no second factor (USR12)."""

    code = RefusalCode.SECOND_FACTOR_NOT_ON


@dataclass(eq=False)
class SecondFactorNeededByStaff(Refusal):
    """Whoever works for the provider keeps the second factor (USR12)."""

    code = RefusalCode.SECOND_FACTOR_NEEDED_BY_STAFF


@dataclass(eq=False)
class LastMember(Refusal):
    """The user is the last member of these organizations (USR14, ORG8)."""

    code = RefusalCode.LAST_MEMBER
    organizations: tuple[NamedOrganization, ...]
    remedy: Remedy = Remedy.DELETE_THE_ORGANIZATION


@dataclass(eq=False)
class LastLegalRepresentative(Refusal):
    """The member is the only legal representative of these organizations (USR14, ORG8, MEM3)."""

    code = RefusalCode.LAST_LEGAL_REPRESENTATIVE
    organizations: tuple[NamedOrganization, ...]
    remedy: Remedy = Remedy.NAME_ANOTHER_LEGAL_REPRESENTATIVE


@dataclass(eq=False)
class VatNumberNotApplicable(Refusal):
    """A VAT number is not taken for this address or kind of organization (ORG6)."""

    code = RefusalCode.VAT_NUMBER_NOT_APPLICABLE
    country: str


@dataclass(eq=False)
class VatNumberInvalid(Refusal):
    """Format, country or check digits of the VAT number are wrong (ORG6)."""

    code = RefusalCode.VAT_NUMBER_INVALID


@dataclass(eq=False)
class RoleNotGrantable(Refusal):
    """The viewer may not grant or take away this role (MEM3, MEM6)."""

    code = RefusalCode.ROLE_NOT_GRANTABLE
    role: Role


@dataclass(eq=False)
class InvitationAlreadyPending(Refusal):
    """The organization has invited this address already (MEM6)."""

    code = RefusalCode.INVITATION_ALREADY_PENDING
    invitation_id: UUID


@dataclass(eq=False)
class InvitationNotPending(Refusal):
    """The invitation was accepted, declined, revoked, or is too old to be sent again or revoked (MEM6)."""

    code = RefusalCode.INVITATION_NOT_PENDING
    remedy: Remedy = Remedy.INVITE_AGAIN


@dataclass(eq=False)
class AlreadyMember(Refusal):
    """The person belongs to the organization already (MEM6)."""

    code = RefusalCode.ALREADY_MEMBER


@dataclass(eq=False)
class InvitationForOtherAddress(Refusal):
    """The invitation was sent to another address than the viewer's login (MEM6)."""

    code = RefusalCode.INVITATION_FOR_OTHER_ADDRESS


@dataclass(eq=False)
class InsufficientFunds(Refusal):
    """The wallet holds less than that; `missing_minor` more is needed (INV6)."""

    code = RefusalCode.INSUFFICIENT_FUNDS
    missing_minor: int
    currency: Currency


@dataclass(eq=False)
class InvoiceNotPayable(Refusal):
    """An invoice that is paid, being paid, void, or not issued (M8)."""

    code = RefusalCode.INVOICE_NOT_PAYABLE
    invoice_id: UUID
    state: InvoiceState
    is_being_paid: bool = False


@dataclass(eq=False)
class InvoiceNotFinal(Refusal):
    """The final document exists once the invoice is paid (INV3)."""

    code = RefusalCode.INVOICE_NOT_FINAL
    invoice_id: UUID
    state: InvoiceState


@dataclass(eq=False)
class AmountOutOfRange(Refusal):
    """The amount is below the least or above the largest that is possible now (WAL2)."""

    code = RefusalCode.AMOUNT_OUT_OF_RANGE
    minimum_minor: int
    maximum_minor: int
    currency: Currency


@dataclass(eq=False)
class AmountChanged(Refusal):
    """What is to be paid is not what the client has shown; `amount_minor` is what it is now (M9)."""

    code = RefusalCode.AMOUNT_CHANGED
    amount_minor: int
    currency: Currency


@dataclass(eq=False)
class CurrencyMismatch(Refusal):
    """Amounts of different currencies are never paid together (INV11)."""

    code = RefusalCode.CURRENCY_MISMATCH
    currencies: tuple[Currency, ...]
