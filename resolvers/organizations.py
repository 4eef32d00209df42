"""Organizations: made by whoever needs one, and changed by those who may (ORG2, ORG3, ORG5-ORG7)."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from models import AuditEntry, Membership, Organization, User
from resolvers.access import lock_organization, require
from resolvers.accounts import lock_user
from resolvers.caller import Caller
from resolvers.ledger import make_current
from resolvers.records import post_letter, record_event
from resolvers.transactions import transaction
from resolvers.vat_numbers import ask_registry, read_vat_number
from rules.checks import refuse_problems
from rules.denials import NotFound, RateLimited, Unauthenticated
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.names import sort_key
from rules.organizations import (
    OrganizationDetails,
    OrganizationKind,
    VatStatus,
    check_details,
    currency_of,
    default_name,
)
from rules.refusals import VatNumberInvalid, VatNumberNotApplicable
from rules.rights import Right, Role
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
        creator = await lock_user(caller.user_id)
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
    await make_current(caller, organization.id, organization.currency)
    subject = public_id(Prefix.ORGANIZATION, organization.id)
    await record_event(caller, organization.id, EventKind.ORGANIZATION_CREATED, subject, {"name": name})
    return organization


@dataclass(frozen=True)
class DetailChanges:
    """The details that are to change; None leaves one as it is, an empty `vat_number` takes the number away."""

    kind: OrganizationKind | None = None
    name: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    time_zone: str | None = None
    vat_number: str | None = None


async def update_organization(caller: Caller, *, organization_id: UUID, changes: DetailChanges) -> Organization:
    """Change details of an organization; its legal representatives get a summary by mail (ORG5-ORG7).

    Asks the right ORGANIZATION. The currency follows the country. A VAT number that does not fit a new address or
    kind is dropped, unless it is given anew. Refuses with InvalidInput, VatNumberNotApplicable and VatNumberInvalid.
    """
    known = await Organization.filter(id=organization_id, deleted_at=None).first()
    if known is None:
        raise NotFound
    asked_for = _apply(changes, known).vat_number
    is_asked = asked_for != known.vat_number or bool(changes.vat_number)
    answered = await ask_registry(caller, asked_for) if is_asked else None
    async with transaction():
        organization = await lock_organization(organization_id)
        await require(caller, organization, Right.ORGANIZATION)
        before = _snapshot(organization)
        details = _apply(changes, organization)
        vat_status = organization.vat_status if details.vat_number else None
        if is_asked and details.vat_number == asked_for:
            vat_status = answered
        await _write_details(organization, details, vat_status)
        if organization.currency != before["currency"]:
            await make_current(caller, organization.id, organization.currency)
        await _report_change(caller, organization, before, _snapshot(organization))
        return organization


def _apply(changes: DetailChanges, organization: Organization) -> OrganizationDetails:
    """The details as they will be; refuses what cannot be accepted."""
    given = {field.name: value for field in fields(changes) if (value := getattr(changes, field.name)) is not None}
    before = _details_of(organization)
    after = replace(before, **given)
    if "vat_number" in given or before.vat_number is None:
        return read_details(after)
    try:
        return read_details(after)
    except (VatNumberInvalid, VatNumberNotApplicable):
        return read_details(replace(after, vat_number=None))


def _details_of(organization: Organization) -> OrganizationDetails:
    columns = [field.name for field in fields(OrganizationDetails)]
    return OrganizationDetails(**{column: getattr(organization, column) for column in columns})


def _snapshot(organization: Organization) -> dict[str, Any]:
    """Everything that a change of details may change, as events and mails tell it."""
    details = _details_of(organization)
    return {field.name: getattr(details, field.name) for field in fields(details)} | {"currency": organization.currency}


async def _write_details(
    organization: Organization, details: OrganizationDetails, vat_status: VatStatus | None
) -> None:
    written = {field.name: getattr(details, field.name) for field in fields(details)}
    written["name_sort"] = sort_key(str(details.name), SORT_KEY_LENGTH)
    written["currency"] = currency_of(details.country)
    written["vat_status"] = vat_status
    await organization.update_from_dict(written).save(update_fields=list(written))


async def _report_change(
    caller: Caller, organization: Organization, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Write the event, and a letter to each legal representative (ORG7); nothing where nothing changed."""
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    data = {"before": {name: before[name] for name in changed}, "after": {name: after[name] for name in changed}}
    subject = public_id(Prefix.ORGANIZATION, organization.id)
    await record_event(caller, organization.id, EventKind.ORGANIZATION_UPDATED, subject, data)
    readers = User.filter(
        memberships__organization_id=organization.id, memberships__role=Role.LEGAL_REPRESENTATIVE
    ).order_by("id")
    for reader in await readers:
        facts = {
            "first_name": reader.first_name,
            "organization": organization.name,
            "changes": [[name, before[name], after[name]] for name in changed],
        }
        await post_letter(caller, LetterKind.DETAILS_CHANGED, reader.login, reader.locale, facts)


async def _refuse_too_many(caller: Caller) -> None:
    """Refuse whoever created as many organizations as the policy allows within a day."""
    recent = AuditEntry.filter(
        user_id=caller.user_id, action=EventKind.ORGANIZATION_CREATED, occurred_at__gt=caller.now - ONE_DAY
    )
    entries = await recent.order_by("occurred_at")
    if len(entries) >= caller.policy.organizations_maximum:
        wait = entries[0].occurred_at + ONE_DAY - caller.now
        raise RateLimited(retry_after_seconds=int(wait.total_seconds()) + 1)
