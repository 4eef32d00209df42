"""Creating organizations and changing their details."""

from dataclasses import replace

import pytest

from models import AuditEntry, Membership, Organization
from resolvers.organizations import DetailChanges, create_organization, update_organization
from rules.denials import Forbidden, NotFound, RateLimited, Unauthenticated
from rules.letters import LetterKind
from rules.locales import Locale
from rules.money import Currency
from rules.organizations import OrganizationDetails, OrganizationKind
from rules.policy import Policy
from rules.refusals import InvalidInput, ProblemCode
from rules.rights import Role
from tests.resolvers.companies import DETAILS, counts, events, found, join, last_event
from tests.resolvers.people import add_person, later, letters, letters_to, sign_in, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def test_the_creator_is_legal_representative_with_all_that_belongs_to_it() -> None:
    """ORG2, MEM2, RES6, RES8: one transaction makes organization, membership, event and audit entry."""
    caller = await sign_in(await add_person())

    organization = await create_organization(caller, details=DETAILS)

    membership = await Membership.get(organization_id=organization.id)
    assert (membership.user_id, membership.role, membership.billing) == (
        caller.user_id,
        Role.LEGAL_REPRESENTATIVE,
        True,
    )
    assert await counts(organization) == (1, 1)
    assert await events(organization) == ["ORGANIZATION_CREATED"]
    entry = await AuditEntry.get(organization_id=organization.id)
    assert (entry.user_id, entry.session_id) == (caller.user_id, caller.session_id)


async def test_a_natural_person_who_chooses_no_name_gives_their_own() -> None:
    """ORG2: first name and last name; a chosen name goes before."""
    caller = await sign_in(await add_person(first_name="Anna", last_name="Keller"))
    person = replace(DETAILS, kind=OrganizationKind.INDIVIDUAL, name=None)

    unnamed = await create_organization(caller, details=person)
    named = await create_organization(caller, details=replace(person, name="  Anna's   corner "))

    assert unnamed.name == "Anna Keller"
    assert named.name == "Anna's corner"


async def test_a_user_creates_several_organizations_and_belongs_to_all() -> None:
    """ORG3."""
    caller = await sign_in(await add_person())

    first = await create_organization(caller, details=DETAILS)
    second = await create_organization(caller, details=DETAILS)

    memberships = await Membership.filter(user_id=caller.user_id)
    assert {membership.organization_id for membership in memberships} == {first.id, second.id}


@pytest.mark.parametrize(
    ("country", "currency", "time_zone"),
    [
        ("CH", Currency.CHF, "Europe/Zurich"),
        ("LI", Currency.CHF, "Europe/Vaduz"),
        ("FR", Currency.EUR, "Europe/Paris"),
        ("de", Currency.EUR, "Europe/Berlin"),
        ("US", Currency.EUR, "Europe/Zurich"),
    ],
)
async def test_currency_and_time_zone_follow_the_country(country: str, currency: Currency, time_zone: str) -> None:
    """ORG5."""
    organization, _ = await found(country=country)

    assert (organization.currency, organization.time_zone) == (currency, time_zone)


async def test_all_problems_of_the_details_are_answered_at_once() -> None:
    caller = await sign_in(await add_person())
    wrong = OrganizationDetails(
        kind=OrganizationKind.COMPANY,
        street=" ",
        postal_code="1" * 21,
        city="Geneva\n",
        country="XX",
        time_zone="Europe/Nowhere",
    )

    with pytest.raises(InvalidInput) as refused:
        await create_organization(caller, details=wrong)

    assert {(problem.path[0], problem.code) for problem in refused.value.problems} == {
        ("name", ProblemCode.REQUIRED),
        ("street", ProblemCode.REQUIRED),
        ("postal_code", ProblemCode.TOO_LONG),
        ("country", ProblemCode.MALFORMED),
        ("time_zone", ProblemCode.MALFORMED),
    }
    assert await Organization.all().count() == 0


async def test_names_that_grow_when_folded_are_stored() -> None:
    """A single letter may fold into eighteen; the sort key is cut, the name is whole."""
    organization, _ = await found(name="\ufdfa" * 200)

    assert len(organization.name) == 200


async def test_organizations_are_limited_by_the_day() -> None:
    policy = Policy(organizations_maximum=2)
    caller = await sign_in(await add_person(), policy=policy)
    await create_organization(caller, details=DETAILS)
    await create_organization(later(caller, hours=1), details=DETAILS)

    with pytest.raises(RateLimited) as refused:
        await create_organization(later(caller, hours=2), details=DETAILS)
    await create_organization(later(caller, hours=24, seconds=1), details=DETAILS)

    assert refused.value.retry_after_seconds == 22 * 3600 + 1


async def test_nobody_creates_an_organization_without_a_session() -> None:
    with pytest.raises(Unauthenticated):
        await create_organization(stranger(), details=DETAILS)


async def test_a_change_of_details_is_mailed_to_every_legal_representative_in_their_language() -> None:
    """ORG7, ORG5, USR11: the currency follows the country; administrators get no mail."""
    organization, founder = await found()
    await join(organization, Role.LEGAL_REPRESENTATIVE, "second@example.com")
    await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    founder.user.locale = Locale.FR
    await founder.user.save()

    changes = DetailChanges(name="Alpine Works", country="FR", time_zone="Europe/Paris")
    changed = await update_organization(founder.caller, organization_id=organization.id, changes=changes)

    assert (changed.name, changed.currency) == ("Alpine Works", Currency.EUR)
    told = {letter.recipient: letter for letter in await letters() if letter.kind is LetterKind.DETAILS_CHANGED}
    assert set(told) == {"founder@example.com", "second@example.com"}
    assert told["founder@example.com"].locale is Locale.FR
    assert told["second@example.com"].facts["changes"] == [
        ["country", "CH", "FR"],
        ["name", "Lakeside Works", "Alpine Works"],
        ["time_zone", "Europe/Zurich", "Europe/Paris"],
        ["currency", "CHF", "EUR"],
    ]
    assert await last_event(organization) == (
        "ORGANIZATION_UPDATED",
        {
            "before": {"country": "CH", "name": "Lakeside Works", "time_zone": "Europe/Zurich", "currency": "CHF"},
            "after": {"country": "FR", "name": "Alpine Works", "time_zone": "Europe/Paris", "currency": "EUR"},
        },
    )


async def test_the_name_can_be_edited_and_is_found_under_its_new_spelling() -> None:
    """ORG2."""
    organization, founder = await found()

    await update_organization(founder.caller, organization_id=organization.id, changes=DetailChanges(name="Éclair"))

    stored = await Organization.get(id=organization.id)
    assert (stored.name, stored.name_sort) == ("Éclair", "eclair")


async def test_what_changes_nothing_tells_nobody() -> None:
    organization, founder = await found()

    changes = DetailChanges(name="Lakeside  Works ", country="CH")
    await update_organization(founder.caller, organization_id=organization.id, changes=changes)

    assert await events(organization) == ["ORGANIZATION_CREATED"]
    assert await letters_to("founder@example.com") == []


async def test_members_without_the_right_are_told_which_is_missing_and_strangers_nothing() -> None:
    """MEM10, ORG4."""
    organization, _ = await found()
    collaborator = await join(organization, Role.COLLABORATOR, "colleague@example.com", billing=True)
    _, other = await found("other@example.com")
    changes = DetailChanges(name="Mine now")

    with pytest.raises(Forbidden) as refused:
        await update_organization(collaborator.caller, organization_id=organization.id, changes=changes)
    with pytest.raises(NotFound):
        await update_organization(other.caller, organization_id=organization.id, changes=changes)

    assert refused.value.right == "ORGANIZATION"
    assert (await Organization.get(id=organization.id)).name == "Lakeside Works"
