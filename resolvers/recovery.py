"""The recovery e-mail: where a reset link goes first; an address counts once its own link was opened (USR4)."""

from dataclasses import dataclass
from datetime import timedelta

from models import Confirmation, ConfirmationKind, User
from resolvers.accounts import lock_account
from resolvers.caller import Caller
from resolvers.email_addresses import EmailAddress, require_email_address
from resolvers.links import confirm_link, lock_link, make_link, withdraw_links
from resolvers.records import post_letter, record_account_action
from resolvers.throttle import require_mail
from resolvers.transactions import transaction
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.refusals import InvalidInput, LinkExpired, Problem, ProblemCode, SameAsRecoveryEmail


@dataclass(frozen=True)
class RecoveryChange:
    """The account, and the link that waits to be opened; None when the address was removed, which needs none."""

    user: User
    confirmation: Confirmation | None


async def change_recovery_email(caller: Caller, *, email: str | None) -> RecoveryChange:
    """Send a link to a new recovery address, or remove the one in force at once when `email` is None (USR4).

    Asks for a recent proof (ReauthenticationRequired). Refuses with InvalidInput an address that is malformed or the
    recovery address already, and with SameAsRecoveryEmail when it is the login. RateLimited by mails.
    """
    caller.require_recent_proof()
    if email is None:
        return RecoveryChange(await _remove(caller), None)
    address = require_email_address(email, ("email",))
    await require_mail(caller, address.key)
    async with transaction():
        user = await lock_account(caller)
        _refuse_unfit(user, address)
        link = await make_link(
            caller,
            ConfirmationKind.RECOVERY_EMAIL,
            address,
            timedelta(hours=caller.policy.recovery_email_hours),
            user_id=user.id,
            bound_to=user.recovery_key or "",
        )
        facts = {
            "secret": link.secret,
            "first_name": user.first_name,
            "login": user.login,
            "expires_at": link.confirmation.expires_at,
        }
        await post_letter(caller, LetterKind.RECOVERY_EMAIL, address.text, user.locale, facts)
        await _record(caller, user, AccountAction.RECOVERY_EMAIL_CHANGE_REQUESTED, address.text)
    return RecoveryChange(user, link.confirmation)


async def confirm_recovery_email(caller: Caller, *, secret: str) -> User:
    """Make the address whose link was opened the recovery address of the caller, who asked for it (USR4).

    Refuses with LinkExpired a link that is over or not of this account, and with SameAsRecoveryEmail when the address
    has become the login meanwhile.
    """
    async with transaction():
        user = await lock_account(caller)
        link = await lock_link(caller, ConfirmationKind.RECOVERY_EMAIL, secret)
        if link is None or link.user_id != user.id or link.bound_to != (user.recovery_key or ""):
            raise LinkExpired(path=("secret",))
        if link.address_key == user.login_key:
            raise SameAsRecoveryEmail
        await confirm_link(caller, link)
        await _replace(caller, user, EmailAddress(text=link.address, key=link.address_key))
        await _record(caller, user, AccountAction.RECOVERY_EMAIL_CHANGED, link.address)
    return user


async def _remove(caller: Caller) -> User:
    async with transaction():
        user = await lock_account(caller)
        await withdraw_links(caller, user.id, [ConfirmationKind.RECOVERY_EMAIL])
        if user.recovery_email is not None:
            await _replace(caller, user, None)
        await _record(caller, user, AccountAction.RECOVERY_EMAIL_REMOVED, None)
    return user


async def _replace(caller: Caller, user: User, address: EmailAddress | None) -> None:
    """Write the new address and tell the login and the old one; links to reset the password went there, and end."""
    recipients = [user.login] + ([user.recovery_email] if user.recovery_email else [])
    user.recovery_email, user.recovery_key = (address.text, address.key) if address else (None, None)
    await user.save(update_fields=["recovery_email", "recovery_key"])
    await withdraw_links(caller, user.id, [ConfirmationKind.PASSWORD_RESET])
    facts = {"first_name": user.first_name, "recovery_email": user.recovery_email}
    for recipient in recipients:
        await post_letter(caller, LetterKind.RECOVERY_EMAIL_CHANGED, recipient, user.locale, facts)


async def _record(caller: Caller, user: User, action: AccountAction, recovery_email: str | None) -> None:
    subject = public_id(Prefix.USER, user.id)
    await record_account_action(caller, user.id, action, subject, {"recovery_email": recovery_email})


def _refuse_unfit(user: User, address: EmailAddress) -> None:
    if address.key == user.login_key:
        raise SameAsRecoveryEmail(path=("email",))
    if address.key == user.recovery_key:
        raise InvalidInput(problems=(Problem(("email",), ProblemCode.NOT_ALLOWED),))
