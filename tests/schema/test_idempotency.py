"""Idempotency keys, over HTTP: one intention has one effect, however often and by whomever it is repeated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from models import Event, IdempotencyRecord, Invitation, Organization, OutboxMail
from resolvers.transactions import transaction
from rules.rights import Role
from server.databases import Limits, open_database
from tests.databases import Database
from tests.world import START, Answer, Client, World, id_of, open_world

pytestmark = pytest.mark.anyio


async def invite(
    client: Client, organization: Organization, email: str = "nora@example.org", key: str = "k", **more: object
) -> Answer:
    return await client.do(
        "inviteMember",
        "... on InviteMemberSuccess { invitation { id } }",
        organizationId=id_of(organization),
        email=email,
        role="COLLABORATOR",
        idempotencyKey=key,
        **more,
    )


async def test_the_same_call_at_once_has_one_effect(world: World) -> None:
    """M3."""
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    client = await world.sign_in(founder)

    answers = await asyncio.gather(*(invite(client, organization) for _ in range(4)))

    assert len({answer.result()["invitation"]["id"] for answer in answers}) == 1
    assert sum("idempotency" in answer.body["extensions"] for answer in answers) == 3
    assert await Invitation.all().count() == await OutboxMail.all().count() == await Event.all().count() == 1


async def test_a_key_counts_within_one_organization_and_one_mutation(world: World) -> None:
    """M4."""
    founder = await world.add_user()
    one, other = [await world.add_organization(founder) for _ in range(2)]
    client = await world.sign_in(founder)

    first, second = await invite(client, one), await invite(client, other)
    again = await client.do("resendInvitation", invitationId=first.result()["invitation"]["id"], idempotencyKey="k")

    assert first.result()["invitation"]["id"] != second.result()["invitation"]["id"]
    assert again.result()["__typename"] == "ResendInvitationSuccess"


async def test_null_and_left_out_are_the_same_arguments(world: World) -> None:
    founder = await world.add_user()
    organization = await world.add_organization(founder)
    client = await world.sign_in(founder)

    first, again = await invite(client, organization), await invite(client, organization, billing=None, grants=None)
    other = await invite(client, organization, billing=True)

    assert again.result() == first.result()
    assert other.refused() == "IDEMPOTENCY_KEY_REUSED"


async def test_a_refusal_is_not_remembered(world: World) -> None:
    """M6."""
    founder, member = await world.add_user(), await world.add_user()
    organization = await world.add_organization(founder)
    membership = await world.add_member(organization, member, Role.EXTERNAL)
    client = await world.sign_in(founder)

    refused = await invite(client, organization, member.login)
    await client.do("removeMember", membershipId=id_of(membership))
    invited = await invite(client, organization, member.login)

    assert refused.refused() == "ALREADY_MEMBER"
    assert invited.result()["__typename"] == "InviteMemberSuccess"


async def test_a_replay_asks_for_the_right_again(world: World) -> None:
    """R5: whoever lost the right is not told what it once made."""
    founder, helper = await world.add_user(), await world.add_user()
    organization = await world.add_organization(founder)
    membership = await world.add_member(organization, helper, Role.ADMINISTRATOR)
    client = await world.sign_in(helper)
    await invite(client, organization)

    await (await world.sign_in(founder)).do("updateMembership", membershipId=id_of(membership), role="COLLABORATOR")
    replayed = await invite(client, organization)

    assert replayed.codes == ["FORBIDDEN"]


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_has_a_length(world: World, key: str) -> None:
    founder = await world.add_user()
    organization = await world.add_organization(founder)

    answer = await invite(await world.sign_in(founder), organization, key=key)

    assert answer.refused() == "INVALID_INPUT"


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
async def test_whoever_waits_too_long_for_the_first_is_told_so(empty_database: Database) -> None:
    async with impatient_world(empty_database.url) as world:
        founder = await world.add_user()
        organization = await world.add_organization(founder)
        client = await world.sign_in(founder)

        async with first_call(organization):
            answer = await invite(client, organization)

    assert answer.codes == ["IDEMPOTENCY_IN_PROGRESS"]


@asynccontextmanager
async def impatient_world(url: str) -> AsyncIterator[World]:
    """A world in which nobody waits long for a lock."""
    async with open_database(url, Limits(pool_minimum=1, lock_seconds=0.2)), open_world(url) as world:
        yield world


@asynccontextmanager
async def first_call(organization: Organization) -> AsyncIterator[None]:
    """A call under the key that has begun, and does not end before the block does."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        async with transaction():
            await IdempotencyRecord.create(
                scope=organization.id.hex,
                mutation="invite_member",
                key="k",
                fingerprint="",
                reference="",
                created_at=START,
            )
            begun.set()
            await over.wait()

    calling = asyncio.create_task(call())
    await begun.wait()
    try:
        yield
    finally:
        over.set()
        await calling
