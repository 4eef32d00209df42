"""How mails leave the house: over SMTP, or, in development, into a folder of .eml files (MSG2)."""

import asyncio
import os
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from models import OutboxMail

TIMEOUT_SECONDS = 30.0
OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class MailRefused(Exception):
    """The mail server will never take this mail: it does not know the recipient, or does not want the content."""

    def __init__(self, status: int) -> None:
        """Keep the server's status and not its text, which may repeat the address."""
        super().__init__(status)
        self.status = status


class Delivery(Protocol):
    """Hands a mail over to whoever carries it on."""

    async def deliver(self, mail: OutboxMail, message: EmailMessage) -> None:
        """Hand it over; raises MailRefused when that is in vain for ever, anything else when it may work later."""
        ...


@dataclass(frozen=True)
class MailServer:
    """A mail server, from SMTP_URL.

    `smtp://host:25` uses TLS when the server offers it, `smtp+starttls://host:587` insists on it, and
    `smtps://host:465` speaks TLS from the first byte; a login is written `user:password@`.
    """

    security: Literal["smtp", "smtp+starttls", "smtps"]
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Read a URL; refuses any other with ValueError, and never repeats a password."""
        parts = urlsplit(url)
        scheme = parts.scheme
        if scheme not in {"smtp", "smtp+starttls", "smtps"}:
            raise ValueError("must begin with smtp://, smtp+starttls:// or smtps://")
        if not parts.hostname:
            raise ValueError("names no host")
        if parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError("must end after the host and port")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(scheme, parts.hostname, parts.port or PORTS[scheme], user, password)  # type: ignore[arg-type] # checked above

    async def deliver(self, mail: OutboxMail, message: EmailMessage) -> None:
        """Hand the mail over on a connection of its own; a 5xx answer to recipient or content raises MailRefused."""
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.security == "smtps",
                start_tls={"smtp": None, "smtp+starttls": True, "smtps": False}[self.security],
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            status = error.recipients[0].code
            if status // 100 == 5:
                raise MailRefused(status) from None
            raise
        except aiosmtplib.SMTPDataError as error:
            if error.code // 100 == 5:
                raise MailRefused(error.code) from None
            raise


@dataclass(frozen=True)
class MailFolder:
    """A folder that mails are written to as `<time>-<kind>-<recipient>.eml`; only its owner can read it.

    The time ends in a few digits of the mail's id: the same mail is the same file, and no two mails share one.
    """

    path: Path

    async def deliver(self, mail: OutboxMail, message: EmailMessage) -> None:
        """Write the mail; the file appears complete or not at all."""
        recipient = re.sub(r"[^A-Za-z0-9@._+-]", "_", mail.recipient)[:100].lstrip(".")
        name = f"{mail.created_at:%Y%m%dT%H%M%SZ}.{mail.id.hex[-6:]}-{mail.kind}-{recipient}.eml"
        await asyncio.to_thread(self._write, name, message.as_bytes())

    def _write(self, name: str, content: bytes) -> None:
        self.path.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        unfinished = self.path / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY_FILE), "wb") as file:
            file.write(content)
        unfinished.replace(self.path / name)
