"""Who may what, written by hand from the rules (MEM1, MEM2, MEM4, MEM5, MEM10, ORG4) and from nothing else.

A new type, mutation, entry or guarded field has to be written down here; the tests that walk over the schema say so.
"""

from enum import StrEnum


class Person(StrEnum):
    """The callers of the matrix; what they are is said of the organization named house."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    EXTERNAL = "external"
    PRODUCT_ONLY = "product only"
    BILLING_ONLY = "billing only"
    ADMINISTRATOR = "administrator"
    LEGAL = "legal representative"
    STAFF = "staff"


SIGNED_IN = frozenset(Person) - {Person.ANONYMOUS}
MEMBERS = SIGNED_IN - {Person.STRANGER, Person.STAFF}
COLLEAGUES = MEMBERS - {Person.EXTERNAL}
ALL_RIGHTS = frozenset({Person.ADMINISTRATOR, Person.LEGAL})

# The external has a grant to view the product, the collaborator with product access one to manage it.
WITH_PRODUCT = ALL_RIGHTS | {Person.EXTERNAL, Person.PRODUCT_ONLY}

HOLDS: dict[str, frozenset[Person]] = {
    "LEGAL": frozenset({Person.LEGAL}),
    "ORGANIZATION": ALL_RIGHTS,
    "MEMBERS": ALL_RIGHTS,
    "BILLING": ALL_RIGHTS | {Person.BILLING_ONLY},
    "ORDER": ALL_RIGHTS | {Person.BILLING_ONLY},
    "VIEW": WITH_PRODUCT,
    "MANAGE": ALL_RIGHTS | {Person.PRODUCT_ONLY},
}

MONEY = (
    "wallet",
    "wallet credit",
    "wallet debit",
    "wallet top-up",
    "paid invoice",
    "line of paid invoice",
    "tax of paid invoice",
    "invoice",
    "line of invoice",
    "tax of invoice",
    "payment",
    "payment allocation",
    "transfer under way",
    "payment method",
    "automatic top-up",
    "charge",
    "due invoice",
    "due charge",
)

# Rows of the scene, and who may know that they exist. To all others they are not there.
KNOWN_TO: dict[str, frozenset[Person]] = {
    "house": MEMBERS,
    "product": WITH_PRODUCT,
    "hidden product": ALL_RIGHTS,
    "mailbox": WITH_PRODUCT,
    "hidden mailbox": ALL_RIGHTS,
    "invitation": MEMBERS,
    "invitation grant": ALL_RIGHTS,
    **dict.fromkeys(MONEY, MEMBERS),
    **{f"foreign {name}": frozenset({Person.STRANGER}) for name in MONEY},
    **{f"user of {person}": COLLEAGUES | {person} for person in MEMBERS},
    **{f"membership of {person}": COLLEAGUES | {person} for person in MEMBERS},
    **{f"session of {person}": frozenset({person}) for person in SIGNED_IN},
    **{f"confirmation of {person}": frozenset({person}) for person in SIGNED_IN},
    **{f"second factor of {person}": frozenset({person}) for person in SIGNED_IN},
    **{f"recovery code of {person}": frozenset({person}) for person in SIGNED_IN},
    **{f"grant of {person}": ALL_RIGHTS | {person} for person in (Person.EXTERNAL, Person.PRODUCT_ONLY)},
    "user of stranger": frozenset({Person.STRANGER}),
    # STA2: staff sees the withdrawals of all, and what is no customer's.
    "user of staff": frozenset({Person.STAFF}),
    "withdrawal": MEMBERS | {Person.STAFF},
    "foreign withdrawal": frozenset({Person.STRANGER, Person.STAFF}),
    "payout file": frozenset({Person.STAFF}),
    "incoming transfer": frozenset({Person.STAFF}),
    "foreign house": frozenset({Person.STRANGER}),
    "foreign product": frozenset({Person.STRANGER}),
    "foreign mailbox": frozenset({Person.STRANGER}),
    "foreign invitation": frozenset({Person.STRANGER}),
    "foreign invitation grant": frozenset({Person.STRANGER}),
    "foreign membership": frozenset({Person.STRANGER}),
    "foreign user": frozenset({Person.STRANGER}),
    "foreign member": frozenset({Person.STRANGER}),
    "foreign grant": frozenset({Person.STRANGER}),
}

# Fields and mutations that ask for a right; the schema prints it as @requires.
REQUIRES = {
    "Organization.invitations": "MEMBERS",
    "Membership.billingReminders": "MEMBERS",
    "Membership.productEvents": "MEMBERS",
    "Membership.grants": "MEMBERS",
    "Product.effectiveAccess": "MEMBERS",
    "Organization.wallet": "BILLING",
    "Organization.wallets": "BILLING",
    "Organization.invoices": "BILLING",
    "Organization.openInvoiceCount": "BILLING",
    "Organization.payments": "BILLING",
    "Organization.paymentMethods": "BILLING",
    "Organization.withdrawals": "BILLING",
    "Wallet.withdrawals": "BILLING",
    "Withdrawal.wallet": "BILLING",
    "Staff.withdrawals": "BILLING",
    "Mutation.requestWithdrawal": "BILLING",
    "Mutation.cancelWithdrawal": "BILLING",
    "Wallet.entries": "BILLING",
    "Wallet.automaticTopUp": "BILLING",
    "AutomaticTopUp.method": "BILLING",
    "Payment.method": "BILLING",
    "Organization.charges": "BILLING",
    "Organization.dueItems": "BILLING",
    "Organization.allDueItems": "BILLING",
    "Organization.dueTotals": "BILLING",
    "Product.charges": "BILLING",
    "Charge.line": "BILLING",
    "DueItem.invoice": "BILLING",
    "DueItem.charge": "BILLING",
    "InvoiceLine.invoice": "BILLING",
    "InvoiceLine.charge": "BILLING",
    "Invoice.corrects": "BILLING",
    "Invoice.creditNotes": "BILLING",
    "Invoice.lines": "BILLING",
    "Invoice.taxes": "BILLING",
    "Invoice.payments": "BILLING",
    "Payment.wallet": "BILLING",
    "Payment.allocations": "BILLING",
    "PaymentAllocation.payment": "BILLING",
    "PaymentAllocation.invoice": "BILLING",
    "Mutation.payInvoices": "BILLING",
    "Mutation.cancelPayment": "BILLING",
    "Mutation.addPaymentMethod": "BILLING",
    "Mutation.setDefaultPaymentMethod": "BILLING",
    "Mutation.removePaymentMethod": "BILLING",
    "Mutation.topUpWallet": "BILLING",
    "Mutation.setAutomaticTopUp": "BILLING",
    "Mutation.payDueItems": "BILLING",
    "Mutation.issueProForma": "BILLING",
    "Mutation.requestInvoiceDocument": "BILLING",
    "Mutation.exportBilling": "BILLING",
    "Mutation.changeMailboxPassword": "MANAGE",
    "Mutation.updateOrganization": "ORGANIZATION",
    "Mutation.inviteMember": "MEMBERS",
    "Mutation.setLowBalanceAlert": "BILLING",
    "Mutation.resendInvitation": "MEMBERS",
    "Mutation.revokeInvitation": "MEMBERS",
    "Mutation.updateMembership": "MEMBERS",
    "Mutation.removeMember": "MEMBERS",
    "Mutation.updateProduct": "MANAGE",
}
# Types whose rows are guarded as a whole: a member without the right is told so, and nothing else.
TYPE_REQUIRES = {
    "Invitation": "MEMBERS",
    # MEM5: nothing of money without the billing right.
    "Wallet": "BILLING",
    "WalletEntry": "BILLING",
    "Invoice": "BILLING",
    "InvoiceLine": "BILLING",
    "InvoiceTax": "BILLING",
    "Payment": "BILLING",
    "PaymentAllocation": "BILLING",
    "PaymentMethod": "BILLING",
    "AutomaticTopUp": "BILLING",
    "Withdrawal": "BILLING",
    "Charge": "BILLING",
    "DueItem": "BILLING",
}
# What staff sees of any organization, without the right (STA2).
OPEN_TO_STAFF = {"Withdrawal"}
# What everybody may read of the rows that are their own, whatever rights they hold.
OWN_ROW_SUFFICES = {"Membership.billingReminders", "Membership.productEvents", "Membership.grants"}
# What nobody may read but of their own row; no right helps, so none is named.
OWN_ROW_ONLY = {"User.recoveryEmail", "User.createdAt"}
OWN_ROWS = {person: {f"membership of {person}", f"user of {person}"} for person in Person}
