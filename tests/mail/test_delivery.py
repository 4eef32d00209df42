"""Handing mails over: to a mail server, as its protocol says, or into a folder (MSG2)."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import aiosmtplib
import pytest

from rules.letters import LetterKind
from server.mail.delivery import MailFolder, MailRefused, MailServer
from server.mail.links import Links
from server.mail.writing import Sender, write_mail
from tests.mail.mail_servers import Inbox, mail_server
from tests.mail.samples import SECRET, outbox_mail

pytestmark = pytest.mark.anyio

SENDER = Sender("Manager <no-reply@manager.example>", Links("https://manager.example"))


async def send(url: str, *, recipient: str = "ada@old.example") -> None:
    mail = outbox_mail(LetterKind.SIGN_UP, recipient=recipient)
    await MailServer.parse(url).deliver(mail, write_mail(mail, SENDER))


async def test_a_mail_arrives_as_it_was_written() -> None:
    """MSG2"""
    async with mail_server(Inbox()) as inbox:
        await send(inbox.url, recipient="ada@bücher.example")
    (message,) = inbox.messages
    assert inbox.recipients == ["ada@xn--bcher-kva.example"]
    assert message["Subject"] == "Confirm your e-mail address"
    body = message.get_body(("plain",))
    assert body is not None
    assert f"https://manager.example/links/sign-up#{SECRET}\n" in body.get_content().replace("\r\n", "\n")


async def test_a_name_that_is_not_ascii_arrives_where_the_server_takes_it() -> None:
    async with mail_server(Inbox()) as inbox:
        await send(inbox.url, recipient="zoë@old.example")
    assert inbox.recipients == ["zoë@old.example"]
    assert inbox.messages[0]["To"] == "zoë@old.example"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # a server of this test alone
async def test_the_login_of_the_url_is_used() -> None:
    async with mail_server(Inbox(), login=("manager", "p@ss/word")) as inbox:
        await send(inbox.url.replace("p@ss/word", "p%40ss%2Fword"))
        assert len(inbox.messages) == 1
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(inbox.url.replace("p@ss/word", "wrong"))


@pytest.mark.parametrize(
    "inbox", [Inbox(recipient_answer="550 no such mailbox"), Inbox(answers=["554 not wanted"])], ids=["rcpt", "data"]
)
async def test_a_permanent_no_to_recipient_or_content_is_in_vain_for_ever(inbox: Inbox) -> None:
    async with mail_server(inbox):
        with pytest.raises(MailRefused) as refusal:
            await send(inbox.url)
    assert refusal.value.status in {550, 554}
    assert "old.example" not in repr(refusal.value)


@pytest.mark.parametrize(
    "inbox", [Inbox(recipient_answer="451 try later"), Inbox(answers=["452 no space"])], ids=["rcpt", "data"]
)
async def test_a_passing_no_may_work_later(inbox: Inbox) -> None:
    async with mail_server(inbox):
        with pytest.raises(aiosmtplib.SMTPException) as trouble:
            await send(inbox.url)
    assert not isinstance(trouble.value, MailRefused)


async def test_encryption_that_is_insisted_on_is_not_given_up() -> None:
    async with mail_server(Inbox()) as inbox:
        for scheme in ("smtp+starttls://", "smtps://"):
            with pytest.raises(aiosmtplib.SMTPException):
                await send(inbox.url.replace("smtp://", scheme))
    assert not inbox.messages


def test_a_url_of_a_mail_server_is_read() -> None:
    assert MailServer.parse("smtp://mail.example") == MailServer("smtp", "mail.example", 25)
    assert MailServer.parse("smtps://mail.example/") == MailServer("smtps", "mail.example", 465)
    server = MailServer.parse("smtp+starttls://us%40er:p%3Aw@mail.example:2587")
    assert server == MailServer("smtp+starttls", "mail.example", 2587, "us@er", "p:w")
    assert "p:w" not in repr(server)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://host/path", "smtp://host?tls=1", "smtp://h:99999"]
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|names|Port"):
        MailServer.parse(url)


async def test_in_development_mails_land_in_a_folder(tmp_path: Path) -> None:
    """MSG2"""
    folder = MailFolder(tmp_path / "var" / "mails")
    mail, other = outbox_mail(LetterKind.SIGN_UP), outbox_mail(LetterKind.SIGN_UP, recipient="../../e v/il@a.example")
    for each in (mail, mail, other):
        await folder.deliver(each, write_mail(each, SENDER))

    names = sorted(file.name for file in folder.path.iterdir())
    assert names == sorted(
        [
            f"20261201T093000Z.{mail.id.hex[-6:]}-SIGN_UP-ada@old.example.eml",
            f"20261201T093000Z.{other.id.hex[-6:]}-SIGN_UP-_.._e_v_il@a.example.eml",
        ]
    )
    file = next(folder.path.glob("*-SIGN_UP-ada@old.example.eml"))
    assert message_from_bytes(file.read_bytes(), policy=default)["Message-ID"] == f"<{mail.id.hex}@manager.example>"
    assert (folder.path.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
