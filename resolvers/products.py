"""Products: what a customer may change about one by themselves (PRD7)."""

from uuid import UUID

from models import Product
from resolvers.access import lock_organization, rights_on_product
from resolvers.caller import Caller
from resolvers.records import record_event
from resolvers.transactions import transaction
from rules.checks import check_text, refuse_problems
from rules.denials import NotFound
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.names import sort_key
from rules.permitted import refuse, why_not_manage_product

LABEL_LENGTH = 100
LABEL_SORT_LENGTH = 220


async def update_product(caller: Caller, *, product_id: UUID, label: str) -> Product:
    """Give a product a label of the customer's own, or none (an empty text) (PRD7). Asks MANAGE on the product.

    Refuses with InvalidInput.
    """
    label = " ".join(label.split())
    refuse_problems(check_text(("label",), label, maximum=LABEL_LENGTH, minimum=0))
    known = await Product.filter(id=product_id).first()
    if known is None:
        raise NotFound
    async with transaction():
        organization = await lock_organization(known.organization_id)
        product = await Product.filter(id=product_id).select_for_update().get()
        refuse(why_not_manage_product(await rights_on_product(caller, organization, product)))
        if product.label != label:
            before, product.label, product.label_sort = product.label, label, sort_key(label, LABEL_SORT_LENGTH)
            await product.save(update_fields=["label", "label_sort"])
            data = {"before": {"label": before}, "after": {"label": label}}
            subject = public_id(Prefix.PRODUCT, product.id)
            await record_event(caller, organization.id, EventKind.PRODUCT_UPDATED, subject, data)
        return product
