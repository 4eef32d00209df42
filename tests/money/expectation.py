"""What the books must say after each step, kept by hand from the rules: the other side of a comparison (WAL5).

Amounts are in minor units. Of the product's code nothing is used but the names of states, accounts and outcomes.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from resolvers.payment_providers import ActionRequired, Cancelled, Declined, Outcome, Pending, Reversed, Succeeded
from rules.money import Currency, split_evenly
from rules.states import AccountKind, ChargeState, InvoiceState, PaymentMethodKind, PaymentState, WithdrawalState

LIVE = {PaymentState.PENDING, PaymentState.ACTION_REQUIRED, PaymentState.UNKNOWN}
OVER_UNPAID = {PaymentState.FAILED, PaymentState.CANCELLED}
IN_TRANSIT = AccountKind.PAYMENTS_IN_TRANSIT


@dataclass(frozen=True)
class Part:
    """Some of a wallet's money, and how much of it was given as credit."""

    amount: int
    credit: int = 0


@dataclass(eq=False)
class Purse:
    """A wallet: all that is in it, what of that is credit, and what of each is kept aside."""

    owner: UUID
    currency: Currency
    balance: int = 0
    credit: int = 0
    kept: int = 0
    kept_credit: int = 0

    @property
    def available(self) -> int:
        return self.balance - self.kept

    @property
    def withdrawable(self) -> int:
        return self.available - (self.credit - self.kept_credit)

    def part(self, amount: int, *, with_credit: bool) -> Part:
        """What an amount is taken from: credit first where it may be spent (WAL4)."""
        return Part(amount, min(amount, self.credit - self.kept_credit) if with_credit else 0)

    def keep(self, part: Part) -> Part:
        self.kept += part.amount
        self.kept_credit += part.credit
        return part

    def free(self, part: Part) -> None:
        self.keep(Part(-part.amount, -part.credit))

    def add(self, part: Part) -> None:
        self.balance += part.amount
        self.credit += part.credit


@dataclass(eq=False)
class Fee:
    """A charge, by its source; what was lent to a purse is one, too."""

    source: str
    payer: Purse
    net: int
    is_lent: bool = False
    state: ChargeState = ChargeState.OPEN


@dataclass(eq=False)
class Bill:
    """An invoice: who pays it, and whose its money is once it is paid."""

    key: str
    payer: Purse
    shares: dict[AccountKind, int]
    fees: list[Fee] = field(default_factory=list)
    state: InvoiceState = InvoiceState.OPEN
    is_being_paid: bool = False
    paid_by: "Paying | None" = None
    is_credited: bool = False

    @property
    def total(self) -> int:
        return sum(self.shares.values())

    @property
    def is_payable(self) -> bool:
        return self.state is InvoiceState.OPEN and not self.is_being_paid

    def become(self, state: InvoiceState, fees: ChargeState) -> None:
        self.state = state
        for fee in self.fees:
            fee.state = fees


@dataclass(eq=False)
class Paying:
    """A payment: of bills, or without any of a top-up; `outside` is what does not come from the purse."""

    key: str
    purse: Purse
    kind: PaymentMethodKind
    outside: int
    bills: list[Bill] = field(default_factory=list)
    inside: Part = Part(0)
    state: PaymentState = PaymentState.PENDING
    arrived_late: bool = False
    is_gone_again: bool = False


@dataclass(eq=False)
class Payout:
    """A withdrawal."""

    key: str
    purse: Purse
    part: Part
    state: WithdrawalState = WithdrawalState.REQUESTED


@dataclass
class Expectation:
    """All books of a few organizations. `ours` is what moved into the provider's own accounts, less what moved out."""

    purses: list[Purse] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    payments: list[Paying] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    ours: Counter[tuple[AccountKind, Currency]] = field(default_factory=Counter)
    fees: list[Fee] = field(default_factory=list)

    def arrive(self, purse: Purse, part: Part, source: AccountKind = IN_TRANSIT) -> None:
        """Money comes into a purse."""
        purse.add(part)
        self.ours[source, purse.currency] -= part.amount

    def leave(self, purse: Purse, part: Part, target: AccountKind) -> None:
        """Money goes out of a purse."""
        purse.add(Part(-part.amount, -part.credit))
        self.ours[target, purse.currency] += part.amount

    def begin(self, payment: Paying) -> Paying:
        """A payment is under way: its part of the purse is kept aside, its bills are being paid (INV6)."""
        payment.purse.keep(payment.inside)
        for bill in payment.bills:
            bill.is_being_paid = True
        self.payments.append(payment)
        return payment

    def pay_from_purse(self, key: str, purse: Purse, bills: list[Bill]) -> None:
        """Bills are paid from the purse alone, at once."""
        inside = purse.part(sum(bill.total for bill in bills), with_credit=True)
        self.complete(self.begin(Paying(key, purse, PaymentMethodKind.WALLET, 0, bills, inside)))

    def complete(self, payment: Paying) -> None:
        """A payment under way succeeds."""
        payment.state = PaymentState.SUCCEEDED
        purse = payment.purse
        if not payment.bills:
            self.arrive(purse, Part(payment.outside))
            return
        purse.free(payment.inside)
        purse.add(Part(-payment.inside.amount, -payment.inside.credit))
        self.ours[IN_TRANSIT, purse.currency] -= payment.outside
        for bill in payment.bills:
            bill.become(InvoiceState.PAID, ChargeState.SETTLED)
            bill.is_being_paid, bill.paid_by = False, payment
            self._share(bill, 1)

    def _share(self, bill: Bill, sign: int) -> None:
        for kind, amount in bill.shares.items():
            self.ours[kind, bill.payer.currency] += sign * amount

    def drop(self, payment: Paying, state: PaymentState) -> None:
        """A payment under way comes to nothing: nothing is kept (INV6)."""
        payment.state = state
        payment.purse.free(payment.inside)
        for bill in payment.bills:
            bill.is_being_paid = False

    def learn(self, payment: Paying, outcome: Outcome) -> None:
        """It becomes known how a payment went on; the same or something older again changes nothing."""
        match outcome:
            case Succeeded() if payment.state in LIVE:
                self.complete(payment)
            case ActionRequired() if payment.state in LIVE:
                payment.state = PaymentState.ACTION_REQUIRED
            case Pending() if payment.state in LIVE:
                payment.state = PaymentState.PENDING
            case Declined() | Reversed() if payment.state in LIVE:
                self.drop(payment, PaymentState.FAILED)
            case Cancelled() if payment.state in LIVE:
                self.drop(payment, PaymentState.CANCELLED)
            case Succeeded() if payment.state in OVER_UNPAID:
                self.come_late(payment)
            case Reversed() if payment.state in OVER_UNPAID:
                self.take_late_money_back(payment)
            case Reversed() if payment.state is PaymentState.SUCCEEDED:
                self.reverse(payment)

    def come_late(self, payment: Paying) -> None:
        """Money comes for a payment that is over: it is credited, once (WAL6)."""
        if not payment.arrived_late:
            payment.arrived_late = True
            self.arrive(payment.purse, Part(payment.outside))

    def take_late_money_back(self, payment: Paying) -> None:
        """What came late is taken back by the payer's bank, once."""
        if payment.arrived_late and not payment.is_gone_again:
            payment.is_gone_again = True
            self._take_back(payment)

    def reverse(self, payment: Paying) -> None:
        """A payment that succeeded is taken back: bills are open again; a top-up is gone, or owed (WAL6)."""
        payment.state = PaymentState.REVERSED
        if not payment.bills:
            self._take_back(payment)
            return
        for bill in payment.bills:
            bill.become(InvoiceState.OPEN, ChargeState.INVOICED)
            self._share(bill, -1)
        payment.purse.add(payment.inside)
        self.ours[IN_TRANSIT, payment.purse.currency] += payment.outside

    def _take_back(self, payment: Paying) -> None:
        """What is there goes; what is missing is lent and charged, so that the purse stays at zero."""
        purse = payment.purse
        there = min(payment.outside, purse.withdrawable)
        lent = payment.outside - there
        self.leave(purse, Part(there), IN_TRANSIT)
        self.ours[IN_TRANSIT, purse.currency] += lent
        self.ours[AccountKind.CHARGEBACKS, purse.currency] -= lent
        if lent:
            self.fees.append(Fee(payment.key, purse, lent, is_lent=True))

    def can_be_credited(self, bill: Bill) -> bool:
        """Whether there is anything of a bill to correct."""
        is_there = bill.state is InvoiceState.PAID or bill.is_payable
        return is_there and not bill.is_credited

    def credit(self, bill: Bill) -> None:
        """A bill is corrected as a whole: what was paid comes back to the purse, credit as credit (INV1, WAL4)."""
        bill.is_credited = True
        if bill.state is InvoiceState.OPEN:
            bill.become(InvoiceState.VOID, ChargeState.CANCELLED)
            return
        payment = bill.paid_by
        assert payment is not None
        parts = split_evenly(payment.inside.credit, [each.total for each in payment.bills])
        bill.payer.add(Part(bill.total, parts[payment.bills.index(bill)]))
        self._share(bill, -1)
