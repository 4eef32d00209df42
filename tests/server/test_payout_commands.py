"""STA2: the commands that money goes out and comes in by, run as people run them."""

import asyncio
import re
import subprocess
from functools import partial
from pathlib import Path

import pytest

from models import AuditEntry, IncomingTransfer, Withdrawal
from rules.states import WithdrawalState
from tests.bank_files import Entry, Part, statement
from tests.books import Books
from tests.databases import Database
from tests.processes import manager
from tests.withdrawals import REASON, add_staff, requested

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)]


async def run(folder: Path, database: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(partial(manager, folder, *arguments, DATABASE_URL=database.url))


async def test_withdrawals_go_out_and_their_statement_comes_in(
    books: Books, database: Database, tmp_path: Path
) -> None:
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)
    await requested(books, 5_000, key="paypal", paypal={"email": "ada@example.org"})
    staff, _ = await add_staff(books.world)
    by = ("--as", staff.login, "--reason", REASON)

    created = await run(tmp_path, database, "payouts", "create", "IBAN", "CHF", *by)
    again = await run(tmp_path, database, "payouts", "create", "IBAN", "CHF", *by)
    (name,) = re.findall("pof_[0-9a-f]{32}", created.stdout)
    listed = await run(tmp_path, database, "payouts", "list")
    shown = await run(tmp_path, database, "payouts", "show", name)
    file = tmp_path / "statement.xml"
    left = Entry("200.00", "B1", (Part(end_to_end=withdrawal["reference"]),), credit=False)
    file.write_bytes(statement(left, Entry("75.00", "B2"), Entry("1.00", "B3", (), batch=2)))
    imported = [await run(tmp_path, database, "import-payments", str(file)) for _ in range(2)]

    assert again.stdout == "nothing waits\n"
    assert listed.stdout.split()[0] == name
    assert listed.stdout.endswith("IBAN  1  CHF 200.00\n")
    assert shown.stdout.startswith("<?xml")
    assert withdrawal["reference"] in shown.stdout
    assert imported[0].stdout == "1 waiting for staff\n1 withdrawal paid\n1 to be looked at\n"
    assert "B3" in imported[0].stderr
    assert imported[1].stdout == "2 known already\n1 to be looked at\n"
    assert await Withdrawal.filter(state=WithdrawalState.PAID).count() == 1
    assert await IncomingTransfer.all().count() == 1
    (entry,) = await AuditEntry.filter(action="PAYOUT_FILE_CREATED")
    assert entry.user_id == staff.id


async def test_staff_settles_by_hand_and_from_results(books: Books, database: Database, tmp_path: Path) -> None:
    await books.top_up(50_000)
    first = await requested(books, 20_000, paypal={"email": "ada@example.org"})
    second = await requested(books, 10_000, key="second", paypal={"email": "ada@example.org"})
    staff, _ = await add_staff(books.world)
    by = ("--as", staff.login, "--reason", REASON)
    early = await run(tmp_path, database, "payouts", "settle", first["id"], "--paid", *by)
    await run(tmp_path, database, "payouts", "create", "PAYPAL", "CHF", *by)
    file = tmp_path / "results.csv"
    file.write_text(f"reference,amount,currency,status\n{first['reference']},200.00,CHF,Completed\n", "utf-8")

    results = await run(tmp_path, database, "payouts", "results", str(file))
    settled = await run(tmp_path, database, "payouts", "settle", second["id"], "--failed", *by)

    assert early.returncode == 1
    assert early.stderr == "the withdrawal is REQUESTED: it cannot become PAID\n"
    assert (results.stdout, settled.stdout) == ("1 withdrawal paid\n", "settled\n")
    assert await books.balance() == 30_000


async def test_what_cannot_be_is_told_in_one_line(books: Books, database: Database, tmp_path: Path) -> None:
    staff, _ = await add_staff(books.world)
    file = tmp_path / "statement.xml"
    file.write_text("<Document/>", "utf-8")
    unknown = f"wdr_{'0' * 32}"
    refused = {
        ("payouts", "create", "IBAN", "CHF", "--as", books.user.login, "--reason", REASON): "this login is not staff",
        ("payouts", "create", "IBAN", "CHF", "--as", staff.login, "--reason", ""): "the reason is missing, or too long",
        ("payouts", "show", "nonsense"): "there is no such file",
        (
            "payouts",
            "settle",
            unknown,
            "--paid",
            "--as",
            staff.login,
            "--reason",
            REASON,
        ): "there is no such withdrawal",
        ("payouts", "results", str(file)): "the file has no column amount, currency, reference, status",
        ("import-payments", str(file)): "the file is neither camt.053 nor camt.054, version 04 or 08",
    }

    for arguments, sentence in refused.items():
        outcome = await run(tmp_path, database, *arguments)

        assert (outcome.returncode, outcome.stdout, outcome.stderr) == (1, "", f"{sentence}\n")
