"""The worker: sends mails and does what comes due by itself. Several may run at once, in any number of processes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from execution.errors import described
from resolvers.caller import Clerk
from resolvers.charging import ask_due_payments
from resolvers.idempotency import forget_old_keys
from resolvers.invitations import expire_invitations
from resolvers.links import forget_old_links
from resolvers.outbox import forget_old_mails
from resolvers.payment_methods import ask_pending_methods, forget_removed_methods
from resolvers.payment_providers import PaymentDesk
from resolvers.throttle import forget_old_counters
from resolvers.top_ups import top_up_automatically
from resolvers.wallets import tell_low_balances
from rules.policy import Policy
from server.clock import Clock, SystemClock
from server.mail.delivery import Delivery, MailFolder, MailServer
from server.mail.links import Links
from server.mail.sending import MailRoom
from server.mail.writing import Sender
from server.payments.desk import open_desk
from server.payments.sandbox_news import tell_charge_backs
from server.settings import Settings

MAIL_PAUSE_SECONDS = 1.0
EXPIRY_PAUSE_SECONDS = 60.0
WALLET_PAUSE_SECONDS = 30.0
PAYMENT_PAUSE_SECONDS = 5.0
RETENTION_PAUSE_SECONDS = 3600.0
TROUBLE_PAUSE_SECONDS = 5.0

_log = logging.getLogger("manager.worker")


async def run(
    settings: Settings, stop: asyncio.Event, clock: Clock | None = None, desk: PaymentDesk | None = None
) -> None:
    """Work until `stop` is set, and end when what was begun is finished. The database must be open already.

    Without SMTP_URL, which only development may lack, mails are written into MAIL_FOLDER. Without a desk, payments are
    made as the settings say.
    """
    clock = clock or SystemClock()
    mail_room = open_mail_room(settings, clock)
    desk = desk or open_desk(settings, clock)

    async def expire() -> int:
        return await expire_invitations(clock.now())

    async def forget() -> int:
        await forget_what_is_over(clock.now(), settings.policy)
        return 0

    async def tell() -> int:
        return await tell_low_balances(clock.now())

    async def pay() -> int:
        return await look_after_payments(Clerk(clock.now(), settings.policy, desk))

    await asyncio.gather(
        _repeat(mail_room.send_due_mails, MAIL_PAUSE_SECONDS, stop),
        _repeat(expire, EXPIRY_PAUSE_SECONDS, stop),
        _repeat(tell, WALLET_PAUSE_SECONDS, stop),
        _repeat(pay, PAYMENT_PAUSE_SECONDS, stop),
        _repeat(forget, RETENTION_PAUSE_SECONDS, stop),
    )


def open_mail_room(settings: Settings, clock: Clock) -> MailRoom:
    """The mail room that the settings describe."""
    delivery: Delivery = MailServer.parse(settings.smtp_url) if settings.smtp_url else MailFolder(settings.mail_folder)
    links = Links(settings.address, settings.link_templates)
    return MailRoom(Sender(settings.mail_from, links), delivery, settings.policy, clock)


async def look_after_payments(clerk: Clerk) -> int:
    """Ask what became of payments and methods under way, and fill wallets that are low; answers how much was done."""
    asked = await ask_due_payments(clerk, clerk.policy, clerk.payments)
    ended = await ask_pending_methods(clerk, clerk.policy, clerk.payments)
    forgotten = await forget_removed_methods(clerk.payments)
    reversed_ = await tell_charge_backs(clerk)
    return asked + ended + forgotten + reversed_ + await top_up_automatically(clerk)


async def forget_what_is_over(now: datetime, policy: Policy) -> None:
    """Delete what nobody needs any more: remembered keys, links, sent mails, counted attempts."""
    await forget_old_keys(now, policy)
    await forget_old_links(now, policy)
    await forget_old_mails(now, policy)
    await forget_old_counters(now)


async def _repeat(work: Callable[[], Awaitable[int]], pause_seconds: float, stop: asyncio.Event) -> None:
    """Do some work again and again, at once while there is more of it, else after a pause; trouble is only logged."""
    while not stop.is_set():
        try:
            pause = 0.0 if await work() else pause_seconds
        except Exception as error:
            # Without the words of the error, which may quote a row.
            _log.error("the worker had trouble and goes on\n%s", described(error))
            pause = TROUBLE_PAUSE_SECONDS
        await _wait(stop, pause)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
