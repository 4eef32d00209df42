"""The session as clients see it."""

from datetime import datetime

from tortoise.expressions import Q

import models
from execution.declare import Node, column, fact, table
from permissions.held import ME, MY_SESSION
from rules.identifiers import Prefix


@table(models.Session, prefix=Prefix.SESSION, owner=None, seen=Q(user_id=ME))
class Session(Node):
    """A log-in of yours on one application. It ends by itself, or when you end it."""

    application: str = column("Name that the application gave itself at log-in; empty when it gave none.")
    user_agent: str = column("What the browser or program called itself.")
    address: str = column("Network address that the log-in came from.")
    created_at: datetime = column("Instant of the log-in.")
    last_used_at: datetime = column("Instant of the last use, to the minute.")
    expires_at: datetime = column("Instant at which the session ends unless it is used before.")
    proved_at: datetime = column("Instant of the last proof of the password, see reauthenticate.")
    ended_at: datetime | None = column("Instant at which the session was ended; null while it lives.")
    is_current: bool = fact("Whether this request comes through the session.", Q(id=MY_SESSION))
