"""Links in mails: built from PUBLIC_URL and a template for each kind, never from what a request says (MSG3, O5).

By default the one-time secret stands in the fragment of the link, behind the `#`. A browser keeps that part to itself,
so the secret reaches no server log, no proxy and no Referer header, and whoever merely fetches the link, as mail
scanners do, learns nothing from it and changes nothing. The page behind the link reads the fragment in its script.
A template may put the secret elsewhere, when the provider's own frontend wants it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from rules.letters import LetterKind


class LinkKind(StrEnum):
    """What a link leads to; in lower case and with hyphens also the last part of the default page's path."""

    SIGN_UP = "SIGN_UP"
    LOGIN_CHANGE = "LOGIN_CHANGE"
    RECOVERY_EMAIL = "RECOVERY_EMAIL"
    PASSWORD_RESET = "PASSWORD_RESET"
    INVITATION = "INVITATION"
    LOG_IN = "LOG_IN"

    @property
    def page(self) -> str:
        """The kind as it is spelled in a path."""
        return self.lower().replace("_", "-")


LINK_OF_LETTER: Mapping[LetterKind, LinkKind] = {
    LetterKind.SIGN_UP: LinkKind.SIGN_UP,
    LetterKind.SIGN_UP_EXISTING: LinkKind.LOG_IN,
    LetterKind.LOGIN_CHANGE: LinkKind.LOGIN_CHANGE,
    LetterKind.RECOVERY_EMAIL: LinkKind.RECOVERY_EMAIL,
    LetterKind.PASSWORD_RESET: LinkKind.PASSWORD_RESET,
    LetterKind.INVITATION: LinkKind.INVITATION,
}


def default_template(kind: LinkKind) -> str:
    """The template of the page that this server offers itself."""
    return f"/links/{kind.page}" if kind is LinkKind.LOG_IN else f"/links/{kind.page}#{{secret}}"


def problem_of_template(kind: LinkKind, template: str) -> str | None:
    """Why a template cannot be used, in a few words; None when it can.

    It is a path below PUBLIC_URL or a whole http(s) address, and holds `{secret}` exactly once (LOG_IN: never).
    """
    if template.count("{secret}") != (kind is not LinkKind.LOG_IN):
        return "must not hold {secret}" if kind is LinkKind.LOG_IN else "must hold {secret} once"
    if not template.isascii() or not template.isprintable() or " " in template:
        return "must be printable ASCII without spaces"
    parts = urlsplit(template)
    if template.startswith("/"):
        return "must not begin with two slashes" if template.startswith("//") else None
    return None if parts.scheme in {"https", "http"} and parts.netloc else "must begin with / or https://"


@dataclass(frozen=True)
class Links:
    """Where the links of this installation lead."""

    public_url: str
    templates: Mapping[LinkKind, str] = field(default_factory=lambda: MappingProxyType({}))

    def to(self, kind: LinkKind, secret: str = "") -> str:
        """The whole address of a link."""
        template = self.templates.get(kind) or default_template(kind)
        path = template.replace("{secret}", quote(secret, safe=""))
        return self.public_url.rstrip("/") + path if path.startswith("/") else path
