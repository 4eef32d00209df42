"""Who is asking: the session behind a bearer secret or a cookie, the network address, the language."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import HTTPConnection

from execution.origins import Origins
from resolvers.caller import Caller, Passwords, VatRegistry, Vault
from resolvers.documents import Download
from resolvers.payment_providers import PaymentDesk
from resolvers.sessions import find_session
from rules.denials import Unauthenticated
from rules.locales import Locale
from rules.networks import network_of
from rules.policy import Policy
from rules.viewer import ANONYMOUS, Viewer
from schema.context import Context
from schema.errors import as_graphql_error
from server.clock import Clock
from server.cookies import SessionCookie
from server.request_log import REQUEST_ID

LONGEST_USER_AGENT = 300


@dataclass(frozen=True)
class Authentication:
    """Makes the context of each request from what the connection carries."""

    clock: Clock
    policy: Policy
    passwords: Passwords
    vat_registry: VatRegistry
    vault: Vault
    payments: PaymentDesk
    origins: Origins
    session_cookie: SessionCookie
    download_link: Callable[[Download], str]
    trusted_proxies: Collection[str] = ()

    async def __call__(self, connection: HTTPConnection) -> Context:
        """The context of one request.

        A bearer secret that is no live session is refused with UNAUTHENTICATED. A cookie that is none makes an
        anonymous request, so that a page can offer to log in; it counts only where no foreign page can have sent it.
        """
        now = self.clock.now()
        return self.context_of(connection, await self._viewer(connection, now), now)

    def context_of(self, connection: HTTPConnection, viewer: Viewer | None, now: datetime) -> Context:
        """The context of a request that comes through somebody's session, or through none."""
        address = self._address(connection)
        if viewer is not None:
            locale = viewer.locale
        else:
            viewer, locale = ANONYMOUS, preferred_locale(connection.headers.get("accept-language", ""))
        caller = Caller(
            viewer=viewer,
            now=now,
            policy=self.policy,
            passwords=self.passwords,
            vat_registry=self.vat_registry,
            vault=self.vault,
            payments=self.payments,
            address=address,
            request_id=connection.scope.get(REQUEST_ID),
            user_agent=connection.headers.get("user-agent", "")[:LONGEST_USER_AGENT],
            locale=locale,
        )
        key = f"user {viewer.user_id}" if viewer.is_signed_in else f"address {network_of(address)}"
        return Context(
            caller=caller, caller_key=key, session_cookie=self.session_cookie, download_link=self.download_link
        )

    async def _viewer(self, connection: HTTPConnection, now: datetime) -> Viewer | None:
        header = connection.headers.get("authorization")
        if header is not None:
            scheme, _, secret = header.partition(" ")
            viewer = await find_session(secret.strip(), now, self.policy) if scheme.lower() == "bearer" else None
            if viewer is None:
                raise as_graphql_error(Unauthenticated())
            return viewer
        secret = self.session_cookie.read(connection.headers.get("cookie", ""))
        if not secret or not self.origins.cookie_allowed(connection):
            return None
        return await find_session(secret, now, self.policy)

    def _address(self, connection: HTTPConnection) -> str:
        """The caller's network address: of the connection, or what a trusted proxy in front of us says."""
        address = connection.client.host if connection.client else ""
        if address in self.trusted_proxies:
            # A proxy may add a line of its own below what its caller sent, so all lines count, in their order.
            lines = ",".join(connection.headers.getlist("x-forwarded-for"))
            forwarded = [part.strip() for part in lines.split(",")]
            # From the right, the first one that is no proxy of ours; what stands left of it is anybody's claim.
            address = next((part for part in reversed(forwarded) if part and part not in self.trusted_proxies), address)
        return address[:64]


def preferred_locale(header: str) -> Locale:
    """The language of ours that an Accept-Language header prefers; English when it names none."""
    wishes: list[tuple[float, int, Locale]] = []
    for position, part in enumerate(header[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        name = tag.split("-")[0].upper()
        if name not in Locale.__members__:
            continue
        try:
            wishes.append((-float(quality or 1), position, Locale[name]))
        except ValueError:
            continue
    return min(wishes)[2] if wishes else Locale.EN
