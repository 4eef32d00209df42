"""Roles, rights and access levels, and the one table of which role holds which right (MEM1, MEM2, MEM5, MEM10)."""

from enum import StrEnum


class Right(StrEnum):
    """What a member may do in one organization."""

    LEGAL = "LEGAL"
    ORGANIZATION = "ORGANIZATION"
    MEMBERS = "MEMBERS"
    BILLING = "BILLING"
    ORDER = "ORDER"
    VIEW = "VIEW"
    MANAGE = "MANAGE"


class Role(StrEnum):
    """What a member is in one organization."""

    LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE"
    ADMINISTRATOR = "ADMINISTRATOR"
    COLLABORATOR = "COLLABORATOR"
    EXTERNAL = "EXTERNAL"


class AccessLevel(StrEnum):
    """How far a grant on products goes; MANAGE contains VIEW (MEM4)."""

    VIEW = "VIEW"
    MANAGE = "MANAGE"


# VIEW and MANAGE in this table mean all products of the organization; a grant gives them for chosen ones.
RIGHTS_OF_ROLE: dict[Role, frozenset[Right]] = {
    Role.LEGAL_REPRESENTATIVE: frozenset(Right),
    Role.ADMINISTRATOR: frozenset(Right) - {Right.LEGAL},
    Role.COLLABORATOR: frozenset(),
    Role.EXTERNAL: frozenset(),
}

# The billing right contains ordering; it is switched per collaborator, never for an external (MEM2, MEM5).
BILLING_RIGHTS: frozenset[Right] = frozenset({Right.BILLING, Right.ORDER})
ROLES_WITH_OPTIONAL_BILLING: frozenset[Role] = frozenset({Role.COLLABORATOR})
ROLES_WITH_GRANTS: frozenset[Role] = frozenset({Role.COLLABORATOR, Role.EXTERNAL})


def rights_of(role: Role, *, billing: bool) -> frozenset[Right]:
    """All rights that a membership gives over its whole organization."""
    if billing and role in ROLES_WITH_OPTIONAL_BILLING:
        return RIGHTS_OF_ROLE[role] | BILLING_RIGHTS
    return RIGHTS_OF_ROLE[role]


def roles_with(right: Right) -> frozenset[Role]:
    """The roles that hold a right by themselves, without the billing switch."""
    return frozenset(role for role, rights in RIGHTS_OF_ROLE.items() if right in rights)


def levels_with(right: Right) -> frozenset[AccessLevel]:
    """The levels of a grant that give VIEW or MANAGE on its products; empty for every other right (MEM4)."""
    if right is Right.VIEW:
        return frozenset(AccessLevel)
    if right is Right.MANAGE:
        return frozenset({AccessLevel.MANAGE})
    return frozenset()


def may_grant(holder: frozenset[Right], role: Role, *, billing: bool) -> bool:
    """Whether a member with these rights may give this role: nobody grants more than they hold (MEM3, MEM6)."""
    return Right.MEMBERS in holder and rights_of(role, billing=billing) <= holder
