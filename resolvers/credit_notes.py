"""Credit notes: the only way in which what was billed is corrected (INV1).

What was paid comes back to the wallet of whoever paid it; an invoice that is open is taken back as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from models import Invoice, InvoiceLine, LedgerAccount, LedgerTransfer, Organization, Payment, PaymentAllocation
from resolvers.access import lock_organization
from resolvers.caller import Acting
from resolvers.charges import cancel_charges, charged_lines_of, revenue_of
from resolvers.idempotency import claim, settle
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.ledger import lock_wallet, move, ours
from resolvers.records import record_event, record_staff_action, tell_payers
from resolvers.staff import check_reason, require_staff
from resolvers.transactions import in_one_transaction
from rules.checks import refuse_problems
from rules.denials import NotFound
from rules.events import EventKind, StaffAction
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line
from rules.letters import LetterKind
from rules.money import spell_amount, split_evenly
from rules.money_refusals import InvoiceNotCreditable
from rules.names import one_line
from rules.policy import Policy
from rules.refusals import InvalidInput, Problem, ProblemCode
from rules.states import InvoiceKind, InvoiceState, TransferCause


@dataclass(frozen=True)
class CreditedLine:
    """A net amount to be credited of the line at a position."""

    position: int
    net_minor: int


@dataclass(frozen=True)
class Creditable:
    """A locked invoice, its lines, and those of the credit notes that correct it already."""

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    notes: Sequence[Invoice]
    credited: Sequence[InvoiceLine]

    @property
    def remaining_minor(self) -> int:
        """What can still be credited, VAT included; credit notes have negative totals."""
        is_paid, is_open = (self.invoice.state is state for state in (InvoiceState.PAID, InvoiceState.OPEN))
        if self.invoice.kind is not InvoiceKind.INVOICE or not (is_paid or (is_open and not self.notes)):
            return 0
        return self.invoice.total_minor + sum(note.total_minor for note in self.notes)

    def remaining_net_minor(self, line: InvoiceLine) -> int:
        """What of a line can still be credited, without VAT."""
        return line.net_minor + sum(each.net_minor for each in self.credited if each.position == line.position)

    def everything(self) -> list[CreditedLine]:
        """All that can still be credited, line by line."""
        rest = [CreditedLine(line.position, self.remaining_net_minor(line)) for line in self.lines]
        return [part for part in rest if part.net_minor]

    def credited_by_rate(self) -> dict[int, int]:
        """What was credited already at each VAT rate: negative net amounts."""
        found: dict[int, int] = {}
        for line in self.credited:
            found[line.vat_rate] = found.get(line.vat_rate, 0) + line.net_minor
        return found


async def issue_credit_note(
    acting: Acting, policy: Policy, *, invoice_id: UUID, parts: Sequence[CreditedLine] | None, reason: str
) -> Invoice:
    """Correct an invoice: by net amounts of some of its lines, or as a whole; answers the credit note.

    For the provider's own people; the reason is printed, and audited (STA1). The amount of a paid invoice goes to its
    payer's wallet, what of it was promotional credit as such (WAL4). An open invoice becomes VOID, with its charges,
    and can only be credited as a whole. Refuses with InvalidInput, and with InvoiceNotCreditable more than was billed
    and not credited yet, and an invoice that is neither paid nor open, or is being paid.
    """
    refuse_problems(check_reason(reason), _problems_of(parts))

    async def work() -> Invoice:
        await claim(acting)
        payer = await _lock_payer_of(invoice_id)
        await require_staff(acting)
        note = await _credit(acting, policy, payer, invoice_id, parts, reason)
        subject = public_id(Prefix.INVOICE, note.id)
        await record_staff_action(acting, StaffAction.CREDIT_NOTE_ISSUED, subject, one_line(reason))
        await settle(acting, subject)
        return note

    return await in_one_transaction(work)


async def correct_invoice(
    acting: Acting, policy: Policy, *, number: str, net_minor: int | None, reason: str
) -> Invoice:
    """Correct the invoice of a number as `issue_credit_note` does: as a whole, or by a net amount over its lines.

    Refuses an unknown number with NotFound.
    """
    invoice = await Invoice.filter(number=number).exclude(number="").first()
    if invoice is None:
        raise NotFound
    parts = None if net_minor is None else await spread_over_lines(invoice.id, net_minor)
    return await issue_credit_note(acting, policy, invoice_id=invoice.id, parts=parts, reason=reason)


async def spread_over_lines(invoice_id: UUID, net_minor: int) -> list[CreditedLine]:
    """Spread a net amount over the lines of an invoice, by what of each can still be credited."""
    found = await _read_creditable(await Invoice.get(id=invoice_id))
    rest = found.everything()
    if not 0 < net_minor <= sum(part.net_minor for part in rest):
        raise _not_creditable(found)
    parts = split_evenly(net_minor, [part.net_minor for part in rest])
    return [CreditedLine(line.position, part) for line, part in zip(rest, parts, strict=True) if part]


def _problems_of(parts: Sequence[CreditedLine] | None) -> Iterator[Problem]:
    if parts is None:
        return
    if not parts:
        yield Problem(("lines",), ProblemCode.REQUIRED, 1)
    if len({part.position for part in parts}) < len(parts):
        yield Problem(("lines",), ProblemCode.DUPLICATE)
    for place, part in enumerate(parts):
        if part.net_minor < 1:
            yield Problem(("lines", str(place), "net_minor"), ProblemCode.NOT_ALLOWED, 1)


async def _lock_payer_of(invoice_id: UUID) -> Organization:
    known = await Invoice.filter(id=invoice_id).first()
    if known is None:
        raise NotFound
    return await lock_organization(known.billed_to_id)


async def _read_creditable(invoice: Invoice) -> Creditable:
    return Creditable(
        invoice=invoice,
        lines=await InvoiceLine.filter(invoice_id=invoice.id).order_by("position"),
        notes=await Invoice.filter(corrects_id=invoice.id).order_by("id"),
        credited=await InvoiceLine.filter(invoice__corrects_id=invoice.id),
    )


async def _credit(
    acting: Acting,
    policy: Policy,
    payer: Organization,
    invoice_id: UUID,
    parts: Sequence[CreditedLine] | None,
    reason: str,
) -> Invoice:
    currency = (await Invoice.get(id=invoice_id)).currency
    wallet = await lock_wallet(acting, payer.id, currency)
    invoice = await Invoice.filter(id=invoice_id).select_for_update().get()
    found = await _read_creditable(invoice)
    note = await draft_invoice(
        acting,
        payer=payer,
        concerned=await invoice.organization,
        lines=_lines_of(found, found.everything() if parts is None else parts),
        kind=InvoiceKind.CREDIT_NOTE,
        corrects=invoice,
        credited=found.credited_by_rate(),
        reason=one_line(reason),
    )
    if invoice.state is InvoiceState.PAID:
        await _give_back(acting, wallet, found, note)
    else:
        invoice.state = InvoiceState.VOID
        await invoice.save(update_fields=["state"])
        await cancel_charges(await charged_lines_of([invoice]))
    note = await issue_invoice(acting, policy, note, payer)
    facts = {
        "number": note.number,
        "corrects": invoice.number,
        "amount": spell_amount(-note.total_minor, note.currency),
        "reason": one_line(reason),
    }
    await tell_payers(acting, payer, LetterKind.CREDIT_NOTE_ISSUED, facts)
    return note


def _lines_of(found: Creditable, parts: Sequence[CreditedLine]) -> list[Line]:
    """The lines of the credit note, each at the position of the line that it corrects; refuses what cannot be."""
    lines = {line.position: line for line in found.lines}
    unknown = tuple(
        Problem(("lines", str(place), "position"), ProblemCode.NOT_ALLOWED)
        for place, part in enumerate(parts)
        if part.position not in lines
    )
    if unknown:
        raise InvalidInput(problems=unknown)
    whole = sorted(parts, key=lambda part: part.position) == found.everything()
    if not found.remaining_minor or found.invoice.is_being_paid:
        raise _not_creditable(found)
    if found.invoice.state is InvoiceState.OPEN and not whole:
        raise _not_creditable(found)
    if any(part.net_minor > found.remaining_net_minor(lines[part.position]) for part in parts):
        raise _not_creditable(found)
    return [_line_of(lines[part.position], part.net_minor) for part in parts]


def _line_of(line: InvoiceLine, net_minor: int) -> Line:
    return Line(
        description=line.description,
        quantity=1,
        unit_net_minor=-net_minor,
        vat_rate=line.vat_rate,
        product_id=line.product_id,
        charge_id=line.charge_id,
        period_start=line.period_start,
        period_end=line.period_end,
        position=line.position,
    )


def _not_creditable(found: Creditable) -> InvoiceNotCreditable:
    remaining_minor = 0 if found.invoice.is_being_paid else found.remaining_minor
    return InvoiceNotCreditable(
        invoice_id=found.invoice.id, remaining_minor=remaining_minor, currency=found.invoice.currency
    )


async def _give_back(acting: Acting, wallet: LedgerAccount, found: Creditable, note: Invoice) -> None:
    """Move what a credit note comes to from where the invoice's money went to the wallet."""
    reference = public_id(Prefix.INVOICE, note.id)
    promotional_minor = min(-note.total_minor, await _promotional_left_minor(found))
    for kind, amount_minor in revenue_of(note, await charged_lines_of([note])):
        promotional_part = min(-amount_minor, promotional_minor)
        promotional_minor -= promotional_part
        await move(
            acting,
            debit=ours(kind, note.currency),
            credit=wallet.id,
            currency=note.currency,
            amount_minor=-amount_minor,
            promotional_minor=promotional_part,
            cause=TransferCause.CREDIT_NOTE,
            reference=reference,
        )
    data = {"amount_minor": -note.total_minor, "currency": note.currency}
    wallet_id = public_id(Prefix.WALLET, wallet.id)
    await record_event(acting, note.billed_to_id, EventKind.WALLET_CREDITED, wallet_id, data)


async def _promotional_left_minor(found: Creditable) -> int:
    """What of a paid invoice was paid with promotional credit, and did not come back yet.

    The credit in a payment of several invoices is theirs by the amounts of each.
    """
    paid = await PaymentAllocation.filter(invoice_id=found.invoice.id, is_live=True).select_related("payment").get()
    together = await PaymentAllocation.filter(payment_id=paid.payment_id).order_by("id")
    spent_minor = await _promotional_minor([_reference_of(paid.payment)], debit_id=paid.payment.wallet_id)
    shares = split_evenly(spent_minor, [each.amount_minor for each in together])
    share_minor = next(part for each, part in zip(together, shares, strict=True) if each.id == paid.id)
    notes = [public_id(Prefix.INVOICE, note.id) for note in found.notes]
    return share_minor - await _promotional_minor(notes, cause=TransferCause.CREDIT_NOTE)


def _reference_of(payment: Payment) -> str:
    return public_id(Prefix.PAYMENT, payment.id)


async def _promotional_minor(references: Sequence[str], **more: object) -> int:
    """How much promotional credit was moved for what these references name."""
    return sum(each.promotional_minor for each in await LedgerTransfer.filter(reference__in=references, **more))
