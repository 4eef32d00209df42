"""Writing incoming transfers: assigned by the provider's own people."""

import strawberry

import models
from permissions.guards import IsStaff
from resolvers import incoming_transfers
from rules import money_refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.types import links
from schema.types.incoming_transfer import IncomingTransfer


@strawberry.input(description="Whose money it is.")
class StaffAssignIncomingTransferInput:
    """One transfer."""

    incoming_transfer_id: strawberry.ID = reference(Prefix.INCOMING_TRANSFER, "Transfer that waits to be assigned.")
    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization that it belongs to.")
    reason: str = strawberry.field(description="How you found out, up to 300 characters; kept.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The money is in the organization's wallet.")
class StaffAssignIncomingTransferSuccess:
    """Carries the transfer."""

    incoming_transfer: links.IncomingTransfer = strawberry.field(description="Transfer that was assigned.")


@mutation(
    who=IsStaff(),
    refuses=(money_refusals.IncomingTransferAssigned,),
    again=Replay(
        models.IncomingTransfer,
        lambda row: StaffAssignIncomingTransferSuccess(incoming_transfer=IncomingTransfer.of(row)),
    ),
)
async def staff_assign_incoming_transfer(
    info: Info, input: StaffAssignIncomingTransferInput
) -> StaffAssignIncomingTransferSuccess:
    """Credit money that waits to the wallet of an organization, in the money's currency. For the provider's own people.

    Causes the event WALLET_CREDITED. Audited with the reason.
    """
    transfer = await incoming_transfers.assign_incoming_transfer(
        info.context.caller,
        incoming_transfer_id=key(input.incoming_transfer_id),
        organization_id=key(input.organization_id),
        reason=input.reason,
    )
    return StaffAssignIncomingTransferSuccess(incoming_transfer=IncomingTransfer.of(transfer))
