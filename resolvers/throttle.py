"""The throttle: attempts are counted before they are looked at, in rows that all processes share (USR2, USR10).

What is counted stays counted although the attempt fails, so nothing here may be called inside a transaction. Windows
are short and start with their first attempt; sessions that are open already are never affected. An account that is
attacked from everywhere still listens to the networks that its owner used lately, so that nobody can lock them out.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import F

from models import Session, ThrottleCounter
from resolvers.caller import Caller
from resolvers.transactions import transaction
from rules.denials import RateLimited
from rules.networks import network_of

ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """How many attempts are allowed within a window that starts with the first; what is counted is kept as a hash."""

    subject: tuple[str, ...]
    allowed: int
    window: timedelta

    @property
    def key(self) -> str:
        """The stored name of what is counted."""
        return _key(*self.subject)


@dataclass(frozen=True)
class Attempt:
    """An attempt that was admitted; `crowded_seconds` says how long the account hears known networks only, or 0."""

    limits: tuple[Limit, ...]
    crowded_seconds: int = 0


async def admit_log_in(caller: Caller, login_key: str) -> Attempt:
    """Count an attempt to log in; RateLimited when this network tried too often, this account or in all.

    Known and unknown logins are counted alike.
    """
    policy, network = caller.policy, network_of(caller.address)
    limits = (
        Limit(("log-in", login_key, network), policy.sign_in_attempts_per_account, _window(caller)),
        _network_limit(caller),
        Limit(("log-in", login_key), policy.sign_in_attempts_per_account_from_everywhere, _window(caller)),
    )
    *waits, crowded = await _count(caller.now, limits)
    _refuse(waits)
    return Attempt(limits=limits, crowded_seconds=crowded)


async def admit_stranger(caller: Caller) -> None:
    """Count a costly request of somebody who is not signed in; RateLimited when their network makes too many."""
    _refuse(await _count(caller.now, (_network_limit(caller),)))


async def admit_proof(caller: Caller) -> Attempt:
    """Count an attempt to prove the password within a session; RateLimited when this session tried too often."""
    limit = Limit(("proof", caller.session_id.hex), caller.policy.sign_in_attempts_per_account, _window(caller))
    _refuse(await _count(caller.now, (limit,)))
    return Attempt(limits=(limit,))


async def admit_second_factor(caller: Caller, user_id: UUID) -> Attempt:
    """Count a code of a second factor; RateLimited when the account was tried too often, from wherever."""
    subject = ("second-factor", user_id.hex)
    limit = Limit(subject, caller.policy.sign_in_attempts_per_account, _window(caller))
    _refuse(await _count(caller.now, (limit,)))
    return Attempt(limits=(limit,))


async def admit_mail(caller: Caller, address_key: str) -> bool:
    """Count a mail that anybody may ask for; whether the address may still get one within this hour."""
    return max(await _count(caller.now, (_mail_limit(caller, address_key),))) == 0


async def require_mail(caller: Caller, address_key: str) -> None:
    """Count a mail that a user asks for; RateLimited when the address or the user asked for too many."""
    _refuse(await _count(caller.now, (_mail_limit(caller, address_key), _mail_limit(caller, caller.user_id.hex))))


async def require_invitation(caller: Caller, address_key: str) -> None:
    """Count an invitation that is sent; RateLimited when the address was invited, or the user invites, too often."""
    policy = caller.policy
    limits = (
        Limit(("invitation", address_key), policy.mails_per_address_and_hour, ONE_HOUR),
        Limit(("invitations", caller.user_id.hex), policy.invitations_per_user_and_hour, ONE_HOUR),
    )
    _refuse(await _count(caller.now, limits))


async def forgive(attempt: Attempt) -> None:
    """Take back the count of an attempt that was right; its first limit starts anew."""
    first, *others = attempt.limits
    # One row at a time and each on its own: locks are never held together, so they cannot be held crosswise.
    await ThrottleCounter.filter(key=first.key).update(attempts=0)
    for limit in others:
        await ThrottleCounter.filter(key=limit.key, attempts__gt=0).update(attempts=F("attempts") - 1)


async def forget_attempts(login_key: str) -> None:
    """Forget who tried the account from everywhere, once its owner has set a new password through a link."""
    await ThrottleCounter.filter(key=_key("log-in", login_key)).delete()


async def is_known_network(caller: Caller, login_key: str) -> bool:
    """Whether a session of the account was opened from the caller's network lately."""
    since = caller.now - timedelta(days=caller.policy.session_days)
    sessions = Session.filter(user__login_key=login_key, created_at__gt=since)
    addresses = await sessions.distinct().values_list("address", flat=True)
    return network_of(caller.address) in {network_of(str(address)) for address in addresses}


async def forget_old_counters(now: datetime) -> int:
    """Delete counters whose window ended an hour ago; answers how many."""
    return await ThrottleCounter.filter(window_ends_at__lt=now - ONE_HOUR).delete()


def _key(*subject: str) -> str:
    return hashlib.sha256("\n".join(("throttle", *subject)).encode()).hexdigest()


def _window(caller: Caller) -> timedelta:
    return timedelta(minutes=caller.policy.throttle_minutes)


def _network_limit(caller: Caller) -> Limit:
    subject = ("network", network_of(caller.address))
    return Limit(subject, caller.policy.sign_in_attempts_per_address, _window(caller))


def _mail_limit(caller: Caller, subject: str) -> Limit:
    return Limit(("mail", subject), caller.policy.mails_per_address_and_hour, ONE_HOUR)


def _refuse(waits: Sequence[int]) -> None:
    if max(waits) > 0:
        raise RateLimited(retry_after_seconds=max(waits))


async def _count(now: datetime, limits: Sequence[Limit]) -> list[int]:
    """Count one attempt under each limit; answers the seconds to wait where one is exceeded, else 0."""
    fresh = [ThrottleCounter(key=limit.key, window_ends_at=now + limit.window, attempts=0) for limit in limits]
    fresh.sort(key=lambda row: row.key)
    waits = []
    async with transaction():
        # Writing over an existing row changes nothing, and locks it: always in the order of the keys.
        await ThrottleCounter.bulk_create(fresh, on_conflict=["key"], update_fields=["key"])
        rows = {row.key: row for row in await ThrottleCounter.filter(key__in=[row.key for row in fresh])}
        for limit in limits:
            row = rows[limit.key]
            if row.window_ends_at <= now:
                row.attempts, row.window_ends_at = 0, now + limit.window
            row.attempts += 1
            await row.save(update_fields=["attempts", "window_ends_at"])
            exceeded = row.attempts > limit.allowed
            waits.append(int((row.window_ends_at - now).total_seconds()) + 1 if exceeded else 0)
    return waits
