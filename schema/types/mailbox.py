"""The mailbox as clients see it."""

from datetime import datetime

from tortoise.expressions import Q

import models
from execution.declare import Node, column, one, table
from permissions.held import granted_for, held_in
from rules.identifiers import Prefix
from rules.rights import Right
from schema.types import links


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
