"""Passwords of logins and of mailboxes, alone and together."""

import pytest

from models import Mailbox, User
from rules.kinds import ProductKind
from rules.rights import AccessLevel, Role
from tests.world import PASSWORD, World, id_of

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "seven quiet lanterns"
LOGIN = "ada@bakery.example"
CHANGED = """... on ChangePasswordSuccess {
    affectsMailAccess changedMailbox endedSessionsCount linkedMailbox { address product { name } }
}"""


async def add_linked_mailbox(world: World) -> Mailbox:
    """A mailbox that is the login of its organization's founder."""
    company = await world.add_organization(await world.add_user(LOGIN), "Bakery")
    product = await world.add_product(company, ProductKind.MAIL_SERVICE, "bakery.example")
    return await world.add_mailbox(product, LOGIN)


async def opens(world: World, mailbox: Mailbox, password: str) -> bool:
    return await world.passwords.matches(password, (await Mailbox.get(id=mailbox.id)).password_hash)


@pytest.mark.parametrize("also_mailbox", [True, False])
async def test_the_user_chooses_one_password_or_two_and_is_warned(world: World, *, also_mailbox: bool) -> None:
    """USR7."""
    mailbox = await add_linked_mailbox(world)
    entered = await world.stranger().do("logIn", "... on LogInSuccess { secret }", email=LOGIN, password=PASSWORD)
    client = world.stranger()
    client.secret = entered.result()["secret"]

    changed = await client.do(
        "changePassword", CHANGED, currentPassword=PASSWORD, newPassword=NEW_PASSWORD, alsoMailbox=also_mailbox
    )

    assert changed.result() == {
        "__typename": "ChangePasswordSuccess",
        "affectsMailAccess": True,
        "changedMailbox": also_mailbox,
        "endedSessionsCount": 0,
        "linkedMailbox": {"address": LOGIN, "product": {"name": "bakery.example"}},
    }
    assert await opens(world, mailbox, NEW_PASSWORD) is also_mailbox
    assert await opens(world, mailbox, PASSWORD) is not also_mailbox


async def test_the_choice_is_known_beforehand(world: World) -> None:
    """USR7: by whoever manages the mailbox that is their login, and by nobody else; ORG4."""
    mailbox = await add_linked_mailbox(world)
    owner, stranger_user = await User.get(login=LOGIN), await world.add_user()
    asked = "{ viewer { linkedMailbox { address } } }"

    seen = [
        (await (await world.sign_in(user)).ask(asked)).data["viewer"]["linkedMailbox"]
        for user in (owner, stranger_user)
    ]
    await User.filter(id=owner.id).update(login_key="moved@example.org")
    await User.filter(id=stranger_user.id).update(login_key=mailbox.address_key)
    seen += [
        (await (await world.sign_in(user)).ask(asked)).data["viewer"]["linkedMailbox"]
        for user in (owner, stranger_user)
    ]

    assert seen == [{"address": LOGIN}, None, None, None]


async def test_without_a_mailbox_there_is_nothing_to_share(world: World) -> None:
    """USR7: NO_LINKED_MAILBOX, and the password stays; alone it changes without a warning. USR6."""
    client = await world.sign_in(await world.add_user("ada@example.org"))
    passwords = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}

    refused = await client.do("changePassword", alsoMailbox=True, **passwords)
    changed = await client.do("changePassword", CHANGED, **passwords)

    assert (refused.refused(), refused.result()["path"]) == ("NO_LINKED_MAILBOX", ["alsoMailbox"])
    assert changed.result()["affectsMailAccess"] is False
    assert changed.result()["linkedMailbox"] is None


async def test_the_refusals_of_a_new_password(world: World) -> None:
    """USR6: INVALID_CURRENT_PASSWORD, PASSWORD_TOO_WEAK with its reasons."""
    client = await world.sign_in(await world.add_user("ada.meier.geneva@example.org"))
    weakness = "... on PasswordTooWeak { reasons minimumLength }"

    wrong = await client.do("changePassword", currentPassword="wrong", newPassword=NEW_PASSWORD)
    weak = [
        (await client.do("changePassword", weakness, currentPassword=PASSWORD, newPassword=password)).result()
        for password in ("short", "x7" * 129, "password1234", "Ada.Meier.Geneva@example.org")
    ]

    assert wrong.refused() == "INVALID_CURRENT_PASSWORD"
    assert [(answer["code"], answer["reasons"]) for answer in weak] == [
        ("PASSWORD_TOO_WEAK", ["TOO_SHORT"]),
        ("PASSWORD_TOO_WEAK", ["TOO_LONG"]),
        ("PASSWORD_TOO_WEAK", ["TOO_COMMON"]),
        ("PASSWORD_TOO_WEAK", ["EQUALS_LOGIN"]),
    ]


async def test_a_mailbox_password_changes_alone_for_whoever_may_manage_its_product(world: World) -> None:
    """USR8, MEM4, MEM10: strangers NOT_FOUND, those who may look FORBIDDEN with MANAGE named."""
    mailbox = await add_linked_mailbox(world)
    company, product = await mailbox.organization, await mailbox.product
    stranger_user, looker, manager = [await world.add_user() for _ in range(3)]
    await world.add_member(company, looker, Role.COLLABORATOR, products={product: AccessLevel.VIEW})
    await world.add_member(company, manager, Role.EXTERNAL, kinds={ProductKind.MAIL_SERVICE: AccessLevel.MANAGE})
    wish = {"mailboxId": id_of(mailbox), "newPassword": NEW_PASSWORD}

    answers = [
        await (await world.sign_in(user)).do("changeMailboxPassword", **wish)
        for user in (stranger_user, looker, manager)
    ]

    assert answers[0].codes == ["NOT_FOUND"]
    assert answers[1].codes == ["FORBIDDEN"]
    assert answers[1].body["errors"][0]["extensions"]["requiredRight"] == "MANAGE"
    assert answers[2].result()["__typename"] == "ChangeMailboxPasswordSuccess"
    assert await opens(world, mailbox, NEW_PASSWORD)
    login = await world.stranger().do("logIn", email=LOGIN, password=PASSWORD)
    assert login.result()["__typename"] == "LogInSuccess"
