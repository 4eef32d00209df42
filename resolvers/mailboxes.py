"""Mailboxes: their own passwords, and the one whose address is a user's login (USR7, USR8)."""

from uuid import UUID

from models import Mailbox, User
from resolvers.access import lock_organization, rights_on_product, standing_of
from resolvers.caller import Caller
from resolvers.passwords import check_new_password
from resolvers.records import record_event
from resolvers.transactions import transaction
from rules.denials import Denial, NotFound
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.kinds import KINDS_WITH_MAILBOXES, ProductState
from rules.permitted import refuse, why_not_manage_product


async def find_linked_mailbox(caller: Caller, user: User) -> Mailbox | None:
    """The mailbox hosted here whose address is the login; None when there is none, or the caller may not manage it.

    The right counts, because owning an address once does not make its present host's mailbox one's own (USR7).
    """
    mailbox = await (
        Mailbox.filter(
            address_key=user.login_key,
            product__kind__in=list(KINDS_WITH_MAILBOXES),
            organization__deleted_at=None,
        )
        .exclude(product__state=ProductState.TERMINATED)
        .select_related("product", "organization")
        .first()
    )
    if mailbox is None:
        return None
    try:
        refuse(why_not_manage_product(await rights_on_product(caller, mailbox.organization, mailbox.product)))
    except Denial:
        return None
    return mailbox


async def change_mailbox_password(caller: Caller, *, mailbox_id: UUID, new_password: str) -> Mailbox:
    """Change the password of a mailbox alone; the login of whoever reads it is never touched (USR8).

    Asks MANAGE on its product: strangers are refused with NotFound, members who may only look with Forbidden. Refuses
    with PasswordTooWeak.
    """
    mailbox = await Mailbox.filter(id=mailbox_id).first()
    if mailbox is None or await standing_of(caller.user_id, await mailbox.organization) is None:
        raise NotFound
    await check_new_password(caller, new_password, login=mailbox.address)
    password_hash = await caller.passwords.hash(new_password)
    async with transaction():
        return await write_mailbox_password(caller, mailbox, password_hash)


async def write_mailbox_password(caller: Caller, mailbox: Mailbox, password_hash: str) -> Mailbox:
    """Write a mailbox's password in the transaction that is open; locks its organization and asks MANAGE there."""
    organization = await lock_organization(mailbox.organization_id)
    locked = await Mailbox.filter(id=mailbox.id).select_related("product").first()
    if locked is None:
        raise NotFound
    refuse(why_not_manage_product(await rights_on_product(caller, organization, locked.product)))
    locked.password_hash = password_hash
    await locked.save(update_fields=["password_hash"])
    subject = public_id(Prefix.MAILBOX, locked.id)
    await record_event(caller, organization.id, EventKind.MAILBOX_PASSWORD_CHANGED, subject)
    return locked
