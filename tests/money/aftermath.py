"""What must be found after a crowd has gone: every effect exactly once, and nothing half done."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from models import Charge, Hold, Invoice, InvoiceLine, OutboxMail, Payment, Withdrawal
from resolvers.caller import Clerk
from resolvers.reconciliation import reconcile
from resolvers.settlement import LIVE, OVER_UNPAID
from rules.identifiers import Prefix, public_id
from rules.money import spell_amount
from rules.states import ChargeState, HoldState, InvoiceState, PaymentPurpose, PaymentState, WithdrawalState
from server.clock import SystemClock
from server.payments.desk import open_desk
from server.payments.sandbox_memory import SandboxMemory
from server.payments.sandbox_rules import SandboxState
from server.settings import Settings
from server.worker import look_after_payments, open_mail_room
from tests.money.crowd import CREDIT_MINOR, START_MINOR, Call, Crowd
from tests.world import MovableClock

PAYING = {"topUpWallet", "payInvoices", "payDueItems"}


@dataclass(frozen=True)
class Made:
    """What a call was told to have made, by its public id."""

    key: str
    call: Call


def check_answers(crowd: Crowd) -> list[Made]:
    """No call met an error of ours. Answers what calls were told to have made; each thing by one key's values.

    Only who says a key while somebody else is saying it may be told to wait.
    """
    times = Counter((call.mutation, call.key) for call in crowd.calls)
    made: dict[tuple[str, str], Made] = {}
    for call, answer in crowd.said:
        assert answer.status == 200, answer.body
        if answer.codes == ["IDEMPOTENCY_IN_PROGRESS"]:
            assert times[call.mutation, call.key] > 1 or crowd.may_break
        elif answer.codes != ["NOT_FOUND"] or call.mutation != "cancelWithdrawal":
            shown: dict[str, Any] = answer.result()
            row = shown.get("payment") or shown.get("withdrawal")
            if row:
                assert made.setdefault((call.mutation, row["id"]), Made(row["id"], call)).call == call
    return list(made.values())


async def settle_what_waits(clock: MovableClock, settings: Settings) -> None:
    """Let the worker ask about every payment, and send every mail, until nothing waits any more."""
    desk, mail_room = open_desk(settings, clock), open_mail_room(settings, clock)
    clock.present = SystemClock().now()
    for _ in range(5):
        clock.move(minutes=settings.payment_unknown_minutes + 1)
        while await look_after_payments(Clerk(clock.now(), settings.policy, desk)):
            pass
        while await mail_room.send_due_mails():
            pass
    assert not await Payment.exists(state__in=list(LIVE))
    assert not await OutboxMail.exists(sent_at=None)


async def check_effects(crowd: Crowd, settings: Settings) -> None:
    """What was answered is what there is, and what the payment provider charged; the wallet holds the rest."""
    told = check_answers(crowd)
    payments = {public_id(Prefix.PAYMENT, each.id): each for each in await Payment.all()}
    withdrawals = {public_id(Prefix.WITHDRAWAL, each.id): each for each in await Withdrawal.all()}
    succeeded = {key: each for key, each in payments.items() if each.state is PaymentState.SUCCEEDED}
    # What was under way when somebody was told of it, and came to nothing, had no effect: its key may be used again.
    came_to_nothing = {key for key, each in payments.items() if each.state in OVER_UNPAID}
    made = [each for each in told if each.key not in came_to_nothing]

    assert succeeded.keys() | came_to_nothing == payments.keys()
    assert max(Counter((each.call.mutation, each.call.key) for each in made).values()) == 1
    assert {each.key for each in made if each.call.mutation in PAYING} == succeeded.keys()
    assert {each.key for each in made if each.call.mutation == "requestWithdrawal"} == withdrawals.keys()
    cancelled = {key for key, each in withdrawals.items() if each.state is WithdrawalState.CANCELLED}
    assert {each.key for each in made if each.call.mutation == "cancelWithdrawal"} == cancelled
    for each in made:
        expected = each.call.values.get("expectedAmountMinor", each.call.values.get("amountMinor"))
        row = payments.get(each.key) or withdrawals[each.key]
        assert expected in (None, str(row.amount_minor))
    await _check_provider(SandboxMemory(settings.sandbox_file), succeeded)
    await _check_wallet(crowd, list(succeeded.values()), list(withdrawals.values()))


async def _check_provider(sandbox: SandboxMemory, succeeded: dict[str, Payment]) -> None:
    """Whoever's card was charged has what was paid for, and nobody else; no payment was charged twice."""
    charges = await sandbox.all_charges()
    charged = {each.key: each.amount_minor for each in charges if each.state is SandboxState.SUCCEEDED}
    by_card = {key: each.amount_minor - each.wallet_minor for key, each in succeeded.items() if each.method_id}
    assert charged == by_card


async def _check_wallet(crowd: Crowd, succeeded: list[Payment], withdrawals: list[Withdrawal]) -> None:
    brought = sum(each.amount_minor for each in succeeded if each.purpose is PaymentPurpose.TOP_UP)
    spent = sum(each.wallet_minor for each in succeeded if each.purpose is PaymentPurpose.INVOICES)
    kept = sum(each.amount_minor for each in withdrawals if each.state is WithdrawalState.REQUESTED)
    wallet = await crowd.books.wallet()
    assert wallet.balance_minor == START_MINOR + CREDIT_MINOR + brought - spent >= kept
    assert wallet.held_minor == kept == sum(each.amount_minor for each in await Hold.filter(state=HoldState.ACTIVE))
    assert await reconcile() == []


async def check_papers(settings: Settings) -> None:
    """No invoice is half paid, no number is missing, and no mail tells of what did not happen, or happened twice."""
    invoices = await Invoice.all()
    assert {each.state for each in invoices} <= {InvoiceState.OPEN, InvoiceState.PAID}
    assert not any(each.is_being_paid for each in invoices)
    assert all((each.paid_at is not None) == (each.state is InvoiceState.PAID) for each in invoices)
    numbers = sorted(int(each.number.split("-")[1]) for each in invoices)
    assert numbers == list(range(1, len(invoices) + 1))
    await _check_charges()
    await _check_mails(settings.mail_folder, invoices)


async def _check_charges() -> None:
    """A charge stands on one invoice at most, and is settled exactly when that is paid (INV4)."""
    lines = await InvoiceLine.filter(charge_id__not_isnull=True).select_related("invoice")
    on = {line.charge_id: line.invoice.state for line in lines}
    assert len(on) == len(lines)
    for charge in await Charge.all():
        assert (charge.state, on.get(charge.id)) in (
            (ChargeState.OPEN, None),
            (ChargeState.INVOICED, InvoiceState.OPEN),
            (ChargeState.SETTLED, InvoiceState.PAID),
        )


async def _check_mails(folder: Path, invoices: list[Invoice]) -> None:
    letters = await asyncio.to_thread(_read_mails, folder)
    assert len(letters) == await OutboxMail.all().count()
    happened = Counter(f"Invoice {each.number} for {each.payer_name}" for each in invoices)
    for withdrawal in await Withdrawal.all():
        told = f"A withdrawal of {spell_amount(withdrawal.amount_minor, withdrawal.currency)} was"
        happened[f"{told} requested"] += 1
        happened[f"{told} cancelled"] += withdrawal.state is WithdrawalState.CANCELLED
    found = Counter(str(letter["Subject"]) for letter in letters)
    assert +happened == Counter(
        {name: count for name, count in found.items() if name.startswith(("Invoice", "A with"))}
    )


def _read_mails(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
