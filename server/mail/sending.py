"""The mail room: takes due mails from the outbox, writes them, hands them over, and notes how that went (MSG2)."""

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import datetime

from models import OutboxMail
from resolvers import outbox
from rules.policy import Policy
from server.clock import Clock
from server.mail.delivery import Delivery, MailRefused
from server.mail.writing import Sender, write_mail

AT_ONCE = 10

_log = logging.getLogger("manager.mail")


@dataclass(frozen=True)
class MailRoom:
    """Everything that sending takes. Several may work on one outbox; each mail is sent by one of them."""

    sender: Sender
    delivery: Delivery
    policy: Policy
    clock: Clock

    async def send_due_mails(self) -> int:
        """Send the mails that are due, a few at once, and answer how many were looked at."""
        mails = await outbox.claim_mails(self.clock.now(), AT_ONCE)
        outcomes = await asyncio.gather(*(self._send(mail) for mail in mails), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):  # the outbox itself is out of reach
                raise outcome
        return len(mails)

    async def _send(self, mail: OutboxMail) -> None:
        if _is_over(mail, self.clock.now()):
            await outbox.settle_failed(mail, self.clock.now())
            _log.warning("mail %s (%s) was not sent: its link is over", mail.id.hex, mail.kind)
            return
        try:
            await self.delivery.deliver(mail, write_mail(mail, self.sender))
        except MailRefused as refusal:
            await outbox.settle_failed(mail, self.clock.now())
            _log.warning("mail %s (%s) was refused for good with %d", mail.id.hex, mail.kind, refusal.status)
        except Exception as error:  # whatever went wrong with this mail, the others must not wait for it
            later = await outbox.postpone(mail, self.clock.now(), self.policy)
            outcome = "will be tried again" if later else "is given up"
            # The kind of the error only: its text may repeat the address or the content.
            reason = type(error).__name__
            _log.warning("mail %s (%s) %s: %s, attempt %d", mail.id.hex, mail.kind, outcome, reason, mail.attempts)
        else:
            await outbox.settle_sent(mail, self.clock.now())


def _is_over(mail: OutboxMail, now: datetime) -> bool:
    """Whether the mail's link would not work any more when it arrived; a warning without a link is never too late."""
    details = json.loads(mail.details)
    return "secret" in details and datetime.fromisoformat(details["expires_at"]) <= now
