"""Why a request as a whole is turned away: the few codes that are errors and not data."""

from rules.rights import Right


class Denial(Exception):
    """A request that is turned away before it had any effect; `code` is what clients see in `extensions.code`."""

    code = "INTERNAL"


class Unauthenticated(Denial):
    """Nobody is signed in, or the session is over."""

    code = "UNAUTHENTICATED"


class ReauthenticationRequired(Denial):
    """The operation asks for a recent password proof (USR13)."""

    code = "REAUTHENTICATION_REQUIRED"


class NotFound(Denial):
    """The thing does not exist, as far as the viewer may know."""

    code = "NOT_FOUND"


class Forbidden(Denial):
    """The viewer is a member, and lacks the named right."""

    code = "FORBIDDEN"

    def __init__(self, right: Right | None) -> None:
        """Name the right that is missing; None where no right would help."""
        super().__init__(right)
        self.right = right


class RateLimited(Denial):
    """Too many attempts; `retry_after_seconds` says when the next one is looked at."""

    code = "RATE_LIMITED"

    def __init__(self, retry_after_seconds: int) -> None:
        """Say how long to wait, in whole seconds."""
        super().__init__(retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class IdempotencyInProgress(Denial):
    """The first request under the same idempotency key is still running."""

    code = "IDEMPOTENCY_IN_PROGRESS"


class Unavailable(Denial):
    """Somebody whom the operation needs does not answer now; nothing came of it, and it can be tried again."""

    code = "UNAVAILABLE"
