"""WAL3, WAL4, USR13, MSG1: money of the wallet is withdrawn, whole or in part, to a bank account or to PayPal."""

import asyncio
from typing import Any

import pytest

from models import AuditEntry, Event, OutboxMail, Session, Withdrawal
from rules.letters import LetterKind
from rules.money import Currency
from rules.rights import Role
from rules.states import WithdrawalState
from tests.books import Books
from tests.withdrawals import ACCOUNT, IBAN, MASKED, ask_for, hand_over, requested, state_of
from tests.world import id_of

pytestmark = pytest.mark.anyio

BARE_IBAN = IBAN.replace(" ", "")


async def cancel(books: Books, withdrawal_id: str, key: str = "cancel") -> dict[str, object]:
    answer = await books.client.do(
        "cancelWithdrawal",
        "... on CancelWithdrawalSuccess { withdrawal { state settledAt } } ... on WithdrawalNotCancellable { state }",
        withdrawalId=withdrawal_id,
        idempotencyKey=key,
    )
    result: dict[str, object] = answer.result()
    return result


async def test_a_part_is_withdrawn_to_a_bank_account(books: Books) -> None:
    """WAL3: kept aside at once, and shown by its masked IBAN alone."""
    await books.top_up(50_000)

    withdrawal = await requested(books, 20_000)

    assert withdrawal["state"] == "REQUESTED"
    assert withdrawal["amount"] == {"amount": "200.00", "currency": "CHF"}
    assert (withdrawal["target"], withdrawal["destinationShown"], withdrawal["holder"]) == ("IBAN", MASKED, "Ada Meier")
    assert withdrawal["viewerCan"] == {"cancel": {"allowed": True, "code": None}}
    wallet = await books.wallet()
    assert (wallet.balance_minor, wallet.held_minor) == (50_000, 20_000)
    assert (await Withdrawal.get()).destination == BARE_IBAN


async def test_without_an_amount_all_that_can_be_is_withdrawn_to_paypal(books: Books) -> None:
    """WAL3, WAL4: credit that was given stays, and so does what is kept aside already."""
    await books.top_up(50_000)
    await books.give_credit(3_000)
    await requested(books, 10_000)

    withdrawal = await requested(books, key="rest", paypal={"email": "ada@Example.org"})

    assert withdrawal["amount"]["amount"] == "400.00"
    assert (withdrawal["target"], withdrawal["destinationShown"], withdrawal["holder"]) == (
        "PAYPAL",
        "a•••@example.org",
        "",
    )
    assert (await ask_for(books, key="more")).refused() == "INSUFFICIENT_FUNDS"


async def test_credit_is_never_withdrawn(books: Books) -> None:
    """WAL4."""
    await books.top_up(10_000)
    await books.give_credit(3_000)

    answer = await ask_for(books, 12_000)

    assert answer.refused() == "INSUFFICIENT_FUNDS"
    assert answer.result()["missing"] == {"amountMinor": "2000"}
    assert await Withdrawal.all().count() == (await books.wallet()).held_minor == 0


@pytest.mark.parametrize("amount_minor", [0, -1, 1 - 2**63])
async def test_an_amount_is_above_zero(books: Books, amount_minor: int) -> None:
    await books.top_up(10_000)

    assert (await ask_for(books, amount_minor)).refused() == "AMOUNT_OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("where", "problems"),
    [
        ({"iban": None}, [("iban", "REQUIRED")]),
        ({"iban": ACCOUNT, "paypal": {"email": "a@example.org"}}, [("paypal", "NOT_ALLOWED")]),
        ({"iban": {**ACCOUNT, "iban": "CH93 0076 2011 6238 5295 8"}}, [("iban.iban", "MALFORMED")]),
        ({"iban": {**ACCOUNT, "iban": "x" * 5_000}}, [("iban.iban", "MALFORMED")]),
        ({"iban": {**ACCOUNT, "iban": "CH1831999000000000001"}}, [("iban.iban", "NOT_ALLOWED")]),
        ({"iban": {"iban": "", "holder": " "}}, [("iban.holder", "REQUIRED"), ("iban.iban", "MALFORMED")]),
        ({"iban": {**ACCOUNT, "holder": "x" * 71}}, [("iban.holder", "TOO_LONG")]),
        ({"iban": {**ACCOUNT, "holder": "Ada\nMeier"}}, [("iban.holder", "MALFORMED")]),
        ({"iban": {**ACCOUNT, "bic": "nonsense!"}}, [("iban.bic", "MALFORMED")]),
        ({"iban": {**ACCOUNT, "bic": "DEUTDEFFXXX"}}, [("iban.bic", "NOT_ALLOWED")]),
        ({"iban": {**ACCOUNT, "iban": "DE89370400440532013000"}}, [("iban.bic", "REQUIRED")]),
        ({"paypal": {"email": "nobody"}}, [("paypal.email", "MALFORMED")]),
        ({"paypal": {"email": "=cmd@example.org"}}, [("paypal.email", "MALFORMED")]),
        ({"paypal": {"email": "a@example.org\r\nx"}}, [("paypal.email", "MALFORMED")]),
    ],
)
async def test_where_it_cannot_be_paid_to_it_is_not_sent(
    books: Books, where: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    """WAL3: check digits, QR-IBANs, the bank where the IBAN alone does not lead there, the holder, the address."""
    await books.top_up(10_000)

    answer = await ask_for(books, 1_000, **where)

    assert answer.refused() == "INVALID_INPUT"
    found = [(".".join(each["path"]), each["code"]) for each in answer.result()["problems"]]
    assert found == problems
    assert (await books.wallet()).held_minor == 0


@pytest.mark.parametrize(
    ("iban", "bic", "accepted"),
    [
        ("DE89370400440532013000", None, True),
        ("GB29NWBK60161331926819", None, True),
        ("CH9300762011623852957", None, True),
        ("AE070331234567890123456", None, False),
        ("AE070331234567890123456", "EBILAEADXXX", True),
    ],
)
async def test_euros_ask_for_the_bank_outside_of_sepa_alone(
    books: Books, iban: str, bic: str | None, accepted: bool
) -> None:
    await books.top_up(10_000, Currency.EUR)
    wallet = await books.wallet(Currency.EUR)

    answer = await books.client.do(
        "requestWithdrawal",
        walletId=f"wal_{wallet.id.hex}",
        iban={"iban": iban, "holder": "Ada Meier", "bic": bic},
        idempotencyKey="key",
    )

    assert (answer.result()["__typename"] == "RequestWithdrawalSuccess") is accepted


async def test_a_withdrawal_is_cancelled_until_it_is_handed_over(books: Books) -> None:
    """WAL3."""
    await books.top_up(50_000)
    first, second = await requested(books, 20_000), await requested(books, 10_000, key="second")

    cancelled = await cancel(books, first["id"])

    assert cancelled["withdrawal"] == {"state": "CANCELLED", "settledAt": "2026-03-02T09:30:00+00:00"}
    assert (await books.wallet()).held_minor == 10_000
    assert await cancel(books, first["id"]) == cancelled, "the same key again"
    assert (await cancel(books, first["id"], "again"))["code"] == "WITHDRAWAL_NOT_CANCELLABLE"
    await hand_over(books.world)
    late = await cancel(books, second["id"], "late")
    assert (late["code"], late["state"]) == ("WITHDRAWAL_NOT_CANCELLABLE", "IN_TRANSIT")
    assert (await state_of(books, second["id"]))["viewerCan"]["cancel"]["code"] == "WITHDRAWAL_NOT_CANCELLABLE"
    assert await books.balance() == 40_000


async def test_the_same_key_withdraws_once(books: Books) -> None:
    await books.top_up(50_000)

    answers = await asyncio.gather(*(ask_for(books, 20_000) for _ in range(4)))

    assert len({each.result()["withdrawal"]["id"] for each in answers if not each.codes}) == 1
    assert (await books.wallet()).held_minor == 20_000
    assert (await ask_for(books, 20_001)).refused() == "IDEMPOTENCY_KEY_REUSED"


async def test_many_at_once_never_withdraw_the_same_money(books: Books) -> None:
    await books.top_up(50_000)

    answers = await asyncio.gather(*(ask_for(books, 20_000, key=str(number)) for number in range(5)))

    assert sorted(each.result()["__typename"] for each in answers).count("RequestWithdrawalSuccess") == 2
    assert (await books.wallet()).held_minor == 40_000


async def test_of_a_cancellation_and_a_handing_over_at_once_one_wins(books: Books) -> None:
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)

    await asyncio.gather(cancel(books, withdrawal["id"]), hand_over(books.world))

    wallet, stored = await books.wallet(), await Withdrawal.get()
    assert (stored.state, wallet.balance_minor) in [
        (WithdrawalState.CANCELLED, 50_000),
        (WithdrawalState.IN_TRANSIT, 30_000),
    ]
    assert wallet.held_minor == 0


async def test_a_withdrawal_asks_for_a_recent_proof(books: Books) -> None:
    """USR13."""
    await books.top_up(50_000)
    books.world.clock.move(minutes=16)
    await Session.all().update(last_used_at=books.world.clock.now())

    answer = await ask_for(books, 20_000)

    assert answer.codes == ["REAUTHENTICATION_REQUIRED"]
    assert await Withdrawal.all().count() == 0


async def test_without_the_billing_right_nothing_is_withdrawn_cancelled_or_seen(books: Books) -> None:
    """MEM5."""
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)
    colleague = await books.world.add_user()
    await books.world.add_member(books.organization, colleague, Role.COLLABORATOR, billing=False)
    owner, books.client = books.client, await books.world.sign_in(colleague)

    asked, cancelled = (
        await ask_for(books, 1_000, key="other"),
        await books.client.do("cancelWithdrawal", withdrawalId=withdrawal["id"], idempotencyKey="c"),
    )
    seen = await books.client.ask(
        "query Q($o: ID!, $w: ID!) { organization(id: $o) { withdrawals { totalCount } } node(id: $w) { id } }",
        o=id_of(books.organization),
        w=withdrawal["id"],
    )

    assert (asked.codes, cancelled.codes, seen.codes) == (["FORBIDDEN"], ["FORBIDDEN"], ["FORBIDDEN"] * 2)
    assert seen.body["data"] == {"organization": {"withdrawals": None}, "node": None}
    assert (await Withdrawal.get()).state is WithdrawalState.REQUESTED
    books.client = owner


async def test_withdrawals_are_listed_of_the_organization_and_of_its_wallet(books: Books) -> None:
    await books.top_up(50_000)
    first = await requested(books, 10_000)
    books.world.clock.move(seconds=1)
    second = await requested(books, 5_000, key="second", paypal={"email": "ada@example.org"})
    await cancel(books, first["id"])

    answer = await books.client.ask(
        """query Q($id: ID!) { organization(id: $id) { withdrawals { totalCount nodes { id } }
            cancelled: withdrawals(filter: {state: [CANCELLED]}) { nodes { id } }
            wallet { withdrawals(orderBy: OLDEST) { nodes { id wallet { currency } organization { id } } }
                viewerCan { withdraw { allowed code } } } } }""",
        id=id_of(books.organization),
    )

    organization = answer.data["organization"]
    assert [each["id"] for each in organization["withdrawals"]["nodes"]] == [second["id"], first["id"]]
    assert organization["cancelled"]["nodes"] == [{"id": first["id"]}]
    assert organization["wallet"]["withdrawals"]["nodes"][0] == {
        "id": first["id"],
        "wallet": {"currency": "CHF"},
        "organization": {"id": id_of(books.organization)},
    }
    assert organization["wallet"]["viewerCan"] == {"withdraw": {"allowed": True, "code": None}}


async def test_an_empty_wallet_says_that_nothing_can_be_withdrawn(books: Books) -> None:
    await books.give_credit(3_000)

    answer = await books.client.ask(
        "query Q($id: ID!) { organization(id: $id) { wallet { viewerCan { withdraw { allowed code } } } } }",
        id=id_of(books.organization),
    )

    can = answer.data["organization"]["wallet"]["viewerCan"]["withdraw"]
    assert can == {"allowed": False, "code": "INSUFFICIENT_FUNDS"}
    assert (await ask_for(books, 1)).refused() == "INSUFFICIENT_FUNDS"


async def test_each_step_is_told_and_the_account_never_is(books: Books) -> None:
    """MSG1, RES6, RES8: events, audit entries and mails name the masked account alone."""
    await books.top_up(50_000)
    await cancel(books, (await requested(books, 10_000))["id"])
    await requested(books, 10_000, key="second")
    await hand_over(books.world)

    kinds = ["WITHDRAWAL_REQUESTED", "WITHDRAWAL_CANCELLED", "WITHDRAWAL_REQUESTED", "WITHDRAWAL_HANDED_OVER"]
    events = await Event.filter(kind__startswith="WITHDRAWAL").order_by("position")
    assert [event.kind for event in events] == kinds
    mails = await OutboxMail.filter(kind__in=[LetterKind(kind) for kind in set(kinds)]).order_by("id")
    assert [(mail.kind, mail.recipient) for mail in mails] == [(kind, books.user.login) for kind in kinds]
    written = [event.data for event in events] + [mail.details for mail in mails]
    written += [entry.data for entry in await AuditEntry.all()]
    assert all(MASKED in event.data for event in events)
    assert not [text for text in written if BARE_IBAN in text or "0076" in text]
