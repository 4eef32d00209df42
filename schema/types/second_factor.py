"""The second factor as clients see it."""

from datetime import datetime

from tortoise.expressions import Q

import models
from execution.declare import Node, column, table
from permissions.held import ME
from rules.identifiers import Prefix


@table(models.SecondFactor, prefix=Prefix.SECOND_FACTOR, owner=None, seen=Q(user_id=ME))
class SecondFactor(Node):
    """Your authenticator, which logging in asks a code of."""

    created_at: datetime = column("Instant at which the authenticator's secret was made.")
    confirmed_at: datetime | None = column(
        "Instant since which logging in asks for a code; null while it was not confirmed with a first one."
    )


@table(models.RecoveryCode, prefix=Prefix.RECOVERY_CODE, owner=None, seen=Q(user_id=ME))
class RecoveryCode(Node):
    """A code that stands in for your authenticator once. What it says is shown only when it is made."""

    created_at: datetime = column("Instant at which the code was made.")
    used_at: datetime | None = column("Instant at which the code was used; null while it is good.")
