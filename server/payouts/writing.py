"""Which file withdrawals are handed over in."""

from resolvers.payouts import PayoutOrder, WritePayouts
from rules.states import WithdrawalTarget
from server.payouts.debtor import Debtor
from server.payouts.pain001 import write_pain001
from server.payouts.paypal_csv import write_mass_payment


def writer_for(debtor: Debtor) -> WritePayouts:
    """How orders become files: a payment order for bank accounts, a list for PayPal."""

    def write(order: PayoutOrder) -> str:
        if order.target is WithdrawalTarget.PAYPAL:
            return write_mass_payment(order)
        return write_pain001(order, debtor)

    return write
