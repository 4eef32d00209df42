"""What went wrong in a database, told from its errors."""

from collections.abc import Iterator

import asyncpg

# SQLSTATE codes of PostgreSQL.
CONFLICTS = {"40001", "40P01"}  # serialization failure, deadlock
LOCK_TIMEOUT = "55P03"  # a lock did not come in time
UNAVAILABLE_STATES = {
    LOCK_TIMEOUT,
    "57014",  # the statement took too long
    "57P01",  # the server shuts down
    "57P02",
    "57P03",  # the server starts up
    "53100",  # disk full
    "53200",  # out of memory
    "53300",  # too many connections
}
UNAVAILABLE_CLASS = "08"  # connection trouble
SQLITE_UNAVAILABLE = ("database is locked", "database table is locked", "disk is full", "disk I/O error")
# The driver's words for a connection that is gone, and for a pool that is closing.
LOST = (ConnectionError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def is_conflict(error: BaseException) -> bool:
    """Whether another transaction won: nothing was done, and the same may be tried again at once."""
    return any(state in CONFLICTS for state in _states(error))


def is_lock_timeout(error: BaseException) -> bool:
    """Whether another transaction held what was wanted for longer than anybody waits."""
    return LOCK_TIMEOUT in _states(error)


def is_unavailability(error: BaseException) -> bool:
    """Whether the database cannot work now, for reasons that are not the statement's: try again later."""
    if any(state in UNAVAILABLE_STATES or state[:2] == UNAVAILABLE_CLASS for state in _states(error)):
        return True
    return any(isinstance(cause, LOST) or str(cause).startswith(SQLITE_UNAVAILABLE) for cause in _causes(error))


def _states(error: BaseException) -> Iterator[str]:
    for cause in _causes(error):
        state = getattr(cause, "sqlstate", None)
        if isinstance(state, str):
            yield state


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from an error to what it wraps: Tortoise hands the driver's error on as argument or as cause."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        wrapped = cause.args[0] if cause.args and isinstance(cause.args[0], BaseException) else None
        cause = wrapped or cause.__cause__
