"""STA2: PayPal's list of payments, and its results."""

from datetime import UTC, datetime

import pytest

from resolvers.bank_statements import PaidOut, Returned, Unreadable
from resolvers.payouts import Payout, PayoutOrder
from rules.money import Currency
from rules.qr_bill import Party
from rules.states import WithdrawalTarget
from server.payouts.paypal_csv import read_results, write_mass_payment

NOBODY = Party("", "", "", "", "")


def test_each_payment_is_a_row_and_no_cell_is_a_formula() -> None:
    payouts = [Payout("W1", 123_450, "ada@example.org", None, NOBODY), Payout("W2", 5, "=x@example.org", None, NOBODY)]
    order = PayoutOrder("P1", WithdrawalTarget.PAYPAL, Currency.EUR, payouts, datetime(2026, 3, 2, tzinfo=UTC))

    text = write_mass_payment(order)

    assert text == "ada@example.org,1234.50,EUR,W1\r\n'=x@example.org,0.05,EUR,W2\r\n"


def test_results_say_what_was_paid_what_was_not_and_what_nobody_knows_yet() -> None:
    text = (
        "\ufeffReference,Status,Amount,Currency,Reason\n"
        "W1,Completed,-12.50,CHF,\nW2,Returned,3.00,EUR,no such account\nW3,Failed,3.00,EUR,\n"
        "W4,Unclaimed,1.00,CHF,\nW5,Completed,x,CHF,\nW6,Completed,1.00,USD,\n"
    )

    first, second, third, *others = read_results(text)

    assert first == PaidOut("W1", Currency.CHF, 1_250)
    assert second == Returned("W2", Currency.EUR, 300, "no such account")
    assert third == Returned("W3", Currency.EUR, 300, "Failed")
    assert [type(each) for each in others] == [Unreadable] * 3


def test_a_file_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="no column amount, currency"):
        list(read_results("reference,status\nW1,Completed\n"))
