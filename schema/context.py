"""What a request carries through the schema: who asks, what was learned, and what the answer gets besides data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import strawberry

from permissions.standings import Standings
from resolvers.caller import Caller
from resolvers.documents import Download
from resolvers.sessions import OpenedSession
from rules.viewer import ANONYMOUS, Viewer

ANYBODY = UUID(int=(1 << 128) - 1)


def _user_id(request: Any) -> UUID | None:
    """Who asks, as plans read it of a request."""
    user_id: UUID | None = request.context.viewer.user_id
    return user_id


@dataclass
class Context:
    """One operation of one request. Nothing in it outlives the operation."""

    caller: Caller
    caller_key: str  # whose bucket of points the operation draws from
    session_cookie: Callable[[str | None, datetime | None], str]  # the Set-Cookie header of a secret, or of its end
    download_link: Callable[[Download], str]  # the address that a document can be fetched from
    loaders: dict[Any, Any] = field(default_factory=dict)
    answer_headers: list[tuple[str, str]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    cost: Any = None
    standings: Standings = field(init=False)

    def __post_init__(self) -> None:
        """Start knowing nothing of the viewer's standing."""
        self.standings = Standings(self.caller.viewer)

    @property
    def now(self) -> datetime:
        """The one instant of this operation."""
        return self.caller.now

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self.caller.viewer

    def marked(self) -> tuple["Context", Mapping[UUID, Callable[[Any], Any]]]:
        """A context of nobody in particular: the viewer is a mark, which stands for whoever asks."""
        viewer = replace(self.viewer, user_id=ANYBODY)
        someone = replace(self, caller=replace(self.caller, viewer=viewer), loaders={})
        return someone, {ANYBODY: _user_id}

    def forget(self) -> None:
        """Ask everything anew, after a mutation may have changed rows and rights."""
        self.loaders.clear()
        self.standings.forget()

    def become(self, viewer: Viewer) -> None:
        """Go on as this viewer: what a log-in or a log-out does to the rest of its own answer."""
        locale = viewer.locale if viewer.is_signed_in else self.caller.locale
        self.caller = replace(self.caller, viewer=viewer, locale=locale)
        self.standings = Standings(viewer)

    def enter(self, opened: OpenedSession) -> None:
        """Go on in a session that was just opened, and hand its secret to a browser."""
        self.become(opened.viewer)
        self.open_cookie(opened.secret, opened.lasts_until)

    def leave(self) -> None:
        """Go on as nobody, after the session was ended."""
        self.become(ANONYMOUS)
        self.close_cookie()

    def open_cookie(self, secret: str, expires_at: datetime) -> None:
        """Hand the session's secret to a browser, out of reach of its scripts."""
        self.answer_headers.append(("set-cookie", self.session_cookie(secret, expires_at)))

    def close_cookie(self) -> None:
        """Make a browser forget the session."""
        self.answer_headers.append(("set-cookie", self.session_cookie(None, None)))


Info: TypeAlias = strawberry.Info[Context, None]
