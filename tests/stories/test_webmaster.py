"""The webmaster: one login, three client companies."""

import pytest

from models import Membership
from rules.kinds import ProductKind
from rules.letters import LetterKind
from rules.rights import AccessLevel, Role
from tests.resolvers.people import last_secret
from tests.world import World, id_of

pytestmark = pytest.mark.anyio

EVERYTHING = """{
  organizations { totalCount nodes {
    name
    viewerMembership { role hasBilling }
    viewerCan { update { allowed code } inviteMembers { allowed code requiredRight remedy } leave { allowed code } }
    members { totalCount }
    products { totalCount nodes { name organization { name } } }
    productCounts { kind count }
    invitations { totalCount }
  } }
}"""


async def test_one_login_sees_three_companies_in_one_request(world: World) -> None:
    """ORG3, RES1, PRD2: what is seen in each follows the role in each; ORG4: nobody else's company is there."""
    webmaster, client = await world.add_user(first_name="Wanda"), await world.add_user()
    bakery = await world.add_organization(client, "Bakery")
    garage = await world.add_organization(client, "Garage")
    studio = await world.add_organization(webmaster, "Studio")
    hidden = await world.add_organization(client, "Hidden")
    await world.add_member(bakery, webmaster, Role.ADMINISTRATOR)
    await world.add_member(garage, webmaster, Role.EXTERNAL, kinds={ProductKind.DOMAIN_NAME: AccessLevel.VIEW})
    for organization in (bakery, garage, studio, hidden):
        await world.add_product(organization, ProductKind.DOMAIN_NAME, f"{organization.name.lower()}.example")
        await world.add_product(organization, ProductKind.WEB_HOSTING, f"www.{organization.name.lower()}.example")

    answer = await (await world.sign_in(webmaster)).ask(EVERYTHING)

    assert answer.codes == ["FORBIDDEN"]
    organizations = answer.body["data"]["organizations"]
    assert organizations["totalCount"] == 3
    seen = {node["name"]: node for node in organizations["nodes"]}
    assert {name: node["viewerMembership"] for name, node in seen.items()} == {
        "Bakery": {"role": "ADMINISTRATOR", "hasBilling": True},
        "Garage": {"role": "EXTERNAL", "hasBilling": False},
        "Studio": {"role": "LEGAL_REPRESENTATIVE", "hasBilling": True},
    }
    assert {name: node["products"]["totalCount"] for name, node in seen.items()} == {
        "Bakery": 2,
        "Garage": 1,
        "Studio": 2,
    }
    assert seen["Garage"]["products"]["nodes"] == [{"name": "garage.example", "organization": {"name": "Garage"}}]
    assert seen["Garage"]["productCounts"] == [{"kind": "DOMAIN_NAME", "count": 1}]
    assert {name: node["members"]["totalCount"] for name, node in seen.items()} == {
        "Bakery": 2,
        "Garage": 1,
        "Studio": 1,
    }
    assert [node["invitations"] for node in organizations["nodes"]] == [{"totalCount": 0}, None, {"totalCount": 0}]


async def test_what_may_be_done_in_each_company_is_known_beforehand(world: World) -> None:
    """MEM10, ORG8: viewerCan with code, missing right and remedy."""
    webmaster, client = await world.add_user(), await world.add_user()
    bakery = await world.add_organization(client, "Bakery")
    await world.add_organization(webmaster, "Studio")
    await world.add_member(bakery, webmaster, Role.COLLABORATOR, billing=True)

    answer = await (await world.sign_in(webmaster)).ask("{ organizations { nodes { name viewerCan {" + CAN + "} } } }")

    can = {node["name"]: node["viewerCan"] for node in answer.data["organizations"]["nodes"]}
    assert can["Bakery"]["leave"] == ALLOWED
    assert can["Bakery"]["inviteMembers"] == {
        "allowed": False,
        "code": "FORBIDDEN",
        "requiredRight": "MEMBERS",
        "reason": "You lack the right to do this. Ask a member who has it.",
        "remedy": "ASK_A_MEMBER_WITH_THE_RIGHT",
    }
    assert can["Studio"]["update"] == ALLOWED
    assert can["Studio"]["leave"]["code"] == "LAST_MEMBER"
    assert can["Studio"]["leave"]["remedy"] == "DELETE_THE_ORGANIZATION"


CAN = " ".join(
    f"{name} {{ allowed code requiredRight reason remedy }}" for name in ("update", "inviteMembers", "leave")
)
ALLOWED = {"allowed": True, "code": None, "requiredRight": None, "reason": None, "remedy": None}


async def test_the_webmaster_creates_a_company_and_hands_it_over(world: World) -> None:
    """ORG2, ORG3, MEM3: created, the client made legal representative by invitation, and left."""
    webmaster = await world.sign_in(await world.add_user(first_name="Wanda", last_name="Roth"))
    client = await world.add_user("client@example.org")

    created = await webmaster.do(
        "createOrganization",
        "... on CreateOrganizationSuccess { organization { id name currency timeZone viewerMembership { role } } }",
        kind="INDIVIDUAL",
        street="Via Nassa 7",
        postalCode="6900",
        city="Lugano",
        country="CH",
    )
    organization = created.result()["organization"]
    invited = await webmaster.do(
        "inviteMember",
        "... on InviteMemberSuccess { invitation { role hasBilling } }",
        organizationId=organization["id"],
        email="client@example.org",
        role="LEGAL_REPRESENTATIVE",
        idempotencyKey="hand-over",
    )
    secret = await last_secret(LetterKind.INVITATION)
    await (await world.sign_in(client)).do("acceptInvitation", secret=secret)
    left = await webmaster.do(
        "leaveOrganization",
        "... on LeaveOrganizationSuccess { organizationId }",
        organizationId=organization["id"],
    )
    afterwards = await webmaster.ask("query Q($id: ID!) { organization(id: $id) { name } }", id=organization["id"])

    assert organization["name"] == "Wanda Roth"
    assert (organization["currency"], organization["timeZone"]) == ("CHF", "Europe/Zurich")
    assert organization["viewerMembership"] == {"role": "LEGAL_REPRESENTATIVE"}
    assert invited.result()["invitation"] == {"role": "LEGAL_REPRESENTATIVE", "hasBilling": True}
    assert left.result()["organizationId"] == organization["id"]
    assert afterwards.codes == ["NOT_FOUND"]
    assert [row.user_id for row in await Membership.all()] == [client.id]


async def test_ids_of_two_companies_do_not_mix(world: World) -> None:
    """ORG4: a product of one of my companies cannot be granted in another of them."""
    webmaster, colleague = await world.add_user(), await world.add_user()
    bakery = await world.add_organization(webmaster)
    garage = await world.add_organization(webmaster)
    member = await world.add_member(garage, colleague, Role.COLLABORATOR)
    product = await world.add_product(bakery)

    answer = await (await world.sign_in(webmaster)).do(
        "updateMembership",
        membershipId=id_of(member),
        grants=[{"productId": id_of(product), "level": "VIEW"}],
    )

    assert answer.codes == ["NOT_FOUND"]
