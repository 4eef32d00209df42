"""From the outbox to the reader: at least once, never twice by two workers, never what did not happen (MSG2)."""

import asyncio
import contextvars
import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from models import OutboxMail
from resolvers import outbox
from resolvers.records import post_letter
from resolvers.transactions import transaction
from rules.letters import LetterKind
from rules.locales import Locale
from rules.policy import Policy
from server.mail.delivery import Delivery, MailServer
from server.mail.links import Links
from server.mail.sending import MailRoom
from server.mail.writing import Sender, write_mail
from tests.mail.mail_servers import Inbox, mail_server
from tests.resolvers.people import stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SENDER = Sender("Manager <no-reply@manager.example>", Links("https://manager.example"))


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass
class Carrier:
    """Takes mails and may drop some: each waiting error is raised once."""

    errors: list[BaseException] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)

    async def deliver(self, mail: OutboxMail, message: EmailMessage) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(message)


async def post(count: int = 1, *, moment: datetime = NOW, kind: LetterKind = LetterKind.PASSWORD_CHANGED) -> None:
    facts = {
        "first_name": "Ada",
        "login": "ada@old.example",
        "secret": "s3cret",
        "expires_at": NOW + timedelta(hours=1),
    }
    told = {name: facts[name] for name in ("first_name", "login")} if kind is LetterKind.PASSWORD_CHANGED else facts
    async with transaction():
        for number in range(count):
            await post_letter(stranger(now=moment), kind, f"reader-{number}@old.example", Locale.EN, told)


def room(delivery: Delivery, clock: Clock | None = None) -> MailRoom:
    return MailRoom(SENDER, delivery, Policy(), clock or Clock())


async def only_mail() -> OutboxMail:
    return await OutboxMail.all().get()


async def test_a_mail_that_was_sent_keeps_no_secret() -> None:
    """MSG2"""
    await post(kind=LetterKind.PASSWORD_RESET)
    assert "s3cret" in (await only_mail()).details
    async with mail_server(Inbox()) as inbox:
        handled = await room(MailServer.parse(inbox.url)).send_due_mails()

    assert (handled, len(inbox.messages)) == (1, 1)
    assert "s3cret" in inbox.messages[0].as_string()
    mail = await only_mail()
    assert (mail.sent_at, mail.failed_at, mail.details, mail.leased_until) == (NOW, None, "{}", None)


async def test_what_did_not_happen_is_not_mailed() -> None:
    """MSG2"""
    carrier, outside = Carrier(), contextvars.copy_context()
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await post_letter(stranger(now=NOW), LetterKind.SIGN_UP_EXISTING, "ada@old.example", Locale.EN, {})
            looking = asyncio.create_task(room(carrier).send_due_mails(), context=outside)
            await asyncio.sleep(0.05)  # the worker looks, or waits for us, while nothing is decided yet
            raise ZeroDivisionError
    assert await looking == 0
    assert await room(carrier).send_due_mails() == 0
    assert carrier.taken == []


async def test_a_crash_between_sending_and_noting_it_sends_the_same_message_again() -> None:
    """MSG2"""
    await post()
    clock = Clock()
    async with mail_server(Inbox()) as inbox:
        server = MailServer.parse(inbox.url)
        (mail,) = await outbox.claim_mails(clock.now(), 10)
        await server.deliver(mail, write_mail(mail, SENDER))
        assert await room(server, clock).send_due_mails() == 0  # the lease of the dead worker still stands

        clock.moment += outbox.LEASE + timedelta(seconds=1)
        assert await room(server, clock).send_due_mails() == 1

    assert list(inbox.times_received.values()) == [2]


async def test_two_workers_send_sixty_mails_once_each() -> None:
    """MSG2"""
    await post(60)

    async def work(mail_room: MailRoom) -> int:
        sent = 0
        while handled := await mail_room.send_due_mails():
            sent += handled
        return sent

    async with mail_server(Inbox()) as inbox:
        server = MailServer.parse(inbox.url)
        shares = await asyncio.gather(work(room(server)), work(room(server)))

    assert sum(shares) == 60
    assert len(inbox.times_received) == 60
    assert set(inbox.times_received.values()) == {1}
    assert await OutboxMail.filter(sent_at=None).count() == 0


async def test_a_mail_that_nobody_takes_is_tried_again_later_and_later_then_given_up() -> None:
    await post(kind=LetterKind.PASSWORD_CHANGED)
    clock, pauses = Clock(), []
    for _ in range(30):
        carrier = Carrier(errors=[OSError("the wire is cut")])
        await room(carrier, clock).send_due_mails()
        mail = await only_mail()
        if mail.failed_at:
            break
        pauses.append(mail.due_at - clock.moment)
        assert await room(Carrier(), Clock(mail.due_at - timedelta(seconds=1))).send_due_mails() == 0
        clock.moment = mail.due_at

    minutes = [pause / timedelta(minutes=1) for pause in pauses]
    assert minutes[:5] == [1, 5, 30, 120, 360]
    assert set(minutes[5:]) == {360}
    assert timedelta(days=2, hours=12) < clock.moment - NOW <= timedelta(days=3)
    assert (mail.details, mail.leased_until) == ("{}", None)
    assert await room(Carrier(), Clock(NOW + timedelta(days=9))).send_due_mails() == 0


async def test_an_address_that_does_not_exist_is_given_up_at_once(caplog: pytest.LogCaptureFixture) -> None:
    await post(kind=LetterKind.PASSWORD_RESET)
    async with mail_server(Inbox(recipient_answer="550 reader-0@old.example is unknown")) as inbox:
        await room(MailServer.parse(inbox.url)).send_due_mails()

    mail = await only_mail()
    assert (mail.failed_at, mail.sent_at, mail.details) == (NOW, None, "{}")
    assert [record.getMessage() for record in caplog.records if record.name == "manager.mail"] == [
        f"mail {mail.id.hex} (PASSWORD_RESET) was refused for good with 550"
    ]


async def test_trouble_with_one_mail_delays_no_other_and_is_logged_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await post(3, kind=LetterKind.PASSWORD_RESET)
    carrier = Carrier(errors=[OSError("reader-0@old.example said s3cret")])
    with caplog.at_level(logging.INFO, "manager"):
        assert await room(carrier).send_due_mails() == 3

    assert len(carrier.taken) == 2
    assert "PASSWORD_RESET" in caplog.text
    assert "old.example" not in caplog.text
    assert "s3cret" not in caplog.text


async def test_a_link_that_is_over_is_not_sent_any_more() -> None:
    await post(kind=LetterKind.PASSWORD_RESET)
    carrier = Carrier()
    await room(carrier, Clock(NOW + timedelta(hours=1))).send_due_mails()
    mail = await only_mail()
    assert carrier.taken == []
    assert (mail.details, mail.sent_at) == ("{}", None)
    assert mail.failed_at == NOW + timedelta(hours=1)


async def test_a_warning_is_never_too_late() -> None:
    """USR3: the old address is told of a change of login, even once that is over."""
    facts = {"first_name": "Ada", "new_login": "ada@new.example", "expires_at": NOW}
    async with transaction():
        kind = LetterKind.LOGIN_CHANGE_NOTICE
        await post_letter(stranger(now=NOW), kind, "ada@old.example", Locale.EN, facts)
    carrier = Carrier()

    await room(carrier, Clock(NOW + timedelta(hours=1))).send_due_mails()

    assert len(carrier.taken) == 1


async def test_a_worker_whose_lease_ran_out_does_not_undo_what_the_next_one_did() -> None:
    await post()
    (late,) = await outbox.claim_mails(NOW, 10)
    later = NOW + outbox.LEASE + timedelta(seconds=1)
    await room(Carrier(), Clock(later)).send_due_mails()

    await outbox.postpone(late, later, Policy())
    await outbox.settle_failed(late, later)

    mail = await only_mail()
    assert (mail.sent_at, mail.failed_at, mail.attempts) == (later, None, 2)


async def test_a_letter_without_one_of_its_facts_is_an_error_where_it_is_posted() -> None:
    with pytest.raises(LookupError, match="expires_at, secret"):
        await post_letter(stranger(now=NOW), LetterKind.SIGN_UP, "ada@old.example", Locale.EN, {"first_name": "Ada"})


async def test_mails_are_forgotten_some_time_after_they_were_sent() -> None:
    await post(2)
    carrier = Carrier(errors=[OSError()])
    await room(carrier).send_due_mails()
    assert await outbox.forget_old_mails(NOW + timedelta(days=29), Policy()) == 0
    assert await outbox.forget_old_mails(NOW + timedelta(days=31), Policy()) == 1
    assert json.loads((await only_mail()).details)["first_name"] == "Ada"
