"""What you may do now, and why not: the answers of the same functions that the mutations refuse with."""

from collections.abc import Callable
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from models import InvitationState
from permissions.standings import Standings
from resolvers.invitations import is_pending
from rules import permitted
from rules.denials import Forbidden, NotFound
from rules.locales import Locale
from rules.money import Currency, withdrawable_part
from rules.permitted import Obstacle
from rules.refusals import Refusal, Remedy
from rules.rights import Right, Role
from rules.states import ChargeState, InvoiceState, PaymentMethodKind, PaymentState, WithdrawalState
from rules.viewer import Standing
from schema.context import Context
from schema.texts import missing_right_text, refusal_text


@strawberry.type(description="Whether you may do something now, and if not, why and what helps.")
class Permitted:
    """Known before acting, so that a button can be greyed and explained."""

    allowed: bool = strawberry.field(description="Whether the operation would be allowed now.")
    code: str | None = strawberry.field(
        description="Code that the operation would answer with: that of a refusal, FORBIDDEN or NOT_FOUND."
    )
    required_right: Right | None = strawberry.field(description="Right that is missing, with FORBIDDEN.")
    reason: str | None = strawberry.field(description="Sentence for people, in the user's language.")
    remedy: Remedy | None = strawberry.field(description="What you can do instead.")

    @classmethod
    def unless(cls, obstacle: Obstacle | None, locale: Locale) -> Self:
        """Show what stands against an operation; None says that it is allowed."""
        if obstacle is None:
            return cls(allowed=True, code=None, required_right=None, reason=None, remedy=None)
        if isinstance(obstacle, Refusal):
            return cls(
                allowed=False,
                code=obstacle.code,
                required_right=None,
                reason=refusal_text(obstacle.code, locale),
                remedy=getattr(obstacle, "remedy", None),
            )
        right = obstacle.right if isinstance(obstacle, Forbidden) else None
        return cls(
            allowed=False,
            code=obstacle.code,
            required_right=right,
            reason=missing_right_text(locale) if right else None,
            remedy=Remedy.ASK_A_MEMBER_WITH_THE_RIGHT if right else None,
        )


@strawberry.type(description="What you may do with an organization now.")
class OrganizationViewerCan:
    """One entry per mutation."""

    update: Permitted = strawberry.field(description="Whether you may change the details: updateOrganization.")
    invite_members: Permitted = strawberry.field(description="Whether you may invite people: inviteMember.")
    leave: Permitted = strawberry.field(description="Whether you may leave: leaveOrganization.")
    export_billing: Permitted = strawberry.field(description="Whether you may export invoices: exportBilling.")
    add_payment_method: Permitted = strawberry.field(
        description="Whether you may add a payment method: addPaymentMethod."
    )
    grantable_roles: list[Role] = strawberry.field(
        description="Roles that you may give, by inviteMember and by updateMembership; empty when you may give none."
    )


@strawberry.type(description="What you may do with a wallet now.")
class WalletViewerCan:
    """One entry per mutation."""

    top_up: Permitted = strawberry.field(description="Whether you may fill the wallet: topUpWallet.")
    set_automatic_top_up: Permitted = strawberry.field(
        description="Whether you may have the wallet filled by itself: setAutomaticTopUp."
    )
    set_low_balance_alert: Permitted = strawberry.field(
        description="Whether you may say when the wallet is low: setLowBalanceAlert."
    )
    withdraw: Permitted = strawberry.field(description="Whether you may withdraw from the wallet: requestWithdrawal.")


@strawberry.type(description="What you may do with a withdrawal now.")
class WithdrawalViewerCan:
    """One entry per mutation."""

    cancel: Permitted = strawberry.field(description="Whether you may cancel the withdrawal: cancelWithdrawal.")


@strawberry.type(description="What you may do with an invoice now.")
class InvoiceViewerCan:
    """One entry per mutation."""

    pay: Permitted = strawberry.field(description="Whether you may pay the invoice: payInvoices.")
    issue_pro_forma: Permitted = strawberry.field(
        description="Whether there is a document to pay the invoice with: issueProForma."
    )
    request_document: Permitted = strawberry.field(
        description="Whether there is a final document of the invoice: requestInvoiceDocument."
    )


@strawberry.type(description="What you may do with a payment now.")
class PaymentViewerCan:
    """One entry per mutation."""

    cancel: Permitted = strawberry.field(description="Whether you may give the payment up: cancelPayment.")


@strawberry.type(description="What you may do with a stored payment method now.")
class PaymentMethodViewerCan:
    """One entry per mutation."""

    set_default: Permitted = strawberry.field(
        description="Whether you may make the method the default: setDefaultPaymentMethod."
    )
    remove: Permitted = strawberry.field(description="Whether you may remove the method: removePaymentMethod.")


@strawberry.type(description="What you may do with a due item now.")
class DueItemViewerCan:
    """One entry per mutation."""

    pay: Permitted = strawberry.field(description="Whether you may pay it: payDueItems.")


@strawberry.type(description="What you may do with a membership now.")
class MembershipViewerCan:
    """One entry per mutation."""

    change_role: Permitted = strawberry.field(
        description="Whether you may give the member another role: updateMembership. "
        "Only legal representatives give the legal role."
    )
    remove: Permitted = strawberry.field(description="Whether you may remove the member: removeMember.")
    update_contact_preferences: Permitted = strawberry.field(
        description="Whether you may change the contact preferences: updateContactPreferences."
    )


@strawberry.type(description="What you may do with an invitation now.")
class InvitationViewerCan:
    """One entry per mutation."""

    resend: Permitted = strawberry.field(description="Whether you may send the invitation again: resendInvitation.")
    revoke: Permitted = strawberry.field(description="Whether you may take the invitation back: revokeInvitation.")


@strawberry.type(description="What you may do with a product now.")
class ProductViewerCan:
    """One entry per mutation."""

    update: Permitted = strawberry.field(description="Whether you may change the product: updateProduct.")


@strawberry.type(description="What you may do with a mailbox now.")
class MailboxViewerCan:
    """One entry per mutation."""

    change_password: Permitted = strawberry.field(
        description="Whether you may change the password: changeMailboxPassword."
    )


def on_organization(context: Context, key: UUID, standings: Standings) -> OrganizationViewerCan:
    """What the viewer may do with an organization."""
    update, invite_members, leave, export_billing, add_payment_method = _answers(
        context,
        standings.standing_in(key),
        permitted.why_not_update_organization,
        permitted.why_not_invite_members,
        permitted.why_not_leave,
        permitted.why_not_export_billing,
        permitted.why_not_manage_payment_methods,
    )
    standing = standings.standing_in(key)
    grantable = [role for role in Role if standing and permitted.may_give_role(standing, role)]
    return OrganizationViewerCan(
        update=update,
        invite_members=invite_members,
        leave=leave,
        export_billing=export_billing,
        add_payment_method=add_payment_method,
        grantable_roles=grantable,
    )


def on_membership(
    context: Context, organization_id: UUID, user_id: UUID, role: Role, standings: Standings
) -> MembershipViewerCan:
    """What the viewer may do with a membership."""
    change_role, remove, update_contact_preferences = _answers(
        context,
        standings.standing_in(organization_id),
        lambda standing: permitted.why_not_take_role(standing, role),
        lambda standing: permitted.why_not_remove_member(standing, role),
        lambda _: permitted.why_not_update_contact_preferences(own=user_id == context.viewer.user_id),
    )
    return MembershipViewerCan(
        change_role=change_role, remove=remove, update_contact_preferences=update_contact_preferences
    )


def on_invitation(
    context: Context,
    organization_id: UUID,
    role: Role,
    billing: bool,
    state: InvitationState,
    expires_at: datetime,
    standings: Standings,
) -> InvitationViewerCan:
    """What the viewer may do with an invitation."""
    pending = is_pending(state, expires_at, context.now)
    resend, revoke = _answers(
        context,
        standings.standing_in(organization_id),
        lambda standing: permitted.why_not_resend_invitation(standing, role, billing=billing, pending=pending),
        lambda standing: permitted.why_not_revoke_invitation(standing, pending=pending),
    )
    return InvitationViewerCan(resend=resend, revoke=revoke)


def on_invoice(
    context: Context, key: UUID, billed_to_id: UUID, state: InvoiceState, is_being_paid: bool, standings: Standings
) -> InvoiceViewerCan:
    """What the viewer may do with an invoice."""
    pay, issue_pro_forma, request_document = _answers(
        context,
        standings.standing_in(billed_to_id),
        lambda standing: permitted.why_not_pay_invoice(standing, key, state, is_being_paid=is_being_paid),
        lambda standing: permitted.why_not_issue_pro_forma(standing, key, state),
        lambda standing: permitted.why_not_request_document(standing, key, state),
    )
    return InvoiceViewerCan(pay=pay, issue_pro_forma=issue_pro_forma, request_document=request_document)


def on_due_item(
    context: Context,
    billed_to_id: UUID,
    invoice_id: UUID | None,
    charge_id: UUID | None,
    is_due: bool,
    is_being_paid: bool,
    standings: Standings,
) -> DueItemViewerCan:
    """What the viewer may do with a due item; of one that is over the list knows only that it is."""

    def why_not(standing: Standing) -> Obstacle | None:
        if invoice_id is not None:
            state = InvoiceState.OPEN if is_due else InvoiceState.PAID
            return permitted.why_not_pay_invoice(standing, invoice_id, state, is_being_paid=is_being_paid)
        assert charge_id is not None  # it is one or the other
        return permitted.why_not_pay_charge(standing, charge_id, ChargeState.OPEN if is_due else ChargeState.SETTLED)

    (pay,) = _answers(context, standings.standing_in(billed_to_id), why_not)
    return DueItemViewerCan(pay=pay)


def on_wallet(
    context: Context,
    organization_id: UUID,
    balance_minor: int,
    held_minor: int,
    credit_minor: int,
    credit_held_minor: int,
    currency: Currency,
    standings: Standings,
) -> WalletViewerCan:
    """What the viewer may do with a wallet."""
    free_minor = withdrawable_part(balance_minor, held_minor, credit_minor, credit_held_minor)
    use, withdraw = _answers(
        context,
        standings.standing_in(organization_id),
        permitted.why_not_use_wallet,
        lambda standing: permitted.why_not_withdraw(standing, free_minor, currency),
    )
    return WalletViewerCan(top_up=use, set_automatic_top_up=use, set_low_balance_alert=use, withdraw=withdraw)


def on_payment(
    context: Context,
    key: UUID,
    billed_to_id: UUID,
    state: PaymentState,
    kind: PaymentMethodKind,
    standings: Standings,
) -> PaymentViewerCan:
    """What the viewer may do with a payment."""
    (cancel,) = _answers(
        context,
        standings.standing_in(billed_to_id),
        lambda standing: permitted.why_not_cancel_payment(standing, key, state, kind),
    )
    return PaymentViewerCan(cancel=cancel)


def on_payment_method(context: Context, organization_id: UUID, standings: Standings) -> PaymentMethodViewerCan:
    """What the viewer may do with a stored payment method."""
    (change,) = _answers(context, standings.standing_in(organization_id), permitted.why_not_manage_payment_methods)
    return PaymentMethodViewerCan(set_default=change, remove=change)


def on_withdrawal(
    context: Context, key: UUID, organization_id: UUID, state: WithdrawalState, standings: Standings
) -> WithdrawalViewerCan:
    """What the viewer may do with a withdrawal."""
    (cancel,) = _answers(
        context,
        standings.standing_in(organization_id),
        lambda standing: permitted.why_not_cancel_withdrawal(standing, key, state),
    )
    return WithdrawalViewerCan(cancel=cancel)


def on_product(context: Context, key: UUID, organization_id: UUID, standings: Standings) -> ProductViewerCan:
    """What the viewer may do with a product."""
    return ProductViewerCan(update=_may_manage(context, key, organization_id, standings))


def on_mailbox(context: Context, product_id: UUID, organization_id: UUID, standings: Standings) -> MailboxViewerCan:
    """What the viewer may do with a mailbox."""
    return MailboxViewerCan(change_password=_may_manage(context, product_id, organization_id, standings))


def _may_manage(context: Context, product_id: UUID, organization_id: UUID, standings: Standings) -> Permitted:
    rights = standings.rights_on(product_id, organization_id)
    standing = standings.standing_in(organization_id)
    (answer,) = _answers(context, standing, lambda _: permitted.why_not_manage_product(rights))
    return answer


def _answers(
    context: Context, standing: Standing | None, *why_not: Callable[[Standing], Obstacle | None]
) -> list[Permitted]:
    """The answers to several questions, in their order; a stranger may do nothing."""
    obstacles = (NotFound() if standing is None else question(standing) for question in why_not)
    return [Permitted.unless(obstacle, context.caller.locale) for obstacle in obstacles]
