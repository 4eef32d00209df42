"""Changing a product, and who reaches one."""

import pytest

from models import Product
from resolvers.effective_access import AccessSource, effective_access
from resolvers.products import update_product
from rules.denials import Forbidden, NotFound
from rules.grants import Grant
from rules.kinds import ProductKind
from rules.refusals import InvalidInput
from rules.rights import AccessLevel, Right, Role
from tests.databases import Database
from tests.resolvers.companies import add_product, events, found, join, last_event

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
VIEW, MANAGE = AccessLevel.VIEW, AccessLevel.MANAGE


async def test_a_label_is_the_customers_own() -> None:
    """PRD7: set, found under its folded spelling, and removed by an empty text."""
    organization, founder = await found()
    product = await add_product(organization)

    labelled = await update_product(founder.caller, product_id=product.id, label="  Été   shop ")
    told = await last_event(organization)
    await update_product(founder.caller, product_id=product.id, label="Été shop")
    removed = await update_product(founder.caller, product_id=product.id, label=" ")

    assert (labelled.label, labelled.label_sort) == ("Été shop", "ete shop")
    assert told == ("PRODUCT_UPDATED", {"before": {"label": ""}, "after": {"label": "Été shop"}})
    assert (removed.label, (await events(organization)).count("PRODUCT_UPDATED")) == ("", 2)


@pytest.mark.parametrize("label", ["x" * 101, "two\nlines\x07"])
async def test_labels_that_cannot_be_shown_are_refused(label: str) -> None:
    organization, founder = await found()
    product = await add_product(organization)

    with pytest.raises(InvalidInput):
        await update_product(founder.caller, product_id=product.id, label=label)


async def test_changing_asks_for_manage_on_this_very_product() -> None:
    """MEM4, MEM10: VIEW is not enough; a product outside the grants does not exist."""
    organization, _ = await found()
    product = await add_product(organization)
    reader = await join(organization, Role.EXTERNAL, "reader@example.com", Grant(VIEW, product_id=product.id))
    by_kind = await join(organization, Role.EXTERNAL, "kind@example.com", Grant(MANAGE, kind=ProductKind.WEB_HOSTING))
    elsewhere = await join(organization, Role.COLLABORATOR, "else@example.com", Grant(MANAGE, kind=ProductKind.KDRIVE))
    _, other = await found("other@example.com")

    with pytest.raises(Forbidden) as refused:
        await update_product(reader.caller, product_id=product.id, label="mine")
    for caller in (elsewhere.caller, other.caller):
        with pytest.raises(NotFound):
            await update_product(caller, product_id=product.id, label="mine")
    await update_product(by_kind.caller, product_id=product.id, label="ours")

    assert refused.value.right is Right.MANAGE
    assert (await Product.get(id=product.id)).label == "ours"


async def test_effective_access_names_everybody_and_the_way_in(database: Database) -> None:
    """MEM9, MEM4: by role, by a grant on the product, by a grant on its kind; two statements for any number."""
    organization, founder = await found()
    hosting = await add_product(organization)
    drive = await add_product(organization, "drive", ProductKind.KDRIVE)
    other, other_founder = await found("other@example.com")
    foreign = await add_product(other, "other.example")
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    both = await join(
        organization,
        Role.EXTERNAL,
        "both@example.com",
        Grant(VIEW, product_id=hosting.id),
        Grant(MANAGE, kind=ProductKind.WEB_HOSTING),
    )
    await join(organization, Role.COLLABORATOR, "billing@example.com", billing=True)

    with database.count_statements() as statements:
        found_access = await effective_access([hosting, drive, foreign])

    ways = {
        key: [(access.membership.id, access.level, access.through) for access in found_access[key]]
        for key in (hosting.id, drive.id, foreign.id)
    }
    by_role = [
        (founder.membership.id, MANAGE, AccessSource.ROLE),
        (admin.membership.id, MANAGE, AccessSource.ROLE),
    ]
    assert ways[hosting.id] == [
        *by_role,
        (both.membership.id, VIEW, AccessSource.PRODUCT_GRANT),
        (both.membership.id, MANAGE, AccessSource.KIND_GRANT),
    ]
    assert ways[drive.id] == by_role
    assert ways[foreign.id] == [(other_founder.membership.id, MANAGE, AccessSource.ROLE)]
    assert statements.count == 2
