"""What everybody does first: see who one is, and which organizations one belongs to."""

from typing import Any

import pytest

from rules.kinds import ProductKind
from rules.rights import Role
from tests.world import World, id_of

pytestmark = pytest.mark.anyio


async def test_nobody_is_signed_in_at_first(world: World) -> None:
    answer = await world.stranger().ask("{ viewer { user { login } } }")

    assert answer.data == {"viewer": None}


async def test_strangers_are_asked_to_sign_in(world: World) -> None:
    answer = await world.stranger().ask("{ organizations { totalCount } }")

    assert answer.codes == ["UNAUTHENTICATED"]


async def test_a_user_reaches_all_their_organizations_in_one_request(world: World) -> None:
    """ORG3, USR1: several organizations with one login, in one request; ORG4: no others."""
    ada, other = await world.add_user(), await world.add_user()
    first, second = await world.add_organization(ada, "First"), await world.add_organization(other, "Second")
    await world.add_organization(other, "Third")
    await world.add_member(second, ada, Role.ADMINISTRATOR)

    answer = await (await world.sign_in(ada)).ask(
        "{ viewer { user { login } organizations { totalCount nodes { id name viewerMembership { role } } } } }"
    )

    assert answer.data["viewer"] == {
        "user": {"login": ada.login},
        "organizations": {
            "totalCount": 2,
            "nodes": [
                {"id": id_of(first), "name": "First", "viewerMembership": {"role": "LEGAL_REPRESENTATIVE"}},
                {"id": id_of(second), "name": "Second", "viewerMembership": {"role": "ADMINISTRATOR"}},
            ],
        },
    }


async def test_the_mailboxes_of_a_product_are_paged_and_searched(world: World) -> None:
    """USR8: however many there are, each can be reached."""
    founder = await world.add_user()
    product = await world.add_product(await world.add_organization(founder), ProductKind.MAIL_SERVICE)
    for name in ("carla", "anna", "ben"):
        await world.add_mailbox(product, f"{name}@example.org")
    client = await world.sign_in(founder)
    query = """query Q($id: ID!, $after: String, $filter: MailboxFilter) { node(id: $id) { ... on Product {
        mailboxes(first: 2, after: $after, filter: $filter) {
            totalCount nodes { address } pageInfo { endCursor hasNextPage } } } } }"""

    async def page(**arguments: object) -> Any:
        return (await client.ask(query, id=id_of(product), **arguments)).data["node"]["mailboxes"]

    first = await page()
    second = await page(after=first["pageInfo"]["endCursor"])
    found = await page(filter={"search": "BEN"})

    assert [node["address"] for node in first["nodes"]] == ["anna@example.org", "ben@example.org"]
    assert [node["address"] for node in second["nodes"]] == ["carla@example.org"]
    assert (first["totalCount"], second["pageInfo"]["hasNextPage"]) == (3, False)
    assert [node["address"] for node in found["nodes"]] == ["ben@example.org"]
