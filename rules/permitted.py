"""What may be done now, and why not: asked before acting and, behind the lock, when acting (MEM3, MEM6, MEM8, ORG8).

Each function answers the refusal or denial that an operation would end with, or None when nothing stands against it.
The viewer's standing is that in the organization concerned.
"""

from uuid import UUID

from rules.denials import Denial, Forbidden
from rules.grants import default_billing
from rules.money import Currency
from rules.money_refusals import (
    ChargeNotOpen,
    PaymentNotCancellable,
    WithdrawalNotCancellable,
    WithdrawalNotSettleable,
)
from rules.refusals import (
    InsufficientFunds,
    InvitationNotPending,
    InvoiceNotFinal,
    InvoiceNotPayable,
    LastLegalRepresentative,
    LastMember,
    Refusal,
    RoleNotGrantable,
)
from rules.rights import Right, Role, may_grant
from rules.states import ChargeState, InvoiceState, PaymentMethodKind, PaymentState, WithdrawalState
from rules.viewer import Standing

Obstacle = Refusal | Denial

# What a withdrawal may be when it is told to be PAID or FAILED.
SETTLED_FROM = {
    WithdrawalState.PAID: {WithdrawalState.IN_TRANSIT, WithdrawalState.PAID},
    WithdrawalState.FAILED: {WithdrawalState.IN_TRANSIT, WithdrawalState.PAID, WithdrawalState.FAILED},
}


def refuse(obstacle: Obstacle | None) -> None:
    """Raise what stands against an operation, if anything does."""
    if obstacle is not None:
        raise obstacle


def why_not_by_right(standing: Standing, right: Right) -> Obstacle | None:
    """A right over the whole organization is missing."""
    return None if right in standing.rights else Forbidden(right)


def why_not_update_organization(standing: Standing) -> Obstacle | None:
    """Why the organization's details cannot be changed."""
    return why_not_by_right(standing, Right.ORGANIZATION)


def why_not_invite_members(standing: Standing) -> Obstacle | None:
    """Why nobody can be invited; which role may be given is asked with `why_not_give_role`."""
    return why_not_by_right(standing, Right.MEMBERS)


def why_not_leave(standing: Standing) -> Obstacle | None:
    """Why the viewer cannot leave: as the last member, or as the only legal representative (ORG8)."""
    if standing.is_last_member:
        return LastMember(organizations=(standing.organization,))
    if standing.is_last_legal_representative:
        return LastLegalRepresentative(organizations=(standing.organization,))
    return None


def why_not_give_role(standing: Standing, role: Role, *, billing: bool) -> Obstacle | None:
    """Why the viewer cannot give this role: nobody grants more than they hold (MEM3, MEM6)."""
    if Right.MEMBERS not in standing.rights:
        return Forbidden(Right.MEMBERS)
    if not may_grant(standing.rights, role, billing=billing):
        return RoleNotGrantable(role=role, path=("role",))
    return None


def may_give_role(standing: Standing, role: Role) -> bool:
    """Whether the viewer can give this role with the billing right that comes with it by itself."""
    return why_not_give_role(standing, role, billing=default_billing(role)) is None


def why_not_take_role(standing: Standing, role: Role) -> Obstacle | None:
    """Why a member cannot lose this role: only a legal representative takes the legal one, never the last (MEM3)."""
    if Right.MEMBERS not in standing.rights:
        return Forbidden(Right.MEMBERS)
    if role is not Role.LEGAL_REPRESENTATIVE:
        return None
    if Right.LEGAL not in standing.rights:
        return RoleNotGrantable(role=role)
    if standing.legal_representative_count == 1:
        return LastLegalRepresentative(organizations=(standing.organization,))
    return None


def why_not_remove_member(standing: Standing, role: Role) -> Obstacle | None:
    """Why a member with this role cannot be removed (MEM3)."""
    return why_not_take_role(standing, role)


def why_not_update_contact_preferences(*, own: bool) -> Obstacle | None:
    """Why contact preferences cannot be changed: everybody decides on their own (MEM8)."""
    return None if own else Forbidden(None)


def why_not_switch_off_reminders(standing: Standing) -> Obstacle | None:
    """Why the viewer has to go on receiving billing reminders: somebody responsible must (MEM8)."""
    if standing.is_last_legal_representative:
        return LastLegalRepresentative(organizations=(standing.organization,), path=("billing_reminders",))
    return None


def why_not_revoke_invitation(standing: Standing, *, pending: bool) -> Obstacle | None:
    """Why an invitation cannot be revoked; `pending` means not answered and not too old (MEM6)."""
    if Right.MEMBERS not in standing.rights:
        return Forbidden(Right.MEMBERS)
    return None if pending else InvitationNotPending()


def why_not_resend_invitation(standing: Standing, role: Role, *, billing: bool, pending: bool) -> Obstacle | None:
    """Why an invitation cannot be sent again; whoever sends it stands for what it grants (MEM6)."""
    obstacle = why_not_give_role(standing, role, billing=billing)
    if obstacle is None and not pending:
        return InvitationNotPending()
    return obstacle


def why_not_manage_product(rights: frozenset[Right]) -> Obstacle | None:
    """Why neither a product's settings nor the passwords of its mailboxes can be changed (USR8, MEM10).

    `rights` are those on this very product, grants included.
    """
    return None if Right.MANAGE in rights else Forbidden(Right.MANAGE)


def why_not_use_wallet(standing: Standing) -> Obstacle | None:
    """Why a wallet can neither be topped up nor watched: BILLING is missing (MEM5, WAL2, WAL7)."""
    return why_not_by_right(standing, Right.BILLING)


def why_not_pay_invoice(
    standing: Standing, invoice_id: UUID, state: InvoiceState, *, is_being_paid: bool
) -> Obstacle | None:
    """Why an invoice cannot be paid: BILLING is missing, it is not open, or it is being paid (INV6, MEM5)."""
    if Right.BILLING not in standing.rights:
        return Forbidden(Right.BILLING)
    if state is not InvoiceState.OPEN or is_being_paid:
        return InvoiceNotPayable(invoice_id=invoice_id, state=state, is_being_paid=is_being_paid)
    return None


def why_not_pay_charge(standing: Standing, charge_id: UUID, state: ChargeState) -> Obstacle | None:
    """Why a charge cannot be paid: BILLING is missing, or it is not open (INV4, INV5, MEM5)."""
    if Right.BILLING not in standing.rights:
        return Forbidden(Right.BILLING)
    if state is not ChargeState.OPEN:
        return ChargeNotOpen(charge_id=charge_id, charge_state=state)
    return None


def why_not_issue_pro_forma(standing: Standing, invoice_id: UUID, state: InvoiceState) -> Obstacle | None:
    """Why there is no pro forma of an invoice: BILLING is missing, or it is not to be paid any more (INV3).

    There is one while a payment is under way: somebody who chose a bank transfer may want it on paper.
    """
    return why_not_pay_invoice(standing, invoice_id, state, is_being_paid=False)


def why_not_cancel_payment(
    standing: Standing, payment_id: UUID, state: PaymentState, kind: PaymentMethodKind
) -> Obstacle | None:
    """Why a payment cannot be given up: BILLING is missing, or it waits neither for its payer nor for a transfer."""
    if Right.BILLING not in standing.rights:
        return Forbidden(Right.BILLING)
    waits = state is PaymentState.ACTION_REQUIRED or (
        state is PaymentState.PENDING and kind is PaymentMethodKind.BANK_TRANSFER
    )
    return None if waits else PaymentNotCancellable(payment_id=payment_id, state=state)


def why_not_manage_payment_methods(standing: Standing) -> Obstacle | None:
    """Why payment methods can neither be added nor changed: BILLING is missing (INV8, MEM5)."""
    return why_not_by_right(standing, Right.BILLING)


def why_not_request_document(standing: Standing, invoice_id: UUID, state: InvoiceState) -> Obstacle | None:
    """Why there is no final document of an invoice or credit note: BILLING is missing, or it is not paid (INV3)."""
    if Right.BILLING not in standing.rights:
        return Forbidden(Right.BILLING)
    if state is not InvoiceState.PAID:
        return InvoiceNotFinal(invoice_id=invoice_id, state=state)
    return None


def why_not_export_billing(standing: Standing) -> Obstacle | None:
    """Why the invoices of an organization cannot be exported: BILLING is missing (INV10, MEM5)."""
    return why_not_by_right(standing, Right.BILLING)


def why_not_withdraw(standing: Standing, withdrawable_minor: int, currency: Currency) -> Obstacle | None:
    """Why nothing can be withdrawn from a wallet: BILLING is missing, or there is nothing to withdraw (WAL3, WAL4)."""
    if Right.BILLING not in standing.rights:
        return Forbidden(Right.BILLING)
    if withdrawable_minor < 1:
        return InsufficientFunds(missing_minor=1 - withdrawable_minor, currency=currency)
    return None


def why_not_cancel_withdrawal(standing: Standing, withdrawal_id: UUID, state: WithdrawalState) -> Obstacle | None:
    """Why a withdrawal cannot be cancelled: BILLING is missing, or it was handed over or is over (WAL3)."""
    if Right.BILLING not in standing.rights:
        return Forbidden(Right.BILLING)
    if state is not WithdrawalState.REQUESTED:
        return WithdrawalNotCancellable(withdrawal_id=withdrawal_id, state=state)
    return None


def why_not_settle_withdrawal(withdrawal_id: UUID, state: WithdrawalState, becomes: WithdrawalState) -> Obstacle | None:
    """Why a withdrawal cannot become PAID or FAILED: only what is in transit can, and what was paid may come back.

    What it is already it may be told again (WAL3).
    """
    if state in SETTLED_FROM[becomes]:
        return None
    return WithdrawalNotSettleable(withdrawal_id=withdrawal_id, state=state)
