"""The product grant as clients see it."""

from datetime import datetime

from tortoise.expressions import Q

import models
from execution.declare import Node, column, one, table
from permissions.held import MY_MEMBERSHIPS, held_in
from rules.identifiers import Prefix
from rules.kinds import ProductKind
from rules.rights import AccessLevel, Right
from schema.types import links


@table(
    models.ProductGrant,
    prefix=Prefix.PRODUCT_GRANT,
    seen=Q(owner__in=held_in(Right.MEMBERS)) | Q(membership_id__in=MY_MEMBERSHIPS),
)
class ProductGrant(Node):
    """Access of a member to one product, or to all products of a kind, those to come included."""

    membership: links.Membership | None = one("Membership that the grant belongs to.")
    product: links.Product | None = one("Product that the grant opens; null for a grant on a kind.")
    kind: ProductKind | None = column("Kind of products that the grant opens; null for a grant on one product.")
    level: AccessLevel = column("Level of the access.")
    created_at: datetime = column("Instant at which the access was granted.")
