"""The permission classes: each one a sentence, the right it names when it refuses, and the predicate that decides."""

from typing import ClassVar

import strawberry
from strawberry.schema_directive import Location
from tortoise.expressions import Q

from execution.guards import Guard
from execution.predicates import EVERYONE
from permissions.held import ME, SEEN_BY_STAFF, SIGNED_IN, STAFF, granted_for, held_in, roles_in_organizations
from rules.rights import Right, Role


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="requires", description="The right that the viewer must hold."
)
class Requires:
    """Printed beside every guarded field, so that clients know beforehand."""

    right: Right = strawberry.directive_field(name="right")


class NeedsRight(Guard):
    """Hold a right; the right is printed in the schema and named in the refusal."""

    right: ClassVar[Right]

    @property
    def schema_directive(self) -> object:
        """The right as the schema prints it."""
        return Requires(right=self.right)


class IsSignedIn(Guard):
    """Be signed in."""

    admits = SIGNED_IN
    code = "UNAUTHENTICATED"
    allows = EVERYONE


class IsStaff(Guard):
    """Work for the provider, in a session that proved a second factor."""

    admits = STAFF
    allows = EVERYONE


class IsMember(Guard):
    """Belong to the organization."""

    allows = Q(owner__in=roles_in_organizations(*Role))


class IsColleague(Guard):
    """Belong to the organization as more than an external."""

    allows = Q(owner__in=roles_in_organizations(*(role for role in Role if role is not Role.EXTERNAL)))


class IsOneself(Guard):
    """Be the user whose row it is."""

    allows = Q(id=ME)


class IsOwnMembership(Guard):
    """Be the member whose membership it is."""

    allows = Q(user_id=ME)


class MayChangeOrganization(NeedsRight):
    """Change the details of the organization, and what belongs to it as a whole."""

    right = Right.ORGANIZATION
    allows = Q(owner__in=held_in(Right.ORGANIZATION))


class MayManageMembers(NeedsRight):
    """Invite, change and remove the members of the organization."""

    right = Right.MEMBERS
    allows = Q(owner__in=held_in(Right.MEMBERS))


class MaySeeMembership(NeedsRight):
    """See the grants and contact preferences of a member: one's own, or with the right to manage members."""

    right = Right.MEMBERS
    allows = Q(owner__in=held_in(Right.MEMBERS)) | Q(user_id=ME)


class MayViewBilling(NeedsRight):
    """See the invoices, wallet, prices and payments of the organization."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING))


class MayManageWallet(NeedsRight):
    """Top the wallet up, and say when it is low."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING))


class MayWithdraw(NeedsRight):
    """Withdraw money of the organization."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING))


class MayViewWithdrawals(NeedsRight):
    """See the withdrawals of the organization; the provider's own people see those of all."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING)) | SEEN_BY_STAFF


class MayPayInvoices(NeedsRight):
    """Pay what the organization owes."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING))


class MayManagePaymentMethods(NeedsRight):
    """Add, remove and choose the stored payment methods of the organization."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING))


class MayRequestDocuments(NeedsRight):
    """Have the documents of what the organization owes and has paid."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING))


class MayExportBilling(NeedsRight):
    """Export what the organization was billed."""

    right = Right.BILLING
    allows = Q(owner__in=held_in(Right.BILLING))


class MayViewProduct(NeedsRight):
    """See the product."""

    right = Right.VIEW
    allows = Q(owner__in=held_in(Right.VIEW)) | Q(id__in=granted_for(Right.VIEW))


class MayManageProduct(NeedsRight):
    """Change the settings of the product."""

    right = Right.MANAGE
    allows = Q(owner__in=held_in(Right.MANAGE)) | Q(id__in=granted_for(Right.MANAGE))


class MayManageMailbox(NeedsRight):
    """Change the settings of the product that the mailbox belongs to."""

    right = Right.MANAGE
    allows = Q(owner__in=held_in(Right.MANAGE)) | Q(product_id__in=granted_for(Right.MANAGE))
