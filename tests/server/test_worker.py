"""The worker: mails leave, what is over ends and is forgotten, and trouble stops nothing (MSG2, MEM6)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models import Confirmation, Event, IdempotencyRecord, Invitation, InvitationState, OutboxMail, ThrottleCounter
from resolvers.invitations import invite_member
from resolvers.memberships import Access, ContactPreferences
from resolvers.password_resets import request_password_reset
from resolvers.sessions import log_in
from resolvers.transactions import transaction
from rules.events import EventKind
from rules.policy import Policy
from rules.refusals import InvalidCredentials
from rules.rights import Role
from server import worker
from server.settings import Settings
from tests.resolvers.companies import found
from tests.resolvers.people import NOW, add_person, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]

HANGS_SECONDS = 30  # by then it is no busy machine that one waits for


class Clock:
    """A clock that stands."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@asynccontextmanager
async def working(folder: Path, moment: datetime = NOW) -> AsyncIterator[None]:
    """Let a worker work during the block, and wait for its end."""
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(Settings(mail_folder=folder), stop, Clock(moment)))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, HANGS_SECONDS)


async def until(condition: Callable[[], Any]) -> None:
    """Wait for something that another task does."""
    async with asyncio.timeout(HANGS_SECONDS):
        while not await condition():  # noqa: ASYNC110 -- a database row raises no event
            await asyncio.sleep(0.02)


def mails_in(folder: Path) -> int:
    return len(list(folder.glob("*-PASSWORD_RESET-anna@example.com.eml")))


async def ask_for_a_new_password() -> None:
    await add_person("anna@example.com")
    await request_password_reset(stranger(), email="anna@example.com")


async def test_mails_land_in_the_folder_while_there_is_no_mail_server(tmp_path: Path) -> None:
    """MSG2"""
    await ask_for_a_new_password()
    async with working(tmp_path / "mails"):
        await until(OutboxMail.filter(sent_at=NOW).exists)
    (file,) = (tmp_path / "mails").glob("*-PASSWORD_RESET-anna@example.com.eml")
    assert "http://127.0.0.1:8000/links/password-reset#" in file.read_text().replace("=\n", "")


async def test_a_mail_that_is_posted_while_the_worker_works_is_sent_soon(tmp_path: Path) -> None:
    async with working(tmp_path):
        await ask_for_a_new_password()
        await until(OutboxMail.filter(sent_at=NOW).exists)
        await OutboxMail.all().delete()

        await request_password_reset(stranger(), email="anna@example.com")
        await until(OutboxMail.filter(sent_at=NOW).exists)

    assert mails_in(tmp_path) == 2


async def test_invitations_end_by_themselves(tmp_path: Path) -> None:
    """MEM6"""
    organization, founder = await found()
    await invite_member(
        founder.caller,
        organization_id=organization.id,
        email="new@example.com",
        access=Access(Role.ADMINISTRATOR, True, ()),
        preferences=ContactPreferences(True, True),
    )
    async with working(tmp_path, NOW + timedelta(days=8)):
        await until(Invitation.filter(state=InvitationState.EXPIRED).exists)

    assert await Event.filter(kind=EventKind.INVITATION_EXPIRED).count() == 1


async def test_trouble_is_waited_out_and_logged_without_its_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """O2: what a database says of a failure may quote a row."""
    words = " ".join(["anna@example.com", "exists", "already"])
    monkeypatch.setattr(worker, "TROUBLE_PAUSE_SECONDS", 0.01)
    asked: list[int] = []

    async def work() -> int:
        asked.append(len(asked))
        if len(asked) < 3:
            raise OSError(words)
        stop.set()
        return 0

    stop = asyncio.Event()
    await asyncio.wait_for(worker._repeat(work, 2 * HANGS_SECONDS, stop), HANGS_SECONDS)
    assert asked == [0, 1, 2]
    assert "OSError" in caplog.text
    assert words not in caplog.text


async def test_the_worker_does_not_wait_while_there_is_more_to_do() -> None:
    left = [3]

    async def work() -> int:
        left[0] -= 1
        if left[0] == 0:
            stop.set()
        return left[0]

    stop = asyncio.Event()
    await asyncio.wait_for(worker._repeat(work, 2 * HANGS_SECONDS, stop), HANGS_SECONDS)
    assert left == [0]


async def test_what_is_over_is_forgotten_and_what_is_not_stays() -> None:
    await ask_for_a_new_password()
    with pytest.raises(InvalidCredentials):
        await log_in(stranger(), email="anna@example.com", password="wrong")
    async with transaction():
        await IdempotencyRecord.create(
            scope="", mutation="inviteMember", key="k", fingerprint="f", reference="r", created_at=NOW
        )
    await OutboxMail.all().update(sent_at=NOW)
    kept = (OutboxMail, IdempotencyRecord, Confirmation)

    await worker.forget_what_is_over(NOW + timedelta(minutes=1), Policy())
    assert all([await model.all().exists() for model in (*kept, ThrottleCounter)])

    await worker.forget_what_is_over(NOW + timedelta(days=40), Policy())
    assert not any([await model.all().exists() for model in (*kept, ThrottleCounter)])
