"""Signing up: a link, and nothing before it is confirmed."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from models import AuditEntry, Confirmation, Event, Membership, Organization, OutboxMail, Session, User
from resolvers.caller import Caller
from resolvers.links import LinkSent, forget_old_links
from resolvers.sessions import find_session, log_in
from resolvers.signing_up import confirm_sign_up, sign_up
from rules.denials import RateLimited
from rules.events import AccountAction
from rules.letters import LetterKind
from rules.locales import Locale
from rules.organizations import OrganizationDetails, OrganizationKind
from rules.policy import Policy
from rules.refusals import (
    InvalidCredentials,
    InvalidInput,
    LinkExpired,
    PasswordTooWeak,
    PasswordWeakness,
    ProblemCode,
    VatNumberInvalid,
)
from rules.rights import Role
from tests.resolvers.people import (
    NEW_PASSWORD,
    NOW,
    PASSWORD,
    actions_of,
    add_person,
    last_secret,
    later,
    letters,
    letters_to,
    sign_in,
    stranger,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
STUDIO = OrganizationDetails(
    kind=OrganizationKind.COMPANY,
    name="Studio Keller",
    street="Rue du Lac 1",
    postal_code="75001",
    city="Paris",
    country="FR",
    vat_number="FR40303265045",
)


async def ask(
    caller: Caller | None = None,
    *,
    email: str = "anna@example.com",
    password: str = PASSWORD,
    first_name: str = "Anna",
    last_name: str = "Keller",
    locale: Locale | None = None,
    organization: OrganizationDetails | None = None,
) -> LinkSent:
    return await sign_up(
        caller or stranger(),
        email=email,
        password=password,
        first_name=first_name,
        last_name=last_name,
        locale=locale,
        organization=organization,
    )


async def test_nothing_exists_before_the_link_is_confirmed() -> None:
    """ORG1, USR3."""
    sent = await ask()

    assert (sent.address, sent.expires_at) == ("anna@example.com", later(stranger(), hours=24).now)
    assert await User.all().count() == 0
    assert await letters_to("anna@example.com") == [LetterKind.SIGN_UP]
    with pytest.raises(InvalidCredentials):
        await log_in(stranger(), email="anna@example.com", password=PASSWORD)


async def test_a_person_is_signed_up_and_signed_in_by_confirming() -> None:
    """ORG1, USR1, USR11: the user, an audit entry, an open session; the language is remembered."""
    await ask(first_name="  Anna  Maria ", locale=Locale.FR)

    opened = await confirm_sign_up(stranger(), secret=await last_secret(LetterKind.SIGN_UP), application="Desk")

    user = await User.get()
    assert (user.login, user.name, user.locale) == ("anna@example.com", "Anna Maria Keller", Locale.FR)
    assert await find_session(opened.secret, NOW, Policy()) == opened.viewer
    session = await Session.get()
    assert (session.user_id, session.application) == (user.id, "Desk")
    assert await Organization.all().count() == 0
    assert await actions_of(user) == [AccountAction.SIGNED_UP, AccountAction.LOGGED_IN]
    await log_in(stranger(), email="anna@example.com", password=PASSWORD)


async def test_an_organization_comes_with_the_user_in_one_transaction() -> None:
    """ORG1, ORG2, MEM2."""
    await ask(organization=STUDIO)

    await confirm_sign_up(stranger(), secret=await last_secret(LetterKind.SIGN_UP))

    user, organization, member = await User.get(), await Organization.get(), await Membership.get()
    assert (organization.name, organization.vat_number, organization.currency) == (
        "Studio Keller",
        "FR40303265045",
        "EUR",
    )
    assert (member.user_id, member.organization_id) == (user.id, organization.id)
    assert member.role is Role.LEGAL_REPRESENTATIVE
    assert (await Event.get()).actor_id == user.id


async def test_a_private_person_gives_the_organization_their_name() -> None:
    """ORG2: unless one is chosen."""
    home = replace(STUDIO, kind=OrganizationKind.INDIVIDUAL, name=None, country="CH", vat_number=None)
    await ask(organization=home)

    await confirm_sign_up(stranger(), secret=await last_secret(LetterKind.SIGN_UP))

    assert (await Organization.get()).name == "Anna Keller"


async def test_an_address_with_an_account_gets_the_same_answer_and_another_mail() -> None:
    """USR10: nothing is created, and the same number of rows is written for both."""
    await add_person("ben@example.com", locale=Locale.FR)
    fresh = await ask()
    rows = await Confirmation.all().count(), await OutboxMail.all().count()

    taken = await ask(email="Ben@example.com")

    assert (await Confirmation.all().count(), await OutboxMail.all().count()) == (rows[0] * 2, rows[1] * 2)
    assert taken.expires_at == fresh.expires_at
    [letter] = [letter for letter in await letters() if letter.recipient == "ben@example.com"]
    assert (letter.kind, letter.locale, letter.facts) == (LetterKind.SIGN_UP_EXISTING, Locale.FR, {})
    assert (await Confirmation.get(address_key="ben@example.com")).settled_at == NOW


async def test_all_input_problems_are_told_at_once_whether_the_account_exists_or_not() -> None:
    """USR10."""
    await add_person()

    for email in ("anna@example.com", "nobody@example.com"):
        with pytest.raises(InvalidInput) as refusal:
            await ask(
                email=email,
                password="short",
                first_name=" ",
                last_name="K" * 101,
                organization=replace(STUDIO, city="", country="XX"),
            )
        assert [(problem.path, problem.code) for problem in refusal.value.problems] == [
            (("first_name",), ProblemCode.REQUIRED),
            (("last_name",), ProblemCode.TOO_LONG),
            (("organization", "city"), ProblemCode.REQUIRED),
            (("organization", "country"), ProblemCode.MALFORMED),
        ]
        with pytest.raises(PasswordTooWeak):
            await ask(email=email, password="password1234")
    assert await letters() == []


@pytest.mark.parametrize("email", ["", "anna", "anna@", "a@b@example.com", "anna@example.com\r\nBcc: x@example.com"])
async def test_a_malformed_address_is_refused(email: str) -> None:
    """USR3, O5."""
    with pytest.raises(InvalidInput) as refusal:
        await ask(email=email)

    assert refusal.value.problems[0].path == ("email",)


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("short", [PasswordWeakness.TOO_SHORT]),
        ("eleven chrs", [PasswordWeakness.TOO_SHORT]),
        ("z8" * 128 + "z", [PasswordWeakness.TOO_LONG]),
        ("password1234", [PasswordWeakness.TOO_COMMON]),
        ("ANNA@example.com", [PasswordWeakness.EQUALS_LOGIN]),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", [PasswordWeakness.TOO_COMMON]),
    ],
)
async def test_a_weak_password_is_refused_with_its_reasons(password: str, reasons: list[PasswordWeakness]) -> None:
    """USR6."""
    with pytest.raises(PasswordTooWeak) as refusal:
        await ask(password=password)

    assert (list(refusal.value.reasons), refusal.value.minimum_length) == (reasons, 12)
    assert refusal.value.path == ("password",)


@pytest.mark.parametrize("password", ["twelve chars", "lac léman, 1815 ☃", "x9!" * 85 + "z"])
async def test_any_other_password_of_12_to_256_characters_is_taken(password: str) -> None:
    """USR6, S5: nothing is cut off."""
    await ask(password=password)
    await confirm_sign_up(stranger(), secret=await last_secret(LetterKind.SIGN_UP))

    await log_in(stranger(), email="anna@example.com", password=password)
    with pytest.raises(InvalidCredentials):
        await log_in(stranger(), email="anna@example.com", password=password[:-1])


async def test_a_vat_number_is_checked_before_anything_is_sent() -> None:
    """ORG6."""
    with pytest.raises(VatNumberInvalid) as refusal:
        await ask(organization=replace(STUDIO, vat_number="FR40303265046"))

    assert refusal.value.path == ("organization", "vat_number")
    assert await letters() == []


async def test_a_link_works_once_and_not_after_a_day() -> None:
    """USR3."""
    await ask()
    secret = await last_secret(LetterKind.SIGN_UP)

    with pytest.raises(LinkExpired):
        await confirm_sign_up(later(stranger(), hours=24), secret=secret)
    await confirm_sign_up(later(stranger(), hours=23.9), secret=secret)
    for wrong in (secret, secret[:-1], ""):
        with pytest.raises(LinkExpired) as refusal:
            await confirm_sign_up(stranger(), secret=wrong)
        assert refusal.value.path == ("secret",)
    assert await User.all().count() == 1


async def test_a_link_that_is_over_keeps_nothing_of_what_it_carried() -> None:
    await ask()
    assert "argon2" in (await Confirmation.get()).details

    await confirm_sign_up(stranger(), secret=await last_secret(LetterKind.SIGN_UP))

    assert (await Confirmation.get()).details == "{}"
    assert await forget_old_links(later(stranger(), days=30).now, Policy()) == 0
    assert await forget_old_links(later(stranger(), days=31, minutes=1).now, Policy()) == 1


async def test_whoever_confirms_first_ends_the_other_sign_ups_of_the_address() -> None:
    """Another's later sign-up does not spoil one's own link."""
    await ask()
    own = await last_secret(LetterKind.SIGN_UP)
    await ask(stranger(address="203.0.113.5"), password=NEW_PASSWORD, first_name="Mallory")
    foreign = await last_secret(LetterKind.SIGN_UP)

    await confirm_sign_up(stranger(), secret=own)

    with pytest.raises(LinkExpired):
        await confirm_sign_up(stranger(), secret=foreign)
    assert (await User.get()).first_name == "Anna"
    assert {link.details for link in await Confirmation.all()} == {"{}"}


async def test_an_address_that_became_a_login_meanwhile_ends_the_link() -> None:
    """USR5: without saying more."""
    await ask(organization=STUDIO)
    await add_person("anna@example.com")

    with pytest.raises(LinkExpired):
        await confirm_sign_up(stranger(), secret=await last_secret(LetterKind.SIGN_UP))

    assert await User.all().count() == 1
    assert await Organization.all().count() == 0


async def test_confirming_while_signed_in_as_somebody_else_makes_the_new_account_alone() -> None:
    ben = await sign_in(await add_person("ben@example.com"))
    await ask(organization=STUDIO)

    opened = await confirm_sign_up(ben, secret=await last_secret(LetterKind.SIGN_UP))

    assert opened.user.login == "anna@example.com"
    assert (await Membership.get()).user_id == opened.user.id
    assert not await AuditEntry.filter(user_id=opened.user.id, session_id=ben.session_id).exists()


@pytest.mark.parametrize("same_link", [True, False])
async def test_of_two_who_confirm_at_once_one_succeeds(same_link: bool) -> None:
    """L1 in spirit: the same link twice, or two links of one address."""
    for number in range(5):
        email = f"anna{number}@example.com"
        secrets = []
        for _ in range(2):
            await ask(email=email, organization=STUDIO)
            secrets.append(await last_secret(LetterKind.SIGN_UP))
        pair = [secrets[0], secrets[0] if same_link else secrets[1]]

        results = await asyncio.gather(
            *(confirm_sign_up(stranger(), secret=secret) for secret in pair), return_exceptions=True
        )

        assert sorted(type(result).__name__ for result in results) == ["LinkExpired", "OpenedSession"]
        assert await User.filter(login=email).count() == 1
    assert await Organization.all().count() == 5


async def test_an_address_is_not_flooded_and_nobody_notices() -> None:
    """USR10: the answer stays the same."""
    answers = [await ask() for _ in range(7)]

    assert len({answer.expires_at for answer in answers}) == 1
    assert len(await letters_to("anna@example.com")) == 5


async def test_one_network_cannot_sign_up_without_end() -> None:
    caller = stranger(policy=Policy(sign_in_attempts_per_address=3))
    for number in range(3):
        await ask(caller, email=f"anna{number}@example.com")

    with pytest.raises(RateLimited):
        await ask(caller)


async def test_judging_a_password_counts_as_an_attempt() -> None:
    """Finding out how good a password is takes time, which strangers cannot have without end."""
    caller = stranger(policy=Policy(sign_in_attempts_per_address=1))
    with pytest.raises(PasswordTooWeak):
        await ask(caller, password="password1234")

    with pytest.raises(RateLimited):
        await ask(caller, password="password1234")


async def test_the_request_is_in_the_audit_log_of_nobody() -> None:
    """RES8: every mutation leaves its entry, whatever the address."""
    await add_person("taken@example.com")

    for email in ("taken@example.com", "free@example.com"):
        await ask(email=email)

    entries = await AuditEntry.filter(action=AccountAction.SIGN_UP_REQUESTED)
    assert [(entry.user_id, entry.organization_id) for entry in entries] == [(None, None)] * 2
    assert {entry.subject for entry in entries} == {f"cnf_{row.id.hex}" for row in await Confirmation.all()}


async def test_no_secret_and_no_password_is_stored_readably() -> None:
    await ask()
    secret = await last_secret(LetterKind.SIGN_UP)

    stored = json.dumps(await Confirmation.all().values(), default=str)

    assert secret not in stored
    assert PASSWORD not in stored


@pytest.mark.parametrize("application", ["x" * 101, "two\nlines"])
async def test_confirming_refuses_a_name_that_no_session_can_bear(application: str) -> None:
    """And the link still works."""
    await ask()
    secret = await last_secret(LetterKind.SIGN_UP)

    with pytest.raises(InvalidInput) as refused:
        await confirm_sign_up(stranger(), secret=secret, application=application)

    assert {problem.path for problem in refused.value.problems} == {("application",)}
    assert (await confirm_sign_up(stranger(), secret=secret)).secret


async def test_the_longest_names_make_an_organizations_name() -> None:
    """ORG2: it is cut to what a name may be."""
    person = replace(STUDIO, kind=OrganizationKind.INDIVIDUAL, name=None, vat_number=None)
    await ask(first_name="A" * 100, last_name="B" * 100, organization=person)

    await confirm_sign_up(stranger(), secret=await last_secret(LetterKind.SIGN_UP))

    assert (await Organization.get()).name == "A" * 100 + " " + "B" * 99


async def test_what_an_expired_sign_up_carried_is_forgotten() -> None:
    """Nobody's password hash is kept for a sign-up that nobody confirmed."""
    await ask()
    link = await Confirmation.get()
    assert "password_hash" in link.details

    await forget_old_links(NOW + timedelta(hours=25), Policy())

    await link.refresh_from_db()
    assert link.details == "{}"
