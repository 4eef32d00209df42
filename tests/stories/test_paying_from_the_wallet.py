"""INV1, INV2, INV5, INV6, MEM5, WAL1, WAL4, WAL5: invoices issued, and paid from the wallet, all together or none."""

import asyncio

import pytest

from models import Invoice, LedgerTransfer, Organization, OutboxMail, Payment
from rules.identifiers import Prefix, public_id
from rules.letters import LetterKind
from rules.money import Currency
from rules.rights import Role
from tests.books import Books
from tests.world import id_of

pytestmark = pytest.mark.anyio


async def test_two_invoices_are_paid_together(books: Books) -> None:
    await books.top_up(50_000)
    first, second = await books.owe(10_000), await books.owe(5_000, 1_000)
    assert (first.total_minor, second.total_minor) == (10_810, 6_486)

    answer = await books.pay([first, second])

    payment = answer.result()["payment"]
    assert payment["amount"] == {"amount": "172.96", "currency": "CHF"}
    assert payment["fromWallet"] == {"amountMinor": "17296"}
    paid = [each["invoice"] for each in payment["allocations"]["nodes"]]
    assert [(each["number"], each["state"]) for each in paid] == [("2026-000001", "PAID"), ("2026-000002", "PAID")]
    assert {each["viewerCan"]["pay"]["code"] for each in paid} == {"INVOICE_NOT_PAYABLE"}
    assert await books.balance() == 50_000 - 17_296


async def test_a_statement_shows_the_balance_after_each_line(books: Books) -> None:
    """WAL5."""
    await books.top_up(20_000)
    await books.pay([await books.owe(10_000)])

    answer = await books.client.ask(
        """query Q($id: ID!) { organization(id: $id) { openInvoiceCount wallets { nodes { currency balance { amount }
            entries(orderBy: OLDEST) { totalCount
                nodes { position cause amount { amount } balanceAfter { amount } } } } } } }""",
        id=id_of(books.organization),
    )

    (wallet,) = answer.data["organization"]["wallets"]["nodes"]
    assert wallet["balance"] == {"amount": "91.90"}
    assert wallet["entries"]["nodes"] == [
        {"position": "1", "cause": "TOP_UP", "amount": {"amount": "200.00"}, "balanceAfter": {"amount": "200.00"}},
        {"position": "2", "cause": "PAYMENT", "amount": {"amount": "-108.10"}, "balanceAfter": {"amount": "91.90"}},
    ]
    assert answer.data["organization"]["openInvoiceCount"] == 0


async def test_too_little_money_pays_nothing_and_says_what_is_missing(books: Books) -> None:
    """INV6, M10: all or nothing."""
    await books.top_up(12_000)
    invoices = [await books.owe(10_000), await books.owe(10_000)]

    answer = await books.pay(invoices)

    assert answer.refused() == "INSUFFICIENT_FUNDS"
    assert answer.result()["missing"] == {"amount": "96.20", "amountMinor": "9620", "currency": "CHF"}
    assert await books.balance() == 12_000
    assert await Invoice.filter(state="PAID").count() == await Payment.all().count() == 0


async def test_a_refused_key_may_be_tried_again_after_topping_up(books: Books) -> None:
    """M6: a refusal had no effect and is not remembered."""
    invoice = await books.owe(1_000)
    assert (await books.pay([invoice], key="same")).refused() == "INSUFFICIENT_FUNDS"

    await books.top_up(5_000)

    assert (await books.pay([invoice], key="same")).result()["__typename"] == "PayInvoicesSuccess"


async def test_the_same_key_pays_once_however_often_it_is_sent(books: Books) -> None:
    """M3: at once and later; one effect, one payment."""
    await books.top_up(50_000)
    invoice = await books.owe(10_000)

    answers = await asyncio.gather(*(books.pay([invoice]) for _ in range(6)))
    later = await books.pay([invoice])

    ids = {each.result()["payment"]["id"] for each in [*answers, later] if not each.codes}
    assert len(ids) == 1
    assert {code for each in answers for code in each.codes} <= {"IDEMPOTENCY_IN_PROGRESS"}
    assert later.body["extensions"]["idempotency"] == {"replayed": ["payInvoices"]}
    assert await books.balance() == 50_000 - invoice.total_minor


async def test_the_same_key_with_other_arguments_is_refused(books: Books) -> None:
    """M4."""
    await books.top_up(50_000)
    first, second = await books.owe(1_000), await books.owe(2_000)
    await books.pay([first])

    assert (await books.pay([second])).refused() == "IDEMPOTENCY_KEY_REUSED"


async def test_of_many_who_pay_the_same_invoice_one_succeeds(books: Books) -> None:
    """M8."""
    await books.top_up(90_000)
    invoice = await books.owe(10_000)

    answers = await asyncio.gather(*(books.pay([invoice], key=str(number)) for number in range(8)))

    outcomes = sorted(each.result()["__typename"] for each in answers)
    assert outcomes == ["InvoiceNotPayable"] * 7 + ["PayInvoicesSuccess"]
    assert await books.balance() == 90_000 - invoice.total_minor


async def test_many_payments_at_once_never_spend_the_same_money(books: Books) -> None:
    """M1: money for three of eight."""
    invoices = [await books.owe(1_000) for _ in range(8)]
    await books.top_up(3 * invoices[0].total_minor)

    answers = await asyncio.gather(*(books.pay([each], key=each.number) for each in invoices))

    outcomes = [each.result()["__typename"] for each in answers]
    assert outcomes.count("PayInvoicesSuccess") == 3
    assert outcomes.count("InsufficientFunds") == 5
    assert await books.balance() == 0


async def test_exactly_what_was_shown_is_paid(books: Books) -> None:
    """M9."""
    await books.top_up(50_000)
    invoice = await books.owe(10_000)

    answer = await books.pay([invoice], expected=10_809)

    assert answer.refused() == "AMOUNT_CHANGED"
    assert answer.result()["amount"] == {"amountMinor": "10810"}
    assert await books.balance() == 50_000


async def test_currencies_never_mix(books: Books) -> None:
    """INV11: an invoice keeps its currency when the organization moves (ORG5)."""
    await books.top_up(50_000)
    francs = await books.owe(1_000)
    await Organization.filter(id=books.organization.id).update(country="DE", currency=Currency.EUR)
    euros = await books.owe(1_000)
    assert euros.total_minor == 1_190

    answer = await books.pay([francs, euros])

    assert answer.refused() == "CURRENCY_MISMATCH"
    assert answer.result()["currencies"] == ["CHF", "EUR"]
    assert (await books.pay([euros], key="euros")).refused() == "INSUFFICIENT_FUNDS", "francs do not pay euros"


async def test_promotional_credit_is_spent_first(books: Books) -> None:
    """WAL4."""
    await books.top_up(10_000)
    await books.give_credit(3_000)

    await books.pay([await books.owe(5_000)])

    wallet = await books.wallet()
    assert (wallet.balance_minor, wallet.promotional_minor) == (13_000 - 5_405, 0)
    spent = await LedgerTransfer.get(debit_id=wallet.id)
    assert spent.promotional_minor == 3_000


async def test_an_invoice_tells_those_who_pay_and_want_to_know(books: Books) -> None:
    """MEM8."""
    world = books.world
    quiet, product_only = await world.add_user(), await world.add_user()
    await world.add_member(books.organization, product_only, Role.COLLABORATOR, billing=False)
    member = await world.add_member(books.organization, quiet, Role.COLLABORATOR, billing=True)
    member.billing_reminders = False
    await member.save()

    await books.owe(10_000)

    told = await OutboxMail.filter(kind=LetterKind.INVOICE_ISSUED)
    assert [mail.recipient for mail in told] == [books.user.login]


async def test_without_the_billing_right_nothing_of_money_is_told(books: Books) -> None:
    """MEM5: not a balance, a total, a count or a date."""
    await books.top_up(12_345)
    invoice = await books.owe(6_789)
    colleague = await books.world.add_user()
    await books.world.add_member(books.organization, colleague, Role.COLLABORATOR, billing=False)
    client = await books.world.sign_in(colleague)

    answer = await client.ask(
        """query Q($id: ID!, $invoice: ID!) { organization(id: $id) { name openInvoiceCount
            wallets { totalCount } invoices { totalCount } payments { totalCount } } node(id: $invoice) { id } }""",
        id=id_of(books.organization),
        invoice=public_id(Prefix.INVOICE, invoice.id),
    )

    assert answer.body["data"] == {
        "organization": {
            "name": books.organization.name,
            "openInvoiceCount": None,
            "wallets": None,
            "invoices": None,
            "payments": None,
        },
        "node": None,
    }
    assert answer.codes == ["FORBIDDEN"] * 5
    assert not {"12345", "6789", "7339", invoice.number} & set(str(answer.body).split())


async def test_numbers_have_no_gaps_under_concurrency(books: Books) -> None:
    """INV1."""
    others = [await Books.open(books.world) for _ in range(4)]

    await asyncio.gather(*(each.owe(1_000) for each in others for _ in range(3)))

    numbers = sorted(str(each) for each in await Invoice.all().values_list("number", flat=True))
    assert numbers == [f"2026-{number:06}" for number in range(1, 13)]
