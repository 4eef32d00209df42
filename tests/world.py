"""A small world for tests: people, organizations and products, and clients that talk to the application over HTTP.

Time is a value of the world; nothing waits. Passwords are hashed for real, at the lowest cost.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette

from models import Mailbox, Membership, Organization, OutboxMail, Product, ProductGrant, Session, User
from models.fields import new_id
from resolvers.caller import Clerk, Nobody
from resolvers.ledger import make_current
from resolvers.payment_providers import PaymentDesk
from resolvers.secrets import hash_secret
from resolvers.staff import act_at_terminal
from rules.identifiers import Prefix, public_id
from rules.kinds import FAMILY_OF, ProductKind, ProductState
from rules.locales import Locale
from rules.money import Currency
from rules.names import sort_key
from rules.organizations import OrganizationKind
from rules.rights import AccessLevel, Role
from server.app import Outside, create_app
from server.passwords import Argon2Passwords, HashingCost
from server.settings import Settings
from server.worker import look_after_payments
from tests.scripted_provider import ScriptedProvider, desk_of

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "a quiet walk along the lake"
CALLBACK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CHEAP = HashingCost(memory_kibibytes=8, iterations=1)

_hashes: dict[str, str] = {}
_numbers = itertools.count(1)


@dataclass
class MovableClock:
    """A clock that stands still until it is moved."""

    present: datetime = START

    def now(self) -> datetime:
        return self.present

    def move(self, **length: float) -> None:
        self.present += timedelta(**length)


@dataclass
class Registry:
    """A registry of VAT numbers that says what the test wants."""

    registered: dict[str, bool] = field(default_factory=dict)

    async def is_registered(self, vat_number: str) -> bool | None:
        return self.registered.get(vat_number)


@dataclass
class Answer:
    """What a request was answered with."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def data(self) -> Any:
        """The data of an answer that must have no errors."""
        assert "errors" not in self.body, self.body
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.body.get("errors", ())]

    def result(self) -> Any:
        """The one result of the one mutation."""
        (answer,) = self.data.values()
        return answer

    def refused(self) -> str:
        """The code of the one refusal."""
        return str(self.result()["code"])


@dataclass
class Client:
    """Somebody's program: a bearer secret, or nobody's."""

    http: httpx.AsyncClient
    secret: str | None = None
    language: str = "en"

    async def ask(self, query: str, **variables: Any) -> Answer:
        self.http.cookies.clear()  # programs keep none; what a browser does with its cookie is another test
        headers = {"accept-language": self.language}
        if self.secret:
            headers["authorization"] = f"Bearer {self.secret}"
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return Answer(answer.status_code, answer.json(), answer.headers)

    async def do(self, mutation: str, selection: str = "", **values: Any) -> Answer:
        """Call one mutation with an `input` made of keywords, and select from its result.

        The type, and code, path and message of every refusal are selected by themselves.
        """
        name = f"{mutation[0].upper()}{mutation[1:]}"
        document = f"""mutation M($input: {name}Input!) {{ {mutation}(input: $input) {{
            __typename ... on UserError {{ code path message }} {selection} }} }}"""
        return await self.ask(document, input=values)


@dataclass
class World:
    """Everything a test arranges."""

    http: httpx.AsyncClient
    clock: MovableClock
    registry: Registry
    passwords: Argon2Passwords
    settings: Settings
    app: Starlette
    provider: ScriptedProvider
    desk: PaymentDesk

    def stranger(self) -> Client:
        """Somebody who is not signed in."""
        return Client(self.http)

    async def add_user(
        self, login: str | None = None, *, first_name: str = "Ada", last_name: str = "Meier", locale: Locale = Locale.EN
    ) -> User:
        number = next(_numbers)
        login = login or f"person-{number}@example.org"
        name = f"{first_name} {last_name}"
        return await User.create(
            login=login,
            login_key=login.casefold(),
            password_hash=await self.hashed(PASSWORD),
            first_name=first_name,
            last_name=last_name,
            name=name,
            name_sort=sort_key(name, 420),
            locale=locale,
            created_at=self.clock.now(),
        )

    async def hashed(self, password: str) -> str:
        """A hash of a password; made once, since hashing is slow on purpose."""
        if password not in _hashes:
            _hashes[password] = await self.passwords.hash(password)
        return _hashes[password]

    async def add_organization(self, legal_representative: User, name: str | None = None) -> Organization:
        number = next(_numbers)
        name = name or f"Organization {number}"
        organization = await Organization.create(
            kind=OrganizationKind.COMPANY,
            name=name,
            name_sort=sort_key(name, 420),
            street="Rue du Lac 1",
            postal_code="1003",
            city="Lausanne",
            country="CH",
            currency=Currency.CHF,
            time_zone="Europe/Zurich",
            member_count=1,
            legal_representative_count=1,
            created_at=self.clock.now(),
        )
        await make_current(Nobody(self.clock.now()), organization.id, organization.currency)
        await self._add_membership(organization, legal_representative, Role.LEGAL_REPRESENTATIVE, billing=True)
        return organization

    async def add_member(
        self,
        organization: Organization,
        user: User,
        role: Role,
        *,
        billing: bool | None = None,
        products: dict[Product, AccessLevel] | None = None,
        kinds: dict[ProductKind, AccessLevel] | None = None,
    ) -> Membership:
        if billing is None:
            billing = role in (Role.LEGAL_REPRESENTATIVE, Role.ADMINISTRATOR)
        membership = await self._add_membership(organization, user, role, billing=billing)
        organization.member_count += 1
        organization.legal_representative_count += role is Role.LEGAL_REPRESENTATIVE
        await organization.save(update_fields=["member_count", "legal_representative_count"])
        for product, level in (products or {}).items():
            await self._add_grant(membership, level, product_id=product.id)
        for kind, level in (kinds or {}).items():
            await self._add_grant(membership, level, kind=kind)
        return membership

    async def _add_membership(self, organization: Organization, user: User, role: Role, *, billing: bool) -> Membership:
        return await Membership.create(
            organization_id=organization.id,
            user_id=user.id,
            role=role,
            billing=billing,
            billing_reminders=billing,
            product_events=True,
            created_at=self.clock.now(),
        )

    async def _add_grant(self, membership: Membership, level: AccessLevel, **target: Any) -> None:
        await ProductGrant.create(
            organization_id=membership.organization_id,
            membership_id=membership.id,
            level=level,
            created_at=self.clock.now(),
            **target,
        )

    async def add_product(
        self,
        organization: Organization,
        kind: ProductKind = ProductKind.WEB_HOSTING,
        name: str | None = None,
        *,
        label: str = "",
        state: ProductState = ProductState.ACTIVE,
        expires_on: date | None = None,
    ) -> Product:
        name = name or f"product-{next(_numbers)}.example"
        return await Product.create(
            organization_id=organization.id,
            kind=kind,
            family=FAMILY_OF[kind],
            state=state,
            name=name,
            name_sort=sort_key(name, 520),
            label=label,
            label_sort=sort_key(label, 220),
            expires_on=expires_on,
            created_at=self.clock.now(),
        )

    async def add_mailbox(self, product: Product, address: str) -> Mailbox:
        return await Mailbox.create(
            organization_id=product.organization_id,
            product_id=product.id,
            address=address,
            address_key=address.casefold(),
            password_hash=await self.hashed(PASSWORD),
            created_at=self.clock.now(),
        )

    async def sign_in(self, user: User) -> Client:
        """A client of a user, through a session that was opened just now."""
        secret = f"mgs_test-{new_id().hex}"
        now = self.clock.now()
        await Session.create(
            user_id=user.id,
            secret_hash=hash_secret(secret),
            application="",
            user_agent="",
            address="127.0.0.1",
            created_at=now,
            last_used_at=now,
            expires_at=now + timedelta(days=30),
            proved_at=now,
        )
        return Client(self.http, secret)

    async def work(self) -> None:
        """Let the worker look after payments, as long as there is something to do."""
        while await look_after_payments(Clerk(self.clock.now(), self.settings.policy, self.desk)):
            pass

    async def sign_in_staff(self) -> Client:
        """A client of somebody who works for the provider, in a session that proved a second factor."""
        user = await self.add_user(first_name="Sam")
        user.is_staff = True
        await user.save(update_fields=["is_staff"])
        client = await self.sign_in(user)
        await Session.filter(user_id=user.id).update(second_factor_at=self.clock.now())
        return client

    async def staff_at_terminal(self) -> Nobody:
        """Somebody who works for the provider and types commands."""
        login = f"terminal-{next(_numbers)}@example.org"
        await self.add_user(login)
        await User.filter(login=login).update(is_staff=True)
        return await act_at_terminal(self.clock.now(), login=login)

    async def letters(self) -> list[OutboxMail]:
        """The mails that wait to be sent, the oldest first."""
        return await OutboxMail.all().order_by("id")


def id_of(row: User | Organization | Membership | Product | Mailbox | Session) -> str:
    """The public id of a row."""
    prefixes: dict[type[Any], Prefix] = {
        User: Prefix.USER,
        Organization: Prefix.ORGANIZATION,
        Membership: Prefix.MEMBERSHIP,
        Product: Prefix.PRODUCT,
        Mailbox: Prefix.MAILBOX,
        Session: Prefix.SESSION,
    }
    return public_id(prefixes[type(row)], row.id)


def settings_for(url: str) -> Settings:
    """Settings of an application under test; nothing of the machine's environment is read where it matters."""
    return Settings(
        DATABASE_URL=SecretStr(url),
        CALLBACK_SECRET=SecretStr(CALLBACK_SECRET),
        worker_inside=False,
        payment_sandbox=False,
        limit_bucket=10_000_000,
        limit_aliases=100,
    )


@asynccontextmanager
async def open_world(url: str) -> AsyncIterator[World]:
    """A world over a database that is open."""
    clock, registry, passwords = MovableClock(), Registry(), Argon2Passwords(CHEAP)
    settings = settings_for(url)
    provider = ScriptedProvider()
    desk = desk_of(provider)
    app = create_app(settings, Outside(clock, passwords, registry, desk))
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        yield World(http, clock, registry, passwords, settings, app, provider, desk)
