"""Organizations: made by whoever needs one, and changed by those who may (ORG2, ORG3, ORG5-ORG7)."""

from dataclasses import replace
from datetime import timedelta

from models import AuditEntry, Membership, Organization, User
from resolvers.caller import Caller
from resolvers.records import record_event
from resolvers.transactions import transaction
from resolvers.vat_numbers import ask_registry, read_vat_number
from rules.checks import refuse_problems
from rules.denials import RateLimited, Unauthenticated
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.names import sort_key
from rules.organizations import OrganizationDetails, VatStatus, check_details, currency_of, default_name
from rules.rights import Role
from rules.time_zones import default_time_zone

SORT_KEY_LENGTH = 420
ONE_DAY = timedelta(days=1)


def read_details(details: OrganizationDetails, path: tuple[str, ...] = ()) -> OrganizationDetails:
    """Check details and answer them as they are stored: trimmed, the country's time zone filled in (ORG5, ORG6).

    Refuses with InvalidInput, VatNumberNotApplicable and VatNumberInvalid; `path` leads to the details in the input.
    """
    trimmed = replace(
        details,
        name=None if details.name is None else " ".join(details.name.split()),
        street=details.street.strip(),
        postal_code=details.postal_code.strip(),
        city=details.city.strip(),
        country=details.country.strip().upper(),
        vat_number=(details.vat_number or "").strip() or None,
    )
    refuse_problems(check_details(trimmed, path))
    number = trimmed.vat_number
    if number is not None:
        number = read_vat_number(number, kind=trimmed.kind, country=trimmed.country, path=(*path, "vat_number"))
    return replace(trimmed, time_zone=trimmed.time_zone or default_time_zone(trimmed.country), vat_number=number)


async def create_organization(caller: Caller, *, details: OrganizationDetails) -> Organization:
    """Create an organization with the caller as its legal representative (ORG2, ORG3, MEM2).

    Refuses with InvalidInput, VatNumberNotApplicable and VatNumberInvalid, and is RateLimited by the day.
    """
    read = read_details(details)
    vat_status = await ask_registry(caller, read.vat_number)
    async with transaction():
        creator = await User.filter(id=caller.user_id, closed_at=None).select_for_update().first()
        if creator is None:
            raise Unauthenticated
        await _refuse_too_many(caller)
        return await add_organization(caller, read, creator, vat_status)


async def add_organization(
    caller: Caller, details: OrganizationDetails, creator: User, vat_status: VatStatus | None
) -> Organization:
    """Write an organization and its creator's membership, in the transaction that is open.

    `details` come from `read_details`, `vat_status` from `ask_registry`; both belong before the transaction. The
    events name the caller's viewer, so at sign-up the caller must carry the new user already.
    """
    name = details.name or default_name(first_name=creator.first_name, last_name=creator.last_name)
    organization = await Organization.create(
        kind=details.kind,
        name=name,
        name_sort=sort_key(name, SORT_KEY_LENGTH),
        street=details.street,
        postal_code=details.postal_code,
        city=details.city,
        country=details.country,
        currency=currency_of(details.country),
        time_zone=details.time_zone or default_time_zone(details.country),
        vat_number=details.vat_number,
        vat_status=vat_status,
        member_count=1,
        legal_representative_count=1,
        created_at=caller.now,
    )
    await Membership.create(
        organization=organization,
        user=creator,
        role=Role.LEGAL_REPRESENTATIVE,
        billing=True,
        billing_reminders=True,
        product_events=True,
        created_at=caller.now,
    )
    subject = public_id(Prefix.ORGANIZATION, organization.id)
    await record_event(caller, organization.id, EventKind.ORGANIZATION_CREATED, subject, {"name": name})
    return organization


async def _refuse_too_many(caller: Caller) -> None:
    """Refuse whoever created as many organizations as the policy allows within a day."""
    recent = AuditEntry.filter(
        user_id=caller.user_id, action=EventKind.ORGANIZATION_CREATED, occurred_at__gt=caller.now - ONE_DAY
    )
    entries = await recent.order_by("occurred_at")
    if len(entries) >= caller.policy.organizations_maximum:
        wait = entries[0].occurred_at + ONE_DAY - caller.now
        raise RateLimited(retry_after_seconds=int(wait.total_seconds()) + 1)
