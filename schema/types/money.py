"""Money as clients see it."""

from decimal import Decimal

import strawberry

from execution.declare import computed
from execution.scalars import BigInt, amount
from rules.money import Currency


def _decimal(_context: object, amount_minor: int) -> Decimal:
    return amount(amount_minor)


@strawberry.type(description="An amount of money in one currency.")
class Money:
    """Whole numbers inside; never anything with a fraction that a machine rounds."""

    amount_minor: BigInt = strawberry.field(description="Amount in minor units of the currency: 1050 is 10.50.")
    currency: Currency = strawberry.field(description="Currency of the amount.")
    amount: Decimal = computed("Amount as a decimal number.", by=_decimal, needs=("amount_minor",))
