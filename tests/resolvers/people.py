"""People who call resolvers in tests: strangers, users with a session, and the mails that they get."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models import AuditEntry, Mailbox, OutboxMail, Product, User
from resolvers.accounts import add_user
from resolvers.caller import Caller
from resolvers.email_addresses import EmailAddress, read_email_address
from resolvers.sessions import open_session
from resolvers.transactions import transaction
from rules.kinds import FAMILY_OF, ProductKind, ProductState
from rules.letters import LetterKind
from rules.locales import Locale
from rules.policy import Policy
from rules.viewer import ANONYMOUS
from server.passwords import Argon2Passwords, HashingCost
from server.vat_registry import NoRegistry
from server.vault import FernetVault

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "lakeside window otter"
NEW_PASSWORD = "seven quiet lanterns"
CHEAP = HashingCost(memory_kibibytes=8, iterations=1)
PASSWORDS = Argon2Passwords(CHEAP)
HOME = "198.51.100.7"


class CountingPasswords(Argon2Passwords):
    """Real passwords that also say how often they worked."""

    hashes = 0

    async def matches(self, password: str, password_hash: str | None) -> bool:
        self.hashes += 1
        return await super().matches(password, password_hash)

    async def hash(self, password: str) -> str:
        self.hashes += 1
        return await super().hash(password)


class InterruptedPasswords(Argon2Passwords):
    """Real passwords; while one is hashed, something else happens."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(CHEAP)
        self.meanwhile = meanwhile

    async def matches(self, password: str, password_hash: str | None) -> bool:
        answer = await super().matches(password, password_hash)
        await self.meanwhile()
        return answer


def stranger(*, now: datetime = NOW, address: str = HOME, policy: Policy | None = None) -> Caller:
    """Somebody who is not signed in."""
    return Caller(
        viewer=ANONYMOUS,
        now=now,
        policy=policy or Policy(),
        passwords=PASSWORDS,
        vat_registry=NoRegistry(),
        vault=FernetVault("for tests"),
        address=address,
        user_agent="test",
    )


def later(caller: Caller, **passed: float) -> Caller:
    """The same caller, some time afterwards."""
    return replace(caller, now=caller.now + timedelta(**passed))


async def add_person(
    login: str = "anna@example.com",
    *,
    first_name: str = "Anna",
    last_name: str = "Keller",
    password: str = PASSWORD,
    locale: Locale = Locale.EN,
) -> User:
    """An account, as if its sign-up had been confirmed."""
    password_hash = await PASSWORDS.hash(password)
    async with transaction():
        return await add_user(
            stranger(), as_address(login), password_hash, first_name=first_name, last_name=last_name, locale=locale
        )


async def sign_in(user: User, *, now: datetime = NOW, address: str = HOME, policy: Policy | None = None) -> Caller:
    """A caller with a fresh session of this user."""
    caller = stranger(now=now, address=address, policy=policy)
    async with transaction():
        opened = await open_session(caller, user)
    return replace(caller, viewer=opened.viewer, locale=user.locale)


def as_address(text: str) -> EmailAddress:
    """A well-formed address, read."""
    address = read_email_address(text)
    assert address is not None
    return address


@dataclass(frozen=True)
class Letter:
    """A mail in the outbox, with what its text will use."""

    kind: LetterKind
    recipient: str
    locale: Locale
    facts: dict[str, Any]


async def letters() -> list[Letter]:
    """The mails that will be sent, in the order in which they were written."""
    rows = await OutboxMail.filter(sent_at=None).order_by("id")
    return [Letter(LetterKind(row.kind), row.recipient, row.locale, json.loads(row.details)) for row in rows]


async def letters_to(recipient: str) -> list[LetterKind]:
    """The kinds of mails that will be sent to an address."""
    return [letter.kind for letter in await letters() if letter.recipient == recipient]


async def last_secret(kind: LetterKind) -> str:
    """The secret in the newest mail of a kind."""
    return str([letter for letter in await letters() if letter.kind is kind][-1].facts["secret"])


async def actions_of(user: User) -> list[str]:
    """What the audit log says that a user did to their own account, in order."""
    return [entry.action for entry in await AuditEntry.filter(user_id=user.id, organization_id=None).order_by("id")]


async def add_mailbox(
    organization_id: Any,
    address: str,
    *,
    kind: ProductKind = ProductKind.MAIL_SERVICE,
    state: ProductState = ProductState.ACTIVE,
    password: str = PASSWORD,
) -> Mailbox:
    """A mailbox in a product of its own."""
    product = await Product.create(
        organization_id=organization_id,
        kind=kind,
        family=FAMILY_OF[kind],
        state=state,
        name=address.split("@")[1],
        name_sort=address.split("@")[1],
        label="",
        label_sort="",
        created_at=NOW,
    )
    return await Mailbox.create(
        organization_id=organization_id,
        product=product,
        address=address,
        address_key=as_address(address).key,
        password_hash=await PASSWORDS.hash(password),
        created_at=NOW,
    )
