"""Invitations as the invited see them: read by their link, accepted, declined (MEM6, MSG3)."""

from dataclasses import dataclass, replace
from datetime import datetime

from models import Invitation, InvitationState, Membership, Organization, User
from resolvers.access import lock_organization, standing_of
from resolvers.accounts import LoginIsTaken, add_user, check_names, find_account, lock_account
from resolvers.caller import Caller, Nobody
from resolvers.email_addresses import EmailAddress
from resolvers.grants import grants_of_invitation
from resolvers.invitations import is_pending, settle_invitation
from resolvers.memberships import Access, ContactPreferences, add_member
from resolvers.passwords import check_new_password
from resolvers.secrets import hash_secret
from resolvers.sessions import OpenedSession, open_session
from resolvers.throttle import admit_stranger
from resolvers.transactions import transaction
from rules.checks import refuse_problems
from rules.denials import NotFound, Unauthenticated
from rules.events import EventKind
from rules.locales import Locale
from rules.names import one_line
from rules.permitted import why_not_give_role
from rules.refusals import (
    AlreadyMember,
    InvalidInput,
    InvitationForOtherAddress,
    LinkExpired,
    Problem,
    ProblemCode,
)
from rules.rights import Role


@dataclass(frozen=True)
class NewAccount:
    """The account that somebody without one gets with the invitation; the link proves the address."""

    password: str
    first_name: str
    last_name: str
    locale: Locale


@dataclass(frozen=True)
class Accepted:
    """The membership that came of an invitation, and the session of the new account where there is one."""

    membership: Membership
    opened: OpenedSession | None = None


@dataclass(frozen=True)
class InvitationPreview:
    """What the holder of the link may know before answering."""

    organization_name: str
    inviter_name: str
    address: str
    role: Role
    state: InvitationState
    expires_at: datetime
    account_exists: bool


async def preview_invitation(caller: Caller, *, secret: str) -> InvitationPreview:
    """What an invitation is about, for whoever holds its link; no session is needed (MSG3). Unknown links: NotFound."""
    invitation = (
        await Invitation.filter(secret_hash=hash_secret(secret), organization__deleted_at=None)
        .select_related("organization", "inviter")
        .first()
    )
    if invitation is None:
        raise NotFound
    overdue = invitation.state is InvitationState.PENDING and not is_pending(
        invitation.state, invitation.expires_at, caller.now
    )
    return InvitationPreview(
        organization_name=invitation.organization.name,
        inviter_name=invitation.inviter.name,
        address=invitation.address,
        role=invitation.role,
        state=InvitationState.EXPIRED if overdue else invitation.state,
        expires_at=invitation.expires_at,
        account_exists=await find_account(invitation.address_key) is not None,
    )


async def accept_invitation(caller: Caller, *, secret: str, new_account: NewAccount | None = None) -> Accepted:
    """Join the organization with the rights that the invitation fixed, if its inviter may still give them (MEM6).

    In the session of the invited address, or with a new account for it, which is then signed in (MSG3). Refuses with
    LinkExpired, InvitationForOtherAddress and AlreadyMember; a new account also with InvalidInput and PasswordTooWeak.
    Without a session, and with an account that exists: Unauthenticated, which only the link's holder is told.
    """
    known = await _find_open(caller, secret)
    if not caller.viewer.is_signed_in:
        return await _accept_with_account(caller, known, secret, new_account)
    if new_account is not None:
        raise InvalidInput(problems=(Problem(("new_account",), ProblemCode.NOT_ALLOWED),))
    async with transaction():
        organization, invitation = await _lock_open(caller, known, secret)
        user = await lock_account(caller)
        return Accepted(await _join(caller, organization, invitation, user))


async def decline_invitation(caller: Caller, *, secret: str) -> InvitationState:
    """Turn an invitation down; whoever holds the link may, without a session (MSG3). Refuses with LinkExpired."""
    known = await _find_open(caller, secret)
    async with transaction():
        _, invitation = await _lock_open(caller, known, secret)
        # Who holds a link need not be who they are signed in as: nobody is named.
        nobody = Nobody(caller.now, address=caller.address)
        await settle_invitation(nobody, invitation, InvitationState.DECLINED, EventKind.INVITATION_DECLINED)
        return invitation.state


async def _find_open(caller: Caller, secret: str) -> Invitation:
    invitation = await Invitation.filter(secret_hash=hash_secret(secret)).first()
    if invitation is None or not is_pending(invitation.state, invitation.expires_at, caller.now):
        raise LinkExpired
    return invitation


async def _lock_open(caller: Caller, known: Invitation, secret: str) -> tuple[Organization, Invitation]:
    """Lock the organization of an invitation, and read the invitation as it is now; LinkExpired if it is over."""
    try:
        organization = await lock_organization(known.organization_id)
    except NotFound as deleted:
        raise LinkExpired from deleted
    return organization, await _find_open(caller, secret)


async def _accept_with_account(
    caller: Caller, known: Invitation, secret: str, new_account: NewAccount | None
) -> Accepted:
    if await find_account(known.address_key) is not None:
        raise Unauthenticated
    if new_account is None:
        raise InvalidInput(problems=(Problem(("new_account",), ProblemCode.REQUIRED),))
    await admit_stranger(caller)
    names = (one_line(new_account.first_name), one_line(new_account.last_name))
    refuse_problems(check_names(*names, path=("new_account",)))
    path = ("new_account", "password")
    await check_new_password(caller, new_account.password, login=known.address, names=names, path=path)
    password_hash = await caller.passwords.hash(new_account.password)
    try:
        async with transaction():
            organization, invitation = await _lock_open(caller, known, secret)
            user = await add_user(
                caller,
                EmailAddress(invitation.address, invitation.address_key),
                password_hash,
                first_name=names[0],
                last_name=names[1],
                locale=new_account.locale,
            )
            opened = await open_session(caller, user)
            viewer = opened.viewer
            membership = await _join(replace(caller, viewer=viewer), organization, invitation, user)
            return Accepted(membership, opened)
    except LoginIsTaken as meanwhile:
        raise Unauthenticated from meanwhile


async def _join(caller: Caller, organization: Organization, invitation: Invitation, user: User) -> Membership:
    if user.login_key != invitation.address_key:
        raise InvitationForOtherAddress
    inviter = await standing_of(invitation.inviter_id, organization)
    if inviter is None or why_not_give_role(inviter, invitation.role, billing=invitation.billing) is not None:
        raise LinkExpired
    if await Membership.filter(organization_id=organization.id, user_id=user.id).exists():
        raise AlreadyMember
    access = Access(invitation.role, invitation.billing, await grants_of_invitation(invitation))
    preferences = ContactPreferences(invitation.billing_reminders, invitation.product_events)
    await settle_invitation(caller, invitation, InvitationState.ACCEPTED, EventKind.INVITATION_ACCEPTED)
    return await add_member(caller, organization, user, access, preferences)
