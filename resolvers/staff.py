"""The provider's own people: named by the command line only, and never a customer's administrator (STA1)."""

from collections.abc import Iterator
from datetime import datetime

from tortoise.expressions import Q, Subquery

from models import Invoice, Organization, Session, User
from resolvers.accounts import find_account, lock_user
from resolvers.caller import Acting, Nobody
from resolvers.email_addresses import read_email_address
from resolvers.records import record_account_action
from resolvers.transactions import transaction
from rules.checks import check_text
from rules.denials import Forbidden, NotFound
from rules.events import AccountAction
from rules.identifiers import Prefix, public_id
from rules.names import sort_key
from rules.refusals import NamedOrganization, Problem
from rules.viewer import Viewer

REASON_LENGTH = 300
CUSTOMERS_AT_ONCE = 20
LONGEST_SEARCH, LONGEST_NUMBER = 200, 30


async def set_staff(acting: Acting, *, login: str, is_staff: bool) -> User:
    """Make a user one of the provider's people, or no longer; it counts in sessions that prove a second factor.

    Refuses an unknown login with NotFound.
    """
    address = read_email_address(login)
    found = await find_account(address.key) if address else None
    if found is None:
        raise NotFound
    async with transaction():
        user = await lock_user(found.id)
        if user is None:
            raise NotFound
        user.is_staff = is_staff
        await user.save(update_fields=["is_staff"])
        action = AccountAction.STAFF_ADDED if is_staff else AccountAction.STAFF_REMOVED
        await record_account_action(acting, user.id, action, public_id(Prefix.USER, user.id))
    return user


async def list_staff() -> list[User]:
    """The provider's people, by their logins."""
    return await User.filter(is_staff=True, closed_at=None).order_by("login_key")


async def find_customers(search: str) -> list[NamedOrganization]:
    """The first customers, by name, whose name contains a text, or who pay the invoice that it is the number of."""
    number = search.strip()[:LONGEST_NUMBER]
    payers = Invoice.filter(number=number).exclude(number="").values("billed_to_id")
    wanted = Q(name_sort__contains=sort_key(search, LONGEST_SEARCH)) | Q(id__in=Subquery(payers))
    found = await Organization.filter(wanted, deleted_at=None).order_by("name_sort", "id").limit(CUSTOMERS_AT_ONCE)
    return [NamedOrganization(each.id, each.name) for each in found]


async def act_at_terminal(now: datetime, *, login: str) -> Nobody:
    """Act as one of the provider's people who runs the command line, and says who they are, for the audit log.

    Whoever reaches the machine and its database is believed. Refuses with Forbidden a login that is not staff.
    """
    address = read_email_address(login)
    user = await find_account(address.key) if address else None
    if user is None or not user.is_staff:
        raise Forbidden(None)
    return Nobody(now, Viewer(user.id, locale=user.locale, is_staff=True))


async def require_staff(acting: Acting) -> User:
    """Lock the account of the caller and ask again whether it is staff; Forbidden when it is not any more (STA1).

    For the transaction that is open, so that whoever is no longer staff does nothing more. Only at the terminal there
    is no session: see `act_at_terminal`.
    """
    viewer = acting.viewer
    user = await lock_user(viewer.user_id) if viewer.user_id and viewer.is_staff else None
    if user is None or not user.is_staff:
        raise Forbidden(None)
    if viewer.session_id is not None and not await Session.exists(
        id=viewer.session_id, ended_at=None, second_factor_at__isnull=False
    ):
        raise Forbidden(None)
    return user


def check_reason(reason: str) -> Iterator[Problem]:
    """Problems of the reason that staff gives for what it does."""
    return check_text(("reason",), reason, maximum=REASON_LENGTH)
