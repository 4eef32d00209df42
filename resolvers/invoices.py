"""Invoices: drafted, issued with a number without gaps, never changed afterwards (INV1, INV2, INV3, INV11).

All of it happens in the transaction that is open, behind the lock of the organization that pays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models import Invoice, InvoiceLine, InvoiceSeries, InvoiceTax, Membership, Organization
from models.fields import new_id
from resolvers.caller import Acting
from resolvers.records import record_event, tell_payers
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line, Totals, add_up
from rules.letters import LetterKind
from rules.locales import Locale
from rules.money import Currency, spell_amount
from rules.policy import Policy
from rules.references import make_reference
from rules.states import InvoiceKind, InvoiceState
from rules.tax import is_reverse_charge, rate_for_payer

ISSUER = "MANAGER"
ISSUER_ZONE = ZoneInfo("Europe/Zurich")
NUMBER_PREFIXES = {InvoiceKind.INVOICE: "", InvoiceKind.CREDIT_NOTE: "C"}
ONE_DAY = timedelta(days=1)


def rate_for(payer: Organization, line: Line, now: datetime) -> int:
    """The VAT rate of a line: by the payer's country and kind, on the first day of the service (INV2)."""
    on = line.period_start or now.astimezone(ISSUER_ZONE).date()
    return rate_for_payer(payer.country, payer.kind, payer.vat_status, on)


async def draft_invoice(
    acting: Acting,
    *,
    payer: Organization,
    concerned: Organization,
    lines: Sequence[Line],
    currency: Currency | None = None,
    kind: InvoiceKind = InvoiceKind.INVOICE,
    corrects: Invoice | None = None,
    credited: Mapping[int, int] | None = None,
    reason: str | None = None,
) -> Invoice:
    """Write a draft for the organization that pays, with its address as it is now, and with the VAT of its lines.

    It is in the organization's currency of today unless another is given. A credit note has lines of negative prices,
    the currency and reverse charge of the invoice that it `corrects`, what earlier ones `credited` at each VAT rate,
    and a `reason`.
    """
    totals = add_up(lines, credited)
    key = new_id()
    reverse_charge = is_reverse_charge(payer.country, payer.kind, payer.vat_status)
    invoice = await Invoice.create(
        id=key,
        organization_id=concerned.id,
        billed_to_id=payer.id,
        kind=kind,
        state=InvoiceState.DRAFT,
        number="",
        currency=corrects.currency if corrects else currency or payer.currency,
        net_minor=totals.net_minor,
        vat_minor=totals.vat_minor,
        total_minor=totals.total_minor,
        is_reverse_charge=corrects.is_reverse_charge if corrects else reverse_charge,
        payer_name=payer.name,
        payer_street=payer.street,
        payer_postal_code=payer.postal_code,
        payer_city=payer.city,
        payer_country=payer.country,
        payer_vat_number=payer.vat_number,
        locale=await _locale_of(payer),
        payment_reference=make_reference(key),
        corrects_id=corrects.id if corrects else None,
        reason=reason,
        created_at=acting.now,
    )
    await _write_lines(invoice, lines, totals)
    return invoice


async def issue_invoice(acting: Acting, policy: Policy, invoice: Invoice, payer: Organization) -> Invoice:
    """Give a draft its number and make it due; from now on it never changes (INV1).

    The number's series stays locked until the transaction ends, so this comes last of all that takes locks. An invoice
    over nothing is paid at once, and so is a credit note.
    """
    today = acting.now.astimezone(ISSUER_ZONE).date()
    zone = ZoneInfo(payer.time_zone)
    due_on = acting.now.astimezone(zone).date() + timedelta(days=policy.invoice_due_days)
    invoice.number = await _next_number(invoice.kind, today.year)
    invoice.issued_on, invoice.issued_at = today, acting.now
    invoice.due_on = due_on
    invoice.overdue_at = datetime.combine(due_on + ONE_DAY, time.min, zone)
    settled = invoice.total_minor <= 0
    invoice.state = InvoiceState.PAID if settled else InvoiceState.OPEN
    invoice.paid_at = acting.now if settled else None
    await invoice.save()
    is_invoice = invoice.kind is InvoiceKind.INVOICE
    subject = public_id(Prefix.INVOICE, invoice.id)
    event = EventKind.INVOICE_ISSUED if is_invoice else EventKind.CREDIT_NOTE_ISSUED
    data = {"number": invoice.number, "total_minor": invoice.total_minor, "currency": invoice.currency}
    await record_event(acting, payer.id, event, subject, data)
    if is_invoice:
        amount = spell_amount(invoice.total_minor, invoice.currency)
        facts = {"number": invoice.number, "amount": amount, "due_on": str(due_on)}
        await tell_payers(acting, payer, LetterKind.INVOICE_ISSUED, facts)
    return invoice


async def _next_number(kind: InvoiceKind, year: int) -> str:
    fresh = InvoiceSeries(issuer=ISSUER, kind=kind, year=year, last_number=0)
    await InvoiceSeries.bulk_create([fresh], ignore_conflicts=True)
    series = await InvoiceSeries.filter(issuer=ISSUER, kind=kind, year=year).select_for_update().get()
    series.last_number += 1
    await series.save(update_fields=["last_number"])
    return f"{NUMBER_PREFIXES[kind]}{year}-{series.last_number:06}"


async def _write_lines(invoice: Invoice, lines: Sequence[Line], totals: Totals) -> None:
    await InvoiceLine.bulk_create(
        [
            InvoiceLine(
                billed_to_id=invoice.billed_to_id,
                invoice_id=invoice.id,
                position=line.position or place + 1,
                description=line.description,
                product_id=line.product_id,
                charge_id=line.charge_id,
                period_start=line.period_start,
                period_end=line.period_end,
                currency=invoice.currency,
                quantity=line.quantity,
                unit_net_minor=line.unit_net_minor,
                discount_minor=line.discount_minor,
                net_minor=line.net_minor,
                vat_rate=line.vat_rate,
                vat_minor=totals.line_vats[place],
            )
            for place, line in enumerate(lines)
        ]
    )
    await InvoiceTax.bulk_create(
        [
            InvoiceTax(
                billed_to_id=invoice.billed_to_id,
                invoice_id=invoice.id,
                vat_rate=tax.vat_rate,
                currency=invoice.currency,
                net_minor=tax.net_minor,
                vat_minor=tax.vat_minor,
            )
            for tax in totals.taxes
        ]
    )


async def _locale_of(payer: Organization) -> Locale:
    """The language of an invoice: that of the organization's longest-standing member with the billing right."""
    member = (
        await Membership.filter(organization_id=payer.id, billing=True)
        .order_by("created_at", "id")
        .select_related("user")
        .first()
    )
    return member.user.locale if member else Locale.EN
