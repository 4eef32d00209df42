"""Products that organizations hold, and the mailboxes in some of them."""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.constraints import SameOrganization
from models.fields import IdField, Instant, NameField, SortedText
from models.organizations import Organization
from rules.kinds import ProductFamily, ProductKind, ProductState


class Product(Model):
    """A service that an organization holds (PRD1, PRD7)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="products", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    kind = NameField(ProductKind)
    family = NameField(ProductFamily)
    state = NameField(ProductState)
    # What its kind needs: the domain name, the mailbox address, the server name.
    name = fields.CharField(max_length=253)
    name_sort = SortedText(max_length=520)
    # The customer's own words for it; empty when there are none.
    label = fields.CharField(max_length=100)
    label_sort = SortedText(max_length=220)
    expires_on = fields.DateField(null=True)
    created_at = Instant()

    class Meta:
        table = "products"
        indexes = (
            ("organization_id", "name_sort", "id"),
            ("organization_id", "kind"),
            ("organization_id", "created_at"),
        )
        constraints = (
            UniqueConstraint(fields=("organization_id", "id"), name="products_key_in_organization"),
            UniqueConstraint(
                fields=("name_sort",),
                name="products_domain_name_once",
                condition="kind = 'DOMAIN_NAME' AND state <> 'TERMINATED'",
            ),
        )


class Mailbox(Model):
    """An e-mail address hosted in a product, with its own password (USR7, USR8)."""

    id = IdField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", related_name="mailboxes", on_delete=fields.RESTRICT
    )
    organization_id: UUID
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="mailboxes", on_delete=fields.RESTRICT
    )
    product_id: UUID
    address = fields.CharField(max_length=254)
    address_key = SortedText(max_length=320, unique=True)
    password_hash = fields.CharField(max_length=200)
    created_at = Instant()

    class Meta:
        table = "mailboxes"
        indexes = (("organization_id", "product_id"),)
        constraints = (SameOrganization(column="product_id", table="products", name="mailboxes_product_inside"),)
