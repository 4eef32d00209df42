"""Filters, searches and counts over HTTP (PRD2)."""

from datetime import date
from typing import Any

import pytest

from models import Organization
from rules.kinds import ProductKind, ProductState
from rules.rights import Role
from tests.world import Client, World, id_of

pytestmark = pytest.mark.anyio


async def shop(world: World) -> tuple[Client, Organization]:
    """An organization with four products of three kinds."""
    legal = await world.add_user()
    organization = await world.add_organization(legal)
    add = world.add_product
    await add(organization, ProductKind.DOMAIN_NAME, "éclair.example", expires_on=date(2026, 4, 1))
    await add(organization, ProductKind.DOMAIN_NAME, "tarte.example", label="Crème BRÛLÉE", expires_on=date(2026, 9, 1))
    await add(organization, ProductKind.VPS_CLOUD, "oven-1.example", state=ProductState.BLOCKED)
    await add(organization, ProductKind.SSL_CERTIFICATE, "lock", expires_on=date(2026, 4, 2))
    return await world.sign_in(legal), organization


async def names(client: Client, organization: Organization, filter_: dict[str, Any]) -> list[str]:
    """The products that a filter keeps; rows and total must agree."""
    answer = await client.ask(
        """query Q($id: ID!, $filter: ProductFilter) { organization(id: $id) {
            products(filter: $filter) { totalCount nodes { name } } } }""",
        id=id_of(organization),
        filter=filter_,
    )
    found = answer.data["organization"]["products"]
    assert found["totalCount"] == len(found["nodes"])
    return [each["name"] for each in found["nodes"]]


@pytest.mark.parametrize(
    ("filter_", "kept"),
    [
        ({}, ["éclair.example", "lock", "oven-1.example", "tarte.example"]),
        ({"kind": ["DOMAIN_NAME"]}, ["éclair.example", "tarte.example"]),
        ({"family": ["CLOUD", "SECURITY"]}, ["lock", "oven-1.example"]),
        ({"state": ["BLOCKED"]}, ["oven-1.example"]),
        ({"expiresFrom": "2026-04-02"}, ["lock", "tarte.example"]),
        ({"expiresBefore": "2026-04-02"}, ["éclair.example"]),
        ({"search": "ECLAIR"}, ["éclair.example"]),
        ({"search": "Éclair"}, ["éclair.example"]),
        ({"search": "creme brulee"}, ["tarte.example"]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"kind": []}, []),
        ({"kind": ["DOMAIN_NAME"], "search": "tarte"}, ["tarte.example"]),
        ({"search": None}, ["éclair.example", "lock", "oven-1.example", "tarte.example"]),
    ],
)
async def test_a_filter_keeps_what_it_says(world: World, filter_: dict[str, Any], kept: list[str]) -> None:
    client, organization = await shop(world)

    assert await names(client, organization, filter_) == kept


async def test_products_are_counted_by_kind_and_family(world: World) -> None:
    """PRD2: counts per kind, of what the viewer may see."""
    client, organization = await shop(world)

    answer = await client.ask(
        """query Q($id: ID!) { organization(id: $id) {
            productCounts { kind count } productFamilyCounts { family count } } }""",
        id=id_of(organization),
    )

    assert answer.data["organization"] == {
        "productCounts": [
            {"kind": "DOMAIN_NAME", "count": 2},
            {"kind": "SSL_CERTIFICATE", "count": 1},
            {"kind": "VPS_CLOUD", "count": 1},
        ],
        "productFamilyCounts": [
            {"family": "CLOUD", "count": 1},
            {"family": "SECURITY", "count": 1},
            {"family": "WEB_AND_DOMAIN", "count": 2},
        ],
    }


async def test_members_are_found_by_name_login_role_and_billing(world: World) -> None:
    legal = await world.add_user("anna@example.org", first_name="Anna", last_name="Größe")
    organization = await world.add_organization(legal)
    bruno = await world.add_user("bruno@example.org", first_name="Bruno", last_name="Rossi")
    await world.add_member(organization, bruno, Role.COLLABORATOR, billing=True)
    client = await world.sign_in(legal)

    for filter_, expected in (
        ({"search": "grosse"}, ["anna@example.org"]),
        ({"search": "BRUNO@"}, ["bruno@example.org"]),
        ({"role": ["COLLABORATOR"]}, ["bruno@example.org"]),
        ({"billing": True}, ["anna@example.org", "bruno@example.org"]),
        ({"billing": False}, []),
    ):
        answer = await client.ask(
            """query Q($id: ID!, $filter: MembershipFilter) { organization(id: $id) {
                members(filter: $filter) { totalCount nodes { user { login } } } } }""",
            id=id_of(organization),
            filter=filter_,
        )
        found = answer.data["organization"]["members"]
        assert [each["user"]["login"] for each in found["nodes"]] == expected
        assert found["totalCount"] == len(expected)
