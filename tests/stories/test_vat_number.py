"""VAT numbers: a French company, a Swiss one, and a move."""

import pytest

from rules.letters import LetterKind
from tests.resolvers.people import letters_to
from tests.world import Client, World

pytestmark = pytest.mark.anyio

SHOWN = "{ id name address { country } currency vatNumber vatStatus }"
CREATED = f"... on CreateOrganizationSuccess {{ organization {SHOWN} }}"
UPDATED = f"... on UpdateOrganizationSuccess {{ organization {SHOWN} }}"
COMPANY = {"kind": "COMPANY", "name": "Boulangerie", "street": "Rue Basse 2", "postalCode": "69001", "city": "Lyon"}


async def flora(world: World) -> Client:
    return await world.sign_in(await world.add_user("flora@example.org"))


async def test_a_french_company_is_verified_moves_to_switzerland_and_loses_its_number(world: World) -> None:
    """ORG5, ORG6, ORG7."""
    client = await flora(world)
    world.registry.registered["FR61954506077"] = True

    created = await client.do("createOrganization", CREATED, country="FR", vatNumber="fr 61 954 506 077", **COMPANY)
    organization = created.result()["organization"]
    moved = await client.do("updateOrganization", UPDATED, organizationId=organization["id"], country="CH")

    assert (organization["vatNumber"], organization["vatStatus"], organization["currency"]) == (
        "FR61954506077",
        "VALID",
        "EUR",
    )
    assert moved.result()["organization"] == {
        "id": organization["id"],
        "name": "Boulangerie",
        "address": {"country": "CH"},
        "currency": "CHF",
        "vatNumber": None,
        "vatStatus": None,
    }
    assert await letters_to("flora@example.org") == [LetterKind.DETAILS_CHANGED]


@pytest.mark.parametrize(("registered", "status"), [(None, "UNVERIFIED"), (False, "INVALID")])
async def test_a_number_that_the_registry_does_not_confirm_is_kept_as_such(
    world: World, registered: bool | None, status: str
) -> None:
    """ORG6: only VALID gives reverse charge."""
    if registered is not None:
        world.registry.registered["FR61954506077"] = registered

    created = await (await flora(world)).do(
        "createOrganization", CREATED, country="FR", vatNumber="FR61954506077", **COMPANY
    )

    assert created.result()["organization"]["vatStatus"] == status


async def test_swiss_companies_individuals_and_wrong_numbers_are_refused(world: World) -> None:
    """ORG6: VAT_NUMBER_NOT_APPLICABLE, VAT_NUMBER_INVALID, at their field."""
    client = await flora(world)
    number = "FR61954506077"
    individual = {**COMPANY, "kind": "INDIVIDUAL"}
    facts = "... on VatNumberNotApplicable { country }"

    swiss = await client.do("createOrganization", facts, country="CH", vatNumber=number, **COMPANY)
    person = await client.do("createOrganization", country="FR", vatNumber=number, **individual)
    german = await client.do("createOrganization", country="DE", vatNumber=number, **COMPANY)
    digits = await client.do("createOrganization", country="FR", vatNumber="FR61954506078", **COMPANY)

    assert (swiss.refused(), swiss.result()["country"]) == ("VAT_NUMBER_NOT_APPLICABLE", "CH")
    assert person.refused() == "VAT_NUMBER_NOT_APPLICABLE"
    assert [german.refused(), digits.refused()] == ["VAT_NUMBER_INVALID"] * 2
    assert digits.result()["path"] == ["vatNumber"]
    assert (await client.ask("{ organizations { totalCount } }")).data["organizations"]["totalCount"] == 0


async def test_a_number_is_taken_away_by_null_and_left_alone_when_it_is_not_named(world: World) -> None:
    client = await flora(world)
    created = await client.do("createOrganization", CREATED, country="FR", vatNumber="FR61954506077", **COMPANY)
    key = created.result()["organization"]["id"]

    renamed = await client.do("updateOrganization", UPDATED, organizationId=key, name="Boulangerie du Port")
    emptied = await client.do("updateOrganization", UPDATED, organizationId=key, vatNumber=None)

    assert renamed.result()["organization"]["vatNumber"] == "FR61954506077"
    assert renamed.result()["organization"]["name"] == "Boulangerie du Port"
    assert emptied.result()["organization"]["vatNumber"] is None


async def test_all_problems_of_an_organization_come_at_once(world: World) -> None:
    problems = "... on InvalidInput { problems { path code limit } }"

    answer = await (await flora(world)).do(
        "createOrganization", problems, kind="COMPANY", street="", postalCode="1", city="x" * 101, country="ZZ"
    )

    assert answer.result()["problems"] == [
        {"path": ["name"], "code": "REQUIRED", "limit": None},
        {"path": ["street"], "code": "REQUIRED", "limit": 1},
        {"path": ["city"], "code": "TOO_LONG", "limit": 100},
        {"path": ["country"], "code": "MALFORMED", "limit": None},
    ]
