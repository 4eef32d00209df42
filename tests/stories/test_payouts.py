"""WAL3, STA1, STA2: withdrawals are handed over in files, paid, failed, and returned even after they were paid."""

import asyncio
import re
from typing import Any

import pytest

from models import AuditEntry, IncomingTransfer, Organization, PayoutFile, User, Withdrawal
from resolvers.bank_statements import Finding, import_movements
from resolvers.caller import Nobody
from resolvers.payouts import PayoutOrder, create_payout_file
from resolvers.staff import act_at_terminal
from rules.denials import Forbidden
from rules.money import Currency
from rules.policy import Policy
from rules.refusals import InvalidInput
from rules.states import WithdrawalState, WithdrawalTarget
from server.payouts.camt import read_statements
from server.payouts.paypal_csv import read_results
from server.payouts.writing import writer_for
from tests.bank_files import OWN_IBAN, Entry, Part, statement
from tests.books import Books
from tests.withdrawals import REASON, add_staff, at_terminal, hand_over, requested, state_of
from tests.world import Client, id_of

pytestmark = pytest.mark.anyio


async def take_in(books: Books, content: bytes) -> list[Finding]:
    """Import a file of the bank, and say what came of each entry."""
    movements = read_statements(content, frozenset({OWN_IBAN}))
    imported = import_movements(Nobody(books.world.clock.now()), Policy(), movements)
    return [finding async for _, finding in imported]


async def settle(client: Client, withdrawal_id: str, outcome: str, key: str = "key", reason: str = REASON) -> Any:
    return await client.do(
        "staffSettleWithdrawal",
        "... on StaffSettleWithdrawalSuccess { withdrawal { state failureReason } }"
        " ... on WithdrawalNotSettleable { state }",
        withdrawalId=withdrawal_id,
        outcome=outcome,
        reason=reason,
        idempotencyKey=key,
    )


def left(reference: str, amount: str = "200.00") -> bytes:
    return statement(Entry(amount, f"OUT{reference}", (Part(end_to_end=reference),), credit=False))


def returned(reference: str, amount: str = "200.00") -> bytes:
    return statement(Entry(amount, f"IN{reference}", (Part(end_to_end=reference, returned="AC04"),)))


async def test_all_that_wait_are_handed_over_in_one_file_and_once(books: Books) -> None:
    await books.top_up(50_000)
    first = await requested(books, 20_000)
    second = await requested(books, 10_000, key="second")
    elsewhere = await requested(books, 5_000, key="third", paypal={"email": "ada@example.org"})

    file = await hand_over(books.world)

    assert file is not None
    assert (file.withdrawal_count, file.total_minor) == (2, 30_000)
    assert set(re.findall("<EndToEndId>(.*?)<", file.content)) == {first["reference"], second["reference"]}
    assert "CH9300762011623852957" in file.content
    assert (await state_of(books, first["id"]))["state"] == "IN_TRANSIT"
    assert (await state_of(books, elsewhere["id"]))["state"] == "REQUESTED"
    wallet = await books.wallet()
    assert (wallet.balance_minor, wallet.held_minor) == (20_000, 5_000)
    assert await hand_over(books.world) is None
    (entry,) = await AuditEntry.filter(action="PAYOUT_FILE_CREATED")
    assert REASON in entry.data
    assert entry.user_id is not None


async def test_two_of_staff_at_once_never_pay_twice(books: Books) -> None:
    """STA2."""
    await books.top_up(50_000)
    for number in range(5):
        await requested(books, 5_000, key=str(number))

    files = [file for file in await asyncio.gather(*(hand_over(books.world) for _ in range(4))) if file is not None]

    references = [each for file in files for each in re.findall("<EndToEndId>(.*?)<", file.content)]
    assert sorted(references) == sorted(each.end_to_end_reference for each in await Withdrawal.all())
    assert await books.balance() == 25_000


async def test_a_crash_leaves_neither_a_file_nor_a_withdrawal_that_went(books: Books) -> None:
    await books.top_up(50_000)
    await requested(books, 20_000)

    def crash(order: PayoutOrder) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await create_payout_file(
            await at_terminal(books.world), crash, target=WithdrawalTarget.IBAN, currency=Currency.CHF, reason=REASON
        )

    assert await PayoutFile.all().count() == 0
    assert (await Withdrawal.get()).state is WithdrawalState.REQUESTED
    assert (await books.wallet()).held_minor == 20_000


async def test_withdrawals_of_several_organizations_go_together(books: Books) -> None:
    other = await Books.open(books.world)
    for each in (books, other):
        await each.top_up(10_000)
        await requested(each, 10_000)

    file = await hand_over(books.world)

    assert file is not None
    assert file.withdrawal_count == 2
    assert [await each.balance() for each in (books, other)] == [0, 0]


async def test_only_staff_with_a_reason_hands_over(books: Books) -> None:
    """STA1: whoever is no longer staff does nothing more."""
    await books.top_up(50_000)
    await requested(books, 20_000)
    acting = await at_terminal(books.world)
    write = writer_for(books.world.settings.debtor)

    with pytest.raises(InvalidInput):
        await create_payout_file(acting, write, target=WithdrawalTarget.IBAN, currency=Currency.CHF, reason=" ")
    await User.filter(id=acting.viewer.user_id).update(is_staff=False)
    with pytest.raises(Forbidden):
        await create_payout_file(acting, write, target=WithdrawalTarget.IBAN, currency=Currency.CHF, reason=REASON)
    with pytest.raises(Forbidden):
        await act_at_terminal(books.world.clock.now(), login=books.user.login)

    assert (await Withdrawal.get()).state is WithdrawalState.REQUESTED


async def test_a_statement_says_that_it_was_paid(books: Books) -> None:
    """STA2: and the same file again changes nothing."""
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)
    await hand_over(books.world)
    books.world.clock.move(days=1)

    found = [await take_in(books, left(withdrawal["reference"])) for _ in range(2)]

    assert found == [[Finding.PAID_OUT], [Finding.KNOWN]]
    paid = await state_of(books, withdrawal["id"])
    assert (paid["state"], paid["settledAt"]) == ("PAID", "2026-03-03T09:30:00+00:00")
    assert await books.balance() == 30_000


@pytest.mark.parametrize("paid_before", [False, True], ids=["in transit", "after it was paid"])
async def test_money_that_comes_back_is_in_the_wallet_again(books: Books, paid_before: bool) -> None:
    """WAL3: also after PAID was reported; once, however often it is told, and by whomever."""
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)
    await hand_over(books.world)
    if paid_before:
        await take_in(books, left(withdrawal["reference"]))

    found = [await take_in(books, returned(withdrawal["reference"])) for _ in range(2)]

    assert found == [[Finding.RETURNED], [Finding.KNOWN]]
    assert await take_in(books, left(withdrawal["reference"])) == [Finding.KNOWN]
    failed = await state_of(books, withdrawal["id"])
    assert (failed["state"], failed["failureReason"]) == ("FAILED", "AC04")
    assert await books.balance() == 50_000
    assert await IncomingTransfer.all().count() == 0


async def test_money_that_comes_back_in_part_or_for_somebody_who_is_gone_waits_for_staff(books: Books) -> None:
    """INV7: it is neither lost, nor given to an organization that is gone."""
    await books.top_up(50_000)
    withdrawal = await requested(books, 50_000)
    await hand_over(books.world)
    await take_in(books, left(withdrawal["reference"], "500.00"))

    less = await take_in(books, returned(withdrawal["reference"], "495.00"))
    await Organization.filter(id=books.organization.id).update(deleted_at=books.world.clock.now())
    late = await take_in(
        books, returned(f"{withdrawal['reference']}", "500.00").replace(b"<AcctSvcrRef>IN", b"<AcctSvcrRef>LATE")
    )

    assert (less, late) == ([Finding.UNMATCHED], [Finding.UNMATCHED])
    assert (await Withdrawal.get()).state is WithdrawalState.PAID
    assert await books.balance() == 0


async def test_what_came_back_without_the_fees_of_banks_is_brought_to_its_owner_by_staff(books: Books) -> None:
    """INV7, STA2: the message names the withdrawal, the withdrawal its owner; what came back is credited, no more."""
    await books.top_up(50_000)
    withdrawal = await requested(books, 50_000)
    await hand_over(books.world)
    await take_in(books, returned(withdrawal["reference"], "495.00"))
    _, staff = await add_staff(books.world)

    waiting = await staff.ask("{ staff { incomingTransfers(filter: {unmatchedOnly: true}) { nodes { id message } } } }")
    (transfer,) = waiting.data["staff"]["incomingTransfers"]["nodes"]
    found = await staff.ask(
        """query Q($reference: String!) { staff { withdrawals(filter: {reference: $reference}) { nodes {
            id state owner { id name } organization { name } } } } }""",
        reference=transfer["message"].split()[0],
    )
    (named,) = found.data["staff"]["withdrawals"]["nodes"]
    settled = await settle(staff, named["id"], "PAID")
    assigned = await staff.do(
        "staffAssignIncomingTransfer",
        incomingTransferId=transfer["id"],
        organizationId=named["owner"]["id"],
        reason=REASON,
        idempotencyKey="key",
    )

    assert transfer["message"] == f"{withdrawal['reference']} AC04"
    assert named == {
        "id": withdrawal["id"],
        "state": "IN_TRANSIT",
        "owner": {"id": id_of(books.organization), "name": books.organization.name},
        "organization": None,
    }
    assert settled.result()["withdrawal"]["state"] == "PAID"
    assert assigned.result()["__typename"] == "StaffAssignIncomingTransferSuccess"
    assert await books.balance() == 49_500


async def test_members_know_the_owner_of_their_withdrawals_and_strangers_none(books: Books) -> None:
    await books.top_up(50_000)
    withdrawal = await requested(books, 50_000)
    stranger = await books.world.sign_in(await books.world.add_user())
    document = (
        "query Q($id: ID!) { node(id: $id) { ... on Withdrawal { owner { id name } organization { id name } } } }"
    )

    own = await books.client.ask(document, id=withdrawal["id"])
    foreign = await stranger.ask(document, id=withdrawal["id"])

    shown = {"id": id_of(books.organization), "name": books.organization.name}
    assert own.data["node"] == {"owner": shown, "organization": shown}
    assert foreign.body["data"] == {"node": None}
    assert foreign.codes == ["NOT_FOUND"]


async def test_what_names_no_withdrawal_of_ours_changes_none(books: Books) -> None:
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)

    assert await take_in(books, left("NOTPROVIDED")) == [Finding.IGNORED]
    assert await take_in(books, left(withdrawal["reference"])) == [Finding.IGNORED], "it was not handed over yet"
    await hand_over(books.world)
    assert await take_in(books, left(withdrawal["reference"], "199.99")) == [Finding.IGNORED]
    assert (await Withdrawal.get()).state is WithdrawalState.IN_TRANSIT


async def test_paypal_pays_and_refuses(books: Books) -> None:
    await books.top_up(50_000)
    paid = await requested(books, 20_000, paypal={"email": "ada@example.org"})
    refused = await requested(books, 10_000, key="second", paypal={"email": "bob@example.org"})
    file = await hand_over(books.world, WithdrawalTarget.PAYPAL)
    assert file is not None
    assert file.content == (
        f"ada@example.org,200.00,CHF,{paid['reference']}\r\nbob@example.org,100.00,CHF,{refused['reference']}\r\n"
    )
    results = (
        "reference,amount,currency,status,reason\n"
        f"{paid['reference']},200.00,CHF,Completed,\n{refused['reference']},100.00,CHF,Denied,account closed\n"
    )

    acting = Nobody(books.world.clock.now())
    found = [finding async for _, finding in import_movements(acting, Policy(), read_results(results))]

    assert found == [Finding.PAID_OUT, Finding.RETURNED]
    assert (await state_of(books, refused["id"]))["failureReason"] == "account closed"
    assert await books.balance() == 30_000


async def test_staff_settles_by_hand_and_the_reason_is_kept(books: Books) -> None:
    """STA1, WAL3."""
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)
    user, staff = await add_staff(books.world)

    too_early = await settle(staff, withdrawal["id"], "PAID", "early")
    await hand_over(books.world)
    paid = await settle(staff, withdrawal["id"], "PAID")
    again = await settle(staff, withdrawal["id"], "PAID")
    failed = await settle(staff, withdrawal["id"], "FAILED", "later", "The bank called: account closed")
    back = await settle(staff, withdrawal["id"], "PAID", "back")

    assert (too_early.refused(), too_early.result()["state"]) == ("WITHDRAWAL_NOT_SETTLEABLE", "REQUESTED")
    assert paid.result()["withdrawal"]["state"] == again.result()["withdrawal"]["state"] == "PAID"
    assert failed.result()["withdrawal"] == {"state": "FAILED", "failureReason": "The bank called: account closed"}
    assert back.refused() == "WITHDRAWAL_NOT_SETTLEABLE"
    assert await books.balance() == 50_000
    entries = await AuditEntry.filter(action="WITHDRAWAL_SETTLED").order_by("id")
    assert [entry.user_id for entry in entries] == [user.id] * 2
    assert REASON in entries[0].data


async def test_a_reason_must_be_given(books: Books) -> None:
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)
    await hand_over(books.world)
    _, staff = await add_staff(books.world)

    assert (await settle(staff, withdrawal["id"], "FAILED", reason=" ")).refused() == "INVALID_INPUT"
    assert await books.balance() == 30_000


async def test_nobody_else_settles_and_nobody_else_sees_the_work_of_staff(books: Books) -> None:
    """STA1, ORG4: nor staff in a session without the second factor."""
    await books.top_up(50_000)
    withdrawal = await requested(books, 20_000)
    await hand_over(books.world)
    user = await books.world.add_user()
    await User.filter(id=user.id).update(is_staff=True)
    without_factor = await books.world.sign_in(user)

    for client in (books.client, without_factor):
        settled = await settle(client, withdrawal["id"], "PAID")
        seen = await client.ask("{ staff { withdrawals { totalCount } payoutFiles { totalCount } } }")

        assert (settled.codes, seen.codes) == (["FORBIDDEN"], ["FORBIDDEN"])
        assert seen.body["data"] == {"staff": None}
    assert (await Withdrawal.get()).state is WithdrawalState.IN_TRANSIT


async def test_staff_sees_withdrawals_of_all_by_state_and_by_file(books: Books) -> None:
    """STA2: of an account no more than its owner sees."""
    await books.top_up(50_000)
    first = await requested(books, 20_000)
    file = await hand_over(books.world)
    assert file is not None
    second = await requested(books, 10_000, key="second")
    _, staff = await add_staff(books.world)

    answer = await staff.ask(
        """query Q($file: ID) { staff { payoutFiles { nodes { id total { amount currency } withdrawalCount } }
            withdrawals { totalCount nodes { id destinationShown organization { id } viewerCan { cancel { code } } } }
            waiting: withdrawals(filter: {state: [REQUESTED]}) { nodes { id } }
            sent: withdrawals(filter: {payoutFile: $file}) { nodes { id } } } }""",
        file=f"pof_{file.id.hex}",
    )

    work = answer.data["staff"]
    assert work["payoutFiles"]["nodes"] == [
        {"id": f"pof_{file.id.hex}", "total": {"amount": "200.00", "currency": "CHF"}, "withdrawalCount": 1}
    ]
    assert work["withdrawals"]["totalCount"] == 2
    assert work["withdrawals"]["nodes"][0]["organization"] is None, "staff is no member"
    assert work["withdrawals"]["nodes"][0]["viewerCan"] == {"cancel": {"code": "NOT_FOUND"}}
    assert (work["waiting"]["nodes"], work["sent"]["nodes"]) == ([{"id": second["id"]}], [{"id": first["id"]}])
    assert "CH9300762011623852957" not in str(answer.body)
