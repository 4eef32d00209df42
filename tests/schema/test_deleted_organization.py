"""A deleted organization is out of reach of those who belonged to it, by every path (A14, DEL6)."""

import pytest

from rules.kinds import ProductKind
from rules.rights import AccessLevel, Role
from tests.world import World, id_of

pytestmark = pytest.mark.anyio

EVERYTHING = """query Q($organization: ID!, $product: ID!, $mailbox: ID!) {
    organization(id: $organization) { id }
    product: node(id: $product) { id }
    mailbox: node(id: $mailbox) { id }
    organizations { totalCount }
    viewer { organizations { nodes { products { totalCount } } } }
}"""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("by_kind", [False, True])
async def test_nothing_of_a_deleted_organization_is_found(world: World, role: Role, by_kind: bool) -> None:
    user = await world.add_user()
    organization = await world.add_organization(await world.add_user())
    product = await world.add_product(organization, ProductKind.MAIL_SERVICE)
    mailbox = await world.add_mailbox(product, "post@example.org")
    has_grants = role in (Role.COLLABORATOR, Role.EXTERNAL)
    await world.add_member(
        organization,
        user,
        role,
        products={product: AccessLevel.MANAGE} if has_grants and not by_kind else {},
        kinds={product.kind: AccessLevel.MANAGE} if has_grants and by_kind else {},
    )
    client = await world.sign_in(user)
    ids = {"organization": id_of(organization), "product": id_of(product), "mailbox": id_of(mailbox)}
    assert (await client.ask(EVERYTHING, **ids)).data["product"] == {"id": ids["product"]}

    organization.deleted_at = world.clock.now()
    await organization.save(update_fields=["deleted_at"])
    answer = await client.ask(EVERYTHING, **ids)
    written = await client.do("updateProduct", productId=ids["product"], label="mine")

    assert answer.codes == ["NOT_FOUND"] * 3
    assert answer.body["data"]["organizations"] == {"totalCount": 0}
    assert answer.body["data"]["viewer"]["organizations"] == {"nodes": []}
    assert written.codes == ["NOT_FOUND"]
