"""The second factor: an authenticator app, and codes that stand in for it once each (USR12).

Nobody can switch it off for the user without it: a forgotten authenticator is what the recovery codes are for.
"""

import hmac
from dataclasses import dataclass

import pyotp

from models import RecoveryCode, SecondFactor, Session, User
from resolvers.accounts import lock_account
from resolvers.caller import Caller
from resolvers.records import post_letter, record_account_action
from resolvers.secrets import hash_secret, new_recovery_code
from resolvers.throttle import admit_second_factor, forgive
from resolvers.transactions import transaction
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.refusals import (
    SecondFactorAlreadyOn,
    SecondFactorInvalid,
    SecondFactorNeededByStaff,
    SecondFactorNotOn,
    SecondFactorRequired,
)

ISSUER = "Manager"
STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)  # an authenticator's clock may be off by a step
RECOVERY_CODES = 10


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs, shown this once: the secret, and the same as an address for a QR code."""

    secret: str
    uri: str


@dataclass(frozen=True)
class Confirmed:
    """A second factor that is on, and its recovery codes, shown this once."""

    factor: SecondFactor
    recovery_codes: list[str]


async def enable_second_factor(caller: Caller) -> Enrolment:
    """Make a secret for the caller's authenticator; nothing is asked of it before it is confirmed.

    Asking again replaces a secret that was not confirmed. Refuses with SecondFactorAlreadyOn.
    """
    secret = pyotp.random_base32()
    async with transaction():
        user = await lock_account(caller)
        factor = await SecondFactor.filter(user_id=user.id).first()
        if factor is not None and factor.confirmed_at is not None:
            raise SecondFactorAlreadyOn
        sealed = caller.vault.seal(secret)
        if factor is None:
            await SecondFactor.create(user_id=user.id, secret_encrypted=sealed, created_at=caller.now)
        else:
            factor.secret_encrypted, factor.created_at = sealed, caller.now
            await factor.save(update_fields=["secret_encrypted", "created_at"])
        subject = public_id(Prefix.USER, user.id)
        await record_account_action(caller, user.id, AccountAction.SECOND_FACTOR_REQUESTED, subject)
    return Enrolment(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name=ISSUER))


async def confirm_second_factor(caller: Caller, *, code: str) -> Confirmed:
    """Switch the second factor on with a first code of the authenticator; answers the recovery codes.

    Refuses with SecondFactorNotOn when none was asked for, SecondFactorAlreadyOn and SecondFactorInvalid; RateLimited.
    """
    attempt = await admit_second_factor(caller, caller.user_id)
    async with transaction():
        user = await lock_account(caller)
        factor = await SecondFactor.filter(user_id=user.id).first()
        if factor is None:
            raise SecondFactorNotOn
        if factor.confirmed_at is not None:
            raise SecondFactorAlreadyOn
        if not await _take_code(caller, factor, code):
            raise SecondFactorInvalid(path=("code",))
        factor.confirmed_at = caller.now
        await factor.save(update_fields=["confirmed_at"])
        codes = await _write_recovery_codes(caller, factor)
        await Session.filter(id=caller.session_id).update(second_factor_at=caller.now)
        await _tell(caller, user, LetterKind.SECOND_FACTOR_ON, AccountAction.SECOND_FACTOR_ON)
    await forgive(attempt)
    return Confirmed(factor=factor, recovery_codes=codes)


async def disable_second_factor(caller: Caller, *, code: str) -> User:
    """Switch the second factor off, with a code of it or a recovery code (USR12).

    Refuses with SecondFactorNotOn, SecondFactorInvalid, and with SecondFactorNeededByStaff; RateLimited.
    """
    attempt = await admit_second_factor(caller, caller.user_id)
    async with transaction():
        user = await lock_account(caller)
        if user.is_staff:
            raise SecondFactorNeededByStaff
        await _prove(caller, user, code)
        await forget_second_factor(user)
        await Session.filter(user_id=user.id).update(second_factor_at=None)
        await _tell(caller, user, LetterKind.SECOND_FACTOR_OFF, AccountAction.SECOND_FACTOR_OFF)
    await forgive(attempt)
    return user


async def regenerate_recovery_codes(caller: Caller, *, code: str) -> Confirmed:
    """Replace all recovery codes by fresh ones. Refuses with SecondFactorNotOn and SecondFactorInvalid; RateLimited."""
    attempt = await admit_second_factor(caller, caller.user_id)
    async with transaction():
        user = await lock_account(caller)
        factor = await _prove(caller, user, code)
        await RecoveryCode.filter(user_id=user.id).delete()
        codes = await _write_recovery_codes(caller, factor)
        subject = public_id(Prefix.USER, user.id)
        await record_account_action(caller, user.id, AccountAction.RECOVERY_CODES_REGENERATED, subject)
    await forgive(attempt)
    return Confirmed(factor=factor, recovery_codes=codes)


async def has_second_factor(user: User) -> bool:
    """Whether logging in as this user asks for a code."""
    return await SecondFactor.exists(user_id=user.id, confirmed_at__isnull=False)


async def pass_second_factor(caller: Caller, user: User, code: str | None) -> bool:
    """Ask a locked account's second factor, in the transaction that is open; False when it has none.

    Refuses with SecondFactorRequired when no code was given, and with SecondFactorInvalid. The attempt was counted.
    """
    if not await has_second_factor(user):
        return False
    if code is None:
        raise SecondFactorRequired
    await _prove(caller, user, code, path=("second_factor_code",))
    return True


async def forget_second_factor(user: User) -> None:
    """Delete a locked account's second factor with its codes, in the transaction that is open."""
    await RecoveryCode.filter(user_id=user.id).delete()
    await SecondFactor.filter(user_id=user.id).delete()


async def _prove(caller: Caller, user: User, code: str, path: tuple[str, ...] = ("code",)) -> SecondFactor:
    factor = await SecondFactor.filter(user_id=user.id, confirmed_at__isnull=False).first()
    if factor is None:
        raise SecondFactorNotOn
    if not await _take_code(caller, factor, code) and not await _take_recovery_code(caller, user, code):
        raise SecondFactorInvalid(path=path)
    return factor


async def _take_code(caller: Caller, factor: SecondFactor, code: str) -> bool:
    """Whether a code is the authenticator's now; each is taken once, and none older than the last."""
    totp = pyotp.TOTP(caller.vault.open(factor.secret_encrypted))
    now = int(caller.now.timestamp()) // STEP_SECONDS
    digits = "".join(code.split())
    for step in (now + neighbour for neighbour in NEIGHBOURS):
        if step > factor.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            factor.last_step = step
            await factor.save(update_fields=["last_step"])
            return True
    return False


async def _take_recovery_code(caller: Caller, user: User, code: str) -> bool:
    """Whether a code is an unused recovery code of the user, whose account is locked; it is used then."""
    code_hash = hash_secret("".join(code.casefold().split()))
    used = await RecoveryCode.filter(user_id=user.id, code_hash=code_hash, used_at=None).update(used_at=caller.now)
    if used:
        subject = public_id(Prefix.USER, user.id)
        await record_account_action(caller, user.id, AccountAction.RECOVERY_CODE_USED, subject)
    return bool(used)


async def _write_recovery_codes(caller: Caller, factor: SecondFactor) -> list[str]:
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        await RecoveryCode.create(user_id=factor.user_id, code_hash=hash_secret(code), created_at=caller.now)
    return codes


async def _tell(caller: Caller, user: User, letter: LetterKind, action: AccountAction) -> None:
    facts = {"first_name": user.first_name, "login": user.login}
    await post_letter(caller, letter, user.login, user.locale, facts)
    await record_account_action(caller, user.id, action, public_id(Prefix.USER, user.id))
