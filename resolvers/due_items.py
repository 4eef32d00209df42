"""What is to be paid: invoices and charges in any mixture, added up as invoiced, and paid together (INV5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q

from models import DueItem, Invoice, InvoiceLine, Organization, Payment
from models.fields import new_id
from resolvers.access import lock_organization, require
from resolvers.caller import Caller
from resolvers.charges import invoice_charges, lock_charges
from resolvers.idempotency import claim
from resolvers.ledger import lock_wallet
from resolvers.payment_choices import Choice
from resolvers.payments import WALLET_ONLY, begin_payment, finish_payment
from resolvers.transactions import in_one_transaction
from rules.charges import charge_vat_rate
from rules.denials import NotFound
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line, add_up
from rules.money import Currency
from rules.permitted import refuse, why_not_pay_charge, why_not_pay_invoice
from rules.refusals import CurrencyMismatch, InvalidInput, Problem, ProblemCode
from rules.rights import Right
from rules.states import DueItemKind, InvoiceKind, InvoiceState


@dataclass(frozen=True)
class DueTotal:
    """What some due items of one currency come to when they are paid together, VAT included."""

    currency: Currency
    count: int
    amount_minor: int


async def due_totals(
    visible: Q, organization_ids: Iterable[UUID], due_item_ids: Sequence[UUID] | None
) -> dict[UUID, list[DueTotal]]:
    """What each organization's chosen due items, or all that can be paid now, come to, currency by currency.

    `visible` is what the reader may see. The charges are added up as on the one invoice that they will stand on, for
    VAT is rounded once on it (INV2); so this is the very amount that `pay_due_items` pays.
    """
    chosen = Q(is_being_paid=False) if due_item_ids is None else Q(id__in=due_item_ids)
    keys = list(organization_ids)
    items: dict[UUID, dict[Currency, list[DueItem]]] = {key: {} for key in keys}
    for item in await DueItem.filter(visible, chosen, is_due=True, billed_to_id__in=keys):
        items[item.billed_to_id].setdefault(item.currency, []).append(item)
    return {
        key: [DueTotal(currency, len(each), _total_minor(each)) for currency, each in sorted(by_currency.items())]
        for key, by_currency in items.items()
    }


def _total_minor(items: Sequence[DueItem]) -> int:
    invoiced_minor = sum(item.amount_minor for item in items if item.kind is DueItemKind.INVOICE)
    return invoiced_minor + add_up([_line_of(item) for item in items if item.kind is DueItemKind.CHARGE]).total_minor


def _line_of(item: DueItem) -> Line:
    """What of a charge's line decides its VAT."""
    assert item.charge_kind is not None and item.period_start is not None  # noqa: PT018 -- what a charge is
    rate = charge_vat_rate(
        item.charge_kind, item.payer_country, item.payer_kind, item.payer_vat_status, on=item.period_start
    )
    return Line(item.description, 1, item.amount_minor, rate)


async def pay_due_items(
    caller: Caller,
    *,
    organization_id: UUID,
    due_item_ids: Sequence[UUID],
    expected_amount_minor: int,
    choice: Choice = WALLET_ONLY,
) -> Payment:
    """Pay due items of one organization, in one payment; the charges among them are put on one fresh invoice.

    A charge that an earlier attempt put on an invoice is paid with that invoice, so that a declined payment can be
    tried again. Refuses as `pay_invoices` does, and with ChargeNotOpen what is not due any more. What is refused before
    a provider is asked was neither invoiced nor paid. Needs BILLING in the organization that they are billed to.
    """
    if len(set(due_item_ids)) != len(due_item_ids):
        raise InvalidInput(problems=(Problem(("due_item_ids",), ProblemCode.DUPLICATE),))
    if not due_item_ids:
        raise InvalidInput(problems=(Problem(("due_item_ids",), ProblemCode.REQUIRED, 1),))

    async def work() -> Payment:
        payment_id = new_id()
        await claim(caller, makes=public_id(Prefix.PAYMENT, payment_id))
        payer = await lock_organization(organization_id)
        standing = await require(caller, payer, Right.BILLING)
        chosen = await _sort_out(payer, due_item_ids)
        wallet = await lock_wallet(caller, payer.id, chosen.currency)
        invoices = await Invoice.filter(id__in=chosen.invoice_ids).order_by("id").select_for_update()
        charges = await lock_charges(payer, chosen.charge_ids)
        for invoice in invoices:
            refuse(why_not_pay_invoice(standing, invoice.id, invoice.state, is_being_paid=invoice.is_being_paid))
        for charge in charges:
            refuse(why_not_pay_charge(standing, charge.id, charge.state))
        if charges:
            invoices.append(await invoice_charges(caller, caller.policy, payer, charges))
        return await begin_payment(caller, payer, wallet, invoices, expected_amount_minor, choice, payment_id)

    return await finish_payment(caller, await in_one_transaction(work), choice)


@dataclass(frozen=True)
class Chosen:
    """Chosen due items: the invoices, and the charges that stand on no open one yet, all of one currency."""

    invoice_ids: set[UUID]
    charge_ids: list[UUID]
    currency: Currency


async def _sort_out(payer: Organization, due_item_ids: Sequence[UUID]) -> Chosen:
    """Which of the due items are invoices and which are charges, behind the lock of their payer."""
    items = await DueItem.filter(id__in=due_item_ids, billed_to_id=payer.id)
    if len(items) != len(due_item_ids):
        raise NotFound
    currencies = sorted({item.currency for item in items})
    if len(currencies) > 1:
        raise CurrencyMismatch(currencies=tuple(currencies))
    charge_ids = [item.charge_id for item in items if item.charge_id]
    standing_on = {
        line.charge_id: line.invoice_id
        for line in await InvoiceLine.filter(
            charge_id__in=charge_ids, invoice__kind=InvoiceKind.INVOICE, invoice__state=InvoiceState.OPEN
        )
    }
    return Chosen(
        invoice_ids={item.invoice_id for item in items if item.invoice_id} | set(standing_on.values()),
        charge_ids=[key for key in charge_ids if key not in standing_on],
        currency=currencies[0],
    )
