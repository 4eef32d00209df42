"""The confirmation as clients see it."""

from datetime import datetime

from tortoise.expressions import Q

import models
from execution.declare import Node, column, table
from models import ConfirmationKind, ConfirmationOutcome
from permissions.held import ME
from rules.identifiers import Prefix


@table(models.Confirmation, prefix=Prefix.CONFIRMATION, owner=None, seen=Q(user_id=ME))
class Confirmation(Node):
    """A one-time link that went to an address of yours, and waits to be opened and confirmed."""

    kind: ConfirmationKind = column("What confirming the link does.")
    address: str = column("Address that the link went to.")
    created_at: datetime = column("Instant at which the link was asked for.")
    expires_at: datetime = column("Instant after which the link does not work any more.")
    settled_at: datetime | None = column("Instant at which the link came to its end; null while it waits.")
    outcome: ConfirmationOutcome | None = column("How the link came to its end; null while it waits.")
