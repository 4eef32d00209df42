"""The command `manager`: everything that is done with this program from a terminal."""

import asyncio
import difflib
import signal
import sys
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
import uvicorn

from models.migrating import DatabaseIsNewer, DatabaseIsOlder
from resolvers.caller import Nobody
from resolvers.credit_notes import correct_invoice
from resolvers.reconciliation import Difference, reconcile
from resolvers.staff import act_at_terminal, list_staff, set_staff
from rules.denials import Forbidden, NotFound
from rules.locales import Locale
from rules.money import read_amount, spell_amount
from rules.refusals import Refusal
from schema.document import print_document
from schema.texts import refusal_text
from server import worker
from server.clock import SystemClock
from server.databases import is_ready, open_database, open_migrated_database, write_migrations
from server.databases import migrate as migrate_database
from server.demo.large import load_large_world
from server.demo.money import add_money
from server.demo.small import describe_small_world, equip_support_agent, load_small_world
from server.passwords import Argon2Passwords
from server.payout_commands import Login, import_payments, payouts
from server.settings import InvalidSettings, read_settings, settings_table
from server.vault import FernetVault

SCHEMA_FILE = Path(__file__).parent.parent / "schema.graphql"
GRACE_SECONDS = 30

# Without typer's own tracebacks, which print the values of variables, secrets included.
application = typer.Typer(
    help="Manager API.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
staff = typer.Typer(help="The provider's own people.", no_args_is_help=True)
application.add_typer(staff, name="staff")
application.add_typer(payouts, name="payouts")
application.command("import-payments")(import_payments)


def main() -> None:
    """Run the command line; what the person who typed it can mend is told in one line, without a traceback."""
    try:
        application()
    except InvalidSettings as error:
        for problem in error.problems:
            print(f"setting refused: {problem}", file=sys.stderr)
        raise SystemExit(2) from None
    except DatabaseIsNewer as error:
        print(f"the database is newer than this program: it has seen {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except DatabaseIsOlder as error:
        print(f"the database lacks {error}: run `manager migrate`", file=sys.stderr)
        raise SystemExit(1) from None
    except (ConnectionError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        print(f"the database does not answer: {error}", file=sys.stderr)
        raise SystemExit(1) from None


@application.command()
def serve(workers: Annotated[int, typer.Option(help="Number of server processes.", min=1)] = 1) -> None:
    """Serve the API."""
    settings = read_settings()
    for line in asyncio.run(_greeting()):
        print(line)
    uvicorn.run(
        "server.app:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        timeout_graceful_shutdown=GRACE_SECONDS,
        access_log=False,
        proxy_headers=False,  # it would believe any caller from loopback; TRUSTED_PROXIES says who is believed
        server_header=False,
        log_level="warning",
    )


@application.command("worker")
def work() -> None:
    """Send mails and end what expires, until stopped; as many of them as you like."""
    asyncio.run(_work())


@application.command()
def migrate() -> None:
    """Bring the database to this program's tables."""
    applied = asyncio.run(migrate_database(read_settings().database_url))
    print("\n".join(f"applied {name}" for name in applied) or "nothing to migrate")


@application.command("migrations")
def make_migrations(
    check: Annotated[bool, typer.Option(help="Only tell whether models and migrations agree.")] = False,
) -> None:
    """Write the migrations that changed models ask for."""
    names = asyncio.run(write_migrations(dry=check))
    print("\n".join(f"{'missing' if check else 'written'}: {name}" for name in names) or "models and migrations agree")
    if check and names:
        raise typer.Exit(1)


@application.command("demo")
def load_demo(
    organizations: Annotated[int, typer.Option(help="Build a large world of so many organizations as well.")] = 0,
) -> None:
    """Load the demo into an empty database; refused in production."""
    if read_settings().environment == "production":
        print("the demo has known passwords: it is refused in production", file=sys.stderr)
        raise typer.Exit(1)
    asyncio.run(_load_demo(organizations))


@application.command("schema")
def print_schema(
    check: Annotated[bool, typer.Option(help="Only tell whether schema.graphql is up to date.")] = False,
) -> None:
    """Write schema.graphql."""
    text = print_document()
    if not check:
        SCHEMA_FILE.write_text(text, "utf-8")
        return
    kept = SCHEMA_FILE.read_text("utf-8") if SCHEMA_FILE.exists() else ""
    if kept != text:
        difference = difflib.unified_diff(kept.splitlines(), text.splitlines(), "schema.graphql", "schema", lineterm="")
        print("\n".join(difference), file=sys.stderr)
        print("schema.graphql is not up to date: run `make schema`", file=sys.stderr)
        raise typer.Exit(1)


@application.command("reconcile")
def reconcile_books() -> None:
    """Prove the books: print what does not add up, and end with 1 if anything does not."""
    differences = asyncio.run(_reconcile())
    for each in differences:
        print(f"{each.check}: {each.subject} says {each.found}, should be {each.expected}", file=sys.stderr)
    if differences:
        raise typer.Exit(1)
    print("the books add up")


@application.command("credit-note")
def issue_credit_note(
    number: Annotated[str, typer.Argument(help="Number of the invoice to correct.")],
    login: Login,
    reason: Annotated[str, typer.Option(help="Why, as the credit note will say.")],
    amount: Annotated[str | None, typer.Option(help="Net amount, such as 12.50; without it the whole invoice.")] = None,
) -> None:
    """Correct an invoice by a credit note."""
    amount_minor = None if amount is None else read_amount(amount)
    if amount is not None and amount_minor is None:
        print("an amount is written with two decimals, such as 12.50", file=sys.stderr)
        raise typer.Exit(2)
    print(asyncio.run(_credit(number, login, reason, amount_minor)))


@application.command("settings")
def print_settings() -> None:
    """Print every setting with its default and meaning."""
    print(settings_table(), end="")


@staff.command("add")
def add_staff(login: str) -> None:
    """Make a user one of the provider's people; they need a second factor to act as such."""
    asyncio.run(_set_staff(login, is_staff=True))


@staff.command("remove")
def remove_staff(login: str) -> None:
    """Make a user no longer one of the provider's people, at once."""
    asyncio.run(_set_staff(login, is_staff=False))


@staff.command("list")
def print_staff() -> None:
    """Print the logins of the provider's people."""
    asyncio.run(_print_staff())


async def _greeting() -> list[str]:
    settings = read_settings()
    lines = [
        f"GraphQL and explorer   {settings.address}/graphql",
        f"Schema                 {settings.address}/schema.graphql",
        f"Health                 {settings.address}/healthz  {settings.address}/readyz",
    ]
    if settings.smtp_url is None:
        lines.append(f"Mails                  {settings.mail_folder.resolve()}/*.eml")
    async with open_database(settings.database_url, settings.database_limits) as connection:
        if not await is_ready(connection):
            return [*lines, "The database does not answer or lacks tables: run `manager migrate`"]
        return lines + await describe_small_world()


async def _work() -> None:
    settings = read_settings()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with open_migrated_database(settings.database_url, settings.database_limits):
        await worker.run(settings, stop)


async def _reconcile() -> list[Difference]:
    settings = read_settings()
    async with open_migrated_database(settings.database_url, settings.database_limits.unhurried()):
        return await reconcile()


async def _credit(number: str, login: str, reason: str, net_minor: int | None) -> str:
    settings = read_settings()
    async with open_migrated_database(settings.database_url, settings.database_limits):
        try:
            acting = await act_at_terminal(SystemClock().now(), login=login)
            note = await correct_invoice(acting, settings.policy, number=number, net_minor=net_minor, reason=reason)
        except Forbidden:
            print("this login is not staff", file=sys.stderr)
            raise typer.Exit(1) from None
        except NotFound:
            print("no invoice has this number", file=sys.stderr)
            raise typer.Exit(1) from None
        except Refusal as refusal:
            print(f"refused: {refusal_text(refusal.code, Locale.EN)}", file=sys.stderr)
            raise typer.Exit(1) from None
    return f"{note.number} credits {spell_amount(-note.total_minor, note.currency)}"


async def _load_demo(organizations: int) -> None:
    settings = read_settings()
    passwords, now = Argon2Passwords(settings.hashing_cost), SystemClock().now()
    async with open_migrated_database(settings.database_url, settings.database_limits):
        if await load_small_world(passwords, now):
            await equip_support_agent(FernetVault(settings.secret_key), now)
            await add_money(now)
            print("demo loaded")
        if organizations:
            await load_large_world(passwords, now, organizations, print)


async def _set_staff(login: str, *, is_staff: bool) -> None:
    settings = read_settings()
    async with open_migrated_database(settings.database_url, settings.database_limits):
        try:
            user = await set_staff(Nobody(SystemClock().now()), login=login, is_staff=is_staff)
        except NotFound:
            print("no account has this login", file=sys.stderr)
            raise typer.Exit(1) from None
        print(f"{user.login} {'is' if is_staff else 'is not'} staff")


async def _print_staff() -> None:
    settings = read_settings()
    async with open_migrated_database(settings.database_url, settings.database_limits):
        for user in await list_staff():
            print(user.login)
