"""Charges for tests: recorded as the provider's systems do it."""

import itertools
from datetime import date
from typing import Any

from models import Charge, Product
from resolvers.caller import Nobody
from resolvers.charges import ChargeFacts, record_charge
from rules.money import Currency
from rules.states import ChargeKind
from tests.world import World

_references = itertools.count(1)


async def charge_something(world: World, product: Product, **more: Any) -> Charge:
    """Charge a product ten francs for February 2026, unless told otherwise."""
    facts: dict[str, Any] = {
        "product_id": product.id,
        "kind": ChargeKind.OVERAGE,
        "description": "Traffic beyond the plan",
        "currency": Currency.CHF,
        "quantity": 1,
        "unit_net_minor": 1_000,
        "period_start": date(2026, 2, 1),
        "period_end": date(2026, 3, 1),
        "source_reference": f"charge {next(_references)}",
    }
    return await record_charge(Nobody(world.clock.now()), ChargeFacts(**{**facts, **more}))
