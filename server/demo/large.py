"""Builds a large world of organizations, people and products for benchmarks: bulk inserts, the same each time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from models import LedgerAccount, Membership, Organization, Product, User
from resolvers.caller import Passwords
from resolvers.transactions import transaction
from rules.kinds import FAMILY_OF, ProductKind, ProductState
from rules.names import sort_key
from rules.organizations import OrganizationKind, currency_of
from rules.rights import Role
from rules.states import AccountKind
from server.demo.identifiers import FIRST_MOMENT, Identifiers
from server.demo.people import PASSWORD

BATCH = 500
PEOPLE_PER_TEN_ORGANIZATIONS = 4
PRODUCTS_PER_ORGANIZATION = 20
EXTRA_MEMBERS = 3
WORDS = ("Alder", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Glacier", "Harbour", "Iris", "Juniper", "Kelp", "Larch")
TRADES = ("Bakery", "Books", "Clinic", "Design", "Energy", "Films", "Garden", "Hotel", "Lab", "Music", "Travel")
COUNTRIES = ("CH", "CH", "CH", "FR", "DE", "IT")
KINDS = tuple(kind for kind in ProductKind if kind is not ProductKind.FREE_MAIL)


async def load_large_world(
    passwords: Passwords, now: datetime, organizations: int, report: Callable[[str], None]
) -> None:
    """Add so many organizations with members and products; every user has the demo's password.

    The logins are `user-<number>@large.example`; user-1 administers the first hundred organizations. `report` gets a
    line for each batch. Refuses with ValueError when a large world was built before.
    """
    if await User.filter(login_key="user-1@large.example").exists():
        raise ValueError("a large demo was loaded before; reset the database first")
    builder = _Builder(Random(organizations), await passwords.hash(PASSWORD), now)  # noqa: S311 -- invented data
    people = max(10, organizations * PEOPLE_PER_TEN_ORGANIZATIONS // 10)
    async with transaction():
        users = builder.people(people)
        await User.bulk_create(users, batch_size=BATCH)
        report(f"{people} people")
    for start in range(0, organizations, BATCH):
        count = min(BATCH, organizations - start)
        async with transaction():
            await builder.organizations(start, count)
        report(f"{start + count} of {organizations} organizations")


class _Builder:
    """Rows that look alive, drawn from a fixed seed."""

    def __init__(self, random: Random, password_hash: str, now: datetime) -> None:
        self.random = random
        self.password_hash = password_hash
        self.now = now
        self.identifiers = Identifiers(series=1)
        self.wallet_identifiers = Identifiers(series=3)
        self.user_ids: list[UUID] = []

    def people(self, count: int) -> list[User]:
        users = []
        for number in range(1, count + 1):
            name = f"{self.random.choice(WORDS)} {self.random.choice(TRADES)}son"
            first_name, last_name = name.split()
            login = f"user-{number}@large.example"
            users.append(
                User(
                    id=self.identifiers.next(),
                    login=login,
                    login_key=login,
                    password_hash=self.password_hash,
                    first_name=first_name,
                    last_name=last_name,
                    name=name,
                    name_sort=sort_key(name, 420),
                    locale="EN",
                    created_at=FIRST_MOMENT + timedelta(minutes=number),
                )
            )
        self.user_ids = [user.id for user in users]
        return users

    async def organizations(self, start: int, count: int) -> None:
        rows, memberships, products = [], [], []
        for number in range(start + 1, start + count + 1):
            organization, members = self._organization(number)
            rows.append(organization)
            memberships += members
            products += [self._product(organization, number, place) for place in range(PRODUCTS_PER_ORGANIZATION)]
        await Organization.bulk_create(rows, batch_size=BATCH)
        await LedgerAccount.bulk_create([self._wallet(row) for row in rows], batch_size=BATCH)
        await Membership.bulk_create(memberships, batch_size=BATCH)
        await Product.bulk_create(products, batch_size=BATCH)

    def _organization(self, number: int) -> tuple[Organization, list[Membership]]:
        country = self.random.choice(COUNTRIES)
        name = f"{self.random.choice(WORDS)} {self.random.choice(TRADES)} {number}"
        owner = self.user_ids[number % len(self.user_ids)]
        others = set(self.random.sample(self.user_ids, self.random.randint(0, EXTRA_MEMBERS))) - {owner}
        if number <= 100:
            others |= {self.user_ids[0]} - {owner}
        organization = Organization(
            id=self.identifiers.next(),
            kind=OrganizationKind.COMPANY,
            name=name,
            name_sort=sort_key(name, 420),
            street=f"Main Street {number}",
            postal_code=f"{1000 + number % 9000}",
            city=self.random.choice(WORDS),
            country=country,
            currency=currency_of(country),
            time_zone="Europe/Zurich",
            member_count=1 + len(others),
            legal_representative_count=1,
            created_at=FIRST_MOMENT + timedelta(minutes=number),
        )
        members = [self._membership(organization, owner, Role.LEGAL_REPRESENTATIVE)]
        members += [self._membership(organization, other, Role.ADMINISTRATOR) for other in sorted(others)]
        return organization, members

    def _wallet(self, organization: Organization) -> LedgerAccount:
        return LedgerAccount(
            id=self.wallet_identifiers.next(),
            kind=AccountKind.WALLET,
            organization_id=organization.id,
            currency=organization.currency,
            is_current=True,
            created_at=organization.created_at,
        )

    def _membership(self, organization: Organization, user_id: UUID, role: Role) -> Membership:
        return Membership(
            id=self.identifiers.next(),
            organization_id=organization.id,
            user_id=user_id,
            role=role,
            billing=True,
            billing_reminders=True,
            product_events=True,
            created_at=organization.created_at,
        )

    def _product(self, organization: Organization, number: int, place: int) -> Product:
        kind = self.random.choice(KINDS)
        name = f"{self.random.choice(WORDS).lower()}-{number}-{place}.example"
        return Product(
            id=self.identifiers.next(),
            organization_id=organization.id,
            kind=kind,
            family=FAMILY_OF[kind],
            state=self.random.choice((ProductState.ACTIVE,) * 8 + (ProductState.EXPIRED, ProductState.BLOCKED)),
            name=name,
            name_sort=name,
            label="",
            label_sort="",
            expires_on=(self.now + timedelta(days=self.random.randint(-5, 400))).date(),
            created_at=organization.created_at,
        )
