"""Changing what members may do, removing them, and leaving."""

import pytest

from models import AuditEntry, Membership, Organization, ProductGrant
from resolvers.grants import grants_of_membership
from resolvers.memberships import (
    ContactPreferences,
    leave_organization,
    remove_member,
    update_contact_preferences,
    update_membership,
)
from rules.denials import Forbidden, NotFound
from rules.grants import Grant
from rules.kinds import ProductKind
from rules.letters import LetterKind
from rules.refusals import InvalidInput, LastLegalRepresentative, LastMember, ProblemCode, RoleNotGrantable
from rules.rights import AccessLevel, Right, Role
from tests.resolvers.companies import add_product, counts, events, found, join, last_event
from tests.resolvers.people import letters, letters_to

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
HOSTINGS = Grant(AccessLevel.MANAGE, kind=ProductKind.WEB_HOSTING)


async def test_a_collaborator_gets_billing_and_grants_and_is_told_by_mail() -> None:
    """MEM1, MEM4, MEM7: the billing right is independent of product access."""
    organization, founder = await found()
    product = await add_product(organization)
    member = await join(organization, Role.COLLABORATOR, "colleague@example.com")
    grants = [Grant(AccessLevel.VIEW, product_id=product.id), Grant(AccessLevel.MANAGE, kind=ProductKind.DOMAIN_NAME)]

    changed = await update_membership(founder.caller, membership_id=member.membership.id, billing=True, grants=grants)

    assert (changed.role, changed.billing) == (Role.COLLABORATOR, True)
    assert set(await grants_of_membership(changed)) == set(grants)
    letter = (await letters())[-1]
    assert (letter.kind, letter.recipient) == (LetterKind.ROLE_CHANGED, "colleague@example.com")
    assert letter.facts == {
        "first_name": "Colleague",
        "organization": "Lakeside Works",
        "role": "COLLABORATOR",
        "billing": True,
        "products": ["lakeside.example", "DOMAIN_NAME"],
    }
    kind, data = await last_event(organization)
    assert kind == "MEMBERSHIP_UPDATED"
    assert (data["before"]["billing"], data["after"]["billing"]) == (False, True)
    assert await AuditEntry.filter(action="MEMBERSHIP_UPDATED", user_id=founder.user.id).count() == 1


async def test_grants_are_replaced_as_a_whole_and_kept_when_left_out() -> None:
    """MEM4: a grant that stays keeps its row; MANAGE after VIEW is a new one."""
    organization, founder = await found()
    product = await add_product(organization)
    view = Grant(AccessLevel.VIEW, product_id=product.id)
    member = await join(organization, Role.EXTERNAL, "external@example.com", view, HOSTINGS)
    before = await ProductGrant.get(kind=ProductKind.WEB_HOSTING)
    key = member.membership.id

    kept = await update_membership(founder.caller, membership_id=key, role=Role.COLLABORATOR)
    grants_kept = await grants_of_membership(kept)
    manage = Grant(AccessLevel.MANAGE, product_id=product.id)
    await update_membership(founder.caller, membership_id=key, grants=[HOSTINGS, manage])

    assert set(grants_kept) == {view, HOSTINGS}
    assert set(await grants_of_membership(kept)) == {HOSTINGS, manage}
    assert await ProductGrant.filter(id=before.id).exists()


async def test_whoever_comes_to_see_everything_loses_the_grants() -> None:
    """MEM2: administrators reach all products and hold the billing right."""
    organization, founder = await found()
    member = await join(organization, Role.COLLABORATOR, "colleague@example.com", HOSTINGS)

    promoted = await update_membership(founder.caller, membership_id=member.membership.id, role=Role.ADMINISTRATOR)

    assert (promoted.role, promoted.billing) == (Role.ADMINISTRATOR, True)
    assert await ProductGrant.all().count() == 0
    assert (await letters())[-1].facts["products"] is None


async def test_whoever_stops_being_administrator_keeps_no_billing_right_by_accident() -> None:
    organization, founder = await found()
    member = await join(organization, Role.ADMINISTRATOR, "admin@example.com")

    demoted = await update_membership(founder.caller, membership_id=member.membership.id, role=Role.COLLABORATOR)

    assert demoted.billing is False


@pytest.mark.parametrize(
    ("role", "billing", "grants", "path", "code"),
    [
        (Role.EXTERNAL, True, [], ("billing",), ProblemCode.NOT_ALLOWED),
        (Role.ADMINISTRATOR, False, [], ("billing",), ProblemCode.NOT_ALLOWED),
        (Role.ADMINISTRATOR, None, [HOSTINGS], ("grants",), ProblemCode.NOT_ALLOWED),
        (Role.EXTERNAL, None, [HOSTINGS, HOSTINGS], ("grants", "1"), ProblemCode.DUPLICATE),
        (Role.EXTERNAL, None, [Grant(AccessLevel.VIEW)], ("grants", "0", "product_id"), ProblemCode.REQUIRED),
    ],
)
async def test_what_does_not_fit_the_role_is_refused(
    role: Role, billing: bool | None, grants: list[Grant], path: tuple[str, ...], code: ProblemCode
) -> None:
    """MEM2: externals never hold billing, administrators always, and those who see everything take no grants."""
    organization, founder = await found()
    member = await join(organization, Role.COLLABORATOR, "colleague@example.com")

    with pytest.raises(InvalidInput) as refused:
        await update_membership(
            founder.caller, membership_id=member.membership.id, role=role, billing=billing, grants=grants
        )

    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(path, code)]
    assert (await Membership.get(id=member.membership.id)).role is Role.COLLABORATOR


async def test_grants_reach_no_product_of_another_organization() -> None:
    """ORG4: a foreign product answers like one that does not exist."""
    organization, founder = await found()
    member = await join(organization, Role.COLLABORATOR, "colleague@example.com")
    other, _ = await found("other@example.com")
    foreign = await add_product(other)

    with pytest.raises(NotFound):
        grants = [Grant(AccessLevel.VIEW, product_id=foreign.id)]
        await update_membership(founder.caller, membership_id=member.membership.id, grants=grants)


async def test_only_legal_representatives_give_and_take_the_legal_role() -> None:
    """MEM3: ROLE_NOT_GRANTABLE, naming the role."""
    organization, founder = await found()
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    member = await join(organization, Role.COLLABORATOR, "colleague@example.com")
    key, founders = member.membership.id, founder.membership.id

    with pytest.raises(RoleNotGrantable) as given:
        await update_membership(admin.caller, membership_id=key, role=Role.LEGAL_REPRESENTATIVE)
    with pytest.raises(RoleNotGrantable) as taken:
        await update_membership(admin.caller, membership_id=founders, role=Role.ADMINISTRATOR)
    with pytest.raises(RoleNotGrantable):
        await remove_member(admin.caller, membership_id=founders)
    promoted = await update_membership(founder.caller, membership_id=key, role=Role.LEGAL_REPRESENTATIVE)

    assert {given.value.role, taken.value.role} == {Role.LEGAL_REPRESENTATIVE}
    assert promoted.role is Role.LEGAL_REPRESENTATIVE
    assert await counts(organization) == (3, 2)


async def test_an_administrator_manages_those_who_are_no_legal_representatives() -> None:
    """MEM10."""
    organization, _ = await found()
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    second = await join(organization, Role.ADMINISTRATOR, "second@example.com")

    await update_membership(admin.caller, membership_id=second.membership.id, role=Role.EXTERNAL)
    await remove_member(admin.caller, membership_id=second.membership.id)

    assert await counts(organization) == (2, 1)


async def test_the_last_legal_representative_is_neither_demoted_nor_removed_nor_leaves() -> None:
    """MEM3, ORG8: LAST_LEGAL_REPRESENTATIVE names the organization; with a second one, the first may go."""
    organization, founder = await found()
    second = await join(organization, Role.ADMINISTRATOR, "second@example.com")
    key = founder.membership.id

    with pytest.raises(LastLegalRepresentative) as demoted:
        await update_membership(founder.caller, membership_id=key, role=Role.ADMINISTRATOR)
    with pytest.raises(LastLegalRepresentative):
        await remove_member(founder.caller, membership_id=key)
    with pytest.raises(LastLegalRepresentative):
        await leave_organization(founder.caller, organization_id=organization.id)
    await update_membership(founder.caller, membership_id=second.membership.id, role=Role.LEGAL_REPRESENTATIVE)
    await leave_organization(founder.caller, organization_id=organization.id)

    assert [named.name for named in demoted.value.organizations] == ["Lakeside Works"]
    assert await counts(organization) == (1, 1)


async def test_the_last_member_cannot_leave() -> None:
    """ORG8: LAST_MEMBER."""
    organization, founder = await found()

    with pytest.raises(LastMember) as refused:
        await leave_organization(founder.caller, organization_id=organization.id)

    assert [named.id for named in refused.value.organizations] == [organization.id]


async def test_a_removed_member_has_no_rights_left_and_is_told() -> None:
    """MEM7: at once, with all grants."""
    organization, founder = await found()
    admin = await join(organization, Role.ADMINISTRATOR, "admin@example.com")
    member = await join(organization, Role.EXTERNAL, "external@example.com", HOSTINGS)

    await remove_member(founder.caller, membership_id=member.membership.id)
    await remove_member(founder.caller, membership_id=admin.membership.id)

    with pytest.raises(NotFound):
        await update_membership(admin.caller, membership_id=founder.membership.id, role=Role.EXTERNAL)
    assert await ProductGrant.all().count() == 0
    assert await letters_to("external@example.com") == [LetterKind.MEMBER_REMOVED]
    assert await counts(organization) == (1, 1)
    assert (await events(organization))[-2:] == ["MEMBER_REMOVED", "MEMBER_REMOVED"]


async def test_leaving_is_an_event_of_its_own() -> None:
    """ORG8."""
    organization, _ = await found()
    member = await join(organization, Role.EXTERNAL, "external@example.com")

    await leave_organization(member.caller, organization_id=organization.id)

    assert (await events(organization))[-1] == "MEMBER_LEFT"
    assert not await Membership.filter(user_id=member.user.id).exists()


async def test_members_without_the_right_are_told_which_and_strangers_find_nothing() -> None:
    """MEM10, ORG4."""
    organization, founder = await found()
    member = await join(organization, Role.COLLABORATOR, "colleague@example.com", billing=True)
    _, other = await found("other@example.com")
    key = founder.membership.id

    with pytest.raises(Forbidden) as refused:
        await remove_member(member.caller, membership_id=key)
    with pytest.raises(Forbidden):
        await update_membership(member.caller, membership_id=member.membership.id, grants=[HOSTINGS])
    with pytest.raises(NotFound):
        await remove_member(other.caller, membership_id=key)
    with pytest.raises(NotFound):
        await leave_organization(other.caller, organization_id=organization.id)

    assert refused.value.right is Right.MEMBERS


async def test_contact_preferences_are_everybodys_own() -> None:
    """MEM8."""
    organization, founder = await found()
    member = await join(organization, Role.EXTERNAL, "external@example.com")

    changed = await update_contact_preferences(
        member.caller, membership_id=member.membership.id, billing_reminders=False
    )
    with pytest.raises(Forbidden):
        await update_contact_preferences(founder.caller, membership_id=member.membership.id, billing_reminders=True)

    assert (changed.billing_reminders, changed.product_events) == (False, True)
    assert await last_event(organization) == (
        "CONTACT_PREFERENCES_UPDATED",
        {"billing_reminders": False, "product_events": True},
    )


async def test_the_only_legal_representative_keeps_the_reminders() -> None:
    """MEM8: they cannot be switched off, and come back for whoever becomes the only one."""
    organization, founder = await found()
    quiet = ContactPreferences(billing_reminders=False)
    second = await join(organization, Role.LEGAL_REPRESENTATIVE, "second@example.com", preferences=quiet)

    off = await update_contact_preferences(founder.caller, membership_id=founder.membership.id, billing_reminders=False)
    await leave_organization(founder.caller, organization_id=organization.id)
    with pytest.raises(LastLegalRepresentative) as refused:
        await update_contact_preferences(
            second.caller, membership_id=second.membership.id, billing_reminders=False, product_events=False
        )

    remaining = await Membership.get(id=second.membership.id)
    assert off.billing_reminders is False
    assert (remaining.billing_reminders, remaining.product_events) == (True, True)
    assert refused.value.path == ("billing_reminders",)


async def test_what_changes_nothing_tells_nobody() -> None:
    organization, founder = await found()
    member = await join(organization, Role.EXTERNAL, "external@example.com", HOSTINGS)
    before = await events(organization)

    await update_membership(
        founder.caller, membership_id=member.membership.id, role=Role.EXTERNAL, billing=False, grants=[HOSTINGS]
    )
    await update_contact_preferences(member.caller, membership_id=member.membership.id, product_events=True)

    assert await events(organization) == before
    assert await letters_to("external@example.com") == []


async def test_deleted_organizations_have_no_members_to_change() -> None:
    organization, founder = await found()
    await Organization.filter(id=organization.id).update(deleted_at=founder.caller.now)

    with pytest.raises(NotFound):
        await leave_organization(founder.caller, organization_id=organization.id)
