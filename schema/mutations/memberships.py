"""Writing memberships."""

import strawberry

from permissions.guards import IsMember, IsOwnMembership, MayManageMembers
from resolvers import memberships
from rules import refusals
from rules.grants import Grant
from rules.identifiers import Prefix
from rules.kinds import ProductKind
from rules.rights import AccessLevel, Role
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, optional_key, reference
from schema.inputs import given, optional
from schema.types import links
from schema.types.membership import Membership
from schema.types.organization import Organization


@strawberry.input(description="Access to one product, or to all products of a kind: exactly one of the two is named.")
class GrantInput:
    """One line of a list of grants."""

    product_id: strawberry.ID | None = reference(
        Prefix.PRODUCT, "Product that the grant opens.", default=strawberry.UNSET
    )
    kind: ProductKind | None = optional("Kind of products that the grant opens, those to come included.")
    level: AccessLevel = strawberry.field(description="Level of the access; MANAGE contains VIEW.")


@strawberry.input(description="What to change about a membership; what is left out stays as it is.")
class UpdateMembershipInput:
    """Each field on its own; grants are replaced as a whole."""

    membership_id: strawberry.ID = reference(Prefix.MEMBERSHIP, "Membership to change.")
    role: Role | None = optional("New role of the member.")
    billing: bool | None = optional("Whether the member holds the billing right; a choice for collaborators only.")
    grants: list[GrantInput] | None = optional(
        "All product grants of the member from now on, up to 100; for collaborators and externals only."
    )


@strawberry.input(description="What to change about your contact preferences; what is left out stays as it is.")
class UpdateContactPreferencesInput:
    """Each preference on its own."""

    membership_id: strawberry.ID = reference(Prefix.MEMBERSHIP, "Membership of yours to change.")
    billing_reminders: bool | None = optional("Whether you get reminders of bills.")
    product_events: bool | None = optional("Whether you get news of products.")


@strawberry.input(description="The member to remove.")
class RemoveMemberInput:
    """One membership."""

    membership_id: strawberry.ID = reference(Prefix.MEMBERSHIP, "Membership to end.")


@strawberry.input(description="The organization to leave.")
class LeaveOrganizationInput:
    """One organization."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization to leave.")


@strawberry.type(description="The membership was changed.")
class UpdateMembershipSuccess:
    """Carries the changed membership."""

    membership: links.Membership = strawberry.field(description="Membership as it is now.")


@strawberry.type(description="The contact preferences were changed.")
class UpdateContactPreferencesSuccess:
    """Carries the changed membership."""

    membership: links.Membership = strawberry.field(description="Membership as it is now.")


@strawberry.type(description="The member was removed.")
class RemoveMemberSuccess:
    """Carries what remains."""

    organization: links.Organization | None = strawberry.field(
        description="Organization without the member; null when that was you."
    )
    membership_id: strawberry.ID = strawberry.field(description="Id of the membership that ended.")


@strawberry.type(description="You left the organization.")
class LeaveOrganizationSuccess:
    """The organization is out of sight from now on."""

    organization_id: strawberry.ID = strawberry.field(description="Id of the organization that you left.")


def read_grants(inputs: list[GrantInput]) -> list[Grant]:
    """The grants of an input as the rules know them."""
    return [Grant(level=each.level, product_id=optional_key(each.product_id), kind=given(each.kind)) for each in inputs]


@mutation(who=MayManageMembers(), refuses=(refusals.RoleNotGrantable, refusals.LastLegalRepresentative))
async def update_membership(info: Info, input: UpdateMembershipInput) -> UpdateMembershipSuccess:
    """Change what a member may do: role, billing right, product grants.

    Only a legal representative gives or takes that role, and never from the last one. A member whose new role sees all
    products loses the grants. Takes effect at once; the member gets a summary by mail. Causes the event
    MEMBERSHIP_UPDATED, unless nothing changed.
    """
    row = await memberships.update_membership(
        info.context.caller,
        membership_id=key(input.membership_id),
        role=given(input.role),
        billing=given(input.billing),
        grants=None if given(input.grants) is None else read_grants(given(input.grants)),
    )
    return UpdateMembershipSuccess(membership=Membership.of(row))


@mutation(who=IsOwnMembership(), refuses=(refusals.LastLegalRepresentative,))
async def update_contact_preferences(
    info: Info, input: UpdateContactPreferencesInput
) -> UpdateContactPreferencesSuccess:
    """Change what you are written to about in one organization.

    The only legal representative cannot switch off the reminders of bills. Causes the event
    CONTACT_PREFERENCES_UPDATED, unless nothing changed.
    """
    row = await memberships.update_contact_preferences(
        info.context.caller,
        membership_id=key(input.membership_id),
        billing_reminders=given(input.billing_reminders),
        product_events=given(input.product_events),
    )
    return UpdateContactPreferencesSuccess(membership=Membership.of(row))


@mutation(who=MayManageMembers(), refuses=(refusals.RoleNotGrantable, refusals.LastLegalRepresentative))
async def remove_member(info: Info, input: RemoveMemberInput) -> RemoveMemberSuccess:
    """Remove a member from an organization, with all product grants.

    A legal representative is removed only by another one, so never the last. Takes effect at once; the member is told
    by mail. Causes the event MEMBER_REMOVED.
    """
    membership_id = key(input.membership_id)
    was_own = info.context.standings.is_mine(membership_id)
    row = await memberships.remove_member(info.context.caller, membership_id=membership_id)
    return RemoveMemberSuccess(
        organization=None if was_own else Organization.of(row), membership_id=input.membership_id
    )


@mutation(who=IsMember(), refuses=(refusals.LastMember, refusals.LastLegalRepresentative))
async def leave_organization(info: Info, input: LeaveOrganizationInput) -> LeaveOrganizationSuccess:
    """Leave an organization; your account stays.

    Refused to the last member and to the only legal representative. Causes the event MEMBER_LEFT.
    """
    await memberships.leave_organization(info.context.caller, organization_id=key(input.organization_id))
    return LeaveOrganizationSuccess(organization_id=input.organization_id)
