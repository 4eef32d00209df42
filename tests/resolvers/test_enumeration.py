"""Nobody learns who has an account from how much work an answer takes (USR10)."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from models import User
from resolvers.caller import Caller
from resolvers.password_resets import request_password_reset
from resolvers.sessions import log_in
from resolvers.signing_up import sign_up
from rules.policy import Policy
from rules.refusals import InvalidCredentials
from tests.databases import Database
from tests.resolvers.people import (
    CHEAP,
    NEW_PASSWORD,
    NOW,
    PASSWORD,
    CountingPasswords,
    add_person,
    stranger,
)

pytestmark = pytest.mark.anyio


async def enter(caller: Caller, email: str) -> None:
    with pytest.raises(InvalidCredentials):
        await log_in(caller, email=email, password="not the password")


async def join(caller: Caller, email: str) -> None:
    await sign_up(caller, email=email, password=NEW_PASSWORD, first_name="Anna", last_name="Keller")


async def forget(caller: Caller, email: str) -> None:
    await request_password_reset(caller, email=email)


async def flood(caller: Caller, email: str) -> None:
    """Beyond the hourly number of mails."""
    silent = replace(caller, policy=Policy(mails_per_address_and_hour=1))
    await forget(silent, email)
    await join(silent, email)


@pytest.mark.parametrize("act", [enter, join, forget, flood])
async def test_known_and_unknown_addresses_cost_the_same_statements_and_hashes(
    database: Database, act: Callable[[Caller, str], Awaitable[None]]
) -> None:
    """USR10: the same verbs on the same tables in the same order."""
    await add_person("known@example.com", password=PASSWORD)
    closed = await add_person("closed@example.com")
    await User.filter(id=closed.id).update(login_key="closed", closed_at=NOW)
    work = set()

    for email in ("known@example.com", "unknown@example.com", "closed@example.com"):
        passwords = CountingPasswords(CHEAP)
        with database.count_statements() as statements:
            await act(replace(stranger(), passwords=passwords), email)
        shapes = [" ".join(re.findall(r'^\w+|(?:FROM|INTO|UPDATE) "\w+"', text)) for text in statements.sent]
        work.add((tuple(shapes), passwords.hashes))

    assert len(work) == 1
    assert work.pop()[0]
