"""The enumerations of the rules as the schema prints them: each one and each of its values explained."""

from enum import StrEnum
from typing import Any

import strawberry

from models import ConfirmationKind, ConfirmationOutcome, InvitationState
from resolvers.effective_access import AccessSource
from rules.kinds import ProductFamily, ProductKind, ProductState
from rules.locales import Locale
from rules.money import Currency
from rules.organizations import OrganizationKind, VatStatus
from rules.refusals import PasswordWeakness, ProblemCode, RefusalCode, Remedy
from rules.rights import AccessLevel, Right, Role
from rules.states import (
    ChargeKind,
    ChargeState,
    DueItemKind,
    InvoiceKind,
    InvoiceState,
    PaymentMethodKind,
    PaymentMethodState,
    PaymentPurpose,
    PaymentState,
    TransferCause,
    WithdrawalOutcome,
    WithdrawalState,
    WithdrawalTarget,
)


def _describe(enumeration: type[StrEnum], description: str, values: dict[Any, str]) -> None:
    """Give an enumeration and all its values their descriptions; a value that is forgotten is refused at import."""
    if set(values) != set(enumeration):
        raise TypeError(f"{enumeration.__name__}: every value needs a description")
    shown = strawberry.enum(enumeration, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined] # put there by Strawberry
        value.description = values[enumeration[value.name]]


_describe(
    Right,
    "What a member may do in one organization.",
    {
        Right.LEGAL: "Grant the role of legal representative, and decide on partnerships.",
        Right.ORGANIZATION: "Change or delete the organization, move products, set up webhooks, see the audit log.",
        Right.MEMBERS: "Invite, change and remove members, and give them product grants.",
        Right.BILLING: "See and pay what the organization owes, its wallet and payment methods, and order and renew.",
        Right.ORDER: "Place orders and renew, without seeing invoices, wallet or payments.",
        Right.VIEW: "See a product, or all of them.",
        Right.MANAGE: "Change a product's settings and mailbox passwords, and cancel it; of one product, or of all.",
    },
)
_describe(
    Role,
    "What a member is in one organization.",
    {
        Role.LEGAL_REPRESENTATIVE: "Holds all rights and bears the legal responsibility.",
        Role.ADMINISTRATOR: "Holds all rights but LEGAL.",
        Role.COLLABORATOR: "Has access to chosen products, and the billing right where it is switched on.",
        Role.EXTERNAL: "Has access to chosen products, never the billing right, and sees no other members.",
    },
)
_describe(
    AccessLevel,
    "How far a product grant goes.",
    {
        AccessLevel.VIEW: "See the product.",
        AccessLevel.MANAGE: "See the product and change its settings.",
    },
)
_describe(
    AccessSource,
    "Where a member's access to a product comes from.",
    {
        AccessSource.ROLE: "The role of the member, which reaches all products.",
        AccessSource.PRODUCT_GRANT: "A grant on the product itself.",
        AccessSource.KIND_GRANT: "A grant on all products of the kind.",
    },
)
_describe(
    OrganizationKind,
    "What an organization is in law.",
    {
        OrganizationKind.INDIVIDUAL: "A natural person.",
        OrganizationKind.COMPANY: "A company.",
        OrganizationKind.ASSOCIATION: "An association.",
        OrganizationKind.PUBLIC_BODY: "A public body.",
    },
)
_describe(
    VatStatus,
    "What is known of a VAT number.",
    {
        VatStatus.UNVERIFIED: "Well formed, not confirmed by the registry.",
        VatStatus.VALID: "Confirmed by the registry; invoices carry no VAT (reverse charge).",
        VatStatus.INVALID: "Unknown to the registry.",
    },
)
_describe(Currency, "Currency of money.", {Currency.CHF: "Swiss franc.", Currency.EUR: "Euro."})
_describe(
    Locale,
    "Language that people are written to in.",
    {
        Locale.EN: "English.",
        Locale.FR: "French.",
        Locale.DE: "German.",
        Locale.IT: "Italian.",
        Locale.ES: "Spanish.",
    },
)
_describe(
    ProductFamily,
    "Shelf of the catalogue.",
    {
        ProductFamily.WEB_AND_DOMAIN: "Domain names, hosting and sites.",
        ProductFamily.COLLABORATION: "Mail, files and working together.",
        ProductFamily.CLOUD: "Servers, storage and backups.",
        ProductFamily.STREAMING: "Live and recorded sound and pictures.",
        ProductFamily.MARKETING: "Newsletters and guests.",
        ProductFamily.SECURITY: "Certificates.",
    },
)
_describe(
    ProductKind,
    "What a product is.",
    {
        ProductKind.DOMAIN_NAME: "A domain name.",
        ProductKind.WEB_HOSTING: "Hosting of web sites.",
        ProductKind.MAIL_SERVICE: "Mailboxes under a domain.",
        ProductKind.AUDIO_STREAMING: "Live sound.",
        ProductKind.VIDEO_STREAMING: "Live pictures.",
        ProductKind.VOD_AOD: "Recorded pictures and sound on demand.",
        ProductKind.MANAGED_CLOUD_SERVER: "A server that the provider looks after.",
        ProductKind.VPS_CLOUD: "A virtual server of the customer's own.",
        ProductKind.SYNOLOGY_NAS: "Rented network storage.",
        ProductKind.NEWSLETTER: "Sending of newsletters.",
        ProductKind.SWISS_BACKUP: "Backups in Switzerland.",
        ProductKind.KDRIVE: "Files in the cloud.",
        ProductKind.GUEST_MANAGER: "Tickets and guests of events.",
        ProductKind.INFOMAIL: "A single mailbox.",
        ProductKind.KSUITE: "Mail, files and meetings together.",
        ProductKind.JELASTIC_CLOUD: "A platform for applications, billed by use.",
        ProductKind.SSL_CERTIFICATE: "A certificate; it holds no data.",
        ProductKind.CUSTOM_BRAND: "The customer's own look of the manager; it holds no data.",
        ProductKind.SITE_CREATOR: "A site made without code.",
        ProductKind.FREE_MAIL: "A free mailbox, with a closing procedure of its own.",
    },
)
_describe(
    ProductState,
    "Where a product stands in its life.",
    {
        ProductState.PENDING_SETUP: "Ordered, not set up yet.",
        ProductState.ACTIVE: "Up and paid.",
        ProductState.EXPIRED: "Its period is over; still up for a few days.",
        ProductState.BLOCKED: "Down for lack of payment; its data is kept.",
        ProductState.TERMINATED: "Gone for good.",
    },
)
_describe(
    InvitationState,
    "Where an invitation stands.",
    {
        InvitationState.PENDING: "Waits for an answer.",
        InvitationState.ACCEPTED: "The person joined.",
        InvitationState.DECLINED: "The person said no.",
        InvitationState.REVOKED: "Taken back by the organization.",
        InvitationState.EXPIRED: "Not answered in time.",
    },
)
_describe(
    ConfirmationKind,
    "What confirming a link does.",
    {
        ConfirmationKind.SIGN_UP: "Creates the account.",
        ConfirmationKind.LOGIN_CHANGE: "Makes the address the login.",
        ConfirmationKind.RECOVERY_EMAIL: "Makes the address the recovery address.",
        ConfirmationKind.PASSWORD_RESET: "Sets a new password.",
    },
)
_describe(
    ConfirmationOutcome,
    "How a link came to its end.",
    {
        ConfirmationOutcome.CONFIRMED: "It was opened and confirmed.",
        ConfirmationOutcome.WITHDRAWN: "The request was withdrawn.",
        ConfirmationOutcome.REPLACED: "A newer link took its place.",
    },
)
_describe(
    ProblemCode,
    "What is wrong with one input field.",
    {
        ProblemCode.REQUIRED: "It may not be empty.",
        ProblemCode.TOO_SHORT: "It is shorter than the limit.",
        ProblemCode.TOO_LONG: "It is longer than the limit.",
        ProblemCode.MALFORMED: "It is not written as it must be.",
        ProblemCode.NOT_ALLOWED: "It does not go together with the rest.",
        ProblemCode.DUPLICATE: "It is named twice.",
    },
)
_describe(
    PasswordWeakness,
    "Why a password is too weak.",
    {
        PasswordWeakness.TOO_SHORT: "It has too few characters.",
        PasswordWeakness.TOO_LONG: "It has too many characters.",
        PasswordWeakness.TOO_COMMON: "It is among the first that anybody would try.",
        PasswordWeakness.EQUALS_LOGIN: "It is the login.",
    },
)
_describe(
    Remedy,
    "What you can do instead.",
    {
        Remedy.INVITE_OTHER_ACCOUNT_THEN_CLOSE_THIS_ONE: (
            "Invite the other account to your organizations with all rights, then give this account up."
        ),
        Remedy.NAME_ANOTHER_LEGAL_REPRESENTATIVE: "Make another member a legal representative first.",
        Remedy.DELETE_THE_ORGANIZATION: "Delete the organization instead of leaving it.",
        Remedy.ASK_A_MEMBER_WITH_THE_RIGHT: "Ask a member who holds the right.",
        Remedy.INVITE_AGAIN: "Invite the person again.",
    },
)
_describe(
    InvoiceKind,
    "What a document says.",
    {InvoiceKind.INVOICE: "Something is owed.", InvoiceKind.CREDIT_NOTE: "An invoice is corrected."},
)
_describe(
    InvoiceState,
    "Where an invoice stands.",
    {
        InvoiceState.DRAFT: "Not issued yet; it has no number.",
        InvoiceState.OPEN: "Issued, and to be paid.",
        InvoiceState.PAID: "Paid.",
        InvoiceState.VOID: "Taken back; nothing is owed.",
        InvoiceState.UNCOLLECTIBLE: "Given up by the provider.",
    },
)
_describe(
    PaymentPurpose,
    "What a payment is for.",
    {PaymentPurpose.INVOICES: "It pays invoices.", PaymentPurpose.TOP_UP: "It fills the wallet."},
)
_describe(
    PaymentState,
    "Where a payment stands.",
    {
        PaymentState.PENDING: "Under way.",
        PaymentState.ACTION_REQUIRED: "The payer must confirm it.",
        PaymentState.UNKNOWN: "The payment provider has not answered yet; it is being asked.",
        PaymentState.SUCCEEDED: "Done.",
        PaymentState.FAILED: "Refused; nothing was taken.",
        PaymentState.CANCELLED: "Given up; nothing was taken.",
        PaymentState.REVERSED: "Taken back by the payer's bank.",
    },
)
_describe(
    PaymentMethodKind,
    "How money is paid.",
    {
        PaymentMethodKind.CARD: "By card.",
        PaymentMethodKind.POSTFINANCE: "By PostFinance, in Swiss francs.",
        PaymentMethodKind.TWINT: "By TWINT, in Swiss francs.",
        PaymentMethodKind.PAYPAL: "By PayPal.",
        PaymentMethodKind.BANK_TRANSFER: "By bank transfer, with its reference.",
        PaymentMethodKind.WALLET: "From the organization's wallet.",
    },
)
_describe(
    PaymentMethodState,
    "Where a stored payment method stands.",
    {
        PaymentMethodState.PENDING: "It must still be confirmed to the payment provider.",
        PaymentMethodState.ACTIVE: "It can pay.",
        PaymentMethodState.REMOVED: "It was removed, or never confirmed.",
    },
)
_describe(
    DueItemKind,
    "What is to be paid.",
    {DueItemKind.INVOICE: "An open invoice.", DueItemKind.CHARGE: "A charge that stands on no invoice yet."},
)
_describe(
    ChargeKind,
    "Why a charge is due.",
    {
        ChargeKind.FEE: "A fee.",
        ChargeKind.OVERAGE: "More was used than the plan holds.",
        ChargeKind.REVERSED_TOP_UP: "A top-up was taken back after it was spent; this carries no VAT.",
    },
)
_describe(
    ChargeState,
    "Where a charge stands.",
    {
        ChargeState.OPEN: "Due, and on no invoice yet.",
        ChargeState.INVOICED: "On an invoice that is to be paid.",
        ChargeState.SETTLED: "On an invoice that is paid.",
        ChargeState.CANCELLED: "Cancelled by the provider.",
    },
)
_describe(
    WithdrawalState,
    "Where a withdrawal stands.",
    {
        WithdrawalState.REQUESTED: "Asked for; the amount is kept aside, and it can still be cancelled.",
        WithdrawalState.IN_TRANSIT: "Handed over to the bank or to PayPal.",
        WithdrawalState.PAID: "Paid out.",
        WithdrawalState.FAILED: "Did not arrive; the money is back in the wallet.",
        WithdrawalState.CANCELLED: "Cancelled; the money is free again.",
    },
)
_describe(
    WithdrawalOutcome,
    "How a withdrawal ended.",
    {
        WithdrawalOutcome.PAID: "It was paid out.",
        WithdrawalOutcome.FAILED: "It did not arrive, or came back; the money returns to the wallet.",
    },
)
_describe(
    WithdrawalTarget,
    "Where a withdrawal goes.",
    {WithdrawalTarget.IBAN: "To a bank account.", WithdrawalTarget.PAYPAL: "To a PayPal account."},
)
_describe(
    TransferCause,
    "Why money moved.",
    {
        TransferCause.TOP_UP: "The wallet was topped up.",
        TransferCause.TOP_UP_REVERSED: "A top-up was taken back.",
        TransferCause.PAYMENT: "Invoices were paid.",
        TransferCause.PAYMENT_REVERSED: "A payment was taken back.",
        TransferCause.LATE_PAYMENT: "Money arrived for something that was over.",
        TransferCause.UNMATCHED_PAYMENT: "Money arrived without a reference.",
        TransferCause.UNMATCHED_ASSIGNED: "Support found out whose money it was.",
        TransferCause.PROMOTIONAL_CREDIT: "Credit was given.",
        TransferCause.PROMOTIONAL_CREDIT_EXPIRED: "Credit that was given came to its end.",
        TransferCause.CREDIT_NOTE: "An invoice was corrected.",
        TransferCause.WITHDRAWAL: "Money was paid out.",
        TransferCause.WITHDRAWAL_RETURNED: "Money that was paid out came back.",
        TransferCause.CASHBACK: "A share of what clients paid.",
    },
)
_describe(
    RefusalCode,
    "Code of a refusal; it names the type that carries it.",
    {code: f"See the type {''.join(part.capitalize() for part in code.split('_'))}." for code in RefusalCode},
)
