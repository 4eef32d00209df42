"""Signing up: a person, a company, and an address that has an account already."""

from datetime import timedelta
from typing import Any

import pytest

from models import Organization, User
from rules.letters import LetterKind
from rules.locales import Locale
from tests.resolvers.people import last_secret, letters, letters_to
from tests.world import PASSWORD, START, Client, World

pytestmark = pytest.mark.anyio

SENT = "... on ConfirmationSent { address expiresAt }"
INSIDE = """... on ConfirmSignUpSuccess { secret session { application isCurrent } viewer {
    user { login name locale recoveryEmail }
    organizations { nodes { name kind currency vatNumber vatStatus viewerMembership { role hasBilling } } }
} }"""
COMPANY = {
    "kind": "COMPANY",
    "name": "Studio Lenoir",
    "street": "Rue du Lac 1",
    "postalCode": "75001",
    "city": "Paris",
    "country": "FR",
    "vatNumber": "FR40303265045",
}


async def sign_up(client: Client, email: str = "ines@example.org", **more: Any) -> Any:
    names = {"firstName": "Inès", "lastName": "Lenoir"}
    answer = await client.do("signUp", SENT, **{"email": email, "password": PASSWORD, **names, **more})
    return answer.result()


async def test_a_person_signs_up_and_is_in(world: World) -> None:
    """ORG1, USR1, USR3, USR11: nothing exists before the link; then one answer has it all."""
    stranger = world.stranger()

    sent = await sign_up(stranger, locale="FR")
    before = await stranger.do("logIn", email="ines@example.org", password=PASSWORD)
    secret = await last_secret(LetterKind.SIGN_UP)
    entered = await stranger.do("confirmSignUp", INSIDE, secret=secret, application="Desk")

    assert sent == {
        "__typename": "ConfirmationSent",
        "address": "ines@example.org",
        "expiresAt": (START + timedelta(hours=24)).isoformat(),
    }
    assert before.refused() == "INVALID_CREDENTIALS"
    result = entered.result()
    assert result["session"] == {"application": "Desk", "isCurrent": True}
    assert result["viewer"]["user"] == {
        "login": "ines@example.org",
        "name": "Inès Lenoir",
        "locale": "FR",
        "recoveryEmail": None,
    }
    assert result["viewer"]["organizations"]["nodes"] == []
    assert [letter.locale for letter in await letters()] == [Locale.FR]
    again = Client(world.http, result["secret"])
    assert (await again.ask("{ viewer { user { login } } }")).data["viewer"]["user"]["login"] == "ines@example.org"


async def test_a_company_signs_up_with_its_first_organization(world: World) -> None:
    """ORG1, ORG2, ORG5, ORG6, MEM2: its user is its legal representative."""
    stranger = world.stranger()
    world.registry.registered["FR40303265045"] = True
    await sign_up(stranger, organization=COMPANY)

    entered = await stranger.do("confirmSignUp", INSIDE, secret=await last_secret(LetterKind.SIGN_UP))

    assert entered.result()["viewer"]["organizations"]["nodes"] == [
        {
            "name": "Studio Lenoir",
            "kind": "COMPANY",
            "currency": "EUR",
            "vatNumber": "FR40303265045",
            "vatStatus": "VALID",
            "viewerMembership": {"role": "LEGAL_REPRESENTATIVE", "hasBilling": True},
        }
    ]


async def test_an_address_with_an_account_is_answered_alike_and_only_its_reader_knows(world: World) -> None:
    """ORG1, USR10."""
    await world.add_user("owner@example.org", locale=Locale.FR)
    stranger = world.stranger()

    fresh, taken = await sign_up(stranger), await sign_up(stranger, email="OWNER@example.org")

    assert {**taken, "address": ""} == {**fresh, "address": ""}
    assert await letters_to("owner@example.org") == [LetterKind.SIGN_UP_EXISTING]
    assert await User.all().count() == 1


async def test_a_link_works_once(world: World) -> None:
    """USR3: used, too old, invented."""
    stranger = world.stranger()
    await sign_up(stranger, organization=COMPANY)
    secret = await last_secret(LetterKind.SIGN_UP)
    await stranger.do("confirmSignUp", secret=secret)

    used = await stranger.do("confirmSignUp", secret=secret)
    await sign_up(stranger, email="late@example.org")
    world.clock.move(hours=24)
    late = await stranger.do("confirmSignUp", secret=await last_secret(LetterKind.SIGN_UP))
    invented = await stranger.do("confirmSignUp", secret="x" * 43)

    assert [answer.refused() for answer in (used, late, invented)] == ["LINK_EXPIRED"] * 3
    assert used.result()["path"] == ["secret"]
    assert await Organization.all().count() == 1


async def test_everything_that_is_wrong_is_said_at_once_in_the_readers_language(world: World) -> None:
    """USR6, USR11."""
    stranger = Client(world.http, language="fr-CH")
    problems = "... on InvalidInput { problems { path code limit } }"
    weak = "... on PasswordTooWeak { reasons minimumLength }"
    organization = {**COMPANY, "country": "XX", "city": "\u0007"}

    wrong = await stranger.do(
        "signUp", problems, email="ines@", password="x", firstName="", lastName="L" * 101, organization=organization
    )
    names = {"firstName": "Inès", "lastName": "Lenoir"}
    common = await stranger.do("signUp", weak, email="ines@example.org", password="password", **names)

    assert [(".".join(problem["path"]), problem["code"]) for problem in wrong.result()["problems"]] == [
        ("email", "MALFORMED"),
        ("firstName", "REQUIRED"),
        ("lastName", "TOO_LONG"),
        ("organization.city", "MALFORMED"),
        ("organization.country", "MALFORMED"),
    ]
    assert wrong.result()["message"] == "Certains champs sont à revoir."
    assert (common.result()["reasons"], common.result()["minimumLength"]) == (["TOO_SHORT"], 12)
    assert common.result()["path"] == ["password"]
    assert await letters() == []
