"""Writing charges, by those who work for the provider."""

from datetime import date

import strawberry

import models
from execution.scalars import BigInt
from permissions.guards import IsStaff
from resolvers import charges
from rules import money_refusals, refusals
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import ChargeKind, ChargeState
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.types.money import Money


@strawberry.input(description="What to charge for a product.")
class StaffRecordChargeInput:
    """One charge."""

    product_id: strawberry.ID = reference(Prefix.PRODUCT, "Product to charge, in whatever state it is.")
    kind: ChargeKind = strawberry.field(description="FEE or OVERAGE.")
    description: str = strawberry.field(description="What is charged, as the invoice will say, up to 300 characters.")
    currency: Currency = strawberry.field(description="Currency of the price: that of the organization's invoices.")
    quantity: BigInt = strawberry.field(description="How many, 1 or more.")
    unit_net_minor: BigInt = strawberry.field(description="Net price of one, in minor units.")
    period_start: date = strawberry.field(description="First day of the charged period; it decides the VAT rate.")
    period_end: date = strawberry.field(description="Day after the last of the charged period.")
    source_reference: str = strawberry.field(
        description="What you call this charge, up to 100 characters; it is recorded once for each reference."
    )
    reason: str = strawberry.field(description="Why it is recorded by hand, for the audit log, up to 300 characters.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The charge is recorded.")
class StaffRecordChargeSuccess:
    """What staff needs of it."""

    charge_id: strawberry.ID = strawberry.field(description="Id of the charge.")
    net: Money = strawberry.field(description="Net amount of the charge.")


@strawberry.input(description="A charge to cancel.")
class StaffCancelChargeInput:
    """One charge."""

    charge_id: strawberry.ID = reference(Prefix.CHARGE, "Charge that stands on no invoice yet.")
    reason: str = strawberry.field(description="Why it is cancelled, for the audit log, up to 300 characters.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The charge is cancelled.")
class StaffCancelChargeSuccess:
    """What staff needs of it."""

    charge_id: strawberry.ID = strawberry.field(description="Id of the charge.")
    state: ChargeState = strawberry.field(description="State of the charge.")


def _recorded(row: models.Charge) -> StaffRecordChargeSuccess:
    net = Money(amount_minor=BigInt(row.net_minor), currency=row.currency)
    return StaffRecordChargeSuccess(charge_id=strawberry.ID(public_id(Prefix.CHARGE, row.id)), net=net)


def _cancelled(row: models.Charge) -> StaffCancelChargeSuccess:
    return StaffCancelChargeSuccess(charge_id=strawberry.ID(public_id(Prefix.CHARGE, row.id)), state=row.state)


@mutation(
    who=IsStaff(),
    refuses=(refusals.AmountOutOfRange, refusals.CurrencyMismatch, money_refusals.SourceReferenceReused),
    again=Replay(models.Charge, _recorded),
)
async def staff_record_charge(info: Info, input: StaffRecordChargeInput) -> StaffRecordChargeSuccess:
    """Record a fee or overage of a product, due at once; for those who work for the provider.

    The same source reference again answers the first charge. Causes the event CHARGE_RECORDED, no mail: the invoice
    that the charge will stand on is mailed.
    """
    facts = charges.ChargeFacts(
        product_id=key(input.product_id),
        kind=input.kind,
        description=input.description,
        currency=input.currency,
        quantity=input.quantity,
        unit_net_minor=input.unit_net_minor,
        period_start=input.period_start,
        period_end=input.period_end,
        source_reference=input.source_reference,
    )
    return _recorded(await charges.staff_record_charge(info.context.caller, facts, reason=input.reason))


@mutation(who=IsStaff(), refuses=(money_refusals.ChargeNotOpen,), again=Replay(models.Charge, _cancelled))
async def staff_cancel_charge(info: Info, input: StaffCancelChargeInput) -> StaffCancelChargeSuccess:
    """Cancel a charge that stands on no invoice yet; for those who work for the provider.

    Causes the event CHARGE_CANCELLED, no mail.
    """
    charge = await charges.staff_cancel_charge(info.context.caller, charge_id=key(input.charge_id), reason=input.reason)
    return _cancelled(charge)
