"""The session cookie of browsers: out of reach of scripts, and sent by our own pages only."""

from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie

NAME = "manager_session"
# Browsers take a cookie of such a name only from this very host and over TLS, so that no neighbouring host can plant
# a session of its own.
HOST_ONLY = "__Host-"


@dataclass(frozen=True)
class SessionCookie:
    """Writes and reads the cookie; `secure` keeps it off unencrypted connections (everywhere but on loopback)."""

    secure: bool

    @property
    def name(self) -> str:
        """What the cookie is called."""
        return HOST_ONLY + NAME if self.secure else NAME

    def __call__(self, secret: str | None, expires_at: datetime | None) -> str:
        """The Set-Cookie header that hands out a secret until an instant; without a secret, one that takes it back."""
        cookie: SimpleCookie = SimpleCookie()
        cookie[self.name] = secret or ""
        morsel = cookie[self.name]
        morsel["path"] = "/"
        morsel["httponly"] = True
        morsel["samesite"] = "Lax"
        morsel["secure"] = self.secure
        if secret is None or expires_at is None:
            morsel["max-age"] = 0
        else:
            morsel["expires"] = expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return morsel.OutputString()

    def read(self, header: str) -> str:
        """The secret in a Cookie header; empty when there is none."""
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == self.name and value:
                return value
        return ""
