"""Writes the small world of the demo into an empty database: always the same rows under the same ids."""

from datetime import datetime, timedelta
from uuid import UUID

from models import (
    Invitation,
    InvitationState,
    Mailbox,
    Membership,
    Organization,
    Product,
    ProductGrant,
    SecondFactor,
    User,
)
from resolvers.caller import Passwords, Vault
from resolvers.secrets import hash_secret
from resolvers.transactions import transaction
from rules.identifiers import Prefix, public_id
from rules.kinds import FAMILY_OF, ProductState
from rules.names import sort_key
from rules.organizations import VatStatus, currency_of
from rules.rights import Role
from server.demo.identifiers import FIRST_MOMENT, Identifiers
from server.demo.people import COMPANIES, PASSWORD, PEOPLE, SUPPORT, SUPPORT_AUTHENTICATOR, Company

SORT_KEY_LENGTH = 420
INVITATION_SECRET = "demo-invitation-secret"
PERIOD = timedelta(days=365)


async def load_small_world(passwords: Passwords, now: datetime) -> bool:
    """Write the demo's people, organizations and products; answers False, and writes nothing, where there are users."""
    password_hash = await passwords.hash(PASSWORD)
    async with transaction():
        if await User.exists():
            return False
        identifiers = Identifiers()
        users = await _add_people(identifiers, password_hash)
        for company in COMPANIES:
            await _add_company(identifiers, company, users, password_hash, now)
    return True


async def equip_support_agent(vault: Vault, now: datetime) -> None:
    """Make the demo's support agent staff, with an authenticator whose secret is known."""
    async with transaction():
        agent = await User.get(login_key=SUPPORT)
        agent.is_staff = True
        await agent.save(update_fields=["is_staff"])
        sealed = vault.seal(SUPPORT_AUTHENTICATOR)
        await SecondFactor.create(user_id=agent.id, secret_encrypted=sealed, created_at=now, confirmed_at=now)


async def _add_people(identifiers: Identifiers, password_hash: str) -> dict[str, UUID]:
    users: dict[str, UUID] = {}
    for person in PEOPLE:
        name = f"{person.first_name} {person.last_name}"
        user = await User.create(
            id=identifiers.next(),
            login=person.login,
            login_key=person.login,
            password_hash=password_hash,
            first_name=person.first_name,
            last_name=person.last_name,
            name=name,
            name_sort=sort_key(name, SORT_KEY_LENGTH),
            locale=person.locale,
            recovery_email=person.recovery_email,
            recovery_key=person.recovery_email,
            created_at=FIRST_MOMENT,
        )
        users[person.login] = user.id
    return users


async def _add_company(
    identifiers: Identifiers, company: Company, users: dict[str, UUID], password_hash: str, now: datetime
) -> None:
    organization = await Organization.create(
        id=identifiers.next(),
        kind=company.kind,
        name=company.name,
        name_sort=sort_key(company.name, SORT_KEY_LENGTH),
        street=company.street,
        postal_code=company.postal_code,
        city=company.city,
        country=company.country,
        currency=currency_of(company.country),
        time_zone=company.time_zone,
        vat_number=company.vat_number,
        vat_status=VatStatus.UNVERIFIED if company.vat_number else None,
        member_count=len(company.members),
        legal_representative_count=sum(member.role is Role.LEGAL_REPRESENTATIVE for member in company.members),
        created_at=FIRST_MOMENT,
    )
    products = await _add_products(identifiers, organization, company, now)
    await _add_members(identifiers, organization, company, users, products)
    for product_name, address in company.mailboxes:
        await Mailbox.create(
            id=identifiers.next(),
            organization_id=organization.id,
            product_id=products[product_name],
            address=address,
            address_key=address,
            password_hash=password_hash,
            created_at=FIRST_MOMENT,
        )
    for number, address in enumerate(company.invitations):
        await Invitation.create(
            id=identifiers.next(),
            organization_id=organization.id,
            address=address,
            address_key=address,
            role=Role.COLLABORATOR,
            billing=True,
            billing_reminders=True,
            product_events=False,
            state=InvitationState.PENDING,
            secret_hash=hash_secret(f"{INVITATION_SECRET}-{number}"),
            inviter_id=users[company.members[0].login],
            created_at=now,
            expires_at=now + timedelta(days=7),
        )


async def _add_products(
    identifiers: Identifiers, organization: Organization, company: Company, now: datetime
) -> dict[str, UUID]:
    products: dict[str, UUID] = {}
    for number, (kind, name, label) in enumerate(company.products):
        product = await Product.create(
            id=identifiers.next(),
            organization_id=organization.id,
            kind=kind,
            family=FAMILY_OF[kind],
            state=ProductState.ACTIVE,
            name=name,
            name_sort=sort_key(name, 520),
            label=label,
            label_sort=sort_key(label, 220),
            # Spread over the year, so that something is always about to expire.
            expires_on=(now + timedelta(days=20 + 45 * number)).date(),
            created_at=FIRST_MOMENT + timedelta(days=number),
        )
        products[name] = product.id
    return products


async def _add_members(
    identifiers: Identifiers,
    organization: Organization,
    company: Company,
    users: dict[str, UUID],
    products: dict[str, UUID],
) -> None:
    for member in company.members:
        membership = await Membership.create(
            id=identifiers.next(),
            organization_id=organization.id,
            user_id=users[member.login],
            role=member.role,
            billing=member.billing,
            billing_reminders=member.billing,
            product_events=True,
            created_at=FIRST_MOMENT,
        )
        for grant in member.grants:
            await ProductGrant.create(
                id=identifiers.next(),
                organization_id=organization.id,
                membership_id=membership.id,
                product_id=products[grant.product] if grant.product else None,
                kind=grant.kind,
                level=grant.level,
                created_at=FIRST_MOMENT,
            )


async def describe_small_world() -> list[str]:
    """Lines that tell a newcomer whom to log in as, and what there is to see; empty when the demo is not loaded."""
    if not await User.filter(login_key=SUPPORT).exists():
        return []
    lines = ["Demo logins, all with the password " + PASSWORD]
    lines += [f"  {person.login:<32} {person.what}" for person in PEOPLE]
    lines.append(f"  the support agent's authenticator has the secret {SUPPORT_AUTHENTICATOR}")
    lines.append("Demo organizations")
    for row in await Organization.filter(created_at=FIRST_MOMENT).order_by("id"):
        lines.append(f"  {public_id(Prefix.ORGANIZATION, row.id)}  {row.name}")
    return lines
