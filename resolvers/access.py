"""The few functions through which everything that changes an organization passes: lock it, and ask the right again.

Rights are asked before an operation starts and once more here, inside its transaction and behind the lock, so that a
right that was taken away in between has no effect any more (MEM7).
"""

from uuid import UUID

from models import Membership, Organization
from resolvers.caller import Caller
from rules.denials import Forbidden, NotFound
from rules.rights import Right
from rules.viewer import Standing


async def lock_organization(organization_id: UUID) -> Organization:
    """Lock the row of a live organization until the transaction ends, and read it as it is now.

    Whoever changes memberships, grants or counts holds this lock. Refuses a deleted or unknown one with NotFound.
    """
    row = await Organization.filter(id=organization_id, deleted_at=None).select_for_update().first()
    if row is None:
        raise NotFound
    return row


async def standing_of(user_id: UUID, organization: Organization) -> Standing | None:
    """What a user is in an organization, read now; None for somebody who does not belong to it."""
    row = await Membership.filter(organization_id=organization.id, user_id=user_id).first()
    if row is None:
        return None
    return Standing(
        membership_id=row.id,
        role=row.role,
        billing=row.billing,
        member_count=organization.member_count,
        legal_representative_count=organization.legal_representative_count,
    )


async def require(caller: Caller, organization: Organization, right: Right) -> Standing:
    """Answer the caller's standing in a locked organization.

    Strangers are refused with NotFound, members without the right with Forbidden, naming the right.
    """
    standing = await standing_of(caller.user_id, organization)
    if standing is None:
        raise NotFound
    if right not in standing.rights:
        raise Forbidden(right)
    return standing
