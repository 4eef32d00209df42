"""Money: whole numbers of minor units, split and rounded so that no cent is lost (INV2)."""

import re
from collections.abc import Sequence
from enum import StrEnum


class Currency(StrEnum):
    """A currency that invoices and wallets are kept in."""

    CHF = "CHF"
    EUR = "EUR"


def split_evenly(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights, by largest remainder: the parts sum to the total, ties go to the earlier part.

    Weights are not negative and not all zero. A negative total is split as its opposite is.
    """
    if total_minor < 0:
        return [-part for part in split_evenly(-total_minor, weights)]
    whole = sum(weights)
    parts = [total_minor * weight // whole for weight in weights]
    remainders = [total_minor * weight % whole for weight in weights]
    for place in sorted(range(len(weights)), key=lambda each: -remainders[each])[: total_minor - sum(parts)]:
        parts[place] += 1
    return parts


def round_share(amount_minor: int, numerator: int, denominator: int) -> int:
    """An amount times a fraction, rounded to the nearest minor unit, halves away from zero."""
    sign = -1 if amount_minor < 0 else 1
    return sign * ((2 * abs(amount_minor) * numerator + denominator) // (2 * denominator))


def withdrawable_part(balance_minor: int, held_minor: int, credit_minor: int, credit_held_minor: int) -> int:
    """What of a wallet can be paid out: nothing that is kept aside, and no promotional credit (WAL4)."""
    return balance_minor - held_minor - (credit_minor - credit_held_minor)


def decimal_amount(amount_minor: int) -> str:
    """An amount as programs read it: 1234.50."""
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{abs(amount_minor) // 100}.{abs(amount_minor) % 100:02}"


def read_amount(text: str) -> int | None:
    """The minor units of an amount as somebody wrote it, with two decimals or none; None of any other text."""
    match = re.fullmatch(r"(\d{1,13})(?:\.(\d\d))?", text, re.ASCII)
    return int(match[1]) * 100 + int(match[2] or 0) if match else None


def spell_amount(amount_minor: int, currency: str) -> str:
    """An amount as people read it everywhere: CHF 1234.50."""
    return f"{currency} {decimal_amount(amount_minor)}"


def group_amount(amount_minor: int) -> str:
    """An amount as documents print it, its thousands apart and never broken over two lines: 1 234.50."""
    sign = "-" if amount_minor < 0 else ""
    whole = f"{abs(amount_minor) // 100:,}".replace(",", "\u00a0")
    return f"{sign}{whole}.{abs(amount_minor) % 100:02}"
