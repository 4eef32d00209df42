"""Invents money for the demo: wallets, invoices that were paid, one that is open and one that is overdue, a charge."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from models import LedgerAccount, Organization, Product
from resolvers.caller import Nobody
from resolvers.charges import ChargeFacts, record_charge
from resolvers.invoices import draft_invoice, issue_invoice, rate_for
from resolvers.ledger import lock_wallet, move, ours
from resolvers.payments import pay_from_wallet
from resolvers.promotional_credit import give_credit
from resolvers.transactions import transaction
from rules.identifiers import Prefix, public_id
from rules.invoicing import Line
from rules.policy import Policy
from rules.states import AccountKind, ChargeKind, TransferCause
from server.demo.identifiers import Identifiers

YEAR, MONTH = timedelta(days=365), timedelta(days=30)
TOP_UP_MINOR, CREDIT_MINOR = 25_000, 2_000
PRICES_MINOR = (1_290, 990, 4_800, 12_500)  # invented, like everything here
# How long ago each invoice was issued, and whether it was paid: the second last is overdue, the last one open.
HISTORY = (
    (timedelta(days=200), True),
    (timedelta(days=90), True),
    (timedelta(days=45), False),
    (timedelta(days=5), False),
)


async def add_money(now: datetime) -> None:
    """Give every organization of the demo a wallet with a little history, and invoices."""
    identifiers = Identifiers(series=2)
    for organization in await Organization.all().order_by("id"):
        await LedgerAccount.create(
            id=identifiers.next(),
            kind=AccountKind.WALLET,
            organization_id=organization.id,
            currency=organization.currency,
            is_current=True,
            created_at=organization.created_at,
        )
        products = await Product.filter(organization_id=organization.id).order_by("id")
        await _top_up(organization, now - 2 * YEAR)
        for number, (ago, paid) in enumerate(HISTORY):
            product = products[number % len(products)]
            price = PRICES_MINOR[number % len(PRICES_MINOR)]
            await _invoice(organization, product, price, now - ago, paid=paid)
        await _charge(organization, products[0], now - timedelta(days=2))


async def _top_up(organization: Organization, at: datetime) -> None:
    acting = Nobody(at)
    async with transaction():
        wallet = await lock_wallet(acting, organization.id, organization.currency)
        await move(
            acting,
            debit=ours(AccountKind.PAYMENTS_IN_TRANSIT, organization.currency),
            credit=wallet.id,
            currency=organization.currency,
            amount_minor=TOP_UP_MINOR,
            cause=TransferCause.TOP_UP,
            reference=public_id(Prefix.WALLET, wallet.id),
        )
        await give_credit(acting, organization, organization.currency, CREDIT_MINOR)


async def _invoice(organization: Organization, product: Product, price_minor: int, at: datetime, *, paid: bool) -> None:
    acting = Nobody(at)
    start: date = at.date()
    async with transaction():
        line = Line(product.name, 1, price_minor, 0, product_id=product.id, period_start=start, period_end=start + YEAR)
        line = replace(line, vat_rate=rate_for(organization, line, at))
        draft = await draft_invoice(acting, payer=organization, concerned=organization, lines=[line])
        invoice = await issue_invoice(acting, Policy(), draft, organization)
        if paid:
            wallet = await lock_wallet(acting, organization.id, organization.currency)
            await pay_from_wallet(acting, organization, wallet, [invoice], invoice.total_minor)


async def _charge(organization: Organization, product: Product, at: datetime) -> None:
    end = at.date()
    facts = ChargeFacts(
        product_id=product.id,
        kind=ChargeKind.OVERAGE,
        description="Traffic beyond the plan, in gigabytes",
        currency=organization.currency,
        quantity=37,
        unit_net_minor=15,
        period_start=end - MONTH,
        period_end=end,
        source_reference=f"demo/{product.id.hex}",
    )
    await record_charge(Nobody(at), facts)
