"""Colleagues with limited rights: one with product access only, one with billing only, one from outside."""

from typing import Any

import pytest

from rules.kinds import ProductKind
from rules.rights import AccessLevel, Role
from tests.world import Answer, Client, World, id_of

pytestmark = pytest.mark.anyio

PRODUCT = """query Product($id: ID!) { node(id: $id) { ... on Product {
    name label viewerCan { update { allowed code requiredRight } } effectiveAccess { through } } } }"""
LISTS = """query Lists($id: ID!) { organization(id: $id) {
    products { totalCount nodes { name } }
    productCounts { kind count }
    productFamilyCounts { family count }
    members { totalCount nodes { user { name } isViewer } }
    viewerMembership { role hasBilling grants { level kind product { name } } billingReminders }
} }"""


async def label(client: Client, product: Any, text: str) -> Answer:
    return await client.do(
        "updateProduct", "... on UpdateProductSuccess { product { label } }", productId=id_of(product), label=text
    )


async def test_a_colleague_with_product_access_only(world: World) -> None:
    """MEM1, MEM4, MEM10: sees the products of the grants and nothing else; VIEW looks, MANAGE changes."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    looked_at = await world.add_product(organization, name="a-look.example")
    managed = await world.add_product(organization, ProductKind.DOMAIN_NAME, "b-manage.example")
    hidden = await world.add_product(organization, ProductKind.KDRIVE, "c-hidden")
    colleague = await world.add_user(first_name="Colin")
    await world.add_member(
        organization,
        colleague,
        Role.COLLABORATOR,
        products={looked_at: AccessLevel.VIEW},
        kinds={ProductKind.DOMAIN_NAME: AccessLevel.MANAGE},
    )
    client = await world.sign_in(colleague)

    lists = (await client.ask(LISTS, id=id_of(organization))).data["organization"]
    seen = await client.ask(PRODUCT, id=id_of(looked_at))
    nothing = await client.ask(PRODUCT, id=id_of(hidden))
    changed = await label(client, managed, "Ours")
    not_changed = await label(client, looked_at, "Ours")
    not_found = await label(client, hidden, "Ours")

    assert [node["name"] for node in lists["products"]["nodes"]] == ["a-look.example", "b-manage.example"]
    assert lists["products"]["totalCount"] == 2
    assert {row["kind"]: row["count"] for row in lists["productCounts"]} == {"DOMAIN_NAME": 1, "WEB_HOSTING": 1}
    assert lists["productFamilyCounts"] == [{"family": "WEB_AND_DOMAIN", "count": 2}]
    assert lists["members"]["totalCount"] == 2
    assert lists["viewerMembership"]["grants"] == [
        {"level": "VIEW", "kind": None, "product": {"name": "a-look.example"}},
        {"level": "MANAGE", "kind": "DOMAIN_NAME", "product": None},
    ]
    node = seen.body["data"]["node"]
    assert node["viewerCan"]["update"] == {"allowed": False, "code": "FORBIDDEN", "requiredRight": "MANAGE"}
    assert (node["effectiveAccess"], seen.codes) == (None, ["FORBIDDEN"])
    assert (nothing.body["data"], nothing.codes) == ({"node": None}, ["NOT_FOUND"])
    assert changed.result()["product"] == {"label": "Ours"}
    assert (not_changed.codes, not_found.codes) == (["FORBIDDEN"], ["NOT_FOUND"])


async def test_a_grant_on_a_kind_includes_products_to_come(world: World) -> None:
    """MEM4."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    colleague = await world.add_user()
    await world.add_member(organization, colleague, Role.COLLABORATOR, kinds={ProductKind.KDRIVE: AccessLevel.MANAGE})
    client = await world.sign_in(colleague)

    before = (await client.ask(LISTS, id=id_of(organization))).data["organization"]["products"]["totalCount"]
    drive = await world.add_product(organization, ProductKind.KDRIVE, "new-drive")
    after = (await client.ask(LISTS, id=id_of(organization))).data["organization"]["products"]["totalCount"]

    assert (before, after) == (0, 1)
    assert (await label(client, drive, "Files")).result()["product"] == {"label": "Files"}


async def test_a_colleague_with_the_billing_right_only_sees_no_product(world: World) -> None:
    """MEM1, MEM5: billing and product access are independent of each other."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    product = await world.add_product(organization)
    accountant = await world.add_user()
    await world.add_member(organization, accountant, Role.COLLABORATOR, billing=True)
    client = await world.sign_in(accountant)

    lists = (await client.ask(LISTS, id=id_of(organization))).data["organization"]
    one = await client.ask(PRODUCT, id=id_of(product))

    assert lists["viewerMembership"]["hasBilling"] is True
    assert (lists["products"]["totalCount"], lists["productCounts"]) == (0, [])
    assert one.codes == ["NOT_FOUND"]


async def test_an_external_sees_nobody_but_themselves(world: World) -> None:
    """MEM2: neither members, nor who they are by any path."""
    founder = await world.add_user(first_name="Flora")
    organization = await world.add_organization(founder)
    external = await world.add_user(first_name="Ellen")
    membership = await world.add_member(organization, external, Role.EXTERNAL)
    client = await world.sign_in(external)

    lists = (await client.ask(LISTS, id=id_of(organization))).data["organization"]
    person = await client.ask("query N($id: ID!) { node(id: $id) { id } }", id=id_of(founder))
    own = await client.ask(
        "query N($id: ID!) { node(id: $id) { ... on Membership { viewerCan { remove { code } } } } }",
        id=id_of(membership),
    )

    assert lists["members"] == {"totalCount": 1, "nodes": [{"user": {"name": "Ellen Meier"}, "isViewer": True}]}
    assert person.codes == ["NOT_FOUND"]
    assert own.data["node"]["viewerCan"]["remove"]["code"] == "FORBIDDEN"


async def test_colleagues_see_each_others_roles_and_not_what_is_managed(world: World) -> None:
    """MEM10: grants and contact preferences of others need MEMBERS; one's own are one's own."""
    founder = await world.add_user(first_name="Flora")
    organization = await world.add_organization(founder)
    colleague = await world.add_user(first_name="Colin")
    await world.add_member(organization, colleague, Role.COLLABORATOR)
    query = """query M($id: ID!) { organization(id: $id) { members { nodes {
        role isViewer grants { id } billingReminders productEvents } } } }"""

    answer = await (await world.sign_in(colleague)).ask(query, id=id_of(organization))

    founders, own = answer.body["data"]["organization"]["members"]["nodes"]
    assert founders == {
        "role": "LEGAL_REPRESENTATIVE",
        "isViewer": False,
        "grants": None,
        "billingReminders": None,
        "productEvents": None,
    }
    assert own == {
        "role": "COLLABORATOR",
        "isViewer": True,
        "grants": [],
        "billingReminders": False,
        "productEvents": True,
    }
    assert answer.codes == ["FORBIDDEN"] * 3


async def test_who_reaches_a_product_is_listed_for_those_who_manage_members(world: World) -> None:
    """MEM9: with names, levels and the way in; one batch for a whole list."""
    founder = await world.add_user(first_name="Flora")
    organization = await world.add_organization(founder)
    hosting = await world.add_product(organization, name="a.example")
    await world.add_product(organization, ProductKind.KDRIVE, "b-drive")
    colleague = await world.add_user(first_name="Colin")
    await world.add_member(organization, colleague, Role.EXTERNAL, products={hosting: AccessLevel.VIEW})
    query = """query A($id: ID!) { organization(id: $id) { products { nodes { name effectiveAccess {
        through level membership { user { firstName } } } } } } }"""

    answer = await (await world.sign_in(founder)).ask(query, id=id_of(organization))

    flora = {"through": "ROLE", "level": "MANAGE", "membership": {"user": {"firstName": "Flora"}}}
    colin = {"through": "PRODUCT_GRANT", "level": "VIEW", "membership": {"user": {"firstName": "Colin"}}}
    assert answer.data["organization"]["products"]["nodes"] == [
        {"name": "a.example", "effectiveAccess": [flora, colin]},
        {"name": "b-drive", "effectiveAccess": [flora]},
    ]


async def test_a_right_that_is_taken_away_ends_at_once(world: World) -> None:
    """MEM7: the very next request of an open session finds nothing."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    product = await world.add_product(organization)
    colleague = await world.add_user()
    member = await world.add_member(organization, colleague, Role.COLLABORATOR, products={product: AccessLevel.MANAGE})
    client, boss = await world.sign_in(colleague), await world.sign_in(founder)

    before = await label(client, product, "Mine")
    await boss.do("updateMembership", membershipId=id_of(member), grants=[])
    narrowed = await label(client, product, "Still mine")
    await boss.do("removeMember", membershipId=id_of(member))
    gone = await client.ask(LISTS, id=id_of(organization))

    assert before.result()["product"] == {"label": "Mine"}
    assert (narrowed.codes, gone.codes) == (["NOT_FOUND"], ["NOT_FOUND"])
