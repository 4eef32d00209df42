"""Changing the password, alone or together with that of the mailbox that is the login (USR6, USR7)."""

from dataclasses import dataclass

from models import ConfirmationKind, Mailbox, User
from resolvers.accounts import lock_account
from resolvers.caller import Caller
from resolvers.links import withdraw_links
from resolvers.mailboxes import find_linked_mailbox, write_mailbox_password
from resolvers.passwords import check_new_password, prove_password
from resolvers.records import post_letter, record_account_action
from resolvers.sessions import end_sessions_of
from resolvers.transactions import transaction
from rules.denials import Forbidden, NotFound
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.refusals import NoLinkedMailbox


@dataclass(frozen=True)
class PasswordChange:
    """A password that was changed; `linked_mailbox` is the mailbox that is the login, whether changed too or not."""

    user: User
    linked_mailbox: Mailbox | None
    changed_mailbox: bool
    ended_sessions: int


async def change_password(
    caller: Caller, *, current_password: str, new_password: str, also_mailbox: bool = False
) -> PasswordChange:
    """Set a new password; other sessions and open links to reset it end, the caller's session stays (USR6).

    With `also_mailbox` the mailbox that is the login gets the same password in the same transaction; without, the two
    are different from now on (USR7). Refuses with InvalidCurrentPassword, PasswordTooWeak, and NoLinkedMailbox when
    there is none that the caller may manage; RateLimited by wrong passwords.
    """
    proven = await prove_password(caller, current_password)
    await check_new_password(caller, new_password, login=proven.login, names=(proven.first_name, proven.last_name))
    mailbox = await find_linked_mailbox(caller, proven)
    if also_mailbox and mailbox is None:
        raise NoLinkedMailbox(path=("also_mailbox",))
    password_hash = await caller.passwords.hash(new_password)
    mailbox_hash = await caller.passwords.hash(new_password) if also_mailbox else None
    async with transaction():
        if mailbox is not None and mailbox_hash is not None:
            mailbox = await _write_linked(caller, mailbox, mailbox_hash)
        user = await lock_account(caller, proven_hash=proven.password_hash)
        if mailbox_hash is not None and user.login_key != proven.login_key:
            raise NoLinkedMailbox(path=("also_mailbox",))
        user.password_hash = password_hash
        await user.save(update_fields=["password_hash"])
        await withdraw_links(caller, user.id, [ConfirmationKind.PASSWORD_RESET])
        ended = await end_sessions_of(caller, user, but=caller.session_id)
        facts = {"first_name": user.first_name, "login": user.login}
        await post_letter(caller, LetterKind.PASSWORD_CHANGED, user.login, user.locale, facts)
        subject, data = public_id(Prefix.USER, user.id), {"also_mailbox": also_mailbox, "ended_sessions": ended}
        await record_account_action(caller, user.id, AccountAction.PASSWORD_CHANGED, subject, data)
    return PasswordChange(user, linked_mailbox=mailbox, changed_mailbox=also_mailbox, ended_sessions=ended)


async def _write_linked(caller: Caller, mailbox: Mailbox, mailbox_hash: str) -> Mailbox:
    try:
        return await write_mailbox_password(caller, mailbox, mailbox_hash)
    except (NotFound, Forbidden):
        # The right was taken away since: then the mailbox is not linked any more.
        raise NoLinkedMailbox(path=("also_mailbox",)) from None
