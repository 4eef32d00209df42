"""What went wrong in a database, told from its errors."""

from collections.abc import Iterator

# SQLSTATE codes of PostgreSQL.
CONFLICTS = {"40001", "40P01"}  # serialization failure, deadlock
LOCK_TIMEOUT = "55P03"  # a lock did not come in time


def is_conflict(error: BaseException) -> bool:
    """Whether another transaction won: nothing was done, and the same may be tried again at once."""
    return any(state in CONFLICTS for state in _states(error))


def is_lock_timeout(error: BaseException) -> bool:
    """Whether another transaction held what was wanted for longer than anybody waits."""
    return LOCK_TIMEOUT in _states(error)


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
