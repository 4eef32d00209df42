"""Changing the login, with every refusal on the way."""

import pytest

from models import User
from rules.letters import LetterKind
from rules.rights import Role
from tests.resolvers.people import last_secret, letters_to
from tests.world import PASSWORD, Answer, Client, World, id_of

pytestmark = pytest.mark.anyio

OLD, NEW = "ada@example.org", "ada@new.example"
WAITING = "... on RequestLoginChangeSuccess { confirmation { id kind address expiresAt settledAt } }"
CHANGED = """... on ConfirmLoginChangeSuccess { user { login } }
    ... on LoginEmailTaken { remedy onlyLegalRepresentativeOf { id name } }"""
WITHDRAW = "mutation { withdrawLoginChange { __typename ... on UserError { code } } }"


async def request(client: Client, new_email: str = NEW, password: str = PASSWORD) -> Answer:
    return await client.do("requestLoginChange", WAITING, newEmail=new_email, currentPassword=password)


async def confirm(client: Client) -> Answer:
    return await client.do("confirmLoginChange", CHANGED, secret=await last_secret(LetterKind.LOGIN_CHANGE))


async def test_the_login_changes_when_the_new_address_is_proven(world: World) -> None:
    """USR2, USR3: until then the old one stays, and what waits can be seen."""
    user = await world.add_user(OLD)
    desk, phone = await world.sign_in(user), await world.sign_in(user)

    waiting = (await request(desk)).result()["confirmation"]
    seen = await desk.ask("{ viewer { user { login } confirmations { nodes { id kind address } } } }")
    changed = await confirm(desk)

    assert (waiting["kind"], waiting["address"], waiting["settledAt"]) == ("LOGIN_CHANGE", NEW, None)
    assert seen.data["viewer"] == {
        "user": {"login": OLD},
        "confirmations": {"nodes": [{"id": waiting["id"], "kind": "LOGIN_CHANGE", "address": NEW}]},
    }
    assert await letters_to(OLD) == [LetterKind.LOGIN_CHANGE_NOTICE, LetterKind.LOGIN_CHANGED]
    assert await letters_to(NEW) == [LetterKind.LOGIN_CHANGE, LetterKind.LOGIN_CHANGED]
    assert changed.result()["user"] == {"login": NEW}
    assert (await phone.ask("{ viewer { user { login } } }")).codes == ["UNAUTHENTICATED"]
    assert (await world.stranger().do("logIn", email=OLD, password=PASSWORD)).refused() == "INVALID_CREDENTIALS"
    assert (await world.stranger().do("logIn", email=NEW, password=PASSWORD)).result()["__typename"] == "LogInSuccess"


async def test_a_wrong_password_is_refused_and_soon_not_even_looked_at(world: World) -> None:
    """USR2: INVALID_CURRENT_PASSWORD, throttled."""
    client = await world.sign_in(await world.add_user(OLD))

    refusals = [(await request(client, password="wrong")).refused() for _ in range(10)]
    throttled = await request(client)

    assert refusals == ["INVALID_CURRENT_PASSWORD"] * 10
    assert throttled.codes == ["RATE_LIMITED"]
    assert throttled.body["errors"][0]["extensions"]["retryAfterMs"] == 15 * 60 * 1000 + 1000
    world.clock.move(minutes=15)
    assert (await request(client)).result()["__typename"] == "RequestLoginChangeSuccess"


async def test_a_link_that_was_replaced_withdrawn_used_or_forgotten_is_over(world: World) -> None:
    """USR3: LOGIN_CHANGE_EXPIRED."""
    client = await world.sign_in(await world.add_user(OLD))
    await request(client, "first@new.example")
    replaced = await last_secret(LetterKind.LOGIN_CHANGE)
    await request(client)

    first = await client.do("confirmLoginChange", secret=replaced)
    withdrawn = [(await client.ask(WITHDRAW)).result()["__typename"], (await confirm(client)).refused()]
    none_left = await client.ask(WITHDRAW)
    await request(client)
    world.clock.move(hours=24)
    too_late = await confirm(client)
    await request(client)
    used = [await confirm(client), await confirm(client)]

    assert first.refused() == "LOGIN_CHANGE_EXPIRED"
    assert withdrawn == ["WithdrawLoginChangeSuccess", "LOGIN_CHANGE_EXPIRED"]
    assert none_left.refused() == "LOGIN_CHANGE_EXPIRED"
    assert too_late.refused() == "LOGIN_CHANGE_EXPIRED"
    assert used[0].result()["user"]["login"] == NEW
    assert used[1].refused() == "LOGIN_CHANGE_EXPIRED"


async def test_nobody_else_can_use_the_link(world: World) -> None:
    """USR3: bound to the user; whoever is not signed in is told to be."""
    client, other = await world.sign_in(await world.add_user(OLD)), await world.sign_in(await world.add_user())
    await request(client)

    assert (await confirm(other)).refused() == "LOGIN_CHANGE_EXPIRED"
    assert (await confirm(world.stranger())).codes == ["UNAUTHENTICATED"]


async def test_login_and_recovery_address_stay_two(world: World) -> None:
    """USR4: SAME_AS_RECOVERY_EMAIL in both directions, whatever the spelling, and again at confirmation."""
    client = await world.sign_in(await world.add_user(OLD))
    to_recovery = "... on ChangeRecoveryEmailSuccess { user { recoveryEmail } confirmation { kind } }"
    recovery = await client.do("changeRecoveryEmail", to_recovery, email="ada@bücher.example")
    await request(client, "ada@bücher.example")
    await client.do("confirmRecoveryEmail", secret=await last_secret(LetterKind.RECOVERY_EMAIL))

    confirmed_meanwhile = await confirm(client)
    asked = await request(client, "ADA@xn--bcher-kva.example")
    reverse = await client.do("changeRecoveryEmail", email="Ada@Example.org")

    assert recovery.result()["user"] == {"recoveryEmail": None}
    assert recovery.result()["confirmation"] == {"kind": "RECOVERY_EMAIL"}
    assert confirmed_meanwhile.refused() == "SAME_AS_RECOVERY_EMAIL"
    assert (asked.refused(), asked.result()["path"]) == ("SAME_AS_RECOVERY_EMAIL", ["newEmail"])
    assert (reverse.refused(), reverse.result()["path"]) == ("SAME_AS_RECOVERY_EMAIL", ["email"])


async def test_a_taken_address_is_refused_with_the_way_out_that_leads_there(world: World) -> None:
    """USR5, USR14: LOGIN_EMAIL_TAKEN only once the address is proven; then invite that account, and close this one."""
    old_account, other_account = await world.add_user(OLD), await world.add_user(NEW)
    company = await world.add_organization(old_account, "Bakery")
    client, other = await world.sign_in(old_account), await world.sign_in(other_account)

    asked = await request(client)
    taken = (await confirm(client)).result()
    invited = await client.do(
        "inviteMember",
        organizationId=id_of(company),
        email=NEW,
        role=Role.LEGAL_REPRESENTATIVE,
        idempotencyKey="the way out",
    )
    await other.do("acceptInvitation", secret=await last_secret(LetterKind.INVITATION))
    closed = await client.do("closeAccount", "... on CloseAccountSuccess { login }", password=PASSWORD)

    assert asked.result()["__typename"] == "RequestLoginChangeSuccess"
    assert (taken["code"], taken["remedy"]) == ("LOGIN_EMAIL_TAKEN", "INVITE_OTHER_ACCOUNT_THEN_CLOSE_THIS_ONE")
    assert taken["onlyLegalRepresentativeOf"] == [{"id": id_of(company), "name": "Bakery"}]
    assert invited.result()["__typename"] == "InviteMemberSuccess"
    assert closed.result()["login"] == OLD
    seen = await other.ask("{ viewer { organizations { nodes { name viewerMembership { role } } } } }")
    assert seen.data["viewer"]["organizations"]["nodes"] == [
        {"name": "Bakery", "viewerMembership": {"role": "LEGAL_REPRESENTATIVE"}}
    ]
    assert await User.filter(closed_at=None).count() == 1
