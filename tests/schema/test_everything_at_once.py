"""Everybody acts at once, at random: nothing fails, and what must always hold holds afterwards (R4, R5, L2, RES6)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

import pytest

from models import Event, Mailbox, Membership, Organization, OutboxMail, User
from rules.kinds import ProductKind
from rules.letters import LetterKind
from rules.rights import ROLES_WITH_GRANTS, AccessLevel, Role
from tests.sizes import sized
from tests.world import PASSWORD, Answer, Client, World, id_of

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

PEOPLE, ORGANIZATIONS, DEEDS = 8, 3, 4
NEVER = {"INTERNAL", "UNAVAILABLE", "IDEMPOTENCY_IN_PROGRESS"}


@dataclass
class Town:
    """A few people, all of them in all of a few organizations, with mailboxes that are their logins."""

    world: World
    chance: Random
    people: list[User]
    organizations: list[Organization]
    mailboxes: list[Mailbox]
    clients: list[Client]

    @classmethod
    async def found(cls, world: World, chance: Random) -> "Town":
        people = [await world.add_user() for _ in range(PEOPLE)]
        organizations = [await world.add_organization(founder) for founder in people[:ORGANIZATIONS]]
        mailboxes = []
        for founder, organization in zip(people, organizations, strict=False):
            product = await world.add_product(organization, ProductKind.MAIL_SERVICE)
            mailboxes.append(await world.add_mailbox(product, founder.login))
            for person in people:
                if person is not founder:
                    role = chance.choice(list(Role))
                    products = {product: AccessLevel.MANAGE} if role in ROLES_WITH_GRANTS else {}
                    await world.add_member(organization, person, role, products=products)
        return cls(world, chance, people, organizations, mailboxes, [await world.sign_in(user) for user in people])

    @property
    def somewhere(self) -> str:
        return id_of(self.chance.choice(self.organizations))

    async def somebody(self) -> str:
        organization = self.chance.choice(self.organizations)
        return id_of(self.chance.choice(await Membership.filter(organization_id=organization.id)))

    async def act(self, client: Client) -> None:
        for _ in range(DEEDS):
            answer = await self.chance.choice(DEEDS_OF_ALL_KINDS)(self, client)
            assert not NEVER & set(answer.codes), answer.body


async def change_role(town: Town, client: Client) -> Answer:
    role = town.chance.choice(list(Role))
    return await client.do("updateMembership", membershipId=await town.somebody(), role=role)


async def remove(town: Town, client: Client) -> Answer:
    return await client.do("removeMember", membershipId=await town.somebody())


async def leave(town: Town, client: Client) -> Answer:
    return await client.do("leaveOrganization", organizationId=town.somewhere)


async def invite(town: Town, client: Client) -> Answer:
    email, key = town.chance.choice(town.people).login, str(town.chance.randrange(3))
    return await client.do(
        "inviteMember", organizationId=town.somewhere, email=email, role="EXTERNAL", idempotencyKey=key
    )


async def accept(town: Town, client: Client) -> Answer:
    letters = await OutboxMail.filter(kind=LetterKind.INVITATION)
    secret = json.loads(town.chance.choice(letters).details)["secret"] if letters else "none"
    return await client.do("acceptInvitation", secret=secret)


async def rename(town: Town, client: Client) -> Answer:
    name = f"Town {town.chance.randrange(100)}"
    return await client.do("updateOrganization", organizationId=town.somewhere, name=name)


async def change_password(town: Town, client: Client) -> Answer:
    also = town.chance.random() < 0.5
    return await client.do("changePassword", currentPassword=PASSWORD, newPassword=PASSWORD, alsoMailbox=also)


async def change_mailbox(town: Town, client: Client) -> Answer:
    mailbox = id_of(town.chance.choice(town.mailboxes))
    return await client.do("changeMailboxPassword", mailboxId=mailbox, newPassword=PASSWORD)


async def move_login(town: Town, client: Client) -> Answer:
    email = f"new-{town.chance.randrange(10)}@example.org"
    return await client.do("requestLoginChange", newEmail=email, currentPassword=PASSWORD)


async def forget(town: Town, _client: Client) -> Answer:
    return await town.world.stranger().do("requestPasswordReset", email=town.chance.choice(town.people).login)


async def end_sessions(_town: Town, client: Client) -> Answer:
    return await client.do("endSessions", includingCurrent=False)


async def give_up(_town: Town, client: Client) -> Answer:
    return await client.do("closeAccount", password=PASSWORD)


DEEDS_OF_ALL_KINDS: list[Callable[[Town, Client], Awaitable[Answer]]] = [
    change_role,
    change_role,
    remove,
    leave,
    invite,
    accept,
    rename,
    change_password,
    change_mailbox,
    move_login,
    forget,
    end_sessions,
    give_up,
]


async def check(organization: Organization) -> None:
    members = await Membership.filter(organization_id=organization.id).select_related("user")
    legal = [member for member in members if member.role is Role.LEGAL_REPRESENTATIVE]
    stored = await Organization.get(id=organization.id)
    events = await Event.filter(organization_id=organization.id).order_by("position")

    assert legal, "nobody is responsible"
    assert (stored.member_count, stored.legal_representative_count) == (len(members), len(legal))
    assert len(legal) > 1 or legal[0].billing_reminders, "nobody is reminded of bills"
    assert all(member.user.closed_at is None for member in members)
    assert [event.position for event in events] == list(range(1, stored.event_position + 1))


@pytest.mark.parametrize("seed", range(sized(3, 200)))
async def test_what_must_hold_holds_whatever_happens_at_once(world: World, seed: int) -> None:
    """MEM3, MEM8, ORG8, USR14: counts, somebody responsible, no closed account among members, no gap in the feed."""
    town = await Town.found(world, Random(seed))  # noqa: S311 -- the same choices for the same seed

    await asyncio.gather(*(town.act(client) for client in town.clients))

    for organization in town.organizations:
        await check(organization)
