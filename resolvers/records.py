"""What every change leaves behind in its own transaction: an audit entry, an event with its position, mails to send."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from models import AuditEntry, Event, Membership, Organization, OutboxMail
from models.statements import ask, insert
from resolvers.caller import Acting
from rules.events import AccountAction, EventKind, StaffAction
from rules.letters import FACTS, LetterKind
from rules.locales import Locale


def _as_json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True)
class Happening:
    """Something that happened: `subject` is the public id of what it is about; `data` must hold no secret."""

    kind: EventKind
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)


async def record_event(
    actor: Acting, organization_id: UUID, kind: EventKind, subject: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write one event and its audit entry, as `record_events` does."""
    await record_events(actor, organization_id, [Happening(kind, subject, data or {})])


async def record_events(actor: Acting, organization_id: UUID, happenings: Sequence[Happening]) -> None:
    """Write an event and an audit entry for each thing that happened, in this order (RES6, RES8).

    The positions are the next ones of the organization's own counter; raising it locks the organization's row, so that
    positions appear in the order in which transactions commit.
    """
    (counter,) = await ask(
        "UPDATE organizations SET event_position = event_position + ? WHERE id = ? RETURNING event_position",
        len(happenings),
        organization_id,
    )
    first, actor_id = counter["event_position"] - len(happenings) + 1, actor.viewer.user_id
    texts = [_as_json(each.data) for each in happenings]
    events = [
        {
            "organization_id": organization_id,
            "position": position,
            "kind": each.kind,
            "subject": each.subject,
            "actor_id": actor_id,
            "data": text,
            "occurred_at": actor.now,
        }
        for position, each, text in zip(count(first), happenings, texts, strict=False)
    ]
    entries = [
        _audit_entry(actor, organization_id, each.kind, each.subject, text, actor_id)
        for each, text in zip(happenings, texts, strict=True)
    ]
    await insert(Event, events)
    await insert(AuditEntry, entries)


async def record_account_action(
    actor: Acting, user_id: UUID | None, action: AccountAction, subject: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write the audit entry of something done to a user's own account (RES8). `data` must hold no secret.

    Without a user it says that somebody asked for it where there is no account.
    """
    await insert(AuditEntry, [_audit_entry(actor, None, action, subject, _as_json(data or {}), user_id)])


async def record_staff_action(actor: Acting, action: StaffAction, subject: str, reason: str) -> None:
    """Write the audit entry of what one of the provider's people did as such, with the reason (STA1).

    What it did to an organization is recorded there besides, by `record_event`.
    """
    text = _as_json({"reason": reason})
    await insert(AuditEntry, [_audit_entry(actor, None, action, subject, text, actor.viewer.user_id)])


def _audit_entry(
    actor: Acting, organization_id: UUID | None, action: str, subject: str, data: str, user_id: UUID | None
) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "user_id": user_id,
        "session_id": actor.viewer.session_id,
        "action": action,
        "subject": subject,
        "data": data,
        "address": actor.address,
        "request_id": actor.request_id,
        "idempotency_key": actor.once.key if actor.once else None,
        "occurred_at": actor.now,
    }


async def post_letter(
    actor: Acting, kind: LetterKind, recipient: str, locale: Locale, details: Mapping[str, Any]
) -> None:
    """Put a mail into the outbox; it is sent if and only if this transaction commits (MSG2).

    `details` are the facts of the kind; instants are given as datetimes and stored as text. A missing fact is an error
    here, where it can still be seen, and not a mail that can never be written.
    """
    missing = FACTS[kind] - details.keys()
    if missing:
        raise LookupError(f"{kind} cannot be written without {', '.join(sorted(missing))}")
    texts = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in details.items()}
    await OutboxMail.create(
        kind=kind,
        recipient=recipient,
        locale=locale,
        details=_as_json(texts),
        created_at=actor.now,
        due_at=actor.now,
    )


async def tell_payers(acting: Acting, organization: Organization, kind: LetterKind, facts: dict[str, str]) -> None:
    """Write a letter to the members who pay and want to be told (MEM8); names are added to the facts."""
    members = Membership.filter(organization_id=organization.id, billing=True, billing_reminders=True)
    for member in await members.order_by("id").select_related("user"):
        user = member.user
        named = {"first_name": user.first_name, "organization": organization.name, **facts}
        await post_letter(acting, kind, user.login, user.locale, named)


async def post_nothing(actor: Acting, kind: LetterKind, locale: Locale) -> None:
    """Write a mail that is over from the start and goes to nobody.

    What is asked for an address without an account must take as long as for one with it (USR10).
    """
    await OutboxMail.create(
        kind=kind,
        recipient="",
        locale=locale,
        details="{}",
        created_at=actor.now,
        due_at=actor.now,
        sent_at=actor.now,
    )
