"""Writing corrections and gifts, by those who work for the provider: credit notes and promotional credit."""

import strawberry

import models
from execution.scalars import BigInt
from permissions.guards import IsStaff
from resolvers import credit_notes, promotional_credit
from resolvers.credit_notes import CreditedLine
from rules import money_refusals, refusals
from rules.identifiers import Prefix, public_id
from schema.context import Info
from schema.expose import Replay, idempotency_key, mutation
from schema.ids import key, reference
from schema.inputs import given, optional
from schema.types.money import Money


@strawberry.input(description="A part of a line that is credited.")
class CreditedLineInput:
    """One line of the invoice."""

    position: int = strawberry.field(description="Place of the line on the invoice.")
    net_minor: BigInt = strawberry.field(description="Net amount to credit of the line, in minor units.")


@strawberry.input(description="An invoice to correct.")
class StaffIssueCreditNoteInput:
    """One credit note."""

    invoice_id: strawberry.ID = reference(Prefix.INVOICE, "Paid invoice, or open one.")
    lines: list[CreditedLineInput] | None = optional(
        "What to credit, line by line; left out: all that is not credited yet. An open invoice is credited as a whole."
    )
    reason: str = strawberry.field(description="Why, as the credit note will say, up to 300 characters.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The credit note is issued.")
class StaffIssueCreditNoteSuccess:
    """What staff needs of it."""

    credit_note_id: strawberry.ID = strawberry.field(description="Id of the credit note.")
    number: str = strawberry.field(description="Number of the credit note.")
    total: Money = strawberry.field(description="Total of the credit note, VAT included: negative.")


@strawberry.input(description="Promotional credit to give.")
class StaffGivePromotionalCreditInput:
    """One gift."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization that gets the credit.")
    amount_minor: BigInt = strawberry.field(
        description="Amount in minor units, in the currency of the organization's future invoices."
    )
    reason: str = strawberry.field(description="Why, for the audit log, up to 300 characters.")
    idempotency_key: str = idempotency_key()


@strawberry.type(description="The credit is given.")
class StaffGivePromotionalCreditSuccess:
    """What staff needs of it."""

    wallet_id: strawberry.ID = strawberry.field(description="Id of the wallet.")
    promotional: Money = strawberry.field(description="Promotional credit of the wallet now.")


def _issued(row: models.Invoice) -> StaffIssueCreditNoteSuccess:
    return StaffIssueCreditNoteSuccess(
        credit_note_id=strawberry.ID(public_id(Prefix.INVOICE, row.id)),
        number=row.number,
        total=Money(amount_minor=BigInt(row.total_minor), currency=row.currency),
    )


def _given(row: models.LedgerAccount) -> StaffGivePromotionalCreditSuccess:
    return StaffGivePromotionalCreditSuccess(
        wallet_id=strawberry.ID(public_id(Prefix.WALLET, row.id)),
        promotional=Money(amount_minor=BigInt(row.promotional_minor), currency=row.currency),
    )


@mutation(who=IsStaff(), refuses=(money_refusals.InvoiceNotCreditable,), again=Replay(models.Invoice, _issued))
async def staff_issue_credit_note(info: Info, input: StaffIssueCreditNoteInput) -> StaffIssueCreditNoteSuccess:
    """Correct an invoice by a credit note; for those who work for the provider.

    What was paid goes to the wallet of the organization that paid; what of it was promotional credit comes back as
    such. An open invoice becomes VOID, and its charges are cancelled. Those who pay get the mail CREDIT_NOTE_ISSUED.
    Causes the event CREDIT_NOTE_ISSUED, and WALLET_CREDITED where money came back.
    """
    lines = given(input.lines)
    caller = info.context.caller
    note = await credit_notes.issue_credit_note(
        caller,
        caller.policy,
        invoice_id=key(input.invoice_id),
        parts=None if lines is None else [CreditedLine(each.position, each.net_minor) for each in lines],
        reason=input.reason,
    )
    return _issued(note)


@mutation(who=IsStaff(), refuses=(refusals.AmountOutOfRange,), again=Replay(models.LedgerAccount, _given))
async def staff_give_promotional_credit(
    info: Info, input: StaffGivePromotionalCreditInput
) -> StaffGivePromotionalCreditSuccess:
    """Give an organization credit that can be spent but not withdrawn; for those who work for the provider.

    Causes the event WALLET_CREDITED.
    """
    wallet = await promotional_credit.staff_give_credit(
        info.context.caller,
        organization_id=key(input.organization_id),
        amount_minor=input.amount_minor,
        reason=input.reason,
    )
    return _given(wallet)
