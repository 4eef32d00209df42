"""An organization that owes and has money, and the client of its legal representative: the books of a test."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models import Charge, Invoice, LedgerAccount, Organization, Product, User
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice, rate_for
from resolvers.ledger import lock_wallet, move, ours
from resolvers.promotional_credit import give_credit
from resolvers.transactions import transaction
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line
from rules.money import Currency
from rules.policy import Policy
from rules.states import AccountKind, TransferCause
from tests.charging import charge_something
from tests.world import Answer, Client, World, id_of

PAID = """... on PayInvoicesSuccess { payment { id state bankTransfer { iban holder reference
        fromAbroad { iban bic creditorReference } }
    amount { amount currency } fromWallet { amountMinor }
    allocations { nodes { amount { amount } invoice { number state paidAt viewerCan { pay { allowed code } } } } } } }
    ... on InsufficientFunds { missing { amount amountMinor currency } }
    ... on InvoiceNotPayable { invoiceId state } ... on AmountChanged { amount { amountMinor } }
    ... on CurrencyMismatch { currencies } ... on PaymentMethodNotAllowed { kind allowed }
    ... on PaymentDeclined { paymentId declineCode }
    ... on PaymentActionRequired { paymentId url clientSecret publishableKey }"""
FILLED = """... on TopUpWalletSuccess { payment { id state bankTransfer { iban holder reference
        fromAbroad { iban bic creditorReference } }
    wallet { balance { amount } } } }
    ... on AmountOutOfRange { minimum { amountMinor } maximum { amountMinor } }
    ... on PaymentDeclined { paymentId declineCode } ... on PaymentMethodNotAllowed { allowed }
    ... on PaymentActionRequired { paymentId url clientSecret publishableKey }"""

PAID_DUE = """... on PayDueItemsSuccess { payment { id state amount { amountMinor }
    allocations { nodes { amount { amountMinor } invoice { id number state total { amountMinor }
        lines { description charge { id state } } } } } } }
    ... on InsufficientFunds { missing { amountMinor } } ... on InvoiceNotPayable { invoiceId state }
    ... on ChargeNotOpen { chargeId chargeState } ... on AmountChanged { amount { amountMinor } }
    ... on CurrencyMismatch { currencies } ... on PaymentDeclined { declineCode }"""
DUE = """query Q($id: ID!) { organization(id: $id) { dueItems { nodes { id kind description dueOn isDue isBeingPaid
    amount { amountMinor currency } invoice { number } charge { state } product { name }
    viewerCan { pay { allowed code } } } } } }"""
TOTALS = """query Q($id: ID!, $chosen: [ID!]) { organization(id: $id) {
    dueTotals(dueItemIds: $chosen) { count amount { amountMinor currency } } } }"""


@dataclass
class Books:
    """An organization that owes and has money, and its legal representative's client."""

    world: World
    organization: Organization
    client: Client
    user: User

    @classmethod
    async def open(cls, world: World) -> "Books":
        user = await world.add_user()
        organization = await world.add_organization(user)
        return cls(world, organization, await world.sign_in(user), user)

    async def top_up(self, amount_minor: int, currency: Currency = Currency.CHF) -> LedgerAccount:
        """Money arrives, as a top-up brings it."""
        acting = Nobody(self.world.clock.now())
        async with transaction():
            wallet = await lock_wallet(acting, self.organization.id, currency)
            await move(
                acting,
                debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, currency),
                credit=wallet.id,
                currency=currency,
                amount_minor=amount_minor,
                cause=TransferCause.TOP_UP,
                reference=public_id(Prefix.WALLET, wallet.id),
            )
        await wallet.refresh_from_db()
        return wallet

    async def owe(self, *net_minor: int) -> Invoice:
        """An open invoice with a line for each net amount, for a year of service from March 2026."""
        acting = Nobody(self.world.clock.now())
        async with transaction():
            await self.organization.refresh_from_db()
            lines = []
            for number, amount in enumerate(net_minor):
                line = Line(
                    f"Service {number}", 1, amount, 0, period_start=date(2026, 3, 1), period_end=date(2027, 3, 1)
                )
                lines.append(Line(**{**vars(line), "vat_rate": rate_for(self.organization, line, acting.now)}))
            draft = await draft_invoice(acting, payer=self.organization, concerned=self.organization, lines=lines)
            return await issue_invoice(acting, Policy(), draft, self.organization)

    async def charge(self, net_minor: int, quantity: int = 1, **more: Any) -> Charge:
        """A charge of a product of the organization, for February 2026 unless told otherwise."""
        product = await Product.filter(organization_id=self.organization.id).first()
        product = product or await self.world.add_product(self.organization)
        more = {"unit_net_minor": net_minor, "quantity": quantity, **more}
        return await charge_something(self.world, product, **more)

    async def due(self) -> list[dict[str, Any]]:
        """What is to be paid, as the organization's due items say."""
        answer = await self.client.ask(DUE, id=id_of(self.organization))
        return list(answer.data["organization"]["dueItems"]["nodes"])

    async def due_totals(self, due_item_ids: list[str] | None = None) -> dict[str, int]:
        """What due items come to together, or all of them, by currency."""
        answer = await self.client.ask(TOTALS, id=id_of(self.organization), chosen=due_item_ids)
        totals = [each["amount"] for each in answer.data["organization"]["dueTotals"]]
        return {each["currency"]: int(each["amountMinor"]) for each in totals}

    async def pay_due(
        self, due_item_ids: list[str], *, expected: int | None = None, key: str = "key", **pay_with: Any
    ) -> Answer:
        """Pay due items, expecting what they come to in francs; from the wallet unless told how."""
        if expected is None:
            expected = (await self.due_totals(due_item_ids))["CHF"]
        return await self.client.do(
            "payDueItems",
            PAID_DUE,
            organizationId=id_of(self.organization),
            dueItemIds=due_item_ids,
            expectedAmountMinor=str(expected),
            idempotencyKey=key,
            payWith=pay_with or None,
        )

    async def pay(
        self, invoices: list[Invoice], *, expected: int | None = None, key: str = "key", **pay_with: Any
    ) -> Answer:
        """Pay invoices, expecting what they come to unless told otherwise; from the wallet unless told how."""
        total = sum(invoice.total_minor for invoice in invoices)
        return await self.client.do(
            "payInvoices",
            PAID,
            organizationId=id_of(self.organization),
            invoiceIds=[public_id(Prefix.INVOICE, invoice.id) for invoice in invoices],
            expectedAmountMinor=str(total if expected is None else expected),
            idempotencyKey=key,
            payWith=pay_with or None,
        )

    async def fill(self, amount_minor: int, *, key: str = "key", **pay_with: Any) -> Answer:
        """Ask for the wallet in francs to be filled; by card unless told otherwise."""
        return await self.client.do(
            "topUpWallet",
            FILLED,
            walletId=await self.wallet_id(),
            amountMinor=str(amount_minor),
            payWith=pay_with or {"methodKind": "CARD"},
            idempotencyKey=key,
        )

    async def give_credit(self, amount_minor: int) -> LedgerAccount:
        """The provider gives credit, in francs."""
        async with transaction():
            return await give_credit(Nobody(self.world.clock.now()), self.organization, Currency.CHF, amount_minor)

    async def balance(self) -> int:
        return (await self.wallet()).balance_minor

    async def wallet(self, currency: Currency = Currency.CHF) -> LedgerAccount:
        """The wallet as it is now."""
        return await LedgerAccount.get(organization_id=self.organization.id, currency=currency)

    async def wallet_id(self) -> str:
        """The public id of the wallet in francs."""
        return public_id(Prefix.WALLET, (await self.wallet()).id)
