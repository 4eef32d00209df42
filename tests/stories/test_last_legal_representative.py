"""The last legal representative: neither removed, nor demoted, nor gone, nor silent."""

import pytest

from models import Membership
from rules.letters import LetterKind
from rules.rights import Role
from tests.resolvers.people import letters_to
from tests.world import World, id_of

pytestmark = pytest.mark.anyio

REFUSED = "... on LastLegalRepresentative { organizations { id name } remedy }"
ALONE = "... on LastMember { remedy }"
ROLE = (
    "... on UpdateMembershipSuccess { membership { role hasBilling grants { id } viewerCan { changeRole { code } } } }"
)


async def test_the_last_legal_representative_stays_until_there_is_another(world: World) -> None:
    """MEM3, ORG8: each refusal names the organization and the way out, beforehand too."""
    founder, successor = await world.add_user("flora@example.org"), await world.add_user("sven@example.org")
    organization = await world.add_organization(founder, "Bakery")
    administrator = await world.add_member(organization, successor, Role.ADMINISTRATOR)
    own = await Membership.get(user_id=founder.id)
    flora, sven = await world.sign_in(founder), await world.sign_in(successor)

    refused = [
        (await flora.do("updateMembership", REFUSED, membershipId=id_of(own), role="ADMINISTRATOR")).result(),
        (await flora.do("removeMember", REFUSED, membershipId=id_of(own))).result(),
        (await flora.do("leaveOrganization", REFUSED, organizationId=id_of(organization))).result(),
    ]
    beforehand = await flora.ask(
        """query Q($id: ID!) { organization(id: $id) {
            viewerCan { leave { code } } viewerMembership { viewerCan { changeRole { code } remove { code } } } } }""",
        id=id_of(organization),
    )
    taken = await sven.do("removeMember", membershipId=id_of(own))
    given = await sven.do("updateMembership", membershipId=id_of(administrator), role="LEGAL_REPRESENTATIVE")

    for refusal in refused:
        assert refusal["code"] == "LAST_LEGAL_REPRESENTATIVE"
        assert refusal["organizations"] == [{"id": id_of(organization), "name": "Bakery"}]
        assert refusal["remedy"] == "NAME_ANOTHER_LEGAL_REPRESENTATIVE"
    assert beforehand.data["organization"] == {
        "viewerCan": {"leave": {"code": "LAST_LEGAL_REPRESENTATIVE"}},
        "viewerMembership": {
            "viewerCan": {
                "changeRole": {"code": "LAST_LEGAL_REPRESENTATIVE"},
                "remove": {"code": "LAST_LEGAL_REPRESENTATIVE"},
            }
        },
    }
    assert [taken.refused(), given.refused()] == ["ROLE_NOT_GRANTABLE"] * 2

    promoted = await flora.do("updateMembership", ROLE, membershipId=id_of(administrator), role="LEGAL_REPRESENTATIVE")
    left = await flora.do("leaveOrganization", organizationId=id_of(organization))

    assert promoted.result()["membership"] == {
        "role": "LEGAL_REPRESENTATIVE",
        "hasBilling": True,
        "grants": [],
        "viewerCan": {"changeRole": {"code": None}},
    }
    assert left.result()["__typename"] == "LeaveOrganizationSuccess"
    assert await letters_to("sven@example.org") == [LetterKind.ROLE_CHANGED]
    alone = await sven.do("leaveOrganization", ALONE, organizationId=id_of(organization))
    assert (alone.refused(), alone.result()["remedy"]) == ("LAST_MEMBER", "DELETE_THE_ORGANIZATION")


async def test_whoever_is_alone_with_the_responsibility_gets_the_reminders(world: World) -> None:
    """MEM8: not to be switched off by the only legal representative; by anybody else, yes, and nobody else's."""
    founder, second = await world.add_user(), await world.add_user()
    organization = await world.add_organization(founder)
    other = await world.add_member(organization, second, Role.COLLABORATOR, billing=True)
    own = await Membership.get(user_id=founder.id)
    flora, colleague = await world.sign_in(founder), await world.sign_in(second)
    shown = "... on UpdateContactPreferencesSuccess { membership { billingReminders productEvents } }"

    refused = await flora.do("updateContactPreferences", membershipId=id_of(own), billingReminders=False)
    quiet = await flora.do("updateContactPreferences", shown, membershipId=id_of(own), productEvents=False)
    free = await colleague.do("updateContactPreferences", shown, membershipId=id_of(other), billingReminders=False)
    foreign = await flora.do("updateContactPreferences", membershipId=id_of(other), billingReminders=True)

    assert (refused.refused(), refused.result()["path"]) == ("LAST_LEGAL_REPRESENTATIVE", ["billingReminders"])
    assert quiet.result()["membership"] == {"billingReminders": True, "productEvents": False}
    assert free.result()["membership"] == {"billingReminders": False, "productEvents": True}
    assert foreign.codes == ["FORBIDDEN"]
