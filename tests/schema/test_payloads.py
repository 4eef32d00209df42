"""What a mutation answers with is read under the rights that are left after it (A5)."""

import pytest

from rules.rights import Role
from tests.world import World, id_of

pytestmark = pytest.mark.anyio


async def test_whoever_removes_themselves_sees_nothing_of_the_organization_any_more(world: World) -> None:
    """MEM7: a right that ends, ends at once."""
    administrator = await world.add_user()
    organization = await world.add_organization(await world.add_user())
    membership = await world.add_member(organization, administrator, Role.ADMINISTRATOR)

    answer = await (await world.sign_in(administrator)).do(
        "removeMember",
        "... on RemoveMemberSuccess { membershipId organization { name } }",
        membershipId=id_of(membership),
    )

    assert answer.result()["organization"] is None
    assert answer.result()["membershipId"] == id_of(membership)


async def test_whoever_demotes_themselves_reads_the_answer_as_what_they_are_now(world: World) -> None:
    administrator = await world.add_user()
    organization = await world.add_organization(await world.add_user())
    membership = await world.add_member(organization, administrator, Role.ADMINISTRATOR)
    await world.add_product(organization)

    answer = await (await world.sign_in(administrator)).do(
        "updateMembership",
        """... on UpdateMembershipSuccess { membership { role organization {
            members { totalCount } products { totalCount } invitations { totalCount } viewerCan { update { code } }
        } } }""",
        membershipId=id_of(membership),
        role="EXTERNAL",
    )

    shown = answer.body["data"]["updateMembership"]["membership"]
    assert shown["role"] == "EXTERNAL"
    assert shown["organization"] == {
        "members": {"totalCount": 1},
        "products": {"totalCount": 0},
        "invitations": None,
        "viewerCan": {"update": {"code": "FORBIDDEN"}},
    }
    assert answer.codes == ["FORBIDDEN"]
