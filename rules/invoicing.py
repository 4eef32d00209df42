"""From the lines of an invoice to its totals: VAT rounded once per rate, parts that sum to the whole (INV2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rules.money import round_share, split_evenly

WHOLE = 10_000  # a rate of 100 percent, in hundredths


@dataclass(frozen=True)
class Line:
    """What is billed: `quantity` times the net price of one, less a discount, for a half-open service period.

    `position` is its place on the invoice; without it lines stand in their order.
    """

    description: str
    quantity: int
    unit_net_minor: int
    vat_rate: int
    discount_minor: int = 0
    product_id: UUID | None = None
    charge_id: UUID | None = None
    period_start: date | None = None
    period_end: date | None = None
    position: int | None = None

    @property
    def net_minor(self) -> int:
        """The net amount of the line."""
        return self.quantity * self.unit_net_minor - self.discount_minor


@dataclass(frozen=True)
class Tax:
    """The VAT at one rate: on the sum of its lines, rounded once."""

    vat_rate: int
    net_minor: int
    vat_minor: int


@dataclass(frozen=True)
class Totals:
    """What an invoice comes to; `line_vats` are the lines' shares of the VAT, in their order."""

    net_minor: int
    vat_minor: int
    taxes: tuple[Tax, ...]
    line_vats: tuple[int, ...]

    @property
    def total_minor(self) -> int:
        """Net and VAT together."""
        return self.net_minor + self.vat_minor


def add_up(lines: Sequence[Line], before: Mapping[int, int] | None = None) -> Totals:
    """Add up an invoice. The taxes sum to its VAT, and so do the shares of the lines.

    `before` says what was added up at each rate earlier: VAT is then rounded on the running sum, so that documents one
    after the other come to the VAT of a single one.
    """
    before = before or {}
    shares = [0] * len(lines)
    taxes = []
    for rate in sorted({line.vat_rate for line in lines}):
        places = [place for place, line in enumerate(lines) if line.vat_rate == rate]
        nets = [lines[place].net_minor for place in places]
        net, earlier = sum(nets), before.get(rate, 0)
        vat = round_share(earlier + net, rate, WHOLE) - round_share(earlier, rate, WHOLE)
        taxes.append(Tax(rate, net, vat))
        if any(nets):
            for place, share in zip(places, split_evenly(vat, [abs(each) for each in nets]), strict=True):
                shares[place] = share
    return Totals(
        net_minor=sum(line.net_minor for line in lines),
        vat_minor=sum(tax.vat_minor for tax in taxes),
        taxes=tuple(taxes),
        line_vats=tuple(shares),
    )
