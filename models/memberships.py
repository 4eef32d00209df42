"""Who belongs to an organization, with which role and grants, and who has been asked to join (MEM)."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.accounts import User
from models.constraints import SameOrganization
from models.fields import IdField, Instant, NameField, SortedText
from models.organizations import Organization
from models.products import Product
from rules.kinds import ProductKind
from rules.rights import AccessLevel, Role

# Administrators hold the billing right by their role, externals never do, collaborators by choice (MEM2).
BILLING_FITS_ROLE = (
    "(billing AND role IN ('LEGAL_REPRESENTATIVE', 'ADMINISTRATOR', 'COLLABORATOR')) "
    "OR (NOT billing AND role IN ('COLLABORATOR', 'EXTERNAL'))"
)
ONE_TARGET = "(product_id IS NULL AND kind IS NOT NULL) OR (product_id IS NOT NULL AND kind IS NULL)"


class Membership(Model):
    """One user in one organization; `billing` says whether the billing right is held, by role or by choice (MEM1)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="memberships", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="memberships", on_delete=fields.RESTRICT
    )
    user_id: UUID
    role = NameField(Role)
    billing = fields.BooleanField()
    billing_reminders = fields.BooleanField()
    product_events = fields.BooleanField()
    created_at = Instant()

    class Meta:
        table = "memberships"
        indexes = (("organization_id", "created_at", "id"), ("user_id", "organization_id"))
        constraints = (
            UniqueConstraint(fields=("organization_id", "user_id"), name="memberships_one_per_user"),
            UniqueConstraint(fields=("organization_id", "id"), name="memberships_key_in_organization"),
            CheckConstraint(check=BILLING_FITS_ROLE, name="memberships_billing_fits_role"),
        )


class ProductGrant(Model):
    """Access of one member to one product, or to all products of a kind, those to come included (MEM4)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="grants", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    membership: fields.ForeignKeyRelation[Membership] = fields.ForeignKeyField(
        "models.Membership", related_name="grants", on_delete=fields.RESTRICT
    )
    membership_id: UUID
    product: fields.ForeignKeyNullableRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="grants", on_delete=fields.RESTRICT, null=True
    )
    product_id: UUID | None
    kind = NameField(ProductKind, null=True)
    level = NameField(AccessLevel)
    created_at = Instant()

    class Meta:
        table = "product_grants"
        indexes = (("organization_id", "membership_id"), ("product_id",))
        constraints = (
            SameOrganization(column="membership_id", table="memberships", name="product_grants_membership_inside"),
            SameOrganization(column="product_id", table="products", name="product_grants_product_inside"),
            CheckConstraint(check=ONE_TARGET, name="product_grants_one_target"),
            UniqueConstraint(
                fields=("membership_id", "product_id"),
                name="product_grants_one_per_product",
                condition="product_id IS NOT NULL",
            ),
            UniqueConstraint(
                fields=("membership_id", "kind"), name="product_grants_one_per_kind", condition="kind IS NOT NULL"
            ),
        )


class InvitationState(StrEnum):
    """Where an invitation stands (MEM6)."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class Invitation(Model):
    """An address that was asked to join, with the role and grants it will get; its secret is stored as a hash only."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="invitations", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    address = fields.CharField(max_length=254)
    address_key = SortedText(max_length=320)
    role = NameField(Role)
    billing = fields.BooleanField()
    billing_reminders = fields.BooleanField()
    product_events = fields.BooleanField()
    state = NameField(InvitationState)
    secret_hash = fields.CharField(max_length=64, unique=True)
    inviter: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="invitations_sent", on_delete=fields.RESTRICT
    )
    inviter_id: UUID
    created_at = Instant()
    expires_at = Instant()
    settled_at = Instant(null=True)

    class Meta:
        table = "invitations"
        indexes = (("organization_id", "created_at", "id"), ("address_key",), ("state", "expires_at"))
        constraints = (
            UniqueConstraint(
                fields=("organization_id", "address_key"),
                name="invitations_one_pending_per_address",
                condition="state = 'PENDING'",
            ),
            UniqueConstraint(fields=("organization_id", "id"), name="invitations_key_in_organization"),
            CheckConstraint(check=BILLING_FITS_ROLE, name="invitations_billing_fits_role"),
        )


class InvitationGrant(Model):
    """A grant that an invitation will give when it is accepted."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="invitation_grants", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    invitation: fields.ForeignKeyRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", related_name="grants", on_delete=fields.RESTRICT
    )
    invitation_id: UUID
    product: fields.ForeignKeyNullableRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="invitation_grants", on_delete=fields.RESTRICT, null=True
    )
    product_id: UUID | None
    kind = NameField(ProductKind, null=True)
    level = NameField(AccessLevel)

    class Meta:
        table = "invitation_grants"
        indexes = (("organization_id", "invitation_id"), ("product_id",))
        constraints = (
            SameOrganization(column="invitation_id", table="invitations", name="invitation_grants_invitation_inside"),
            SameOrganization(column="product_id", table="products", name="invitation_grants_product_inside"),
            CheckConstraint(check=ONE_TARGET, name="invitation_grants_one_target"),
        )
