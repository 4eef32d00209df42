"""What the provider's own people see, beside what they see as anybody else."""

import strawberry

import models
from execution.declare import Connection, entry_pages
from permissions.guards import IsStaff, MayViewWithdrawals
from schema.types import links
from schema.types.incoming_transfer import IncomingTransferFilter, IncomingTransferOrder
from schema.types.payout_file import PayoutFileOrder
from schema.types.withdrawal import WithdrawalFilter, WithdrawalOrder


@strawberry.type(description="The work of the provider's own people.")
class Staff:
    """The way in to what is no customer's; it has no row of its own."""

    withdrawals: Connection[links.Withdrawal] | None = entry_pages(
        models.Withdrawal,
        "Withdrawals of all organizations, the first requested first.",
        who=(IsStaff(), MayViewWithdrawals()),
        order="requested_at",
        filter=WithdrawalFilter,
        order_by=WithdrawalOrder,
    )
    payout_files: Connection[links.PayoutFile] | None = entry_pages(
        models.PayoutFile,
        "Files in which withdrawals were handed over, the latest first.",
        who=IsStaff(),
        order="-created_at",
        order_by=PayoutFileOrder,
    )
    incoming_transfers: Connection[links.IncomingTransfer] | None = entry_pages(
        models.IncomingTransfer,
        "Money that arrived at the bank, the last imported first.",
        who=IsStaff(),
        order="-received_at",
        filter=IncomingTransferFilter,
        order_by=IncomingTransferOrder,
    )
