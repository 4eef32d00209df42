"""The mailbox as clients see it."""

from datetime import datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Node, column, computed, lookup, one, table
from permissions.held import PRODUCT_STANDINGS, granted_for, held_in
from rules.identifiers import Prefix
from rules.names import fold
from rules.rights import Right
from schema.types import links
from schema.types.viewer_can import MailboxViewerCan, on_mailbox


@strawberry.input(description="Which mailboxes to list.")
class MailboxFilter:
    """Lookups of a list of mailboxes."""

    search: str | None = lookup(
        search=("address_key",), fold=fold, description="Only mailboxes with this text in their address."
    )


@strawberry.enum(description="Orders of a list of mailboxes.")
class MailboxOrder(Enum):
    """Orders of a list of mailboxes."""

    ADDRESS = strawberry.enum_value("address_key", description="By address, from A to Z.")
    NEWEST = strawberry.enum_value("-created_at", description="Those created last, first.")


@table(
    models.Mailbox,
    prefix=Prefix.MAILBOX,
    seen=Q(owner__in=held_in(Right.VIEW)) | Q(product_id__in=granted_for(Right.VIEW)),
)
class Mailbox(Node):
    """An e-mail address that is hosted in a product, with a password of its own."""

    product: links.Product | None = one("Product that hosts the mailbox.")
    address: str = column("Address of the mailbox.")
    created_at: datetime = column("Instant at which the mailbox was created.")
    viewer_can: MailboxViewerCan = computed(
        "What you may do with the mailbox now.",
        by=on_mailbox,
        needs=("product_id", "organization_id", PRODUCT_STANDINGS),
    )
