"""The product as clients see it."""

from datetime import date, datetime
from enum import Enum

import strawberry

import models
from execution.declare import Connection, Node, column, computed, lookup, one, pages, table
from permissions.guards import MayViewBilling, MayViewProduct
from permissions.held import PRODUCT_STANDINGS
from rules.identifiers import Prefix
from rules.kinds import ProductFamily, ProductKind, ProductState
from rules.names import fold
from schema.types import links
from schema.types.charge import ChargeFilter, ChargeOrder
from schema.types.effective_access import EffectiveAccess, effective_access
from schema.types.mailbox import MailboxFilter, MailboxOrder
from schema.types.viewer_can import ProductViewerCan, on_product


@strawberry.input(description="Which products to list.")
class ProductFilter:
    """Lookups of a list of products."""

    search: str | None = lookup(
        search=("name_sort", "label_sort"),
        fold=fold,
        description="Only products whose name or label contains this text, without case and accents.",
    )
    kind: list[ProductKind] | None = lookup("kind__in", "Only products of these kinds.")
    family: list[ProductFamily] | None = lookup("family__in", "Only products of these families.")
    state: list[ProductState] | None = lookup("state__in", "Only products in these states.")
    expires_from: date | None = lookup("expires_on__gte", "Only products that expire on this day or later.")
    expires_before: date | None = lookup("expires_on__lt", "Only products that expire before this day.")


@strawberry.enum(description="Orders of a list of products.")
class ProductOrder(Enum):
    """Orders of a list of products."""

    NAME = strawberry.enum_value("name_sort", description="By name, from A to Z.")
    NAME_DESCENDING = strawberry.enum_value("-name_sort", description="By name, from Z to A.")
    OLDEST = strawberry.enum_value("created_at", description="Those created first, first.")
    NEWEST = strawberry.enum_value("-created_at", description="Those created last, first.")
    KIND = strawberry.enum_value("kind,name_sort", description="By kind, then by name.")


@table(models.Product, prefix=Prefix.PRODUCT, seen=MayViewProduct.allows)
class Product(Node):
    """A service that an organization has: a domain name, a hosting, a server. You see those you have access to."""

    organization: links.Organization | None = one("Organization that has the product.")
    kind: ProductKind = column("Kind of the product.")
    family: ProductFamily = column("Family of the product.")
    state: ProductState = column("State of the product.")
    name: str = column("Name of the product: its domain name, mailbox address or server name.")
    label: str = column("Words of the customer's own for the product; empty when there are none.")
    expires_on: date | None = column("Day on which the product expires; null when it does not.")
    mailboxes: Connection[links.Mailbox] | None = pages(
        "Mailboxes of the product.", order="address_key", filter=MailboxFilter, order_by=MailboxOrder
    )
    charges: Connection[links.Charge] | None = pages(
        "Charges of the product, the latest first.",
        order="-created_at",
        filter=ChargeFilter,
        order_by=ChargeOrder,
        who=MayViewBilling(),
    )
    created_at: datetime = column("Instant at which the product was created.")
    viewer_can: ProductViewerCan = computed(
        "What you may do with the product now.", by=on_product, needs=("id", "organization_id", PRODUCT_STANDINGS)
    )
    effective_access: list[EffectiveAccess] | None = effective_access
