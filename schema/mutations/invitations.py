"""Writing invitations, and answering them."""

import strawberry

import models
from execution.guards import Anyone
from permissions.guards import MayManageMembers
from resolvers import invitation_answers, invitations
from resolvers.invitation_answers import NewAccount
from resolvers.memberships import Access, ContactPreferences
from rules import refusals
from rules.grants import default_billing
from rules.identifiers import Prefix
from rules.locales import Locale
from rules.rights import Role
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.inputs import given, optional
from schema.mutations.memberships import GrantInput, read_grants
from schema.types import links
from schema.types.invitation import Invitation
from schema.types.membership import Membership
from schema.types.session import Session


@strawberry.input(description="Whom to invite, and with which rights.")
class InviteMemberInput:
    """The rights are fixed here, and not changed by accepting."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization to invite to.")
    email: str = strawberry.field(description="Address to invite; only the account with this login can accept.")
    role: Role = strawberry.field(description="Role that the person will have; never more than your own rights.")
    billing: bool | None = optional(
        "Whether the person will hold the billing right; a choice for collaborators only, who lack it when left out."
    )
    grants: list[GrantInput] | None = optional(
        "Product grants that the person will get, up to 100; for collaborators and externals only."
    )
    billing_reminders: bool | None = optional("Whether the person will get reminders of bills; true when left out.")
    product_events: bool | None = optional("Whether the person will get news of products; true when left out.")
    idempotency_key: str = idempotency_key()


@strawberry.input(description="The invitation to send again.")
class ResendInvitationInput:
    """One invitation."""

    invitation_id: strawberry.ID = reference(Prefix.INVITATION, "Invitation to send again.")
    idempotency_key: str = idempotency_key()


@strawberry.input(description="The invitation to take back.")
class RevokeInvitationInput:
    """One invitation."""

    invitation_id: strawberry.ID = reference(Prefix.INVITATION, "Invitation to take back.")


@strawberry.input(description="The account of somebody who was invited and has none; the link proves the address.")
class NewAccountInput:
    """The login is the invited address."""

    password: str = strawberry.field(description="Password of the new account, 12 to 256 characters.")
    first_name: str = strawberry.field(description="First name, up to 100 characters.")
    last_name: str = strawberry.field(description="Last name, up to 100 characters.")
    locale: Locale | None = optional("Language to be written to in; left out, it is what the request prefers.")


@strawberry.input(description="The invitation to accept, by its link.")
class AcceptInvitationInput:
    """In the session of the invited address, or with a new account."""

    secret: str = strawberry.field(description="Secret of the link in the mail.")
    new_account: NewAccountInput | None = optional("Account to create; only when the invited address has none yet.")


@strawberry.input(description="The invitation to decline, by its link.")
class DeclineInvitationInput:
    """No session is needed."""

    secret: str = strawberry.field(description="Secret of the link in the mail.")


@strawberry.type(description="The invitation was sent.")
class InviteMemberSuccess:
    """Carries the new invitation."""

    invitation: links.Invitation = strawberry.field(description="Invitation that was sent.")


@strawberry.type(description="The invitation was sent again.")
class ResendInvitationSuccess:
    """Carries the invitation with its new term."""

    invitation: links.Invitation = strawberry.field(description="Invitation as it is now.")


@strawberry.type(description="The invitation was taken back.")
class RevokeInvitationSuccess:
    """Carries the invitation at its end."""

    invitation: links.Invitation = strawberry.field(description="Invitation as it is now.")


@strawberry.type(description="You belong to the organization now.")
class AcceptInvitationSuccess:
    """Carries the membership, and the session of a new account."""

    membership: links.Membership = strawberry.field(description="Membership that came of the invitation.")
    secret: str | None = strawberry.field(
        description="Secret of the new account's session, shown this once; null when you were signed in already. "
        "Browsers get it as a cookie too."
    )
    session: links.Session | None = strawberry.field(
        description="Session of the new account; null when you were signed in already."
    )


@strawberry.type(description="The invitation was declined.")
class DeclineInvitationSuccess:
    """Nobody need be signed in, so it says no more."""

    state: models.InvitationState = strawberry.field(description="State of the invitation now.")


@mutation(
    who=MayManageMembers(),
    refuses=(refusals.RoleNotGrantable, refusals.InvitationAlreadyPending, refusals.AlreadyMember),
    again=Replay(models.Invitation, lambda row: InviteMemberSuccess(invitation=Invitation.of(row))),
)
async def invite_member(info: Info, input: InviteMemberInput) -> InviteMemberSuccess:
    """Invite a person to an organization by e-mail, whether or not they have an account.

    The mail holds a link that works once, for 7 days. Limited by address and by the hour (RATE_LIMITED). Causes the
    event INVITATION_SENT.
    """
    billing = given(input.billing, default_billing(input.role))
    row = await invitations.invite_member(
        info.context.caller,
        organization_id=key(input.organization_id),
        email=input.email,
        access=Access(input.role, billing, read_grants(given(input.grants, []))),
        preferences=ContactPreferences(given(input.billing_reminders, True), given(input.product_events, True)),
    )
    return InviteMemberSuccess(invitation=Invitation.of(row))


@mutation(
    who=MayManageMembers(),
    refuses=(refusals.RoleNotGrantable, refusals.InvitationNotPending),
    again=Replay(models.Invitation, lambda row: ResendInvitationSuccess(invitation=Invitation.of(row))),
)
async def resend_invitation(info: Info, input: ResendInvitationInput) -> ResendInvitationSuccess:
    """Send a pending invitation again, with a new link and a new term; the old link is dead.

    You become its inviter, so you must be able to grant what it grants. Limited by address and by the hour
    (RATE_LIMITED). Causes the event INVITATION_RESENT.
    """
    row = await invitations.resend_invitation(info.context.caller, invitation_id=key(input.invitation_id))
    return ResendInvitationSuccess(invitation=Invitation.of(row))


@mutation(who=MayManageMembers(), refuses=(refusals.InvitationNotPending,))
async def revoke_invitation(info: Info, input: RevokeInvitationInput) -> RevokeInvitationSuccess:
    """Take a pending invitation back; its link is dead. Causes the event INVITATION_REVOKED."""
    row = await invitations.revoke_invitation(info.context.caller, invitation_id=key(input.invitation_id))
    return RevokeInvitationSuccess(invitation=Invitation.of(row))


@mutation(
    who=Anyone(),
    refuses=(
        refusals.LinkExpired,
        refusals.InvitationForOtherAddress,
        refusals.AlreadyMember,
        refusals.PasswordTooWeak,
    ),
)
async def accept_invitation(info: Info, input: AcceptInvitationInput) -> AcceptInvitationSuccess:
    """Accept an invitation: join the organization with the rights that the invitation fixed.

    In the session of the invited address; or, when that address has no account yet, with `newAccount`, which is signed
    in at once (cookie included). UNAUTHENTICATED says that the address has an account: log in first. The inviter's
    right is checked again (LinkExpired). Causes the events INVITATION_ACCEPTED and MEMBER_ADDED.
    """
    context = info.context
    wanted = given(input.new_account)
    new_account = wanted and NewAccount(
        password=wanted.password,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        locale=given(wanted.locale, context.caller.locale),
    )
    accepted = await invitation_answers.accept_invitation(context.caller, secret=input.secret, new_account=new_account)
    membership = Membership.of(accepted.membership)
    opened = accepted.opened
    if opened is None:
        return AcceptInvitationSuccess(membership=membership, secret=None, session=None)
    context.enter(opened)
    return AcceptInvitationSuccess(membership=membership, secret=opened.secret, session=Session.of(opened.session))


@mutation(who=Anyone(), refuses=(refusals.LinkExpired,))
async def decline_invitation(info: Info, input: DeclineInvitationInput) -> DeclineInvitationSuccess:
    """Decline an invitation, without logging in. Causes the event INVITATION_DECLINED."""
    state = await invitation_answers.decline_invitation(info.context.caller, secret=input.secret)
    return DeclineInvitationSuccess(state=state)
