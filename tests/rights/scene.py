"""One organization with a row of every type, and a client for every kind of caller."""

from dataclasses import dataclass
from datetime import timedelta

from models import (
    Confirmation,
    ConfirmationKind,
    Invitation,
    InvitationGrant,
    InvitationState,
    Membership,
    Organization,
    Product,
    ProductGrant,
    Session,
    User,
)
from resolvers.secrets import hash_secret
from rules.identifiers import Prefix, public_id
from rules.kinds import ProductKind
from rules.rights import AccessLevel, Role
from tests.rights.table import Who
from tests.world import Client, World, id_of

INVITATION_SECRET = "the secret of the invitation"
CONFIRMATION_SECRET = "the secret of the login change"
CANARY = "canary"  # in every text that nobody outside may read


@dataclass
class Scene:
    """The organization that is asked about; `rows` holds the public id of one row of every type."""

    world: World
    organization: Organization
    users: dict[Who, User]
    memberships: dict[Who, Membership]
    clients: dict[Who, Client]
    rows: dict[str, str]
    granted: Product
    other: Product
    foreign: dict[str, str]

    def id(self, type_name: str) -> str:
        """The id of the row of a type."""
        return self.rows[type_name]


async def set_scene(world: World) -> Scene:
    """Arrange it."""
    users: dict[Who, User] = {
        who: await world.add_user(f"{CANARY}-{who}@example.org") for who in Who if who is not Who.ANONYMOUS
    }
    organization = await world.add_organization(users[Who.LEGAL], f"{CANARY} company")
    granted = await world.add_product(organization, ProductKind.MAIL_SERVICE, f"{CANARY}-granted.example")
    other = await world.add_product(organization, ProductKind.DOMAIN_NAME, f"{CANARY}-other.example")
    memberships: dict[Who, Membership] = {
        Who.LEGAL: await Membership.get(user_id=users[Who.LEGAL].id),
        Who.ADMINISTRATOR: await world.add_member(organization, users[Who.ADMINISTRATOR], Role.ADMINISTRATOR),
        Who.BILLING: await world.add_member(organization, users[Who.BILLING], Role.COLLABORATOR, billing=True),
        Who.PRODUCTS: await world.add_member(
            organization, users[Who.PRODUCTS], Role.COLLABORATOR, products={granted: AccessLevel.MANAGE}
        ),
        Who.EXTERNAL: await world.add_member(
            organization, users[Who.EXTERNAL], Role.EXTERNAL, products={granted: AccessLevel.VIEW}
        ),
    }
    clients: dict[Who, Client] = {who: await world.sign_in(user) for who, user in users.items()}
    clients[Who.ANONYMOUS] = world.stranger()
    elsewhere = await world.add_organization(users[Who.STRANGER], "Elsewhere")
    rows = await _rows(world, organization, users, memberships, granted)
    foreign = {
        "Organization": id_of(elsewhere),
        "Product": id_of(await world.add_product(elsewhere)),
        "Membership": id_of(await Membership.get(organization_id=elsewhere.id)),
    }
    return Scene(world, organization, users, memberships, clients, rows, granted, other, foreign)


async def _rows(
    world: World,
    organization: Organization,
    users: dict[Who, User],
    memberships: dict[Who, Membership],
    granted: Product,
) -> dict[str, str]:
    now = world.clock.now()
    legal = users[Who.LEGAL]
    invitation = await Invitation.create(
        organization_id=organization.id,
        address=f"{CANARY}-guest@example.org",
        address_key=f"{CANARY}-guest@example.org",
        role=Role.COLLABORATOR,
        billing=False,
        billing_reminders=False,
        product_events=True,
        state=InvitationState.PENDING,
        secret_hash=hash_secret(INVITATION_SECRET),
        inviter_id=legal.id,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    invitation_grant = await InvitationGrant.create(
        organization_id=organization.id, invitation_id=invitation.id, product_id=granted.id, level=AccessLevel.VIEW
    )
    confirmation = await Confirmation.create(
        kind=ConfirmationKind.LOGIN_CHANGE,
        user_id=legal.id,
        secret_hash=hash_secret(CONFIRMATION_SECRET),
        address=f"{CANARY}-new@example.org",
        address_key=f"{CANARY}-new@example.org",
        bound_to=legal.login_key,
        details="{}",
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    mailbox = await world.add_mailbox(granted, f"{CANARY}-box@example.org")
    grant = await ProductGrant.get(membership_id=memberships[Who.PRODUCTS].id)
    return {
        "Organization": id_of(organization),
        "Membership": id_of(memberships[Who.LEGAL]),
        "User": id_of(legal),
        "Product": id_of(granted),
        "Mailbox": id_of(mailbox),
        "ProductGrant": public_id(Prefix.PRODUCT_GRANT, grant.id),
        "Invitation": public_id(Prefix.INVITATION, invitation.id),
        "InvitationGrant": public_id(Prefix.INVITATION_GRANT, invitation_grant.id),
        "Session": id_of(await Session.get(user_id=legal.id)),
        "Confirmation": public_id(Prefix.CONFIRMATION, confirmation.id),
    }
