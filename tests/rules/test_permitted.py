"""What may be done, asked of every role."""

from uuid import UUID

import pytest

from rules.denials import Forbidden
from rules.permitted import (
    Obstacle,
    refuse,
    why_not_give_role,
    why_not_invite_members,
    why_not_leave,
    why_not_manage_product,
    why_not_resend_invitation,
    why_not_revoke_invitation,
    why_not_switch_off_reminders,
    why_not_take_role,
    why_not_update_contact_preferences,
    why_not_update_organization,
)
from rules.refusals import NamedOrganization, Remedy
from rules.rights import Right, Role
from rules.viewer import Standing

HERE = NamedOrganization(UUID(int=1), "Lakeside Works")
LEGAL, ADMINISTRATOR, COLLABORATOR, EXTERNAL = Role


def standing(role: Role, *, members: int = 5, legal: int = 2, billing: bool = False) -> Standing:
    return Standing(HERE, UUID(int=2), role, billing, members, legal)


def code_of(obstacle: Obstacle | None) -> str | None:
    return None if obstacle is None else str(obstacle.code)


@pytest.mark.parametrize(
    ("role", "code"), [(LEGAL, None), (ADMINISTRATOR, None), (COLLABORATOR, "FORBIDDEN"), (EXTERNAL, "FORBIDDEN")]
)
def test_those_who_hold_all_rights_change_the_organization_and_invite(role: Role, code: str | None) -> None:
    """MEM2, MEM10: the billing right opens neither."""
    viewer = standing(role, billing=role is COLLABORATOR)

    assert code_of(why_not_update_organization(viewer)) == code
    assert code_of(why_not_invite_members(viewer)) == code
    assert code_of(why_not_revoke_invitation(viewer, pending=True)) == code
    assert code_of(why_not_resend_invitation(viewer, COLLABORATOR, billing=False, pending=True)) == code


@pytest.mark.parametrize(
    ("viewer", "code"),
    [
        (standing(LEGAL, members=1, legal=1), "LAST_MEMBER"),
        (standing(LEGAL, legal=1), "LAST_LEGAL_REPRESENTATIVE"),
        (standing(LEGAL), None),
        (standing(ADMINISTRATOR, legal=1), None),
        (standing(EXTERNAL, legal=1), None),
    ],
)
def test_who_may_leave(viewer: Standing, code: str | None) -> None:
    """ORG8."""
    assert code_of(why_not_leave(viewer)) == code


@pytest.mark.parametrize(
    ("viewer", "given", "code"),
    [
        (LEGAL, LEGAL, None),
        (ADMINISTRATOR, LEGAL, "ROLE_NOT_GRANTABLE"),
        (ADMINISTRATOR, ADMINISTRATOR, None),
        (ADMINISTRATOR, EXTERNAL, None),
        (COLLABORATOR, EXTERNAL, "FORBIDDEN"),
    ],
)
def test_nobody_gives_more_than_they_hold(viewer: Role, given: Role, code: str | None) -> None:
    """MEM3, MEM6."""
    assert code_of(why_not_give_role(standing(viewer), given, billing=True)) == code


@pytest.mark.parametrize(
    ("viewer", "taken", "code"),
    [
        (standing(LEGAL), LEGAL, None),
        (standing(LEGAL, legal=1), LEGAL, "LAST_LEGAL_REPRESENTATIVE"),
        (standing(LEGAL, legal=1), ADMINISTRATOR, None),
        (standing(ADMINISTRATOR), LEGAL, "ROLE_NOT_GRANTABLE"),
        (standing(ADMINISTRATOR, legal=1), LEGAL, "ROLE_NOT_GRANTABLE"),
        (standing(ADMINISTRATOR), ADMINISTRATOR, None),
        (standing(EXTERNAL), EXTERNAL, "FORBIDDEN"),
    ],
)
def test_who_takes_which_role(viewer: Standing, taken: Role, code: str | None) -> None:
    """MEM3: only a legal representative takes that role, and never the last one."""
    assert code_of(why_not_take_role(viewer, taken)) == code


def test_an_invitation_that_is_over_is_neither_sent_again_nor_revoked() -> None:
    """MEM6; whoever lacks the right is told that first."""
    over = [
        why_not_revoke_invitation(standing(LEGAL), pending=False),
        why_not_resend_invitation(standing(LEGAL), EXTERNAL, billing=False, pending=False),
    ]

    assert [code_of(each) for each in over] == ["INVITATION_NOT_PENDING"] * 2
    assert code_of(why_not_revoke_invitation(standing(EXTERNAL), pending=False)) == "FORBIDDEN"
    legal = why_not_resend_invitation(standing(ADMINISTRATOR), LEGAL, billing=True, pending=False)
    assert code_of(legal) == "ROLE_NOT_GRANTABLE"


def test_contact_preferences_are_ones_own_and_the_only_legal_representative_keeps_the_reminders() -> None:
    """MEM8."""
    assert why_not_update_contact_preferences(own=True) is None
    assert code_of(why_not_update_contact_preferences(own=False)) == "FORBIDDEN"
    assert why_not_switch_off_reminders(standing(LEGAL)) is None
    assert why_not_switch_off_reminders(standing(COLLABORATOR, legal=1)) is None
    kept = why_not_switch_off_reminders(standing(LEGAL, legal=1))
    assert code_of(kept) == "LAST_LEGAL_REPRESENTATIVE"
    assert getattr(kept, "remedy", None) is Remedy.NAME_ANOTHER_LEGAL_REPRESENTATIVE


def test_changing_a_product_asks_for_manage_on_it() -> None:
    """MEM10."""
    obstacle = why_not_manage_product(frozenset({Right.VIEW}))

    assert isinstance(obstacle, Forbidden)
    assert obstacle.right is Right.MANAGE
    assert why_not_manage_product(frozenset({Right.VIEW, Right.MANAGE})) is None


def test_refusing_raises_what_stands_in_the_way_and_nothing_else() -> None:
    refuse(None)
    with pytest.raises(Forbidden):
        refuse(Forbidden(Right.LEGAL))
