"""Customers, their banks and our staff: how the test of any order of things acts on the product, and reads it.

What customers do goes over HTTP; what banks, providers and staff do goes the way in which each of them reaches us.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tortoise.connection import get_connections

from models import Charge, Invoice, Organization, Product, User
from models.fields import new_id
from models.ledger import OUR_ACCOUNTS
from resolvers.caller import Nobody
from resolvers.credit_notes import issue_credit_note
from resolvers.incoming_transfers import Credit, assign_incoming_transfer, take_in
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.ledger import lock_wallet, make_current
from resolvers.payment_providers import Outcome, Told
from resolvers.payouts import create_payout_file, settle_withdrawal
from resolvers.promotional_credit import give_credit
from resolvers.provider_events import take_told
from resolvers.transactions import transaction
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line
from rules.money import Currency
from rules.money_refusals import InvoiceNotCreditable
from rules.states import AccountKind, WithdrawalState, WithdrawalTarget
from server.payouts.writing import writer_for
from tests.charging import charge_something
from tests.paying import clerk_of
from tests.withdrawals import ACCOUNT, REASON, at_terminal
from tests.world import Answer, Client, World

LONGER_THAN_ANY_WAIT = timedelta(days=11)
REFUSED_PAYMENT = "... on PaymentActionRequired { paymentId } ... on PaymentDeclined { paymentId }"
MISSING = "... on InsufficientFunds { missing { amountMinor } }"
SELECTIONS = {
    "payInvoices": f"... on PayInvoicesSuccess {{ payment {{ id }} }} {REFUSED_PAYMENT} {MISSING}",
    "payDueItems": f"... on PayDueItemsSuccess {{ payment {{ id }} }} {REFUSED_PAYMENT} {MISSING}",
    "topUpWallet": f"... on TopUpWalletSuccess {{ payment {{ id }} }} {REFUSED_PAYMENT}",
    "cancelPayment": "... on CancelPaymentSuccess { payment { id } }",
    "requestWithdrawal": f"... on RequestWithdrawalSuccess {{ withdrawal {{ id }} }} {MISSING}",
    "cancelWithdrawal": "... on CancelWithdrawalSuccess { withdrawal { id } }",
}


def key_of(public: str) -> UUID:
    """The key in a public id."""
    return UUID(public.partition("_")[2])


@dataclass
class Customer:
    """An organization, the client of whoever pays for it, and its wallets."""

    organization: Organization
    user: User
    client: Client
    product: Product
    wallets: dict[Currency, str] = field(default_factory=dict)


@dataclass
class Stage:
    """Where everybody acts. Each call of a customer has a key of its own unless it is said twice."""

    world: World
    staff: Nobody

    @classmethod
    async def open(cls, world: World) -> "Stage":
        acting = await at_terminal(world)
        return cls(world, Nobody(acting.now, acting.viewer))

    @property
    def now(self) -> Nobody:
        return Nobody(self.world.clock.now())

    @property
    def by_staff(self) -> Nobody:
        return Nobody(self.world.clock.now(), self.staff.viewer)

    async def add_customer(self) -> Customer:
        """An organization with a wallet in each currency."""
        user = await self.world.add_user()
        organization = await self.world.add_organization(user)
        product = await self.world.add_product(organization)
        customer = Customer(organization, user, await self.world.sign_in(user), product)
        for currency in Currency:
            async with transaction():
                wallet = await lock_wallet(self.now, organization.id, currency)
            customer.wallets[currency] = public_id(Prefix.WALLET, wallet.id)
        return customer

    async def ask(self, customer: Customer, mutation: str, *, twice: bool = False, **values: Any) -> Answer:
        """Call a mutation; said twice under one key, what succeeded must be answered again and not be done again."""
        values["idempotencyKey"] = f"key {new_id()}"
        answer = await customer.client.do(mutation, SELECTIONS[mutation], **values)
        if twice and answer.result()["__typename"].endswith("Success"):
            again = await customer.client.do(mutation, SELECTIONS[mutation], **values)
            assert again.result() == answer.result()
        return answer

    async def owe(self, customer: Customer, lines: list[tuple[int, int]]) -> Invoice:
        """Issue an invoice with a line for each net amount and VAT rate, in the customer's currency of today."""
        async with transaction():
            payer = await Organization.filter(id=customer.organization.id).select_for_update().get()
            facts = [
                Line("Service", 1, net, rate, period_start=date(2026, 3, 1), period_end=date(2027, 3, 1))
                for net, rate in lines
            ]
            draft = await draft_invoice(self.now, payer=payer, concerned=payer, lines=facts)
            return await issue_invoice(self.now, self.world.settings.policy, draft, payer)

    async def charge(self, customer: Customer, net_minor: int) -> Charge:
        """A system of ours records a fee, twice, in the customer's currency of today."""
        payer = await Organization.get(id=customer.organization.id)
        facts = {"unit_net_minor": net_minor, "currency": payer.currency, "source_reference": f"fee {new_id()}"}
        charge = await charge_something(self.world, customer.product, **facts)
        again = await charge_something(self.world, customer.product, **facts)
        assert again.id == charge.id
        return charge

    async def credit(self, invoice: str) -> bool:
        """Staff corrects an invoice as a whole; answers whether that is possible."""
        policy = self.world.settings.policy
        try:
            await issue_credit_note(self.by_staff, policy, invoice_id=key_of(invoice), parts=None, reason=REASON)
        except InvoiceNotCreditable:
            return False
        return True

    async def change_currency(self, customer: Customer, currency: Currency) -> None:
        """Future invoices are in another currency, as after a move to another country (ORG5)."""
        async with transaction():
            await Organization.filter(id=customer.organization.id).update(currency=currency)
            await make_current(self.now, customer.organization.id, currency)

    async def give(self, customer: Customer, currency: Currency, amount_minor: int) -> None:
        """The provider gives credit."""
        async with transaction():
            payer = await Organization.filter(id=customer.organization.id).select_for_update().get()
            await give_credit(self.now, payer, currency, amount_minor)

    async def tell(self, payment: str, outcome: Outcome) -> None:
        """The provider of a payment comes to an outcome, and tells twice that there is news."""
        clerk, provider = clerk_of(self.world), self.world.provider
        provider.became[payment] = outcome
        for _ in range(2):
            news = Told(provider.name, f"news {new_id()}", "charge.changed", key=payment)
            await take_told(clerk, clerk.policy, clerk.payments, news)

    async def transfer(self, reference: str, currency: Currency, amount_minor: int) -> str:
        """Money arrives at the bank, and its statement is read twice; answers what it is taken in as."""
        name = f"entry {new_id()}"
        credit = Credit(name, currency, amount_minor, reference, "Ada Meier", "", "", date(2026, 3, 2))
        taken = await take_in(self.now, self.world.settings.policy, credit)
        assert taken is not None
        assert await take_in(self.now, self.world.settings.policy, credit) is None
        return public_id(Prefix.INCOMING_TRANSFER, taken.id)

    async def assign(self, transfer: str, customer: Customer) -> None:
        """Staff finds out whose money that is."""
        await assign_incoming_transfer(
            self.by_staff,
            incoming_transfer_id=key_of(transfer),
            organization_id=customer.organization.id,
            reason=REASON,
        )

    async def hand_over(self, target: WithdrawalTarget, currency: Currency) -> None:
        """Staff hands over what waits."""
        write = writer_for(self.world.settings.debtor)
        await create_payout_file(self.by_staff, write, target=target, currency=currency, reason=REASON)

    async def settle(self, withdrawal: str, becomes: WithdrawalState) -> None:
        """The bank says how a withdrawal ended, twice."""
        for _ in range(2):
            await settle_withdrawal(self.now, key_of(withdrawal), becomes, "account closed")

    async def wait(self, *customers: Customer) -> None:
        """So much time passes that everything that waits is over; sessions too, so that customers sign in again."""
        self.world.clock.present += LONGER_THAN_ANY_WAIT
        await self.world.work()
        for customer in customers:
            customer.client = await self.world.sign_in(customer.user)

    async def tidy_up(self) -> None:
        """End whatever others left under way, so that it does not end later."""
        await self.wait()
        for target in WithdrawalTarget:
            for currency in Currency:
                await self.hand_over(target, currency)


def destination(target: WithdrawalTarget) -> dict[str, Any]:
    """Where a withdrawal goes, as it is asked for."""
    return {"iban": ACCOUNT} if target is WithdrawalTarget.IBAN else {"paypal": {"email": "ada@example.org"}}


async def ours_now() -> Counter[tuple[AccountKind, Currency]]:
    """What has moved into each of the provider's own accounts, less what has moved out."""
    names = {key: name for name, key in OUR_ACCOUNTS.items()}
    rows = (
        await get_connections()
        .all()[0]
        .execute_query_dict(
            "SELECT debit_id, credit_id, SUM(amount_minor) AS amount FROM ledger_transfers GROUP BY debit_id, credit_id"
        )
    )
    moved: Counter[tuple[AccountKind, Currency]] = Counter()
    for row in rows:
        for account, sign in ((row["debit_id"], -1), (row["credit_id"], 1)):
            name = names.get(UUID(str(account)))
            if name is not None:
                moved[name] += sign * int(row["amount"])
    return moved
