"""What is deleted once nobody needs it any more; what the books need stays."""

from datetime import datetime, timedelta

from models import Confirmation, OutboxMail, Session, ThrottleCounter
from rules.policy import Policy

AT_ONCE = 500  # rows per statement, so that no lock is held for long


async def forget_what_is_over(now: datetime, policy: Policy) -> int:
    """Delete links and sessions that ended long ago, mails sent long ago, and counters of windows that are over.

    A session that the audit log names stays. Answers how many rows are gone; zero means that there is nothing left.
    """
    horizon = now - timedelta(days=policy.retention_days)
    return (
        await _delete_counters(now)
        + await _delete_links(horizon)
        + await _delete_mails(horizon)
        + await _delete_sessions(horizon)
    )


async def _delete_counters(now: datetime) -> int:
    keys = await ThrottleCounter.filter(window_ends_at__lt=now).limit(AT_ONCE).values_list("id", flat=True)
    # The window is asked again: an attempt may have begun a new one under the same key.
    return await ThrottleCounter.filter(id__in=keys, window_ends_at__lt=now).delete() if keys else 0


async def _delete_links(horizon: datetime) -> int:
    keys = await Confirmation.filter(expires_at__lt=horizon).limit(AT_ONCE).values_list("id", flat=True)
    return await Confirmation.filter(id__in=keys).delete() if keys else 0


async def _delete_mails(horizon: datetime) -> int:
    keys = await OutboxMail.filter(sent_at__lt=horizon).limit(AT_ONCE).values_list("id", flat=True)
    return await OutboxMail.filter(id__in=keys).delete() if keys else 0


async def _delete_sessions(horizon: datetime) -> int:
    unnamed = Session.filter(expires_at__lt=horizon, audit_entries__id=None)
    keys = await unnamed.limit(AT_ONCE).values_list("id", flat=True)
    return await Session.filter(id__in=keys).delete() if keys else 0
