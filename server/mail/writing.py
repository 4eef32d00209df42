"""Mails as they are sent: the words of a kind and language around the facts of one outbox row."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import idna
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models import OutboxMail
from rules.letters import LetterKind
from server.mail.links import LINK_OF_LETTER, Links
from server.mail.telling import Facts, one_line, tell_facts
from server.words import Words, read_words, words_in

FOLDER = Path(__file__).parent
LANGUAGES = read_words(FOLDER / "words")
# The name of the person stands in no mail to an address that is not theirs for sure: anybody can type both.
NAMELESS = frozenset({LetterKind.SIGN_UP, LetterKind.LOGIN_CHANGE, LetterKind.RECOVERY_EMAIL})

_templates = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Sender:
    """Who writes: the From address with its name ("Manager <no-reply@example.com>"), and where links lead.

    Refuses an address that could not stand in a header with ValueError.
    """

    address: str
    links: Links
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Zurich"))

    def __post_init__(self) -> None:
        """Read the address once, so that a bad one is known at the start."""
        _ = self.mailbox

    @property
    def mailbox(self) -> Address:
        """The From address in its parts."""
        name, address = parseaddr(self.address)
        if "@" not in address:
            raise ValueError("the sender must be an e-mail address, with or without a name")
        return on_the_wire(address, name)

    @property
    def service(self) -> str:
        """What the provider calls itself in its mails."""
        return self.mailbox.display_name or self.mailbox.domain


@dataclass(frozen=True)
class Letter:
    """The finished sentences of one mail, in the order in which they are read."""

    language: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    button: str | None
    link: str | None
    after: tuple[str, ...]
    why: str
    link_hint: str
    automatic: str
    service: str


def on_the_wire(address: str, name: str = "") -> Address:
    """An address with its domain in ASCII, as every mail server takes it; refuses line ends with ValueError (O5)."""
    local, _, domain = address.rpartition("@")
    ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    return Address(display_name=name, username=local, domain=ascii_domain)


def write_mail(mail: OutboxMail, sender: Sender) -> EmailMessage:
    """Write the mail of an outbox row: text and HTML, the same for every attempt to send it.

    The Message-ID comes from the row's id, so that a mail which is sent twice is recognised as one (MSG2).
    """
    letter = write_letter(mail, sender)
    recipient = on_the_wire(mail.recipient)
    # Only a name that is not ASCII itself asks for a server that takes UTF-8 in addresses.
    message = EmailMessage(policy=SMTP if recipient.username.isascii() else SMTPUTF8)
    message["From"] = sender.mailbox
    message["To"] = recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id.hex}@{sender.mailbox.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    # Quoted-printable is ASCII in short lines, which no server on the way has a reason to touch.
    message.set_content(_templates.get_template("letter.txt").render(letter=letter), cte="quoted-printable")
    html = _templates.get_template("letter.html").render(letter=letter)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language  # after the contents, which bring their own Content headers
    return message


def write_letter(mail: OutboxMail, sender: Sender) -> Letter:
    """Write the sentences of an outbox row in the reader's language."""
    kind = LetterKind(mail.kind)
    locale, words = words_in(LANGUAGES, mail.locale)
    facts = tell_facts(kind, mail.details, words, sender.zone)
    values = {**facts.values, "service": one_line(sender.service)}
    own: Words = words[kind]
    link = LINK_OF_LETTER.get(kind)

    def say(text: str) -> str:
        return text.format(**values)

    return Letter(
        language=locale.lower(),
        subject=say(own["subject"]),
        greeting=_greet(kind, facts, words),
        paragraphs=tuple(say(text) for text in own["paragraphs"]),
        rows=facts.rows,
        button=own.get("button"),
        link=sender.links.to(link, facts.secret) if link else None,
        after=tuple(say(text) for text in own.get("after", ())),
        why=say(own["why"]),
        link_hint=words["common"]["link"],
        automatic=say(words["common"]["automatic"]),
        service=values["service"],
    )


def _greet(kind: LetterKind, facts: Facts, words: Words) -> str:
    common: dict[str, Any] = words["common"]
    name = facts.values.get("first_name")
    return str(common["hello"]) if kind in NAMELESS or not name else str(common["hello_name"]).format(first_name=name)
