"""Passwords of logins and mailboxes: which are good enough, and proving the one in force (USR2, USR6)."""

import unicodedata
from collections.abc import Sequence

from models import User
from resolvers.caller import Caller
from resolvers.throttle import admit_proof, forgive
from rules.denials import Unauthenticated
from rules.refusals import InvalidCurrentPassword, PasswordTooWeak, PasswordWeakness


async def check_new_password(
    caller: Caller, password: str, *, login: str, names: Sequence[str] = (), path: tuple[str, ...] = ("new_password",)
) -> None:
    """Refuse a password that is too short, too long, easily guessed or equal to the login, with PasswordTooWeak.

    Lengths are in characters; `names` are words that a guesser knows of its owner. It takes time, so it belongs before
    the transaction.
    """
    policy = caller.policy
    reasons = []
    if len(password) < policy.password_minimum:
        reasons.append(PasswordWeakness.TOO_SHORT)
    if len(password) > policy.password_maximum:
        reasons.append(PasswordWeakness.TOO_LONG)
    if _folded(password) == _folded(login):
        reasons.append(PasswordWeakness.EQUALS_LOGIN)
    if not reasons and await caller.passwords.is_common(password, (login, *login.split("@"), *names)):
        reasons.append(PasswordWeakness.TOO_COMMON)
    if reasons:
        raise PasswordTooWeak(reasons=tuple(reasons), minimum_length=policy.password_minimum, path=path)


async def prove_password(caller: Caller, password: str, *, path: tuple[str, ...] = ("current_password",)) -> User:
    """Answer the caller's account, whose password this is; InvalidCurrentPassword otherwise, throttled (USR2).

    What follows in a transaction must lock the account with the same hash still in force: see `lock_account`.
    """
    user = await User.filter(id=caller.user_id, closed_at=None).first()
    if user is None:
        raise Unauthenticated
    attempt = await admit_proof(caller)
    if not await caller.passwords.matches(password, user.password_hash):
        raise InvalidCurrentPassword(path=path)
    await forgive(attempt)
    return user


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
