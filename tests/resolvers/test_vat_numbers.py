"""VAT numbers: which are taken, and what the registry says (ORG6)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from models import Organization
from resolvers.access import lock_organization
from resolvers.caller import Caller
from resolvers.organizations import DetailChanges, create_organization, update_organization
from resolvers.transactions import transaction
from resolvers.vat_numbers import read_vat_number
from rules.letters import LetterKind
from rules.organizations import OrganizationKind, VatStatus
from rules.refusals import VatNumberInvalid, VatNumberNotApplicable
from tests.resolvers.companies import DETAILS
from tests.resolvers.people import add_person, letters, sign_in

FRENCH = replace(DETAILS, country="FR", vat_number="FR 61 954 506 077")
GERMAN_NUMBER = "DE136695976"


@dataclass
class Registry:
    """A registry that answers the same for every number, and remembers what it was asked."""

    answer: bool | None
    asked: list[str] = field(default_factory=list)

    async def is_registered(self, vat_number: str) -> bool | None:
        self.asked.append(vat_number)
        return self.answer


async def caller_with(registry: Registry) -> Caller:
    return replace(await sign_in(await add_person()), vat_registry=registry)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("FR 61 954 506 077", "FR", "FR61954506077"),
        ("fr61954506077", "FR", "FR61954506077"),
        ("EL 094259216", "GR", "EL094259216"),
        (GERMAN_NUMBER, "DE", GERMAN_NUMBER),
        ("ATU 57194903", "AT", "ATU57194903"),
    ],
)
def test_a_number_has_one_spelling_with_its_country_in_front(text: str, country: str, number: str) -> None:
    """ORG6: format and check digits are checked without asking anybody; Greece writes EL."""
    assert read_vat_number(text, kind=OrganizationKind.COMPANY, country=country) == number


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("FR61954506078", "FR"),
        (GERMAN_NUMBER, "FR"),
        ("61954506077", "FR"),
        ("XI432525179", "IE"),
        ("EU372022452", "DE"),
        ("GR094259216", "GR"),
        ("", "FR"),
        ("FR\u0660\u0661", "FR"),
        ("FR" + "9" * 300, "FR"),
    ],
)
def test_wrong_digits_and_foreign_prefixes_are_invalid(text: str, country: str) -> None:
    """ORG6: VAT_NUMBER_INVALID."""
    with pytest.raises(VatNumberInvalid):
        read_vat_number(text, kind=OrganizationKind.COMPANY, country=country)


@pytest.mark.parametrize(
    ("kind", "country"),
    [
        (OrganizationKind.COMPANY, "CH"),
        (OrganizationKind.COMPANY, "LI"),
        (OrganizationKind.COMPANY, "US"),
        (OrganizationKind.COMPANY, "GB"),
        (OrganizationKind.INDIVIDUAL, "FR"),
    ],
)
def test_outside_the_union_and_for_individuals_no_number_is_taken(kind: OrganizationKind, country: str) -> None:
    """ORG6: VAT_NUMBER_NOT_APPLICABLE, with the country."""
    with pytest.raises(VatNumberNotApplicable) as refused:
        read_vat_number("FR61954506077", kind=kind, country=country)

    assert refused.value.country == country


@pytest.mark.anyio
@pytest.mark.usefixtures("database")
class TestStatus:
    """What becomes of a number that an organization has."""

    @pytest.mark.parametrize(
        ("answer", "status"), [(True, VatStatus.VALID), (False, VatStatus.INVALID), (None, VatStatus.UNVERIFIED)]
    )
    async def test_it_is_what_the_registry_says(self, answer: bool | None, status: VatStatus) -> None:
        """ORG6: only VALID gives reverse charge; a registry that is away leaves UNVERIFIED."""
        registry = Registry(answer)

        organization = await create_organization(await caller_with(registry), details=FRENCH)

        assert (organization.vat_number, organization.vat_status) == ("FR61954506077", status)
        assert registry.asked == ["FR61954506077"]

    async def test_a_number_that_does_not_fit_the_new_country_is_dropped(self) -> None:
        """ORG6, ORG7: and the legal representatives read so."""
        caller = await caller_with(Registry(True))
        organization = await create_organization(caller, details=FRENCH)

        await update_organization(caller, organization_id=organization.id, changes=DetailChanges(country="CH"))

        stored = await Organization.get(id=organization.id)
        assert (stored.vat_number, stored.vat_status) == (None, None)
        changes = [letter.facts["changes"] for letter in await letters() if letter.kind is LetterKind.DETAILS_CHANGED]
        assert ["vat_number", "FR61954506077", None] in changes[0]

    async def test_a_new_number_is_asked_about_and_a_kept_one_is_not(self) -> None:
        registry = Registry(True)
        caller = await caller_with(registry)
        organization = await create_organization(caller, details=FRENCH)
        registry.answer = False

        await update_organization(caller, organization_id=organization.id, changes=DetailChanges(city="Lyon"))
        kept = await Organization.get(id=organization.id)
        moved = DetailChanges(country="DE", vat_number=GERMAN_NUMBER)
        await update_organization(caller, organization_id=organization.id, changes=moved)
        renewed = await Organization.get(id=organization.id)

        assert kept.vat_status is VatStatus.VALID
        assert (renewed.vat_number, renewed.vat_status) == (GERMAN_NUMBER, VatStatus.INVALID)
        assert registry.asked == ["FR61954506077", GERMAN_NUMBER]

    async def test_giving_the_same_number_again_asks_the_registry_again(self) -> None:
        registry = Registry(None)
        caller = await caller_with(registry)
        organization = await create_organization(caller, details=FRENCH)
        registry.answer = True

        changes = DetailChanges(vat_number="FR61954506077")
        await update_organization(caller, organization_id=organization.id, changes=changes)

        assert (await Organization.get(id=organization.id)).vat_status is VatStatus.VALID

    async def test_what_the_registry_said_meanwhile_is_not_lost(self) -> None:
        """Somebody else asks again while an address is changed: that changes nothing of the answer."""
        registry = Registry(None)
        caller = await caller_with(registry)
        organization = await create_organization(caller, details=FRENCH)

        @asynccontextmanager
        async def somebody_else_holds_the_lock() -> AsyncIterator[None]:
            locked, over = asyncio.Event(), asyncio.Event()

            async def verify() -> None:
                async with transaction():
                    row = await lock_organization(organization.id)
                    locked.set()
                    await over.wait()
                    row.vat_status = VatStatus.VALID
                    await row.save(update_fields=["vat_status"])

            verifying = asyncio.create_task(verify())
            await locked.wait()
            yield
            over.set()
            await verifying

        async with somebody_else_holds_the_lock():
            changes = DetailChanges(city="Lyon")
            changing = asyncio.create_task(
                update_organization(caller, organization_id=organization.id, changes=changes)
            )
            await asyncio.sleep(0.1)  # long enough to have read, and to wait for the lock
        await changing

        stored = await Organization.get(id=organization.id)
        assert (stored.city, stored.vat_status) == ("Lyon", VatStatus.VALID)

    async def test_it_can_be_taken_away(self) -> None:
        caller = await caller_with(Registry(True))
        organization = await create_organization(caller, details=FRENCH)

        await update_organization(caller, organization_id=organization.id, changes=DetailChanges(vat_number=""))

        assert (await Organization.get(id=organization.id)).vat_number is None

    async def test_a_refused_number_changes_nothing(self) -> None:
        caller = await caller_with(Registry(True))
        organization = await create_organization(caller, details=FRENCH)

        with pytest.raises(VatNumberInvalid) as refused:
            changes = DetailChanges(name="Renamed", vat_number=GERMAN_NUMBER)
            await update_organization(caller, organization_id=organization.id, changes=changes)

        stored = await Organization.get(id=organization.id)
        assert refused.value.path == ("vat_number",)
        assert (stored.name, stored.vat_number) == ("Lakeside Works", "FR61954506077")
