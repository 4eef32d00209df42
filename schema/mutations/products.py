"""Writing products."""

import strawberry

from permissions.guards import MayManageProduct
from resolvers import products
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, reference
from schema.types import links
from schema.types.product import Product


@strawberry.input(description="What to change about a product.")
class UpdateProductInput:
    """The customer's own words for it."""

    product_id: strawberry.ID = reference(Prefix.PRODUCT, "Product to change.")
    label: str = strawberry.field(description="Label of your own, up to 100 characters; an empty text removes it.")


@strawberry.type(description="The product was changed.")
class UpdateProductSuccess:
    """Carries the changed product."""

    product: links.Product = strawberry.field(description="Product as it is now.")


@mutation(who=MayManageProduct())
async def update_product(info: Info, input: UpdateProductInput) -> UpdateProductSuccess:
    """Give a product a label of your own. Causes the event PRODUCT_UPDATED, unless nothing changed."""
    row = await products.update_product(info.context.caller, product_id=key(input.product_id), label=input.label)
    return UpdateProductSuccess(product=Product.of(row))
