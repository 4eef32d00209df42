"""Signing up: nothing exists before the link is opened, and the answer is the same for every address (ORG1, USR10)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta

from models import Confirmation, ConfirmationKind, ConfirmationOutcome
from resolvers.accounts import LoginIsTaken, add_user, check_names, find_account
from resolvers.caller import Caller
from resolvers.email_addresses import EmailAddress, read_email_address
from resolvers.links import SPENT, LinkSent, confirm_link, find_link, make_link
from resolvers.organizations import add_organization, read_details
from resolvers.passwords import check_new_password
from resolvers.records import post_letter, record_account_action
from resolvers.sessions import OpenedSession, check_application, open_session
from resolvers.throttle import admit_mail, admit_stranger
from resolvers.transactions import transaction
from resolvers.vat_numbers import ask_registry
from rules.checks import refuse_problems
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.locales import Locale
from rules.names import one_line
from rules.organizations import OrganizationDetails, OrganizationKind
from rules.refusals import InvalidInput, LinkExpired, Problem, ProblemCode
from rules.viewer import ANONYMOUS, Viewer


async def sign_up(
    caller: Caller,
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    locale: Locale | None = None,
    organization: OrganizationDetails | None = None,
) -> LinkSent:
    """Send a link that makes a user, and an organization when its details are given, once it is opened and confirmed.

    An address that has an account gets a mail that says so; whoever asks cannot tell, neither by the answer nor by
    its time (ORG1, USR3, USR10). Beyond the hourly number of mails nothing is sent and nothing else differs. Refuses
    with InvalidInput, PasswordTooWeak and the refusals of VAT numbers; RateLimited by network.
    """
    address = read_email_address(email)
    details, problems = _read_organization(organization)
    refuse_problems(_check_email(address), check_names(first_name, last_name), iter(problems))
    assert address is not None
    await admit_stranger(caller)
    await check_new_password(caller, password, login=address.text, names=(first_name, last_name), path=("password",))
    may_be_mailed = await admit_mail(caller, address.key)
    content = {
        "first_name": one_line(first_name),
        "last_name": one_line(last_name),
        "locale": locale or caller.locale,
        "password_hash": await caller.passwords.hash(password),
        "organization": asdict(details) if details else None,
    }
    lifetime = timedelta(hours=caller.policy.sign_up_hours)
    if may_be_mailed:
        await _send_link(caller, address, content, lifetime)
    return LinkSent(address=address.text, expires_at=caller.now + lifetime)


async def confirm_sign_up(caller: Caller, *, secret: str, application: str = "") -> OpenedSession:
    """Make the user, and the organization that came with the sign-up, and open a session as logging in does.

    Several sign-ups of one address are all open until one is confirmed, so that nobody can spoil another's link; then
    the others end. Refuses with InvalidInput, and with LinkExpired a link that is unknown, used, too old, or whose
    address has become the login of an account meanwhile (ORG1, USR3).
    """
    refuse_problems(check_application(application))
    link = await find_link(caller, ConfirmationKind.SIGN_UP, secret)
    if link is None:
        raise LinkExpired(path=("secret",))
    content = json.loads(link.details)
    organization = _organization_in(content)
    vat_status = await ask_registry(caller, organization.vat_number) if organization else None
    # Whoever opens the link may be signed in as somebody else; that has nothing to do with the new account.
    newcomer = replace(caller, viewer=ANONYMOUS, locale=Locale(content["locale"]))
    try:
        async with transaction():
            await _take_link(newcomer, link)
            user = await add_user(
                newcomer,
                EmailAddress(text=link.address, key=link.address_key),
                content["password_hash"],
                first_name=content["first_name"],
                last_name=content["last_name"],
                locale=newcomer.locale,
            )
            newcomer = replace(newcomer, viewer=Viewer(user_id=user.id))
            if organization is not None:
                await add_organization(newcomer, organization, user, vat_status)
            return await open_session(newcomer, user, application)
    except LoginIsTaken:
        raise LinkExpired(path=("secret",)) from None


async def _send_link(caller: Caller, address: EmailAddress, content: Mapping[str, object], lifetime: timedelta) -> None:
    async with transaction():
        account = await find_account(address.key)
        link = await make_link(
            caller, ConfirmationKind.SIGN_UP, address, lifetime, details=content, dead=account is not None
        )
        subject = public_id(Prefix.CONFIRMATION, link.confirmation.id)
        await record_account_action(caller, None, AccountAction.SIGN_UP_REQUESTED, subject)
        if account is not None:
            await post_letter(caller, LetterKind.SIGN_UP_EXISTING, account.login, account.locale, {})
            return
        facts = {
            "secret": link.secret,
            "first_name": content["first_name"],
            "expires_at": link.confirmation.expires_at,
        }
        await post_letter(caller, LetterKind.SIGN_UP, address.text, Locale(str(content["locale"])), facts)


async def _take_link(caller: Caller, link: Confirmation) -> None:
    """Confirm the link and end the other sign-ups of its address; they are locked in one order, whoever comes first."""
    rivals = Confirmation.filter(kind=ConfirmationKind.SIGN_UP, address_key=link.address_key, settled_at=None)
    locked = {row.id: row for row in await rivals.order_by("id").select_for_update()}
    if link.id not in locked:
        raise LinkExpired(path=("secret",))
    await confirm_link(caller, locked.pop(link.id))
    await Confirmation.filter(id__in=list(locked)).update(
        settled_at=caller.now, outcome=ConfirmationOutcome.REPLACED, details=SPENT
    )


def _check_email(address: EmailAddress | None) -> Iterator[Problem]:
    if address is None:
        yield Problem(("email",), ProblemCode.MALFORMED)


def _read_organization(given: OrganizationDetails | None) -> tuple[OrganizationDetails | None, tuple[Problem, ...]]:
    """The details as they are stored, or their problems, so that all problems of a sign-up are told at once."""
    if given is None:
        return None, ()
    try:
        return read_details(given, ("organization",)), ()
    except InvalidInput as refusal:
        return None, refusal.problems


def _organization_in(content: Mapping[str, object]) -> OrganizationDetails | None:
    stored = content["organization"]
    if not isinstance(stored, dict):
        return None
    return OrganizationDetails(**{**stored, "kind": OrganizationKind(stored["kind"])})
