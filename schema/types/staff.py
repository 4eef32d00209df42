"""What the provider's own people see, beside what they see as anybody else."""

from typing import Annotated

import strawberry
from strawberry.permission import PermissionExtension

import models
from execution.declare import Connection, entry_pages
from permissions.guards import IsStaff, MayViewWithdrawals
from resolvers.staff import find_customers
from schema.types import links
from schema.types.incoming_transfer import IncomingTransferFilter, IncomingTransferOrder
from schema.types.named_organization import NamedOrganization
from schema.types.payout_file import PayoutFileOrder
from schema.types.withdrawal import WithdrawalFilter, WithdrawalOrder

Search = Annotated[
    str, strawberry.argument(description="Part of the name, without case and accents, or the number of an invoice.")
]


async def _customers(search: Search) -> list[NamedOrganization] | None:
    return [NamedOrganization.of(each) for each in await find_customers(search)]


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
    customers: list[NamedOrganization] | None = strawberry.field(
        resolver=_customers,
        description="Customers whose name contains a text, or who pay an invoice, by name; the first 20.",
        extensions=[PermissionExtension([IsStaff()])],
    )
