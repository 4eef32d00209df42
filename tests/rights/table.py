"""What each caller may do and see, written by hand from the rules, never derived from the code.

A new type needs its row in tests/rights/scene.py and its line in `SEEN` (and in `WHOLE`, if reading any of it needs a
right). A new mutation needs its line in tests/rights/mutations.py. What a field or mutation requires is read from the
schema itself: `@requires(right: …)`.
"""

from enum import StrEnum

from rules.rights import Right


class Who(StrEnum):
    """The callers. All but the first two belong to the organization that is asked about."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    EXTERNAL = "external"  # VIEW on one product
    PRODUCTS = "products"  # a collaborator with MANAGE on the same product
    BILLING = "billing"  # a collaborator with the billing right and no product
    ADMINISTRATOR = "administrator"
    LEGAL = "legal"


EVERYBODY = frozenset(Who)
NOBODY: frozenset[Who] = frozenset()
SIGNED_IN = EVERYBODY - {Who.ANONYMOUS}
MEMBERS = SIGNED_IN - {Who.STRANGER}
COLLEAGUES = MEMBERS - {Who.EXTERNAL}
ALL_RIGHTS = frozenset({Who.ADMINISTRATOR, Who.LEGAL})
ON_GRANTED_PRODUCT = ALL_RIGHTS | {Who.EXTERNAL, Who.PRODUCTS}

# MEM1, MEM2, MEM5, MEM10: who holds which right; VIEW and MANAGE on the granted product.
HOLDS: dict[Right, frozenset[Who]] = {
    Right.LEGAL: frozenset({Who.LEGAL}),
    Right.ORGANIZATION: ALL_RIGHTS,
    Right.MEMBERS: ALL_RIGHTS,
    Right.BILLING: ALL_RIGHTS | {Who.BILLING},
    Right.ORDER: ALL_RIGHTS | {Who.BILLING},
    Right.VIEW: ON_GRANTED_PRODUCT,
    Right.MANAGE: ALL_RIGHTS | {Who.PRODUCTS},
}

# ORG4, MEM4, docs/rights.md: who may know that the row of the scene exists.
SEEN: dict[str, frozenset[Who]] = {
    "Organization": MEMBERS,
    "Membership": COLLEAGUES,
    "User": COLLEAGUES,
    "Product": ON_GRANTED_PRODUCT,
    "Mailbox": ON_GRANTED_PRODUCT,
    "ProductGrant": ALL_RIGHTS | {Who.PRODUCTS},  # it is the grant of the one with the products
    "Invitation": MEMBERS,
    "InvitationGrant": ALL_RIGHTS,
    "Session": frozenset({Who.LEGAL}),  # it is the legal representative's
    "Confirmation": frozenset({Who.LEGAL}),
}

# Types that need a right to be read at all.
WHOLE: dict[str, Right] = {"Invitation": Right.MEMBERS}

# Fields that only the user themselves may read; no right opens them. The user of the scene is the legal representative.
ONES_OWN: dict[str, frozenset[Who]] = {
    "User.recoveryEmail": frozenset({Who.LEGAL}),
    "User.createdAt": frozenset({Who.LEGAL}),
}
