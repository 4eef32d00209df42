"""You: who a request is authenticated as, and where reading begins."""

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import NOW, Connection, entry, entry_pages
from permissions.guards import IsSignedIn, MayManageMailbox
from permissions.held import MAILBOXES_THAT_ARE_MY_LOGIN, ME, MY_SESSION
from schema.types import links
from schema.types.organization import OrganizationFilter, OrganizationOrder


@strawberry.type(description="You, as this request is authenticated.")
class Viewer:
    """The way in to everything that is the viewer's own; it has no row of its own."""

    user: links.User | None = entry(
        models.User, "Account that you are logged in with.", who=IsSignedIn(), where=Q(id=ME)
    )
    session: links.Session | None = entry(
        models.Session, "Session that this request comes through.", who=IsSignedIn(), where=Q(id=MY_SESSION)
    )
    second_factor: links.SecondFactor | None = entry(
        models.SecondFactor,
        "Second factor of yours; null when logging in asks for the password alone.",
        who=IsSignedIn(),
        where=Q(user_id=ME, confirmed_at__isnull=False),
    )
    recovery_codes: Connection[links.RecoveryCode] | None = entry_pages(
        models.RecoveryCode, "Recovery codes of yours, without what they say.", who=IsSignedIn(), where=Q(user_id=ME)
    )
    organizations: Connection[links.Organization] | None = entry_pages(
        models.Organization,
        "Organizations that you belong to.",
        who=IsSignedIn(),
        order="name_sort",
        filter=OrganizationFilter,
        order_by=OrganizationOrder,
    )
    linked_mailbox: links.Mailbox | None = entry(
        models.Mailbox,
        "Mailbox hosted here that is your login and that you manage, null without one: changePassword can give both "
        "the same password.",
        who=IsSignedIn(),
        where=Q(id__in=MAILBOXES_THAT_ARE_MY_LOGIN) & MayManageMailbox.allows,
    )
    sessions: Connection[links.Session] | None = entry_pages(
        models.Session,
        "Sessions of yours that are still open, the newest first.",
        who=IsSignedIn(),
        where=Q(user_id=ME, ended_at__isnull=True, expires_at__gt=NOW),
        order="-created_at",
    )
    confirmations: Connection[links.Confirmation] | None = entry_pages(
        models.Confirmation,
        "One-time links that wait for you to open them, the newest first.",
        who=IsSignedIn(),
        where=Q(user_id=ME, settled_at__isnull=True, expires_at__gt=NOW),
        order="-created_at",
    )
