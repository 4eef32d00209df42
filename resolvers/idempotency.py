"""Idempotency keys: a success is remembered by reference, in the same transaction as its effect."""

from datetime import datetime, timedelta

from models import IdempotencyRecord
from models.engines.trouble import is_lock_timeout
from models.statements import carry_out, find, insert_unless_there
from resolvers.caller import Acting, Once
from rules.denials import IdempotencyInProgress
from rules.policy import Policy
from rules.refusals import IdempotencyKeyReused

ONE_KEY = "scope = ? AND mutation = ? AND key = ?"


class AlreadyDone(Exception):
    """The same call succeeded before; `reference` is the public id of what it made."""

    def __init__(self, reference: str) -> None:
        """Carry the reference to whoever answers the replay."""
        super().__init__(reference)
        self.reference = reference


async def claim(caller: Acting, *, makes: str = "") -> None:
    """Take the caller's key, first thing in the transaction of its effect; a refusal rolls it back with all else.

    `makes` is the public id of what the call makes, where it is known beforehand: then there is nothing to settle.
    Raises AlreadyDone for a replay and IdempotencyKeyReused when the key stood for other arguments. While another
    transaction holds the same key, this waits for it, as long as anybody waits for a lock: then IdempotencyInProgress.
    """
    once = caller.once
    if once is None:
        return
    while not await _take(once, makes, caller.now):
        await find_replay(once)  # whoever has the key may also have forgotten it in between: then it is free


async def _take(once: Once, reference: str, now: datetime) -> bool:
    record = {**vars(once), "reference": reference, "created_at": now}
    try:
        return await insert_unless_there(IdempotencyRecord, record)
    except Exception as error:
        if is_lock_timeout(error):
            raise IdempotencyInProgress from error
        raise


async def settle(caller: Acting, reference: str) -> None:
    """Write down what the call made, last thing in its transaction."""
    once = caller.once
    if once is not None:
        await carry_out(
            f"UPDATE idempotency_records SET reference = ? WHERE {ONE_KEY}",  # noqa: S608 -- words of ours
            reference,
            once.scope,
            once.mutation,
            once.key,
        )


async def forget(caller: Acting) -> None:
    """Forget the caller's key, after what it stood for came to nothing; the same key may be tried again (M6)."""
    once = caller.once
    if once is not None:
        await IdempotencyRecord.filter(scope=once.scope, mutation=once.mutation, key=once.key).delete()


async def find_replay(once: Once | None) -> None:
    """Raise AlreadyDone or IdempotencyKeyReused when the key is known; nothing when it is new, or there is none."""
    if once is None:
        return
    for row in await find(IdempotencyRecord, ONE_KEY, once.scope, once.mutation, once.key):
        if row.fingerprint != once.fingerprint:
            raise IdempotencyKeyReused(path=("idempotencyKey",))
        raise AlreadyDone(row.reference)


async def forget_old_keys(now: datetime, policy: Policy) -> int:
    """Delete keys that are older than the policy keeps them; answers how many."""
    return await IdempotencyRecord.filter(created_at__lt=now - timedelta(days=policy.idempotency_days)).delete()
