"""The profile, and what every change of an account goes through."""

import pytest

from models import AuditEntry, User
from resolvers.accounts import LoginIsTaken, update_profile
from resolvers.passwords import prove_password
from rules.denials import Unauthenticated
from rules.locales import Locale
from rules.refusals import InvalidInput, ProblemCode
from tests.resolvers.people import NOW, PASSWORD, add_person, sign_in, stranger

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def test_names_and_language_are_changed_and_the_rest_stays() -> None:
    """USR11; the audit log holds both, before and after."""
    caller = await sign_in(await add_person())

    await update_profile(caller, last_name="  Élan  Meier ")
    user = await update_profile(caller, locale=Locale.FR)

    assert (user.first_name, user.last_name, user.name) == ("Anna", "Élan Meier", "Anna Élan Meier")
    assert (user.name_sort, user.locale) == ("anna elan meier", Locale.FR)
    entry = await AuditEntry.filter(action="PROFILE_UPDATED").order_by("-id").first()
    assert entry is not None
    assert '"locale":"EN"' in entry.data
    assert '"locale":"FR"' in entry.data
    assert (entry.user_id, entry.session_id, entry.address) == (user.id, caller.session_id, caller.address)


@pytest.mark.parametrize(
    ("name", "code"),
    [("", ProblemCode.REQUIRED), ("x" * 101, ProblemCode.TOO_LONG), ("a\nBcc: b", ProblemCode.MALFORMED)],
)
async def test_names_are_short_lines(name: str, code: ProblemCode) -> None:
    """O5."""
    with pytest.raises(InvalidInput) as refusal:
        await update_profile(await sign_in(await add_person()), first_name=name)

    assert [(problem.path, problem.code) for problem in refusal.value.problems] == [(("first_name",), code)]


async def test_a_login_belongs_to_one_account_however_it_is_written() -> None:
    """USR5, S4."""
    await add_person("anna@bücher.example")

    with pytest.raises(LoginIsTaken):
        await add_person("ANNA@xn--bcher-kva.example")


async def test_a_closed_account_and_nobody_can_do_nothing() -> None:
    user = await add_person()
    caller = await sign_in(user)
    await User.filter(id=user.id).update(closed_at=NOW)

    with pytest.raises(Unauthenticated):
        await update_profile(caller, locale=Locale.FR)
    with pytest.raises(Unauthenticated):
        await prove_password(caller, PASSWORD)
    with pytest.raises(Unauthenticated):
        await update_profile(stranger(), locale=Locale.FR)
