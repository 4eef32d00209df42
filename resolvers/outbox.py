"""The outbox: which mails are due, who is sending them now, and how each attempt ended (MSG2).

A mail is leased, sent, and then settled. A worker that dies in between leaves a lease that ends by itself, and the mail
is sent again under the same Message-ID: at least once, and never for something that did not happen.
"""

from datetime import datetime, timedelta

from tortoise.expressions import F, Q

from models import OutboxMail
from resolvers.transactions import transaction
from rules.policy import Policy

LEASE = timedelta(minutes=10)  # longer than any attempt to send can take
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),  # and every six hours from then on
)
NO_DETAILS = "{}"


async def claim_mails(now: datetime, at_most: int) -> list[OutboxMail]:
    """Lease mails that are due to the caller, oldest first; no other worker gets them until the lease ends."""
    waiting = Q(sent_at=None, failed_at=None, due_at__lte=now)
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    async with transaction():
        query = OutboxMail.filter(waiting, free).order_by("due_at", "id").limit(at_most)
        mails = await query.select_for_update(skip_locked=True)
        await OutboxMail.filter(id__in=[mail.id for mail in mails]).update(
            leased_until=now + LEASE, attempts=F("attempts") + 1
        )
    for mail in mails:
        mail.attempts += 1
    return mails


async def settle_sent(mail: OutboxMail, now: datetime) -> None:
    """Note that a mail left the house, and forget what it said: its link works only where it was sent to."""
    await OutboxMail.filter(id=mail.id).update(sent_at=now, details=NO_DETAILS, leased_until=None)


async def settle_failed(mail: OutboxMail, now: datetime) -> None:
    """Give a mail up for good, and forget what it said."""
    await OutboxMail.filter(id=mail.id, sent_at=None).update(failed_at=now, details=NO_DETAILS, leased_until=None)


async def postpone(mail: OutboxMail, now: datetime, policy: Policy) -> bool:
    """Free a mail for a later attempt, or give it up when it has waited too long; answers whether there is a next one.

    The attempt that is noted must be the last one: a worker whose lease ran out changes nothing any more.
    """
    next_attempt_at = now + PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    if next_attempt_at > mail.created_at + timedelta(days=policy.mail_retry_days):
        await settle_failed(mail, now)
        return False
    await OutboxMail.filter(id=mail.id, attempts=mail.attempts, sent_at=None).update(
        due_at=next_attempt_at, leased_until=None
    )
    return True


async def forget_old_mails(now: datetime, policy: Policy) -> int:
    """Delete mails that were sent, or given up, long ago; answers how many."""
    horizon = now - timedelta(days=policy.retention_days)
    return await OutboxMail.filter(Q(sent_at__lt=horizon) | Q(failed_at__lt=horizon)).delete()
