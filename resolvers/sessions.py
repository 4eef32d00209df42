"""Sessions: one log-in on one application, opened by a password, found by a secret, and ended (USR1, USR9, USR13)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from tortoise.models import Model

from models import Session, User
from models.statements import ask
from resolvers.accounts import find_account, lock_account, lock_user
from resolvers.caller import Caller
from resolvers.email_addresses import read_email_address
from resolvers.passwords import prove_password
from resolvers.records import record_account_action
from resolvers.second_factors import has_second_factor, pass_second_factor
from resolvers.secrets import hash_secret, new_secret
from resolvers.throttle import admit_log_in, admit_second_factor, forgive, is_known_network
from resolvers.transactions import transaction
from rules.checks import check_text, refuse_problems
from rules.denials import NotFound, RateLimited
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.policy import Policy
from rules.refusals import InvalidCredentials, Problem
from rules.viewer import Viewer

SECRET_PREFIX = "mgs_"  # lets scanners of source code and logs tell that it is a secret of ours
USE_IS_NOTED_AFTER = timedelta(minutes=1)
APPLICATION_LENGTH = 100


@dataclass(frozen=True)
class OpenedSession:
    """A session at its beginning; its secret is shown this once and stored nowhere."""

    secret: str
    session: Session
    user: User
    lasts_until: datetime  # if it is used all the time; the session's own end comes sooner when it is not

    @property
    def viewer(self) -> Viewer:
        """The user as the rest of the request knows them."""
        return viewer_of(self.session, self.user)


def viewer_of(session: Session, user: User) -> Viewer:
    """The user behind a session; staff only where the session proved a second factor (STA1)."""
    is_staff = user.is_staff and session.second_factor_at is not None
    return Viewer(user.id, session.id, user.locale, session.proved_at, is_staff)


async def find_session(secret: str, now: datetime, policy: Policy) -> Viewer | None:
    """The user behind a secret: one statement, and a second one at most once a minute to note that it was used.

    None when the secret is unknown or malformed, or the session is ended, too old or unused for too long (USR9).
    """
    if not secret.startswith(SECRET_PREFIX):
        return None
    rows = await ask(_statement(), hash_secret(secret), now)
    if not rows:
        return None
    found = {name: read(rows[0][name]) for name, read in _columns()}
    if found["last_used_at"] <= now - USE_IS_NOTED_AFTER:
        expires_at = _expiry(found["created_at"], now, policy)
        await Session.filter(id=found["id"], ended_at=None).update(last_used_at=now, expires_at=expires_at)
    is_staff = found["is_staff"] and found["second_factor_at"] is not None
    return Viewer(found["user_id"], found["id"], found["locale"], found["proved_at"], is_staff)


# What every request asks of a session and its user, so the statement is written once and not by the ORM each time.
_ASKED: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Session, "s", ("id", "user_id", "created_at", "last_used_at", "proved_at", "second_factor_at")),
    (User, "u", ("locale", "is_staff")),
)


@cache
def _columns() -> list[tuple[str, Callable[[Any], Any]]]:
    """Each column that is asked for, and what reads its value."""
    return [
        (column, model._meta.fields_map[column].to_python_value) for model, _, columns in _ASKED for column in columns
    ]


@cache
def _statement() -> str:
    columns = ", ".join(f'{letter}."{column}"' for _, letter, columns in _ASKED for column in columns)
    return (
        f'SELECT {columns} FROM "{Session._meta.db_table}" s '  # noqa: S608 -- names of ours
        f'JOIN "{User._meta.db_table}" u ON u."id" = s."user_id" '
        f'WHERE s."secret_hash" = ? AND s."ended_at" IS NULL AND s."expires_at" > ? '
        f'AND u."closed_at" IS NULL'
    )


async def find_session_by_key(session_id: UUID, now: datetime) -> Viewer | None:
    """The user of a session whose key we handed out ourselves; it does not count as a use (USR9)."""
    session = await (
        Session.filter(id=session_id, ended_at=None, expires_at__gt=now, user__closed_at=None)
        .select_related("user")
        .first()
    )
    return viewer_of(session, session.user) if session else None


async def log_in(
    caller: Caller, *, email: str, password: str, application: str = "", second_factor_code: str | None = None
) -> OpenedSession:
    """Open a session with a login and its password; `application` names the program for the list of sessions.

    Refuses with InvalidCredentials, the same for an unknown login and a wrong password and after the same work, and
    is RateLimited by account and by network (USR1, USR10). Where the account has a second factor, it refuses with
    SecondFactorRequired without a code, and with SecondFactorInvalid (USR12).
    """
    refuse_problems(check_application(application))
    address = read_email_address(email)
    login_key = address.key if address else hash_secret(email)
    attempt = await admit_log_in(caller, login_key)
    user = await find_account(login_key)
    matches = await caller.passwords.matches(password, user.password_hash if user else None)
    if attempt.crowded_seconds and not (await is_known_network(caller, login_key) and matches):
        raise RateLimited(retry_after_seconds=attempt.crowded_seconds)
    if user is None or not matches:
        raise InvalidCredentials
    if second_factor_code is not None and await has_second_factor(user):
        await admit_second_factor(caller, user.id)
    outdated = caller.passwords.is_outdated(user.password_hash)
    renewed_hash = await caller.passwords.hash(password) if outdated else user.password_hash
    async with transaction():
        locked = await lock_user(user.id)
        if locked is None or locked.password_hash != user.password_hash or locked.login_key != login_key:
            raise InvalidCredentials
        passed = await pass_second_factor(caller, locked, second_factor_code)
        if outdated:
            locked.password_hash = renewed_hash
            await locked.save(update_fields=["password_hash"])
        opened = await open_session(caller, locked, application, second_factor=passed)
    await forgive(attempt)
    return opened


def check_application(name: str) -> Iterator[Problem]:
    """Problems of the name that an application gives itself; it may give none."""
    yield from check_text(("application",), name, maximum=APPLICATION_LENGTH, minimum=0)


async def open_session(
    caller: Caller, user: User, application: str = "", *, second_factor: bool = False
) -> OpenedSession:
    """Write a session of a user who has just proven who they are, in the transaction that is open.

    `application` comes from `check_application`.
    """
    secret = SECRET_PREFIX + new_secret()
    session = await Session.create(
        user=user,
        secret_hash=hash_secret(secret),
        application=application.strip(),
        user_agent=caller.user_agent,
        address=caller.address,
        created_at=caller.now,
        last_used_at=caller.now,
        expires_at=_expiry(caller.now, caller.now, caller.policy),
        proved_at=caller.now,
        second_factor_at=caller.now if second_factor else None,
    )
    await record_account_action(caller, user.id, AccountAction.LOGGED_IN, public_id(Prefix.SESSION, session.id))
    lasts_until = caller.now + timedelta(days=caller.policy.session_days)
    return OpenedSession(secret=secret, session=session, user=user, lasts_until=lasts_until)


async def reauthenticate(caller: Caller, *, password: str) -> Session:
    """Prove the password within the caller's session, for the operations that ask for a recent proof (USR13).

    Refuses with InvalidCurrentPassword, and is RateLimited.
    """
    proven = await prove_password(caller, password, path=("password",))
    async with transaction():
        await lock_account(caller, proven_hash=proven.password_hash)
        await Session.filter(id=caller.session_id).update(proved_at=caller.now)
        session = await Session.get(id=caller.session_id)
        subject = public_id(Prefix.SESSION, session.id)
        await record_account_action(caller, proven.id, AccountAction.REAUTHENTICATED, subject)
    return session


async def log_out(caller: Caller) -> Session:
    """End the session that the caller asks through."""
    return await _end(caller, caller.session_id, AccountAction.LOGGED_OUT)


async def end_session(caller: Caller, *, session_id: UUID) -> Session:
    """End one of the caller's own sessions; NotFound for any other, and for one that is over (USR9)."""
    return await _end(caller, session_id, AccountAction.SESSION_ENDED)


async def _end(caller: Caller, session_id: UUID, action: AccountAction) -> Session:
    async with transaction():
        user = await lock_account(caller)
        session = await Session.filter(id=session_id, user_id=user.id, ended_at=None, expires_at__gt=caller.now).first()
        if session is None:
            raise NotFound
        session.ended_at = caller.now
        await session.save(update_fields=["ended_at"])
        await record_account_action(caller, user.id, action, public_id(Prefix.SESSION, session.id))
    return session


async def end_sessions(caller: Caller, *, including_current: bool = False) -> int:
    """End the caller's sessions, the current one only if asked; answers how many were ended (USR9)."""
    async with transaction():
        user = await lock_account(caller)
        ended = await end_sessions_of(caller, user, but=None if including_current else caller.session_id)
        subject = public_id(Prefix.USER, user.id)
        await record_account_action(caller, user.id, AccountAction.SESSIONS_ENDED, subject, {"ended": ended})
    return ended


async def end_sessions_of(caller: Caller, user: User, *, but: UUID | None = None) -> int:
    """End the sessions of a locked account, but one, in the transaction that is open; answers how many."""
    live = Session.filter(user_id=user.id, ended_at=None, expires_at__gt=caller.now)
    return await (live if but is None else live.exclude(id=but)).update(ended_at=caller.now)


def _expiry(created_at: datetime, used_at: datetime, policy: Policy) -> datetime:
    """When a session is over: so long after it was opened, or sooner when it is not used."""
    return min(created_at + timedelta(days=policy.session_days), used_at + timedelta(days=policy.session_idle_days))
