"""Mails as their readers get them: parsed back with the standard library (MSG1-MSG3, O5)."""

import json
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest

from models import OutboxMail
from rules.letters import FACTS, LetterKind
from rules.locales import Locale
from server.mail.links import Links
from server.mail.telling import one_line, tell_instant
from server.mail.writing import LANGUAGES, Sender, write_mail
from tests.mail.samples import NOW, SECRET, outbox_mail

SENDER = Sender("Manager <no-reply@manager.example>", Links("https://manager.example"))
BOTH = pytest.mark.parametrize("locale", [Locale.EN, Locale.FR])


def received(mail: OutboxMail) -> EmailMessage:
    """The mail as a program reads it at the other end."""
    message = message_from_bytes(write_mail(mail, SENDER).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """What stands in a page: the addresses it names, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "srcset", "background"}]


@BOTH
@pytest.mark.parametrize("kind", LetterKind)
def test_every_kind_is_written_in_text_and_html(kind: LetterKind, locale: Locale) -> None:
    """MSG1"""
    mail = outbox_mail(kind, locale=locale)
    message = received(mail)

    assert message["To"] == "ada@old.example"
    assert message["From"] == "Manager <no-reply@manager.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == locale.lower()
    assert message["Date"].datetime == NOW
    for body in (text_of(message), text_of(message, "html")):
        assert ("/links/" in body) == ("button" in LANGUAGES[locale][kind])
        assert (SECRET in body) == ("secret" in FACTS[kind])
    assert "{" not in text_of(message)


@BOTH
@pytest.mark.parametrize("kind", LetterKind)
def test_the_html_part_loads_nothing_and_runs_nothing(kind: LetterKind, locale: Locale) -> None:
    page = Page(text_of(received(outbox_mail(kind, locale=locale)), "html"))
    assert not {"script", "img", "link", "iframe", "form", "object"} & set(page.tags)
    assert all(address.startswith("https://manager.example/links/") for address in page.addresses)


def test_the_message_id_is_the_same_for_every_attempt_and_no_other_mail() -> None:
    """MSG2"""
    mail, other = outbox_mail(LetterKind.SIGN_UP), outbox_mail(LetterKind.SIGN_UP)
    assert received(mail)["Message-ID"] == received(mail)["Message-ID"] == f"<{mail.id.hex}@manager.example>"
    assert received(mail)["Message-ID"] != received(other)["Message-ID"]


def test_the_reader_gets_their_language_with_its_dates() -> None:
    """MSG2"""
    english, french = (
        text_of(received(outbox_mail(LetterKind.INVITATION, locale=each))) for each in (Locale.EN, Locale.FR)
    )
    assert "until 2 December 2026 at 10:30 (Zurich time)" in english
    assert "jusqu’au 2 décembre 2026 à 10:30 (heure de Zurich)" in french
    assert "collaborateur" in french


def test_the_first_of_a_month_is_spelled_as_french_does() -> None:
    moment = datetime(2027, 7, 1, 12, 5, tzinfo=UTC)
    assert tell_instant(moment, LANGUAGES[Locale.FR], SENDER.zone) == "1er juillet 2027 à 14:05 (heure de Zurich)"


def test_a_language_that_is_not_there_yet_reads_english() -> None:
    message = received(outbox_mail(LetterKind.SIGN_UP, locale=Locale.DE))
    assert message["Content-Language"] == "en"


@pytest.mark.parametrize("kind", [LetterKind.SIGN_UP, LetterKind.LOGIN_CHANGE, LetterKind.RECOVERY_EMAIL])
def test_a_stranger_puts_no_words_into_a_mail_to_an_unproved_address(kind: LetterKind) -> None:
    message = received(with_details(kind, first_name="You won, see https://evil.example"))
    assert "evil" not in message.as_string()


def test_a_change_of_role_tells_role_billing_and_products() -> None:
    """MEM7"""
    text = text_of(received(outbox_mail(LetterKind.ROLE_CHANGED)))
    assert "- Role: collaborator\n- Billing right: yes\n- Products: bakery.example; all web hosting\n" in text
    none = text_of(received(with_details(LetterKind.ROLE_CHANGED, products=[], billing=False)))
    assert "- Billing right: no\n- Products: no product\n" in none
    everything = text_of(received(with_details(LetterKind.ROLE_CHANGED, products=None)))
    assert "- Products: all products\n" in everything


def test_a_change_of_details_tells_old_and_new() -> None:
    """ORG7"""
    text = text_of(received(outbox_mail(LetterKind.DETAILS_CHANGED)))
    assert "- Kind: individual → company\n" in text
    assert "- Street: Old Lane 1 → New Lane 2\n- VAT number: none → FR40303265045\n" in text


def test_a_removed_recovery_address_is_told_as_none() -> None:
    """USR4"""
    assert "is now: none." in text_of(received(outbox_mail(LetterKind.RECOVERY_EMAIL_CHANGED)))


def with_details(kind: LetterKind, **changed: Any) -> OutboxMail:
    mail = outbox_mail(kind)
    mail.details = json.dumps(json.loads(mail.details) | changed)
    return mail


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"])
def test_names_bring_no_headers_and_no_lines(line_end: str) -> None:
    """O5"""
    nasty = f"Bakery{line_end}Bcc: everybody@evil.example{line_end}{line_end}Dear customer"
    message = received(with_details(LetterKind.INVITATION, organization=nasty, inviter=nasty))
    assert message["Bcc"] is None
    assert "Bakery Bcc: everybody@evil.example Dear customer" in message["Subject"]
    assert not re.search(r"^Bcc:", message.as_string(), re.MULTILINE)
    assert "\nDear customer" not in text_of(message)


def test_a_recipient_with_line_ends_is_refused() -> None:
    """O5"""
    with pytest.raises(ValueError, match="CR or LF"):
        write_mail(outbox_mail(LetterKind.SIGN_UP, recipient="ada@old.example\r\nBcc: x@evil.example"), SENDER)


def test_names_are_text_in_html() -> None:
    """O6"""
    message = received(with_details(LetterKind.INVITATION, organization="<script>alert(1)</script> & {service}"))
    page = text_of(message, "html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {service}" in page
    assert "<script>alert(1)</script> & {service}" in text_of(message)


def test_marks_of_direction_cannot_disguise_what_follows() -> None:
    assert one_line("Bakery\u202egpj.exe") == "Bakery gpj.exe"
    assert one_line("\u05d0\u05d1 \u0627\u0644\u0639") == "\u05d0\u05d1 \u0627\u0644\u0639"


def test_addresses_with_other_alphabets_travel() -> None:
    domain = write_mail(outbox_mail(LetterKind.SIGN_UP, recipient="ada@bücher.example"), SENDER)
    assert domain["To"] == "ada@xn--bcher-kva.example"
    local = write_mail(outbox_mail(LetterKind.SIGN_UP, recipient="zoë@bücher.example"), SENDER)
    assert "To: zoë@xn--bcher-kva.example".encode() in local.as_bytes()


def test_the_sender_must_be_an_address() -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        Sender("Manager", Links("https://manager.example"))
    assert Sender("no-reply@bücher.example", SENDER.links).service == "xn--bcher-kva.example"
