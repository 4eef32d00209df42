"""Writing: the table of contents."""

import strawberry

from schema.mutations import invitations, memberships, organizations, products


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """The roots of writing."""

    create_organization = organizations.create_organization
    update_organization = organizations.update_organization

    invite_member = invitations.invite_member
    resend_invitation = invitations.resend_invitation
    accept_invitation = invitations.accept_invitation
    decline_invitation = invitations.decline_invitation
    revoke_invitation = invitations.revoke_invitation
    update_membership = memberships.update_membership
    update_contact_preferences = memberships.update_contact_preferences
    remove_member = memberships.remove_member
    leave_organization = memberships.leave_organization

    update_product = products.update_product
