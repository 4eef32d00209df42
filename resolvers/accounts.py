"""Accounts: made by whoever proved an address, locked by whatever changes them, and their profile (USR1, USR11)."""

from collections.abc import Iterator
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import Session, User
from resolvers.caller import Caller
from resolvers.email_addresses import EmailAddress
from resolvers.records import record_account_action
from resolvers.transactions import transaction
from rules.checks import check_text, refuse_problems
from rules.denials import Unauthenticated
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.locales import Locale
from rules.names import full_name, one_line, sort_key
from rules.refusals import InvalidCurrentPassword, Problem

NAME_LENGTH = 100
SORT_KEY_LENGTH = 420


class LoginIsTaken(Exception):
    """The address became the login of another account; the open transaction is lost with it."""


async def find_account(login_key: str) -> User | None:
    """The account with this login; None when there is none."""
    return await User.filter(login_key=login_key, closed_at=None).first()


async def add_user(
    caller: Caller, address: EmailAddress, password_hash: str, *, first_name: str, last_name: str, locale: Locale
) -> User:
    """Write an account with a proven address as its login, in the transaction that is open (USR3).

    Names come from `check_names`. Raises LoginIsTaken when another account has the login, even since a moment ago.
    """
    first_name, last_name = one_line(first_name), one_line(last_name)
    name = full_name(first_name, last_name)
    try:
        user = await User.create(
            login=address.text,
            login_key=address.key,
            password_hash=password_hash,
            first_name=first_name,
            last_name=last_name,
            name=name,
            name_sort=sort_key(name, SORT_KEY_LENGTH),
            locale=locale,
            created_at=caller.now,
        )
    except IntegrityError as error:
        raise LoginIsTaken from error
    await record_account_action(caller, user.id, AccountAction.SIGNED_UP, public_id(Prefix.USER, user.id))
    return user


async def lock_account(caller: Caller, *, proven_hash: str | None = None) -> User:
    """Lock the caller's account until the transaction ends, and read it as it is now.

    Whoever changes an account, its sessions or its links holds this lock; organizations are locked before it. Refuses
    with Unauthenticated when the session ended meanwhile, and with InvalidCurrentPassword when a password was proven
    that is in force no more.
    """
    user = await lock_user(caller.user_id)
    if user is None or not await Session.filter(id=caller.session_id, user_id=user.id, ended_at=None).exists():
        raise Unauthenticated
    if proven_hash is not None and proven_hash != user.password_hash:
        raise InvalidCurrentPassword
    return user


async def lock_user(user_id: UUID) -> User | None:
    """Lock an account that is not closed until the transaction ends; None when there is none."""
    # Rows that refer to the account may still be written by others, who hold the locks of their organizations.
    return await User.filter(id=user_id, closed_at=None).select_for_update(no_key=True).first()


def check_names(first_name: str | None, last_name: str | None, path: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Problems of a person's names, those that are given."""
    if first_name is not None:
        yield from check_text((*path, "first_name"), first_name, maximum=NAME_LENGTH)
    if last_name is not None:
        yield from check_text((*path, "last_name"), last_name, maximum=NAME_LENGTH)


async def update_profile(
    caller: Caller, *, first_name: str | None = None, last_name: str | None = None, locale: Locale | None = None
) -> User:
    """Change the names and the preferred language of the caller, those that are given (USR11).

    Refuses names that are empty, too long or hold control characters with InvalidInput.
    """
    refuse_problems(check_names(first_name, last_name))
    async with transaction():
        user = await lock_account(caller)
        before = _profile(user)
        user.first_name = user.first_name if first_name is None else one_line(first_name)
        user.last_name = user.last_name if last_name is None else one_line(last_name)
        user.name = full_name(user.first_name, user.last_name)
        user.name_sort = sort_key(user.name, SORT_KEY_LENGTH)
        user.locale = locale or user.locale
        await user.save(update_fields=["first_name", "last_name", "name", "name_sort", "locale"])
        subject, changes = public_id(Prefix.USER, user.id), {"before": before, "after": _profile(user)}
        await record_account_action(caller, user.id, AccountAction.PROFILE_UPDATED, subject, changes)
    return user


def _profile(user: User) -> dict[str, str]:
    return {"first_name": user.first_name, "last_name": user.last_name, "locale": user.locale}
