"""The values of a request that permission classes ask for, each readable in memory and by the database.

In memory a value answers `in`; it knows what was learned for the rows at hand. In the database it is a sub-select over
memberships and grants by the viewer's key, so that a viewer may belong to any number of organizations.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pypika_tortoise.queries import Query, Table
from pypika_tortoise.terms import Term
from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from execution.given import Given, Part
from execution.predicates import givens
from execution.tables import table_of
from models import Mailbox, Membership, Product, User
from permissions.standings import Standings
from rules.kinds import KINDS_WITH_MAILBOXES, ProductState
from rules.rights import Right, Role, levels_with, roles_with
from rules.viewer import Viewer


class Asking(Protocol):
    """What permissions need of a request's context."""

    standings: Standings

    @property
    def viewer(self) -> Viewer: ...


@dataclass(frozen=True)
class Membered:
    """A set that is asked one id at a time, by a function of what the request has learned."""

    answers: Callable[[UUID], bool]

    def __contains__(self, key: UUID) -> bool:
        return self.answers(key)


def _owner_of(row: Model) -> UUID:
    """The organization that a row belongs to, as its table says; an organization belongs to itself."""
    owner: UUID = getattr(row, str(table_of(type(row)).owner))
    return owner


# What the grants on products are learned by, of a product or of what belongs to one.
OF_PRODUCTS = ("owner", "id", "kind", "product_id")


async def _learn_owners(context: Asking, rows: Iterable[Model]) -> None:
    await context.standings.learn({_owner_of(row) for row in rows})


def is_told_by_standings(predicate: Q) -> bool:
    """Whether nothing but the viewer's standing in the organization of a row decides whether it satisfies this."""
    return all(given.ask is _learn_owners or (given.ask or given.stored) is None for given in givens(predicate))


async def _learn_names(context: Asking, rows: Iterable[Model]) -> None:
    await context.standings.learn_names({_owner_of(row) for row in rows})


async def _learn_grants(context: Asking, rows: Iterable[Model]) -> None:
    """Learn the grants on products, or on the products that other rows belong to."""
    products = [row for row in rows if isinstance(row, Product)]
    others = {row.product_id for row in rows if not isinstance(row, Product)}  # type: ignore[attr-defined] # have one
    if others:
        products += await Product.filter(id__in=others)
    await context.standings.learn_grants(products)


def _memberships(context: Asking) -> Any:
    return Membership.filter(user_id=context.viewer.user_id, organization__deleted_at=None)


# Asked by the database alone, once for everything that is part of it.
MEMBERSHIPS = Given(
    name="the viewer's memberships with their rights",
    memory=lambda _context: frozenset(),
    stored=lambda context: Subquery(_memberships(context).values("id", "organization_id", "role", "billing")),
)


def _among_memberships(name: str, memory: Callable[[Any], Any], where: Q, column: str = "organization_id") -> Given:
    return Given(
        name=name,
        memory=memory,
        stored=lambda context: Subquery(_memberships(context).filter(where).values(column)),
        ask=_learn_owners,
        part=Part(of=MEMBERSHIPS, model=Membership, where=where, column=column),
    )


def roles_in_organizations(*roles: Role) -> Given:
    """The organizations in which the viewer has one of these roles."""

    def in_memory(context: Asking) -> Membered:
        return Membered(
            lambda key: (standing := context.standings.standing_in(key)) is not None and standing.role in roles
        )

    return _among_memberships(f"organizations as {', '.join(roles)}", in_memory, Q(role__in=roles))


def _held_in(right: Right) -> Given:
    holding = Q(role__in=roles_with(right))
    if right in (Right.BILLING, Right.ORDER):
        holding |= Q(billing=True)
    return _among_memberships(
        f"organizations with {right}",
        lambda context: Membered(lambda key: context.standings.holds(right, key)),
        holding,
    )


HELD = {right: _held_in(right) for right in Right}


def held_in(right: Right) -> Given:
    """The organizations over which the viewer holds a right as a whole."""
    return HELD[right]


def _granted_for(right: Right) -> Given:
    def stored(context: Asking) -> Term:
        grants, memberships, products = Table("product_grants"), Table("memberships"), Table("products")
        organizations = Table("organizations")
        key = Membership._meta.fields_map["user_id"].to_db_value(context.viewer.user_id, Membership)
        return (
            Query.from_(grants)
            .join(memberships)
            .on(memberships.id == grants.membership_id)
            .join(organizations)
            .on(organizations.id == grants.organization_id)
            .join(products)
            .on(
                (products.organization_id == grants.organization_id)
                & ((products.id == grants.product_id) | (products.kind == grants.kind))
            )
            .where(memberships.user_id == key)
            .where(organizations.deleted_at.isnull())
            .where(grants.level.isin(sorted(levels_with(right))))
            .select(products.id)
        )

    return Given(
        memory=lambda context: Membered(lambda key: context.standings.is_granted(right, key)),
        stored=stored,
        ask=_learn_grants,
        reads=OF_PRODUCTS,
        name=f"products granted for {right}",
    )


GRANTED = {right: _granted_for(right) for right in (Right.VIEW, Right.MANAGE)}


def granted_for(right: Right) -> Given:
    """The products that a grant of the viewer opens, named one by one or by their kind (MEM4)."""
    return GRANTED[right]


SIGNED_IN = Given(name="signed in", memory=lambda context: context.viewer.is_signed_in)
STAFF = Given(name="staff", memory=lambda context: context.viewer.is_staff)
NOT_STAFF = Given(name="not staff", memory=lambda context: not context.viewer.is_staff)
# No key is empty: asked whether it is, every row says no to staff and is hidden from everybody else.
SEEN_BY_STAFF = Q(id__isnull=NOT_STAFF)
ME = Given(name="the viewer", memory=lambda context: context.viewer.user_id)
MY_SESSION = Given(name="the viewer's session", memory=lambda context: context.viewer.session_id)


def _colleagues(context: Asking) -> Subquery:
    together = _memberships(context).exclude(role=Role.EXTERNAL).values("organization_id")
    return Subquery(Membership.filter(organization_id__in=Subquery(together)).values("user_id"))


# Asked by the database alone: whom a viewer may know of decides which rows are read, never what a row in memory shows.
COLLEAGUES = Given(name="the viewer's colleagues", memory=lambda _context: frozenset(), stored=_colleagues)


def _linked_mailboxes(context: Asking) -> Subquery:
    login = Subquery(User.filter(id=context.viewer.user_id).values("login_key"))
    hosted = Mailbox.filter(address_key__in=login, product__kind__in=list(KINDS_WITH_MAILBOXES))
    alive = hosted.exclude(product__state=ProductState.TERMINATED).filter(organization__deleted_at=None)
    return Subquery(alive.values("id"))


# Asked by the database alone, as the colleagues are.
MAILBOXES_THAT_ARE_MY_LOGIN = Given(
    name="the mailboxes whose address is the viewer's login",
    memory=lambda _context: frozenset(),
    stored=_linked_mailboxes,
)

MY_MEMBERSHIPS = _among_memberships(
    "the viewer's memberships", lambda context: Membered(context.standings.is_mine), Q(), "id"
)

# Asked by what answers with the viewer's standing itself, and not with yes or no.
STANDINGS = Given(name="the viewer's standings", memory=lambda context: context.standings, ask=_learn_owners)
# Asked by what the provider's own people see, too: who owns it, although its organization is hidden from them.
NAMES = Given(name="the names of organizations", memory=lambda context: context.standings, ask=_learn_names)
PRODUCT_STANDINGS = Given(
    name="the viewer's standings on products",
    memory=lambda context: context.standings,
    ask=_learn_grants,
    reads=OF_PRODUCTS,
)
