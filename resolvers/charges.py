"""Charges: fees and overages of products, recorded once, invoiced, and settled with their invoice (INV4, WAL6)."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models import Charge, Invoice, Organization, Product
from models.statements import as_key, ask
from resolvers.access import lock_organization
from resolvers.caller import Acting, Caller
from resolvers.idempotency import claim, settle
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.records import record_event, record_staff_action
from resolvers.staff import check_reason, require_staff
from resolvers.transactions import in_one_transaction
from rules.charges import LARGEST_NET_MINOR, RECORDED_KINDS, charge_vat_rate
from rules.checks import check_text, refuse_problems
from rules.denials import NotFound
from rules.events import EventKind, StaffAction
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line
from rules.money import Currency
from rules.money_refusals import ChargeNotOpen, SourceReferenceReused
from rules.names import one_line
from rules.policy import Policy
from rules.refusals import AmountOutOfRange, CurrencyMismatch, Problem, ProblemCode
from rules.states import AccountKind, ChargeKind, ChargeState
from rules.tax import SINCE_EVER

DESCRIPTION_LENGTH = 300
SOURCE_REFERENCE_LENGTH = 100


@dataclass(frozen=True)
class ChargeFacts:
    """What is charged: a quantity of something for a product, for a half-open period, at a net price of one.

    `source_reference` is what the system that charges calls it; it stands for one charge for ever.
    """

    product_id: UUID
    kind: ChargeKind
    description: str
    currency: Currency
    quantity: int
    unit_net_minor: int
    period_start: date
    period_end: date
    source_reference: str

    @property
    def net_minor(self) -> int:
        """What is charged, without VAT."""
        return self.quantity * self.unit_net_minor


async def record_charge(acting: Acting, facts: ChargeFacts) -> Charge:
    """Record a charge of a product, whatever state the product is in; it is due at once (INV4).

    The same reference with the same facts again answers the first one. Refuses with InvalidInput, AmountOutOfRange,
    CurrencyMismatch when it is not in the currency of the organization's invoices, SourceReferenceReused when the
    reference stands for something else, and an unknown product with NotFound.
    """
    _check(facts)

    async def work() -> Charge:
        return await _record(acting, await _lock_payer_of(facts), facts)

    return await _once_per_reference(work)


async def staff_record_charge(caller: Caller, facts: ChargeFacts, *, reason: str) -> Charge:
    """Record a charge as `record_charge` does, by somebody who works for the provider; the reason is audited (STA1)."""
    _check(facts, check_reason(reason))

    async def work() -> Charge:
        await claim(caller)
        payer = await _lock_payer_of(facts)
        await require_staff(caller)
        charge = await _record(caller, payer, facts)
        subject = public_id(Prefix.CHARGE, charge.id)
        await record_staff_action(caller, StaffAction.CHARGE_RECORDED, subject, one_line(reason))
        await settle(caller, subject)
        return charge

    return await _once_per_reference(work)


async def staff_cancel_charge(caller: Caller, *, charge_id: UUID, reason: str) -> Charge:
    """Cancel a charge that stands on no invoice yet, by somebody who works for the provider (STA1).

    Refuses with ChargeNotOpen; what is invoiced is corrected by a credit note.
    """
    refuse_problems(check_reason(reason))

    async def work() -> Charge:
        await claim(caller)
        known = await Charge.filter(id=charge_id).first()
        if known is None:
            raise NotFound
        payer = await lock_organization(known.billed_to_id)
        await require_staff(caller)
        charge = await Charge.filter(id=charge_id).select_for_update().get()
        if charge.state is not ChargeState.OPEN:
            raise ChargeNotOpen(charge_id=charge.id, charge_state=charge.state)
        charge.state = ChargeState.CANCELLED
        await charge.save(update_fields=["state"])
        subject = public_id(Prefix.CHARGE, charge.id)
        await record_event(caller, payer.id, EventKind.CHARGE_CANCELLED, subject)
        await record_staff_action(caller, StaffAction.CHARGE_CANCELLED, subject, one_line(reason))
        await settle(caller, subject)
        return charge

    return await in_one_transaction(work)


def _check(facts: ChargeFacts, *more: Iterator[Problem]) -> None:
    refuse_problems(_problems_of(facts), *more)
    if not 0 < facts.net_minor <= LARGEST_NET_MINOR:
        raise AmountOutOfRange(1, LARGEST_NET_MINOR, facts.currency, path=("unit_net_minor",))


def _problems_of(facts: ChargeFacts) -> Iterator[Problem]:
    yield from check_text(("description",), facts.description, maximum=DESCRIPTION_LENGTH)
    yield from check_text(("source_reference",), facts.source_reference, maximum=SOURCE_REFERENCE_LENGTH)
    if facts.source_reference.startswith(f"{Prefix.PAYMENT}_"):  # top-ups that are taken back are charged under these
        yield Problem(("source_reference",), ProblemCode.NOT_ALLOWED)
    if facts.kind not in RECORDED_KINDS:
        yield Problem(("kind",), ProblemCode.NOT_ALLOWED)
    if facts.quantity < 1:
        yield Problem(("quantity",), ProblemCode.NOT_ALLOWED, 1)
    if facts.period_start < SINCE_EVER:
        yield Problem(("period_start",), ProblemCode.NOT_ALLOWED)
    if facts.period_end <= facts.period_start:
        yield Problem(("period_end",), ProblemCode.NOT_ALLOWED)


async def _lock_payer_of(facts: ChargeFacts) -> Organization:
    product = await Product.filter(id=facts.product_id).first()
    if product is None:
        raise NotFound
    return await lock_organization(product.organization_id)


async def _record(acting: Acting, payer: Organization, facts: ChargeFacts) -> Charge:
    known = await Charge.filter(source_reference=facts.source_reference).first()
    if known is not None:
        if _facts_of(known) != replace(facts, description=one_line(facts.description)):
            raise SourceReferenceReused(charge_id=known.id, path=("source_reference",))
        return known
    if not await Product.exists(id=facts.product_id, organization_id=payer.id):
        raise NotFound
    if facts.currency is not payer.currency:
        currencies = tuple(sorted({facts.currency, payer.currency}))
        raise CurrencyMismatch(currencies=currencies, path=("currency",))
    charge = await Charge.create(
        organization_id=payer.id,
        billed_to_id=payer.id,
        product_id=facts.product_id,
        kind=facts.kind,
        state=ChargeState.OPEN,
        description=one_line(facts.description),
        currency=facts.currency,
        quantity=facts.quantity,
        unit_net_minor=facts.unit_net_minor,
        net_minor=facts.net_minor,
        period_start=facts.period_start,
        period_end=facts.period_end,
        source_reference=facts.source_reference,
        created_at=acting.now,
    )
    data = {"net_minor": charge.net_minor, "currency": charge.currency, "kind": charge.kind}
    await record_event(acting, payer.id, EventKind.CHARGE_RECORDED, public_id(Prefix.CHARGE, charge.id), data)
    return charge


def _facts_of(charge: Charge) -> ChargeFacts:
    return ChargeFacts(**{each.name: getattr(charge, each.name) for each in fields(ChargeFacts)})


async def _once_per_reference(work: Callable[[], Awaitable[Charge]]) -> Charge:
    """Run `work` in a transaction, and again when another one has recorded the same reference in between."""
    try:
        return await in_one_transaction(work)
    except IntegrityError:
        return await in_one_transaction(work)


async def lock_charges(payer: Organization, charge_ids: Sequence[UUID]) -> list[Charge]:
    """Lock charges that an organization pays, in the order in which they were recorded; NotFound unless all are."""
    charges = await Charge.filter(id__in=charge_ids, billed_to_id=payer.id).order_by("id").select_for_update()
    if len(charges) != len(charge_ids):
        raise NotFound
    return charges


def lines_of(payer: Organization, charges: Sequence[Charge]) -> list[Line]:
    """The lines of an invoice over these charges, with the VAT that their payer bears."""
    return [
        Line(
            description=charge.description,
            quantity=charge.quantity,
            unit_net_minor=charge.unit_net_minor,
            vat_rate=charge_vat_rate(charge.kind, payer.country, payer.kind, payer.vat_status, on=charge.period_start),
            product_id=charge.product_id,
            charge_id=charge.id,
            period_start=charge.period_start,
            period_end=charge.period_end,
        )
        for charge in charges
    ]


async def invoice_charges(acting: Acting, policy: Policy, payer: Organization, charges: Sequence[Charge]) -> Invoice:
    """Issue one invoice over locked open charges of one currency, behind the lock of their payer (INV4).

    It gives the invoice its number, so nothing else is locked afterwards.
    """
    draft = await draft_invoice(
        acting, payer=payer, concerned=payer, lines=lines_of(payer, charges), currency=charges[0].currency
    )
    await Charge.filter(id__in=[charge.id for charge in charges]).update(state=ChargeState.INVOICED)
    return await issue_invoice(acting, policy, draft, payer)


@dataclass(frozen=True)
class ChargedLine:
    """A line of an invoice that stands for a charge."""

    invoice_id: UUID
    charge_id: UUID
    kind: ChargeKind
    net_minor: int


async def charged_lines_of(invoices: Sequence[Invoice]) -> list[ChargedLine]:
    """The lines of some invoices that stand for charges."""
    rows = await ask(
        "SELECT l.invoice_id, l.charge_id, c.kind, l.net_minor "
        "FROM invoice_lines l JOIN charges c ON c.id = l.charge_id WHERE l.invoice_id IN ?",
        [invoice.id for invoice in invoices],
    )
    return [
        ChargedLine(as_key(row["invoice_id"]), as_key(row["charge_id"]), ChargeKind(row["kind"]), row["net_minor"])
        for row in rows
    ]


async def settle_charges(acting: Acting, lines: Sequence[ChargedLine]) -> None:
    """Settle the charges on invoices that were just paid."""
    await _change_charges(lines, ChargeState.SETTLED, acting.now)


async def reopen_charges(lines: Sequence[ChargedLine]) -> None:
    """Have the charges on an invoice wait for money again, after its payment was taken back."""
    await _change_charges(lines, ChargeState.INVOICED, None)


async def cancel_charges(lines: Sequence[ChargedLine]) -> None:
    """Cancel the charges on an invoice that was taken back before it was paid."""
    await _change_charges(lines, ChargeState.CANCELLED, None)


async def _change_charges(lines: Sequence[ChargedLine], state: ChargeState, settled_at: datetime | None) -> None:
    if lines:
        await Charge.filter(id__in=[line.charge_id for line in lines]).update(state=state, settled_at=settled_at)


def revenue_of(invoice: Invoice, lines: Sequence[ChargedLine]) -> Sequence[tuple[AccountKind, int]]:
    """Which of our accounts earn an invoice, and how much each: revenue, VAT, and what was lent to a wallet (WAL6).

    `lines` are those that stand for charges. The parts sum to the total; those of a credit note are negative. Accounts
    that earn nothing are left out.
    """
    lent_minor = sum(
        line.net_minor for line in lines if line.invoice_id == invoice.id and line.kind is ChargeKind.REVERSED_TOP_UP
    )
    parts = (
        (AccountKind.REVENUE, invoice.net_minor - lent_minor),
        (AccountKind.CHARGEBACKS, lent_minor),
        (AccountKind.VAT_DUE, invoice.vat_minor),
    )
    return [part for part in parts if part[1]]
