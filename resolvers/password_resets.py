"""A forgotten password: a link to the recovery address, and a new password for whoever opens it (USR10)."""

from datetime import timedelta

from models import ConfirmationKind, User
from resolvers.accounts import lock_user
from resolvers.caller import Caller
from resolvers.email_addresses import EmailAddress, require_email_address
from resolvers.links import LinkSent, confirm_link, find_link, lock_link, make_link, withdraw_links
from resolvers.passwords import check_new_password
from resolvers.records import post_letter, post_nothing, record_account_action
from resolvers.secrets import hash_secret
from resolvers.sessions import end_sessions_of
from resolvers.throttle import admit_mail, admit_stranger, forget_attempts
from resolvers.transactions import transaction
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.refusals import LinkExpired


async def request_password_reset(caller: Caller, *, email: str) -> LinkSent:
    """Send a link to the confirmed recovery address of the account with this login, else to the login (USR10).

    The answer, and the work behind it, is the same when there is no such account; beyond the hourly number of mails
    nothing is sent and nothing else differs. Refuses a malformed address with InvalidInput; RateLimited by network.
    """
    address = require_email_address(email, ("email",))
    await admit_stranger(caller)
    lifetime = timedelta(minutes=caller.policy.password_reset_minutes)
    if await admit_mail(caller, address.key):
        async with transaction():
            user = await User.filter(login_key=address.key, closed_at=None).select_for_update(no_key=True).first()
            await (_send_link(caller, user, lifetime) if user else _send_nothing(caller, address, lifetime))
    return LinkSent(address=address.text, expires_at=caller.now + lifetime)


async def reset_password(caller: Caller, *, secret: str, new_password: str) -> User:
    """Set a new password through a link; all sessions and all open links of the account end (USR10).

    Refuses with LinkExpired a link that is over, or older than the password in force, and with PasswordTooWeak, after
    which the link still works.
    """
    link = await find_link(caller, ConfirmationKind.PASSWORD_RESET, secret)
    found = await User.filter(id=link.user_id, closed_at=None).first() if link else None
    if found is None:
        raise LinkExpired(path=("secret",))
    await check_new_password(caller, new_password, login=found.login, names=(found.first_name, found.last_name))
    password_hash = await caller.passwords.hash(new_password)
    async with transaction():
        user = await lock_user(found.id)
        link = await lock_link(caller, ConfirmationKind.PASSWORD_RESET, secret)
        if user is None or link is None or link.bound_to != hash_secret(user.password_hash):
            raise LinkExpired(path=("secret",))
        user.password_hash = password_hash
        await user.save(update_fields=["password_hash"])
        await confirm_link(caller, link)
        await withdraw_links(caller, user.id, ConfirmationKind)
        await end_sessions_of(caller, user)
        facts = {"first_name": user.first_name, "login": user.login}
        await post_letter(caller, LetterKind.PASSWORD_CHANGED, user.login, user.locale, facts)
        await record_account_action(caller, user.id, AccountAction.PASSWORD_RESET, public_id(Prefix.USER, user.id))
    await forget_attempts(user.login_key)
    return user


async def _send_link(caller: Caller, user: User, lifetime: timedelta) -> None:
    target = EmailAddress(text=user.recovery_email or user.login, key=user.recovery_key or user.login_key)
    link = await make_link(
        caller,
        ConfirmationKind.PASSWORD_RESET,
        target,
        lifetime,
        user_id=user.id,
        bound_to=hash_secret(user.password_hash),
    )
    facts = {
        "secret": link.secret,
        "first_name": user.first_name,
        "login": user.login,
        "expires_at": link.confirmation.expires_at,
    }
    await post_letter(caller, LetterKind.PASSWORD_RESET, target.text, user.locale, facts)
    subject = public_id(Prefix.USER, user.id)
    await record_account_action(caller, user.id, AccountAction.PASSWORD_RESET_REQUESTED, subject)


async def _send_nothing(caller: Caller, address: EmailAddress, lifetime: timedelta) -> None:
    """Write the same rows for an address without an account, over from the start (USR10)."""
    await make_link(caller, ConfirmationKind.PASSWORD_RESET, address, lifetime, dead=True)
    await post_nothing(caller, LetterKind.PASSWORD_RESET, caller.locale)
    await record_account_action(caller, None, AccountAction.PASSWORD_RESET_REQUESTED, "")
