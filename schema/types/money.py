"""Money as clients see it."""

from decimal import Decimal

import strawberry

from execution.declare import scaled
from execution.scalars import BigInt
from rules.money import Currency


@strawberry.type(description="An amount of money in one currency.")
class Money:
    """Whole numbers inside; never anything with a fraction that a machine rounds."""

    amount_minor: BigInt = strawberry.field(description="Amount in minor units of the currency: 1050 is 10.50.")
    currency: Currency = strawberry.field(description="Currency of the amount.")
    amount: Decimal = scaled("Amount as a decimal number.", of="amount_minor")
