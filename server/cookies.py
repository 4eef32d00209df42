"""The session cookie of browsers: out of reach of scripts, and sent by our own pages only."""

from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie

NAME = "manager_session"


@dataclass(frozen=True)
class SessionCookie:
    """Writes and reads the cookie; `secure` keeps it off unencrypted connections (everywhere but on loopback)."""

    secure: bool

    def __call__(self, secret: str | None, expires_at: datetime | None) -> str:
        """The Set-Cookie header that hands out a secret until an instant; without a secret, one that takes it back."""
        cookie: SimpleCookie = SimpleCookie()
        cookie[NAME] = secret or ""
        morsel = cookie[NAME]
        morsel["path"] = "/"
        morsel["httponly"] = True
        morsel["samesite"] = "Lax"
        morsel["secure"] = self.secure
        if secret is None or expires_at is None:
            morsel["max-age"] = 0
        else:
            morsel["expires"] = expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return morsel.OutputString()


def read_session_cookie(header: str) -> str | None:
    """The secret in a Cookie header; None when there is none or the header is malformed."""
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == NAME and value:
            return value
    return None
