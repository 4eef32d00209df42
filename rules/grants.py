"""What a role may be combined with: the billing switch and grants on products (MEM1, MEM2, MEM4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from rules.kinds import ProductKind
from rules.refusals import Problem, ProblemCode
from rules.rights import ROLES_WITH_GRANTS, ROLES_WITH_OPTIONAL_BILLING, AccessLevel, Right, Role, rights_of

GRANTS_MAXIMUM = 100


@dataclass(frozen=True)
class Grant:
    """Access at a level to one product, or to all products of a kind, those to come included (MEM4)."""

    level: AccessLevel
    product_id: UUID | None = None
    kind: ProductKind | None = None


def default_billing(role: Role) -> bool:
    """Whether a role holds the billing right when nobody says anything about it."""
    return Right.BILLING in rights_of(role, billing=False)


def check_access(role: Role, billing: bool, grants: Sequence[Grant]) -> Iterator[Problem]:
    """What does not fit together: billing against a role that has no choice, grants that say nothing, or twice."""
    if billing != default_billing(role) and role not in ROLES_WITH_OPTIONAL_BILLING:
        yield Problem(("billing",), ProblemCode.NOT_ALLOWED)
    if grants and role not in ROLES_WITH_GRANTS:
        yield Problem(("grants",), ProblemCode.NOT_ALLOWED)
    if len(grants) > GRANTS_MAXIMUM:
        yield Problem(("grants",), ProblemCode.TOO_LONG, GRANTS_MAXIMUM)
    known: set[UUID | ProductKind] = set()
    for position, grant in enumerate(grants):
        path = ("grants", str(position))
        target = grant.product_id or grant.kind
        if target is None:
            yield Problem((*path, "product_id"), ProblemCode.REQUIRED)
        elif grant.product_id is not None and grant.kind is not None:
            yield Problem((*path, "kind"), ProblemCode.NOT_ALLOWED)
        elif target in known:
            yield Problem(path, ProblemCode.DUPLICATE)
        else:
            known.add(target)
