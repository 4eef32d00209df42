"""Giving up an account."""

import pytest

from models import Membership
from rules.letters import LetterKind
from rules.rights import Role
from tests.resolvers.people import letters_to
from tests.world import PASSWORD, Answer, Client, World, id_of

pytestmark = pytest.mark.anyio

NAMES = """... on CloseAccountSuccess { login }
    ... on LastMember { organizations { id name } remedy }
    ... on LastLegalRepresentative { organizations { id name } remedy }"""


async def close(client: Client, password: str = PASSWORD) -> Answer:
    return await client.do("closeAccount", NAMES, password=password)


async def test_an_account_is_given_up_once_nothing_depends_on_it(world: World) -> None:
    """USR14: LAST_MEMBER, then LAST_LEGAL_REPRESENTATIVE, then it is done, and the address is free again."""
    ada, ben = await world.add_user("ada@example.org"), await world.add_user()
    company = await world.add_organization(ada, "Bakery")
    client = await world.sign_in(ada)

    alone = (await close(client)).result()
    membership = await world.add_member(company, ben, Role.ADMINISTRATOR)
    responsible = (await close(client)).result()
    await client.do("updateMembership", membershipId=id_of(membership), role="LEGAL_REPRESENTATIVE")
    closed = await close(client)

    named = [{"id": id_of(company), "name": "Bakery"}]
    assert (alone["code"], alone["organizations"], alone["remedy"]) == ("LAST_MEMBER", named, "DELETE_THE_ORGANIZATION")
    assert (responsible["code"], responsible["organizations"]) == ("LAST_LEGAL_REPRESENTATIVE", named)
    assert responsible["remedy"] == "NAME_ANOTHER_LEGAL_REPRESENTATIVE"
    assert closed.result()["login"] == "ada@example.org"
    assert "Max-Age=0" in closed.headers["set-cookie"]
    assert LetterKind.ACCOUNT_CLOSED in await letters_to("ada@example.org")
    assert await Membership.filter(user_id=ada.id).count() == 0
    assert (await client.ask("{ viewer { user { login } } }")).codes == ["UNAUTHENTICATED"]
    assert (await world.stranger().do("logIn", email="ada@example.org", password=PASSWORD)).refused() == (
        "INVALID_CREDENTIALS"
    )
    await world.add_user("ada@example.org")


async def test_those_who_stay_see_the_others_only(world: World) -> None:
    """USR14, A14: the members who remain keep reading, and the one who left is gone from their lists."""
    ada, ben = await world.add_user("ada@example.org"), await world.add_user("ben@example.org")
    company = await world.add_organization(ben, "Bakery")
    await world.add_member(company, ada, Role.ADMINISTRATOR)
    await close(await world.sign_in(ada))

    seen = await (await world.sign_in(ben)).ask(
        "query Q($id: ID!, $gone: ID!) { organization(id: $id) { members { nodes { user { login } } } } "
        "node(id: $gone) { id } }",
        id=id_of(company),
        gone=id_of(ada),
    )

    assert seen.body["data"]["organization"]["members"]["nodes"] == [{"user": {"login": "ben@example.org"}}]
    assert (seen.body["data"]["node"], seen.codes) == (None, ["NOT_FOUND"])


async def test_the_password_is_the_proof(world: World) -> None:
    """USR13, USR14."""
    client = await world.sign_in(await world.add_user())
    world.clock.move(hours=3)

    assert (await close(client, password="not the password")).refused() == "INVALID_CURRENT_PASSWORD"
    assert (await close(client)).result()["__typename"] == "CloseAccountSuccess"
    assert (await close(world.stranger())).codes == ["UNAUTHENTICATED"]
