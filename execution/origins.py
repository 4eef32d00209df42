"""Which web pages may call, and when a cookie counts."""

import re
from collections.abc import Collection

from starlette.requests import HTTPConnection

PREFLIGHT_SECONDS = 600
_METHODS = "GET, POST, OPTIONS"
_HEADERS = "authorization, content-type, accept, accept-language"
_EXPOSED = "retry-after, www-authenticate, x-request-id"


class Origins:
    """The origins of pages that may call from elsewhere, such as `https://panel.example.com` or `http://localhost:*`."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._exact = frozenset(each for each in allowed if not each.endswith(":*"))
        starts = [re.escape(each.removesuffix(":*")) for each in allowed if each.endswith(":*")]
        self._any_port = re.compile(rf"(?:{'|'.join(starts)})(?::\d{{1,5}})?") if starts else None

    def allow(self, origin: str) -> bool:
        """Tell whether pages of this origin may call."""
        return origin in self._exact or (self._any_port is not None and self._any_port.fullmatch(origin) is not None)

    def headers(self, connection: HTTPConnection) -> list[tuple[str, str]]:
        """Give the headers that let an allowed page read the answer."""
        headers = [("vary", "Accept, Origin")]
        origin = connection.headers.get("origin")
        if origin is not None and self.allow(origin):
            headers += [
                ("access-control-allow-origin", origin),
                ("access-control-allow-credentials", "true"),
                ("access-control-expose-headers", _EXPOSED),
            ]
        return headers

    def preflight_headers(self, connection: HTTPConnection) -> list[tuple[str, str]]:
        """Give the headers that tell an allowed page what it may send."""
        headers = self.headers(connection)
        if len(headers) == 1:
            return headers
        return [
            *headers,
            ("access-control-allow-methods", _METHODS),
            ("access-control-allow-headers", _HEADERS),
            ("access-control-max-age", str(PREFLIGHT_SECONDS)),
        ]

    def cookie_allowed(self, connection: HTTPConnection) -> bool:
        """Tell whether a cookie sent along may say who is asking.

        A page of another origin that is not allowed never gets the benefit of a cookie. Without an Origin a cookie
        counts on a POST, which no foreign page can send as JSON unasked, and elsewhere only when the browser itself
        says that the request comes from a page of ours.
        """
        origin = connection.headers.get("origin")
        if origin is not None:
            return origin == _own(connection) or self.allow(origin)
        if connection.scope.get("method") == "POST":
            return True
        return connection.headers.get("sec-fetch-site") == "same-origin"


def _own(connection: HTTPConnection) -> str:
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return f"{scheme}://{connection.headers.get('host', '')}"
