"""Changing the login: asked for with the password, proven through a link to the new address (USR2-USR5)."""

from datetime import timedelta

from tortoise.exceptions import IntegrityError

from models import Confirmation, ConfirmationKind, Membership, User
from resolvers.accounts import LoginIsTaken, find_account, lock_account
from resolvers.caller import Caller
from resolvers.email_addresses import EmailAddress, require_email_address
from resolvers.links import confirm_link, lock_link, make_link, withdraw_links
from resolvers.passwords import prove_password
from resolvers.records import post_letter, record_account_action
from resolvers.sessions import end_sessions_of
from resolvers.throttle import require_mail
from resolvers.transactions import transaction
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.refusals import (
    InvalidInput,
    LoginChangeExpired,
    LoginEmailTaken,
    NamedOrganization,
    Problem,
    ProblemCode,
    SameAsRecoveryEmail,
)
from rules.rights import Role


async def request_login_change(caller: Caller, *, new_email: str, current_password: str) -> Confirmation:
    """Send a link to the new address and a notice to the old one; nothing changes before the link is opened.

    A new request replaces an open one. Refuses with InvalidInput an address that is malformed or the login already,
    with InvalidCurrentPassword (USR2), and with SameAsRecoveryEmail (USR4). Whether the address is somebody's login
    is not said here (USR5). RateLimited by wrong passwords, and by mails.
    """
    address = require_email_address(new_email, ("new_email",))
    proven = await prove_password(caller, current_password)
    _refuse_unfit(proven, address)
    await require_mail(caller, address.key)
    async with transaction():
        user = await lock_account(caller, proven_hash=proven.password_hash)
        _refuse_unfit(user, address)
        link = await make_link(
            caller,
            ConfirmationKind.LOGIN_CHANGE,
            address,
            timedelta(hours=caller.policy.login_change_hours),
            user_id=user.id,
            bound_to=user.login_key,
        )
        facts = {
            "first_name": user.first_name,
            "old_login": user.login,
            "new_login": address.text,
            "expires_at": link.confirmation.expires_at,
        }
        await post_letter(caller, LetterKind.LOGIN_CHANGE, address.text, user.locale, {**facts, "secret": link.secret})
        await post_letter(caller, LetterKind.LOGIN_CHANGE_NOTICE, user.login, user.locale, facts)
        await _record(caller, link.confirmation, AccountAction.LOGIN_CHANGE_REQUESTED, user.login, address.text)
    return link.confirmation


async def confirm_login_change(caller: Caller, *, secret: str) -> User:
    """Make the address whose link was opened the login of the caller, who asked for it (USR3).

    Other sessions and open links to reset the password end; both addresses are told. Refuses with LoginChangeExpired a
    link that is over or not of this account and login, with SameAsRecoveryEmail (USR4), and with LoginEmailTaken
    when the address is another account's login (USR5); after the last two the link still works.
    """
    try:
        async with transaction():
            user = await lock_account(caller)
            link = await lock_link(caller, ConfirmationKind.LOGIN_CHANGE, secret)
            if link is None or link.user_id != user.id or link.bound_to != user.login_key:
                raise LoginChangeExpired(path=("secret",))
            if link.address_key == user.recovery_key:
                raise SameAsRecoveryEmail
            await _change_login(caller, user, link)
            return user
    except LoginIsTaken:
        names = await _find_organizations_represented_alone(caller)
        raise LoginEmailTaken(only_legal_representative_of=names) from None


async def withdraw_login_change(caller: Caller) -> Confirmation:
    """End the caller's open request; its link works no more. LoginChangeExpired when there is none (USR3)."""
    async with transaction():
        user = await lock_account(caller)
        link = await Confirmation.filter(
            user_id=user.id, kind=ConfirmationKind.LOGIN_CHANGE, settled_at=None, expires_at__gt=caller.now
        ).first()
        if link is None:
            raise LoginChangeExpired
        await withdraw_links(caller, user.id, [ConfirmationKind.LOGIN_CHANGE])
        await _record(caller, link, AccountAction.LOGIN_CHANGE_WITHDRAWN, user.login, link.address)
        await link.refresh_from_db()
    return link


async def _change_login(caller: Caller, user: User, link: Confirmation) -> None:
    if await find_account(link.address_key) is not None:
        raise LoginIsTaken
    old_login, user.login, user.login_key = user.login, link.address, link.address_key
    try:
        await user.save(update_fields=["login", "login_key"])
    except IntegrityError as error:
        raise LoginIsTaken from error
    await confirm_link(caller, link)
    await withdraw_links(caller, user.id, [ConfirmationKind.PASSWORD_RESET])
    await end_sessions_of(caller, user, but=caller.session_id)
    facts = {"first_name": user.first_name, "old_login": old_login, "new_login": user.login}
    for recipient in (old_login, user.login):
        await post_letter(caller, LetterKind.LOGIN_CHANGED, recipient, user.locale, facts)
    await _record(caller, link, AccountAction.LOGIN_CHANGED, old_login, user.login)


async def _find_organizations_represented_alone(caller: Caller) -> tuple[NamedOrganization, ...]:
    """Where the other account must become legal representative before this one can be given up (USR5, USR14)."""
    memberships = Membership.filter(
        user_id=caller.user_id,
        role=Role.LEGAL_REPRESENTATIVE,
        organization__deleted_at=None,
        organization__legal_representative_count=1,
    )
    rows = await memberships.order_by("organization_id").select_related("organization")
    return tuple(NamedOrganization(row.organization.id, row.organization.name) for row in rows)


async def _record(caller: Caller, link: Confirmation, action: AccountAction, old_login: str, new_login: str) -> None:
    logins = {"old_login": old_login, "new_login": new_login}
    await record_account_action(caller, caller.user_id, action, public_id(Prefix.CONFIRMATION, link.id), logins)


def _refuse_unfit(user: User, address: EmailAddress) -> None:
    if address.key == user.login_key:
        raise InvalidInput(problems=(Problem(("new_email",), ProblemCode.NOT_ALLOWED),))
    if address.key == user.recovery_key:
        raise SameAsRecoveryEmail(path=("new_email",))
