"""Invitations as the organization sees them: sent, sent again, revoked, expired (MEM6).

An invitation changes only under its organization's lock, and carries the rights that were fixed when it was made.
"""

from datetime import datetime, timedelta
from uuid import UUID

from models import Invitation, InvitationState, Membership, Organization, User
from resolvers.access import lock_organization, require
from resolvers.accounts import find_account
from resolvers.caller import Acting, Caller, Nobody
from resolvers.email_addresses import EmailAddress, require_email_address
from resolvers.grants import access_as_data, attach_grants, refuse_foreign_products
from resolvers.idempotency import claim, find_replay, settle
from resolvers.memberships import Access, ContactPreferences
from resolvers.records import post_letter, record_event
from resolvers.secrets import hash_secret, new_secret
from resolvers.throttle import require_invitation
from resolvers.transactions import transaction
from rules.checks import refuse_problems
from rules.denials import NotFound
from rules.events import EventKind
from rules.grants import check_access
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.permitted import refuse, why_not_give_role, why_not_resend_invitation, why_not_revoke_invitation
from rules.refusals import AlreadyMember, InvalidInput, InvitationAlreadyPending, Problem, ProblemCode
from rules.rights import Right

EXPIRED_AT_ONCE = 100


async def invite_member(
    caller: Caller, *, organization_id: UUID, email: str, access: Access, preferences: ContactPreferences
) -> Invitation:
    """Invite the reader of an address to an organization, by a mail with a link that works once (MEM6).

    Asks MEMBERS. Refuses with InvalidInput, RoleNotGrantable, InvitationAlreadyPending and AlreadyMember; a product of
    another organization is NotFound. RateLimited by address and by inviter.
    """
    address = require_email_address(email, ("email",))
    refuse_problems(check_access(access.role, access.billing, access.grants))
    await _admit(caller, address.key)
    async with transaction():
        await claim(caller)
        organization = await lock_organization(organization_id)
        standing = await require(caller, organization, Right.MEMBERS)
        refuse(why_not_give_role(standing, access.role, billing=access.billing))
        await refuse_foreign_products(organization, access.grants)
        await _refuse_known(caller, organization, address)
        await _refuse_full(caller, organization)
        invitation = _new_invitation(caller, organization, address, access, preferences)
        await _send(caller, organization, invitation)
        await attach_grants(invitation, access.grants)
        data = {"address": address.text, **access_as_data(access.role, access.billing, access.grants)}
        await record_event(caller, organization.id, EventKind.INVITATION_SENT, subject_of(invitation), data)
        await settle(caller, subject_of(invitation))
        return invitation


async def resend_invitation(caller: Caller, *, invitation_id: UUID) -> Invitation:
    """Send a pending invitation again: a new link, a new term; the old link is dead (MEM6).

    The caller becomes the inviter, and so must be able to grant what it grants (RoleNotGrantable). Refuses with
    InvitationNotPending. RateLimited by address and by inviter.
    """
    known = await Invitation.filter(id=invitation_id).first()
    if known is None:
        raise NotFound
    await _admit(caller, known.address_key)
    async with transaction():
        await claim(caller)
        organization, invitation = await _lock_invitation(known)
        standing = await require(caller, organization, Right.MEMBERS)
        pending = is_pending(invitation.state, invitation.expires_at, caller.now)
        refuse(why_not_resend_invitation(standing, invitation.role, billing=invitation.billing, pending=pending))
        await _send(caller, organization, invitation)
        await record_event(caller, organization.id, EventKind.INVITATION_RESENT, subject_of(invitation))
        await settle(caller, subject_of(invitation))
        return invitation


async def revoke_invitation(caller: Caller, *, invitation_id: UUID) -> Invitation:
    """Take a pending invitation back; its link is dead (MEM6). Asks MEMBERS. Refuses with InvitationNotPending."""
    known = await Invitation.filter(id=invitation_id).first()
    if known is None:
        raise NotFound
    async with transaction():
        organization, invitation = await _lock_invitation(known)
        standing = await require(caller, organization, Right.MEMBERS)
        refuse(
            why_not_revoke_invitation(standing, pending=is_pending(invitation.state, invitation.expires_at, caller.now))
        )
        await settle_invitation(caller, invitation, InvitationState.REVOKED, EventKind.INVITATION_REVOKED)
        return invitation


async def expire_invitations(now: datetime) -> int:
    """Write down of pending invitations that their term is over; answers of how many, at most a hundred at a time."""
    overdue = Invitation.filter(state=InvitationState.PENDING, expires_at__lte=now).order_by("expires_at")
    expired = 0
    for row in await overdue.limit(EXPIRED_AT_ONCE):
        async with transaction():
            await Organization.filter(id=row.organization_id).select_for_update().first()
            invitation = await Invitation.get(id=row.id)
            if invitation.state is InvitationState.PENDING and invitation.expires_at <= now:
                await _expire(Nobody(now), invitation)
                expired += 1
    return expired


async def settle_invitation(actor: Acting, invitation: Invitation, state: InvitationState, kind: EventKind) -> None:
    """Write down how an invitation ended, in the transaction that holds its organization's lock."""
    invitation.state, invitation.settled_at = state, actor.now
    await invitation.save(update_fields=["state", "settled_at"])
    await record_event(actor, invitation.organization_id, kind, subject_of(invitation))


def is_pending(state: InvitationState, expires_at: datetime, now: datetime) -> bool:
    """Whether an invitation can still be answered: neither settled nor too old, even if nobody wrote that down yet."""
    return state is InvitationState.PENDING and expires_at > now


def subject_of(invitation: Invitation) -> str:
    """The public id of an invitation."""
    return public_id(Prefix.INVITATION, invitation.id)


async def _admit(caller: Caller, address_key: str) -> None:
    """Count an invitation before it is sent; a replay under its idempotency key sends nothing and counts nothing."""
    await find_replay(caller.once)
    await require_invitation(caller, address_key)


async def _lock_invitation(known: Invitation) -> tuple[Organization, Invitation]:
    organization = await lock_organization(known.organization_id)
    return organization, await Invitation.get(id=known.id)


async def _refuse_known(caller: Caller, organization: Organization, address: EmailAddress) -> None:
    """Refuse an address that belongs to a member, or that was invited already; what is overdue is settled first."""
    if await Membership.filter(organization_id=organization.id, user__login_key=address.key).exists():
        raise AlreadyMember(path=("email",))
    pending = await Invitation.filter(
        organization_id=organization.id, address_key=address.key, state=InvitationState.PENDING
    ).first()
    if pending is None:
        return
    if pending.expires_at > caller.now:
        raise InvitationAlreadyPending(invitation_id=pending.id, path=("email",))
    await _expire(Nobody(caller.now), pending)


async def _refuse_full(caller: Caller, organization: Organization) -> None:
    pending = await Invitation.filter(organization_id=organization.id, state=InvitationState.PENDING).count()
    maximum = caller.policy.memberships_maximum
    if organization.member_count + pending >= maximum:
        raise InvalidInput(problems=(Problem(("organization_id",), ProblemCode.NOT_ALLOWED, maximum),))


async def _expire(actor: Acting, invitation: Invitation) -> None:
    await settle_invitation(actor, invitation, InvitationState.EXPIRED, EventKind.INVITATION_EXPIRED)


def _new_invitation(
    caller: Caller,
    organization: Organization,
    address: EmailAddress,
    access: Access,
    preferences: ContactPreferences,
) -> Invitation:
    return Invitation(
        organization_id=organization.id,
        address=address.text,
        address_key=address.key,
        role=access.role,
        billing=access.billing,
        billing_reminders=preferences.billing_reminders,
        product_events=preferences.product_events,
        state=InvitationState.PENDING,
        created_at=caller.now,
    )


async def _send(caller: Caller, organization: Organization, invitation: Invitation) -> None:
    """Give an invitation its link, its term and its inviter, store it, and put the mail into the outbox."""
    secret = new_secret()
    inviter = await User.get(id=caller.user_id)
    reader = await find_account(invitation.address_key)
    invitation.secret_hash = hash_secret(secret)
    invitation.inviter_id = inviter.id
    invitation.expires_at = caller.now + timedelta(days=caller.policy.invitation_days)
    await invitation.save()
    facts = {
        "secret": secret,
        "organization": organization.name,
        "inviter": inviter.name,
        "role": invitation.role,
        "expires_at": invitation.expires_at,
    }
    locale = reader.locale if reader else caller.locale
    await post_letter(caller, LetterKind.INVITATION, invitation.address, locale, facts)
