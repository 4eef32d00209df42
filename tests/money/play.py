"""A play of two customers: the product on the stage, the expectation beside it, and the deeds that there are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st

from resolvers.payment_providers import Outcome
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import AccountKind, PaymentMethodKind, PaymentState
from tests.money.expectation import Bill, Expectation, Paying, Purse
from tests.money.playing import Customer, Stage
from tests.scripted_provider import Script
from tests.world import Answer

Place = tuple[int, Currency]
Row = TypeVar("Row")

PLACES = st.tuples(st.integers(0, 1), st.sampled_from(Currency))
WHICH = st.integers(0, 99)
AMOUNTS = st.integers(1, 20_000)
LINES = st.lists(st.tuples(AMOUNTS, st.sampled_from([0, 810, 1900])), min_size=1, max_size=3)


@dataclass
class Play:
    """Two customers with a wallet in each currency; `strays` is money that arrived for nobody."""

    stage: Stage
    customers: list[Customer]
    books: Expectation
    strays: list[tuple[str, Currency, int]] = field(default_factory=list)

    @classmethod
    async def begin(cls, stage: Stage) -> "Play":
        customers = [await stage.add_customer() for _ in range(2)]
        purses = [Purse(each.organization.id, currency) for each in customers for currency in Currency]
        return cls(stage, customers, Expectation(purses))

    def at(self, place: Place) -> tuple[Customer, Purse]:
        customer = self.customers[place[0]]
        return customer, self.purse_of(customer, place[1])

    def purse_of(self, customer: Customer, currency: Currency) -> Purse:
        owner = customer.organization.id
        return next(each for each in self.books.purses if (each.owner, each.currency) == (owner, currency))

    def owner_of(self, purse: Purse) -> Customer:
        return next(each for each in self.customers if each.organization.id == purse.owner)

    def script(self, course: Script | None) -> None:
        """Say what the provider answers when it is asked to charge; None where it is not asked."""
        plays = self.stage.world.provider.plays
        plays.clear()
        if course is not None:
            plays.append(course)

    def begun(self, answer: Answer, purse: Purse, kind: PaymentMethodKind, outside: int, **more: Any) -> Paying:
        """Expect the payment that an answer tells of to be under way."""
        shown = answer.result()
        key = shown["payment"]["id"] if "payment" in shown else shown["paymentId"]
        return self.books.begin(Paying(key, purse, kind, outside, **more))

    def follow(self, payment: Paying, course: Script) -> None:
        """Expect what the provider answered at once."""
        if isinstance(course, type):
            payment.state = PaymentState.UNKNOWN
        else:
            self.books.learn(payment, course)

    def known_of(self, payment: Paying) -> Outcome | None:
        """What the provider would answer now."""
        return self.stage.world.provider.became.get(payment.key)

    async def owe(self, who: int, lines: list[tuple[int, int]]) -> None:
        """Bill a customer in the currency of today."""
        invoice = await self.stage.owe(self.customers[who], lines)
        assert invoice.net_minor == sum(net for net, _ in lines)
        shares = {AccountKind.REVENUE: invoice.net_minor, AccountKind.VAT_DUE: invoice.vat_minor}
        purse = self.purse_of(self.customers[who], invoice.currency)
        self.books.bills.append(Bill(public_id(Prefix.INVOICE, invoice.id), purse, shares))


def pick(rows: Sequence[Row], which: int, fits: Callable[[Row], bool]) -> Row | None:
    """One of the rows: mostly one that fits, now and then any; None where there are none."""
    fitting = [row for row in rows if fits(row)]
    of_all = fitting if fitting and which % 4 else rows
    return of_all[which % len(of_all)] if of_all else None


Doing = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Deed:
    """Something that happens, with the values that say how."""

    doing: Doing
    values: dict[str, Any]

    async def happen(self, play: Play) -> None:
        await self.doing(play, **self.values)


CHOICES: list[tuple[Doing, st.SearchStrategy[dict[str, Any]]]] = []


def deed(weight: int = 1, **values: st.SearchStrategy[Any]) -> Callable[[Doing], Doing]:
    """Declare that a function is one of the deeds, so many times as likely as others, with values of these kinds."""

    def declare(doing: Doing) -> Doing:
        CHOICES.extend([(doing, st.fixed_dictionaries(values))] * weight)
        return doing

    return declare


@st.composite
def deeds(draw: st.DrawFn) -> Deed:
    """One of all the deeds that were declared."""
    doing, values = CHOICES[draw(st.sampled_from(range(len(CHOICES))))]
    return Deed(doing, draw(values))
