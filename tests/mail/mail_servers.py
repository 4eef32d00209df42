"""Mail servers to send to: aiosmtpd, with what it received."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Inbox:
    """A mail server's handler: what came in, and what to answer instead of taking it."""

    answers: list[str] = field(default_factory=list)  # to the next contents, in order; then everything is taken
    recipient_answer: str = ""
    url: str = ""
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answers and (answer := self.answers.pop(0)) != "250":
            return answer
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    @property
    def times_received(self) -> Counter[str]:
        """How often each Message-ID came in."""
        return Counter(message["Message-ID"] for message in self.messages)


@asynccontextmanager
async def mail_server(inbox: Inbox, *, login: tuple[str, str] | None = None) -> AsyncIterator[Inbox]:
    """Run a mail server on a free port of this machine; with a login, it takes no mail without it."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        good = (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=good, handled=False)

    def serve() -> SMTP:
        return SMTP(
            inbox,
            authenticator=authenticate if login else None,
            auth_required=login is not None,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(serve, "127.0.0.1", 0)
    account = f"{login[0]}:{login[1]}@" if login else ""
    inbox.url = f"smtp://{account}127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield inbox
