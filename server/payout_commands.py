"""The commands that money goes out and comes in by: files for the bank and PayPal, and what these report (STA2)."""

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from models import PayoutFile
from resolvers.bank_statements import Finding, Movement, Unreadable, import_movements
from resolvers.caller import Nobody
from resolvers.payouts import create_payout_file, find_payout_file, list_payout_files, settle_withdrawal_as_staff
from resolvers.staff import act_at_terminal
from rules.denials import Forbidden, NotFound
from rules.identifiers import Prefix, public_id, read_key
from rules.money import Currency, spell_amount
from rules.money_refusals import WithdrawalNotSettleable
from rules.refusals import InvalidInput
from rules.states import WithdrawalState, WithdrawalTarget
from server.clock import SystemClock
from server.databases import open_migrated_database
from server.payouts.camt import UnreadableFile, read_statements
from server.payouts.paypal_csv import read_results
from server.payouts.writing import writer_for
from server.settings import read_settings

payouts = typer.Typer(help="Withdrawals on their way to the bank and to PayPal.", no_args_is_help=True)

Login = Annotated[str, typer.Option("--as", help="Login of whoever of the provider's people does it.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept in the audit log.")]
ImportedFile = Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)]


@payouts.command("create")
def create(target: WithdrawalTarget, currency: Currency, login: Login, reason: Reason) -> None:
    """Hand over what waits, up to 100 withdrawals, in one file; call it again until nothing waits."""
    file = asyncio.run(_create(target, currency, login, reason))
    typer.echo("nothing waits" if file is None else _line(file))


@payouts.command("list")
def print_files() -> None:
    """Print the files, the latest first."""
    for file in asyncio.run(_list()):
        typer.echo(_line(file))


@payouts.command("show")
def show(file_id: str) -> None:
    """Print what a file says, for the bank or PayPal: payments to full account numbers."""
    file = asyncio.run(_find(file_id))
    sys.stdout.write(file.content)


@payouts.command("settle")
def settle(
    withdrawal_id: str,
    login: Login,
    reason: Reason,
    paid: Annotated[bool, typer.Option("--paid/--failed", help="How it ended.")],
) -> None:
    """Say by hand what became of a withdrawal; the money of one that failed returns to its wallet."""
    asyncio.run(_settle(withdrawal_id, login, reason, paid=paid))
    typer.echo("settled")


@payouts.command("results")
def import_results(file: ImportedFile) -> None:
    """Take in what PayPal reports of mass payments: CSV with amount, currency, reference and status."""
    try:
        movements = list(read_results(file.read_text("utf-8")))
    except ValueError as error:
        raise _failed(str(error)) from None
    _report(asyncio.run(_import(movements)))


def import_payments(file: ImportedFile) -> None:
    """Take in a statement of the bank, camt.053 or camt.054; as often as you like, each entry counts once."""
    try:
        movements = read_statements(file.read_bytes(), read_settings().debtor.own_ibans)
    except UnreadableFile as error:
        raise _failed(str(error)) from None
    _report(asyncio.run(_import(movements)))


async def _create(target: WithdrawalTarget, currency: Currency, login: str, reason: str) -> PayoutFile | None:
    settings = read_settings()
    write = writer_for(settings.debtor)
    async with open_migrated_database(settings.database_url, settings.database_limits):
        try:
            acting = await act_at_terminal(SystemClock().now(), login=login)
            return await create_payout_file(acting, write, target=target, currency=currency, reason=reason)
        except Forbidden:
            raise _failed("this login is not staff") from None
        except InvalidInput:
            raise _failed("the reason is missing, or too long") from None


async def _list() -> Sequence[PayoutFile]:
    settings = read_settings()
    async with open_migrated_database(settings.database_url, settings.database_limits):
        return await list_payout_files()


async def _find(file_id: str) -> PayoutFile:
    settings = read_settings()
    key = read_key(Prefix.PAYOUT_FILE, file_id)
    async with open_migrated_database(settings.database_url, settings.database_limits):
        found = await find_payout_file(key) if key else None
        if found is None:
            raise _failed("there is no such file")
        return found


async def _settle(withdrawal_id: str, login: str, reason: str, *, paid: bool) -> None:
    settings = read_settings()
    key = read_key(Prefix.WITHDRAWAL, withdrawal_id)
    becomes = WithdrawalState.PAID if paid else WithdrawalState.FAILED
    async with open_migrated_database(settings.database_url, settings.database_limits):
        try:
            if key is None:
                raise NotFound
            acting = await act_at_terminal(SystemClock().now(), login=login)
            await settle_withdrawal_as_staff(acting, withdrawal_id=key, becomes=becomes, reason=reason)
        except NotFound:
            raise _failed("there is no such withdrawal") from None
        except Forbidden:
            raise _failed("this login is not staff") from None
        except InvalidInput:
            raise _failed("the reason is missing, or too long") from None
        except WithdrawalNotSettleable as refusal:
            raise _failed(f"the withdrawal is {refusal.state}: it cannot become {becomes}") from None


async def _import(movements: Sequence[Movement]) -> Counter[Finding]:
    settings = read_settings()
    found: Counter[Finding] = Counter()
    async with open_migrated_database(settings.database_url, settings.database_limits):
        acting = Nobody(SystemClock().now())
        async for movement, finding in import_movements(acting, settings.policy, movements):
            found[finding] += 1
            if isinstance(movement, Unreadable):
                typer.echo(movement.why, err=True)
    return found


def _report(found: Counter[Finding]) -> None:
    for finding in Finding:
        if found[finding]:
            typer.echo(f"{found[finding]} {finding}")
    if not found:
        typer.echo("the file holds no entry")


def _line(file: PayoutFile) -> str:
    amount = spell_amount(file.total_minor, file.currency)
    name = public_id(Prefix.PAYOUT_FILE, file.id)
    return f"{name}  {file.created_at:%Y-%m-%d %H:%M}  {file.target}  {file.withdrawal_count}  {amount}"


def _failed(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(1)
