"""Writing: the table of contents."""

import strawberry

from schema.mutations import (
    accounts,
    charges,
    credit_notes,
    documents,
    due_items,
    incoming_transfers,
    invitations,
    login_changes,
    mailboxes,
    memberships,
    organizations,
    password_changes,
    password_resets,
    payment_methods,
    payments,
    products,
    recovery,
    second_factors,
    sessions,
    signing_up,
    top_ups,
    wallets,
    withdrawals,
)


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """The roots of writing."""

    sign_up = signing_up.sign_up
    confirm_sign_up = signing_up.confirm_sign_up
    log_in = sessions.log_in
    log_out = sessions.log_out
    reauthenticate = sessions.reauthenticate
    update_profile = accounts.update_profile
    request_login_change = login_changes.request_login_change
    confirm_login_change = login_changes.confirm_login_change
    withdraw_login_change = login_changes.withdraw_login_change
    change_recovery_email = recovery.change_recovery_email
    confirm_recovery_email = recovery.confirm_recovery_email
    change_password = password_changes.change_password
    request_password_reset = password_resets.request_password_reset
    reset_password = password_resets.reset_password
    enable_second_factor = second_factors.enable_second_factor
    confirm_second_factor = second_factors.confirm_second_factor
    disable_second_factor = second_factors.disable_second_factor
    regenerate_recovery_codes = second_factors.regenerate_recovery_codes
    end_session = sessions.end_session
    end_sessions = sessions.end_sessions
    close_account = accounts.close_account
    change_mailbox_password = mailboxes.change_mailbox_password

    create_organization = organizations.create_organization
    update_organization = organizations.update_organization

    invite_member = invitations.invite_member
    resend_invitation = invitations.resend_invitation
    accept_invitation = invitations.accept_invitation
    decline_invitation = invitations.decline_invitation
    revoke_invitation = invitations.revoke_invitation
    update_membership = memberships.update_membership
    update_contact_preferences = memberships.update_contact_preferences
    remove_member = memberships.remove_member
    leave_organization = memberships.leave_organization

    update_product = products.update_product

    pay_due_items = due_items.pay_due_items
    pay_invoices = payments.pay_invoices
    cancel_payment = payments.cancel_payment
    issue_pro_forma = documents.issue_pro_forma
    request_invoice_document = documents.request_invoice_document
    export_billing = documents.export_billing

    add_payment_method = payment_methods.add_payment_method
    remove_payment_method = payment_methods.remove_payment_method
    set_default_payment_method = payment_methods.set_default_payment_method

    top_up_wallet = top_ups.top_up_wallet
    set_automatic_top_up = top_ups.set_automatic_top_up
    set_low_balance_alert = wallets.set_low_balance_alert
    request_withdrawal = withdrawals.request_withdrawal
    cancel_withdrawal = withdrawals.cancel_withdrawal

    staff_settle_withdrawal = withdrawals.staff_settle_withdrawal
    staff_assign_incoming_transfer = incoming_transfers.staff_assign_incoming_transfer
    staff_record_charge = charges.staff_record_charge
    staff_cancel_charge = charges.staff_cancel_charge
    staff_issue_credit_note = credit_notes.staff_issue_credit_note
    staff_give_promotional_credit = credit_notes.staff_give_promotional_credit
