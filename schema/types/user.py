"""The user as clients see it."""

from datetime import datetime

from tortoise.expressions import Q

import models
from execution.declare import Node, column, table
from permissions.guards import IsOneself
from permissions.held import COLLEAGUES, ME
from rules.identifiers import Prefix
from rules.locales import Locale


@table(models.User, prefix=Prefix.USER, owner=None, seen=Q(id=ME) | Q(id__in=COLLEAGUES))
class User(Node):
    """A person who logs in: you, or somebody who belongs to an organization together with you."""

    login: str = column("E-mail address that the user logs in with.")
    first_name: str = column("First name of the user.")
    last_name: str = column("Last name of the user.")
    name: str = column("First and last name of the user.")
    locale: Locale = column("Language that the user is written to in.")
    recovery_email: str | None = column(
        "Confirmed recovery address of the user; null when there is none. Yours alone to see.", who=IsOneself()
    )
    created_at: datetime | None = column("Instant of the sign-up. Yours alone to see.", who=IsOneself())
