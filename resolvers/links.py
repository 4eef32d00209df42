"""One-time links: sent to an address, bound to what was in force, opened once or never (USR3, USR4, USR10, ORG1)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from models import Confirmation, ConfirmationKind, ConfirmationOutcome
from resolvers.caller import Caller
from resolvers.email_addresses import EmailAddress
from resolvers.secrets import hash_secret, new_secret
from rules.policy import Policy

SPENT = "{}"
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class LinkSent:
    """What is answered whoever asked: the address that was written to, if at all, and how long a link would work."""

    address: str
    expires_at: datetime


@dataclass(frozen=True)
class Link:
    """A link that was made, and its secret, which goes into the mail and nowhere else."""

    confirmation: Confirmation
    secret: str


async def make_link(
    caller: Caller,
    kind: ConfirmationKind,
    address: EmailAddress,
    lifetime: timedelta,
    *,
    user_id: UUID | None = None,
    bound_to: str = "",
    details: Mapping[str, Any] | None = None,
    dead: bool = False,
) -> Link:
    """Write a link, in the transaction that is open and under the account's lock; it replaces the open one of its kind.

    A `dead` one can never be opened: it is written so that an address without an account costs the same work (USR10).
    """
    await withdraw_links(caller, user_id or NOBODY, [kind], ConfirmationOutcome.REPLACED)
    secret = new_secret()
    confirmation = await Confirmation.create(
        kind=kind,
        user_id=user_id,
        secret_hash=hash_secret(secret),
        address=address.text,
        address_key=address.key,
        bound_to=bound_to,
        details=SPENT if dead else json.dumps(details or {}),
        created_at=caller.now,
        expires_at=caller.now + lifetime,
        settled_at=caller.now if dead else None,
        outcome=ConfirmationOutcome.WITHDRAWN if dead else None,
    )
    return Link(confirmation=confirmation, secret=secret)


async def find_link(caller: Caller, kind: ConfirmationKind, secret: str) -> Confirmation | None:
    """The open link of a secret, not locked; None when it is unknown, over or of another kind."""
    return await _open(caller, kind, secret).first()


async def lock_link(caller: Caller, kind: ConfirmationKind, secret: str) -> Confirmation | None:
    """The open link of a secret, locked until the transaction ends; of two who open it at once, one gets it."""
    return await _open(caller, kind, secret).select_for_update().first()


async def confirm_link(caller: Caller, link: Confirmation) -> None:
    """Write down that a locked link was opened; what it carried is forgotten."""
    link.settled_at, link.outcome, link.details = caller.now, ConfirmationOutcome.CONFIRMED, SPENT
    await link.save(update_fields=["settled_at", "outcome", "details"])


async def withdraw_links(
    caller: Caller,
    user_id: UUID,
    kinds: Iterable[ConfirmationKind],
    outcome: ConfirmationOutcome = ConfirmationOutcome.WITHDRAWN,
) -> int:
    """End the open links of a locked account, in the transaction that is open; answers how many."""
    return await Confirmation.filter(user_id=user_id, kind__in=list(kinds), settled_at=None).update(
        settled_at=caller.now, outcome=outcome, details=SPENT
    )


async def forget_old_links(now: datetime, policy: Policy) -> int:
    """Delete links that are over since long; answers how many. What an expired one carried is forgotten at once."""
    await Confirmation.filter(settled_at=None, expires_at__lt=now).exclude(details=SPENT).update(details=SPENT)
    return await Confirmation.filter(expires_at__lt=now - timedelta(days=policy.retention_days)).delete()


def _open(caller: Caller, kind: ConfirmationKind, secret: str) -> QuerySet[Confirmation]:
    return Confirmation.filter(kind=kind, secret_hash=hash_secret(secret), settled_at=None, expires_at__gt=caller.now)
