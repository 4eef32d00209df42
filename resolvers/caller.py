"""Who asks, from where and when, and the tools that the server lends to whoever acts for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from resolvers.payment_providers import NO_PAYMENTS, PaymentDesk
from rules.denials import ReauthenticationRequired, Unauthenticated
from rules.locales import Locale
from rules.policy import Policy
from rules.viewer import ANONYMOUS, Viewer


class Passwords(Protocol):
    """Hashes and checks passwords; both take long and run beside the event loop, a few at a time."""

    async def hash(self, password: str) -> str:
        """Answer a salted hash of the password."""
        ...

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password belongs to the hash; without a hash it takes as long and answers no (USR10)."""
        ...

    async def is_common(self, password: str, known: Sequence[str]) -> bool:
        """Whether few guesses find the password, for somebody who knows these words about its owner (USR6)."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made at another cost than today's, and should be made again."""
        ...


class VatRegistry(Protocol):
    """Asks whether a VAT number is registered (ORG6)."""

    async def is_registered(self, vat_number: str) -> bool | None:
        """True or False as the registry says, None when it cannot be asked now."""
        ...


class Vault(Protocol):
    """Seals what must be read again, so that the database alone does not tell it."""

    def seal(self, text: str) -> str:
        """A sealed text."""
        ...

    def open(self, sealed: str) -> str:
        """The text again."""
        ...


@dataclass(frozen=True)
class Once:
    """The idempotency key of this call: where it counts, the key, and a hash of what was asked under it."""

    scope: str
    mutation: str
    key: str
    fingerprint: str


class Acting(Protocol):
    """Whoever a change is recorded of: a caller, or nobody."""

    @property
    def viewer(self) -> Viewer: ...

    @property
    def now(self) -> datetime: ...

    @property
    def address(self) -> str: ...

    @property
    def request_id(self) -> str | None: ...

    @property
    def once(self) -> Once | None: ...


@dataclass(frozen=True)
class Nobody:
    """What happens by itself when its time has come, or is done by somebody who need not say who they are."""

    now: datetime
    viewer: Viewer = ANONYMOUS
    address: str = ""
    request_id: str | None = None
    once: Once | None = None


class Paying(Acting, Protocol):
    """Whoever pays: a caller, or the worker by itself."""

    @property
    def policy(self) -> Policy: ...

    @property
    def payments(self) -> PaymentDesk: ...


@dataclass(frozen=True)
class Clerk:
    """Nobody, with what it takes to pay by itself: the numbers of the rules and the payment desk."""

    now: datetime
    policy: Policy
    payments: PaymentDesk
    viewer: Viewer = ANONYMOUS
    address: str = ""
    request_id: str | None = None
    once: Once | None = None


@dataclass(frozen=True)
class Caller:
    """One call of one operation. Time is a value here: it does not move while the call runs."""

    viewer: Viewer
    now: datetime
    policy: Policy
    passwords: Passwords
    vat_registry: VatRegistry
    vault: Vault
    payments: PaymentDesk = NO_PAYMENTS
    address: str = ""
    user_agent: str = ""
    request_id: str | None = None  # as the log of requests names it, and the header X-Request-Id
    locale: Locale = Locale.EN  # of the user, or what the request prefers when nobody is signed in
    once: Once | None = field(default=None)

    @property
    def user_id(self) -> UUID:
        """The user who asks; Unauthenticated when nobody is signed in."""
        if self.viewer.user_id is None:
            raise Unauthenticated
        return self.viewer.user_id

    @property
    def session_id(self) -> UUID:
        """The session that the user asks through; Unauthenticated when there is none."""
        if self.viewer.session_id is None:
            raise Unauthenticated
        return self.viewer.session_id

    def require_recent_proof(self) -> None:
        """Refuse unless the password was proved in this session a short while ago (USR13)."""
        if not self.viewer.has_proved_recently(self.now, self.policy.reauthentication_minutes):
            raise ReauthenticationRequired
