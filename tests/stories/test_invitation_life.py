"""An invitation's whole life, as the people in it see it."""

import pytest

from models import Invitation, Membership, User
from resolvers.invitations import expire_invitations
from rules.kinds import ProductKind
from rules.letters import LetterKind
from rules.rights import Role
from tests.resolvers.people import last_secret, letters_to
from tests.world import PASSWORD, Client, World, id_of

pytestmark = pytest.mark.anyio

PREVIEW = """query P($secret: String!) { invitation(secret: $secret) {
    organizationName inviterName address role state expiresAt accountExists } }"""
SENT = """... on InviteMemberSuccess { invitation { id address role hasBilling state isExpired expiresAt
    grants { level kind product { name } } inviter { name } viewerCan { resend { allowed } revoke { allowed } } } }"""
JOINED = """... on AcceptInvitationSuccess { secret session { isCurrent }
    membership { role hasBilling user { login } organization { name products { totalCount } } } }"""
NEW_ACCOUNT = {"password": PASSWORD, "firstName": "Nora", "lastName": "Frei"}


async def invite(client: Client, organization_id: str, key: str = "first", **values: object) -> dict[str, object]:
    wanted = {"email": "nora@example.org", "role": "COLLABORATOR", **values}
    answer = await client.do("inviteMember", SENT, organizationId=organization_id, idempotencyKey=key, **wanted)
    return dict(answer.result())


async def test_a_guest_without_an_account_reads_accepts_and_is_signed_in(world: World) -> None:
    """MEM6, MSG3: invited with rights, shown by the link, account and session with the acceptance."""
    founder = await world.add_user(first_name="Flora")
    organization = await world.add_organization(founder, "Bakery")
    product = await world.add_product(organization, name="bread.example")
    await world.add_product(organization, ProductKind.KDRIVE, "recipes")
    grants = [{"productId": id_of(product), "level": "MANAGE"}]

    sent = await invite(await world.sign_in(founder), id_of(organization), billing=True, grants=grants)
    secret = await last_secret(LetterKind.INVITATION)
    preview = await world.stranger().ask(PREVIEW, secret=secret)
    accepted = await world.stranger().do("acceptInvitation", JOINED, secret=secret, newAccount=NEW_ACCOUNT)
    guest = Client(world.http, accepted.result()["secret"])
    own = await guest.ask("{ viewer { user { login } organizations { nodes { name } } } }")

    invitation = sent["invitation"]
    assert isinstance(invitation, dict)
    assert invitation.pop("id").startswith("ivt_")
    assert invitation == {
        "address": "nora@example.org",
        "role": "COLLABORATOR",
        "hasBilling": True,
        "state": "PENDING",
        "isExpired": False,
        "expiresAt": "2026-03-09T09:30:00+00:00",
        "grants": [{"level": "MANAGE", "kind": None, "product": {"name": "bread.example"}}],
        "inviter": {"name": "Flora Meier"},
        "viewerCan": {"resend": {"allowed": True}, "revoke": {"allowed": True}},
    }
    assert preview.data["invitation"] == {
        "organizationName": "Bakery",
        "inviterName": "Flora Meier",
        "address": "nora@example.org",
        "role": "COLLABORATOR",
        "state": "PENDING",
        "expiresAt": "2026-03-09T09:30:00+00:00",
        "accountExists": False,
    }
    assert accepted.result()["session"] == {"isCurrent": True}
    assert accepted.result()["membership"] == {
        "role": "COLLABORATOR",
        "hasBilling": True,
        "user": {"login": "nora@example.org"},
        "organization": {"name": "Bakery", "products": {"totalCount": 1}},
    }
    assert "HttpOnly" in accepted.headers["set-cookie"]
    assert own.data["viewer"] == {
        "user": {"login": "nora@example.org"},
        "organizations": {"nodes": [{"name": "Bakery"}]},
    }


async def test_a_guest_with_an_account_logs_in_first(world: World) -> None:
    """MEM6, USR10: the link alone makes nobody a member, and another account neither."""
    founder, nora, other = await world.add_user(), await world.add_user("nora@example.org"), await world.add_user()
    organization = await world.add_organization(founder)
    await invite(await world.sign_in(founder), id_of(organization))
    secret = await last_secret(LetterKind.INVITATION)

    preview = await world.stranger().ask(PREVIEW, secret=secret)
    anonymous = await world.stranger().do("acceptInvitation", secret=secret, newAccount=NEW_ACCOUNT)
    foreign = await (await world.sign_in(other)).do("acceptInvitation", secret=secret)
    accepted = await (await world.sign_in(nora)).do("acceptInvitation", JOINED, secret=secret)
    again = await (await world.sign_in(nora)).do("acceptInvitation", secret=secret)

    assert preview.data["invitation"]["accountExists"] is True
    assert anonymous.codes == ["UNAUTHENTICATED"]
    assert foreign.refused() == "INVITATION_FOR_OTHER_ADDRESS"
    assert (accepted.result()["secret"], accepted.result()["membership"]["role"]) == (None, "COLLABORATOR")
    assert again.refused() == "LINK_EXPIRED"


async def test_one_pending_invitation_per_address_and_a_key_that_makes_repeating_harmless(world: World) -> None:
    """MEM6: the same key and arguments answer the first invitation again; a second one is refused, naming it."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    client = await world.sign_in(founder)

    first = await invite(client, id_of(organization))
    repeated = await invite(client, id_of(organization))
    other_arguments = await invite(client, id_of(organization), email="other@example.org")
    twice = await client.do(
        "inviteMember",
        "... on InvitationAlreadyPending { invitationId }",
        organizationId=id_of(organization),
        email="Nora@Example.org",
        role="EXTERNAL",
        idempotencyKey="second",
    )

    pending = first["invitation"]
    assert isinstance(pending, dict)
    assert repeated == first
    assert other_arguments["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert (twice.refused(), twice.result()["invitationId"]) == ("INVITATION_ALREADY_PENDING", pending["id"])
    assert await Invitation.all().count() == 1


async def test_sent_again_revoked_and_invited_anew(world: World) -> None:
    """MEM6: a new link kills the old one, revoking kills both, and the address can be invited anew."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    client = await world.sign_in(founder)
    pending = (await invite(client, id_of(organization)))["invitation"]
    assert isinstance(pending, dict)
    old_link = await last_secret(LetterKind.INVITATION)
    world.clock.move(days=2)

    resent = await client.do(
        "resendInvitation",
        "... on ResendInvitationSuccess { invitation { id state expiresAt } }",
        invitationId=pending["id"],
        idempotencyKey="again",
    )
    old = await world.stranger().do("acceptInvitation", secret=old_link, newAccount=NEW_ACCOUNT)
    revoked = await client.do(
        "revokeInvitation",
        "... on RevokeInvitationSuccess { invitation { state settledAt viewerCan { revoke { code remedy } } } }",
        invitationId=pending["id"],
    )
    anew = await invite(client, id_of(organization), "third")

    assert resent.result()["invitation"] == {
        "id": pending["id"],
        "state": "PENDING",
        "expiresAt": "2026-03-11T09:30:00+00:00",
    }
    assert old.refused() == "LINK_EXPIRED"
    assert revoked.result()["invitation"] == {
        "state": "REVOKED",
        "settledAt": "2026-03-04T09:30:00+00:00",
        "viewerCan": {"revoke": {"code": "INVITATION_NOT_PENDING", "remedy": "INVITE_AGAIN"}},
    }
    assert anew["__typename"] == "InviteMemberSuccess"


async def test_declined_by_the_link_and_expired_by_time(world: World) -> None:
    """MEM6, MSG3: both are seen in the organization's list."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    client = await world.sign_in(founder)
    await invite(client, id_of(organization))
    declined = await world.stranger().do(
        "declineInvitation",
        "... on DeclineInvitationSuccess { state }",
        secret=await last_secret(LetterKind.INVITATION),
    )
    await invite(client, id_of(organization), "second", email="slow@example.org")
    world.clock.move(days=7)
    overdue = await world.stranger().ask(PREVIEW, secret=await last_secret(LetterKind.INVITATION))
    await expire_invitations(world.clock.now())

    listed = await client.ask(
        """query L($id: ID!) { organization(id: $id) { invitations { nodes { address state isExpired } }
            pending: invitations(filter: {state: [PENDING]}) { totalCount } } }""",
        id=id_of(organization),
    )

    assert declined.result()["state"] == "DECLINED"
    assert overdue.data["invitation"]["state"] == "EXPIRED"
    assert listed.data["organization"] == {
        "invitations": {
            "nodes": [
                {"address": "slow@example.org", "state": "EXPIRED", "isExpired": True},
                {"address": "nora@example.org", "state": "DECLINED", "isExpired": False},
            ]
        },
        "pending": {"totalCount": 0},
    }


async def test_members_are_not_invited_and_limits_of_the_inviter_hold(world: World) -> None:
    """MEM3, MEM6: ALREADY_MEMBER, ROLE_NOT_GRANTABLE, and problems by their fields."""
    founder, admin = await world.add_user("flora@example.org"), await world.add_user()
    organization = await world.add_organization(founder)
    await world.add_member(organization, admin, Role.ADMINISTRATOR)
    client = await world.sign_in(admin)
    problems = "... on InvalidInput { problems { path code } }"

    member = await invite(client, id_of(organization), email="flora@example.org")
    legal = await invite(client, id_of(organization), role="LEGAL_REPRESENTATIVE")
    wrong = await client.do(
        "inviteMember",
        problems,
        organizationId=id_of(organization),
        email="nora@example.org",
        role="EXTERNAL",
        billing=True,
        grants=[{"level": "VIEW"}, {"kind": "KDRIVE", "level": "VIEW"}, {"kind": "KDRIVE", "level": "MANAGE"}],
        idempotencyKey="wrong",
    )

    assert (member["code"], legal["code"]) == ("ALREADY_MEMBER", "ROLE_NOT_GRANTABLE")
    assert wrong.result()["problems"] == [
        {"path": ["billing"], "code": "NOT_ALLOWED"},
        {"path": ["grants", "0", "productId"], "code": "REQUIRED"},
        {"path": ["grants", "2"], "code": "DUPLICATE"},
    ]


async def test_colleagues_without_the_right_and_strangers_see_no_invitation(world: World) -> None:
    """ORG4, MEM10: a member is told which right is missing, a stranger nothing at all."""
    founder, colleague, stranger = [await world.add_user() for _ in range(3)]
    organization = await world.add_organization(founder)
    await world.add_organization(stranger)
    await world.add_member(organization, colleague, Role.COLLABORATOR)
    sent = (await invite(await world.sign_in(founder), id_of(organization)))["invitation"]
    assert isinstance(sent, dict)
    node = "query N($id: ID!) { node(id: $id) { ... on Invitation { address } } }"

    for person, code in [(colleague, "FORBIDDEN"), (stranger, "NOT_FOUND")]:
        client = await world.sign_in(person)
        read = await client.ask(node, id=sent["id"])
        revoked = await client.do("revokeInvitation", invitationId=sent["id"])
        assert (read.codes, revoked.codes) == ([code], [code])


async def test_a_guest_who_was_let_in_by_somebody_without_the_right_any_more_stays_outside(world: World) -> None:
    """MEM6: the inviter's right is checked again at acceptance."""
    founder, admin = await world.add_user(), await world.add_user()
    organization = await world.add_organization(founder)
    member = await world.add_member(organization, admin, Role.ADMINISTRATOR)
    await invite(await world.sign_in(admin), id_of(organization))
    await (await world.sign_in(founder)).do("removeMember", membershipId=id_of(member))

    answer = await world.stranger().do(
        "acceptInvitation", secret=await last_secret(LetterKind.INVITATION), newAccount=NEW_ACCOUNT
    )

    assert answer.refused() == "LINK_EXPIRED"
    assert not await User.filter(login_key="nora@example.org").exists()
    assert await Membership.filter(organization_id=organization.id).count() == 1
    assert await letters_to("nora@example.org") == [LetterKind.INVITATION]
