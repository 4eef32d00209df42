"""The small world as clients see it."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from strawberry.schema.config import StrawberryConfig
from tortoise.expressions import Q

from execution.declare import (
    NOW,
    Connection,
    Node,
    column,
    computed,
    count,
    entry,
    entry_node,
    entry_nodes,
    entry_pages,
    fact,
    fetched,
    grouped,
    lookup,
    many,
    one,
    pages,
    scaled,
    table,
    value,
)
from execution.denials import bad_request
from execution.guards import Anyone, visible
from execution.scalars import BigInt, scalar_map
from execution.tables import table_of
from tests.execution.sample import links, models
from tests.execution.sample.models import InvoiceStatus, ProductKind
from tests.execution.sample.mutations import Mutation
from tests.execution.sample.rights import (
    BILLED,
    GRANTED,
    VIEWER,
    Context,
    IsMember,
    IsSomebody,
    MayViewBilling,
    days_late,
    may_pay,
)
from tests.execution.sample.specimens import Specimen, SpecimenFilter, SpecimenOrder, SpecimenQuery

strawberry.enum(InvoiceStatus, description="State of an invoice.")


@strawberry.type(description="An amount of money.")
class Money:
    amount_minor: BigInt = strawberry.field(description="Amount in minor units.")
    currency: str = strawberry.field(description="Currency of the amount.")
    amount: Decimal = scaled("Amount as people write it.", of="amount_minor")


@strawberry.type(description="Number of products of a kind.")
class ProductCount:
    kind: ProductKind = strawberry.field(description="Kind of the products.")
    count: int = strawberry.field(description="Number of the products.")


@strawberry.type(description="What some products cost together.")
class Sum:
    amount: Money = strawberry.field(description="The amount.")
    count: int = strawberry.field(description="Number of the products.")


async def sums(context: Context, keys: list[UUID], kinds: tuple[ProductKind, ...] | None) -> dict[UUID, list[Sum]]:
    """What products of these kinds cost, of those that the viewer may see; nothing for an organization without."""
    seen = visible(table_of(models.Product), context)
    chosen = Q() if kinds is None else Q(kind__in=kinds)
    found: dict[UUID, list[int]] = {}
    for product in await models.Product.filter(*seen, chosen, organization_id__in=keys):
        found.setdefault(product.organization_id, []).append(product.price_minor)
    return {
        key: [Sum(amount=Money(amount_minor=BigInt(sum(prices)), currency="CHF"), count=len(prices))]
        for key, prices in found.items()
    }


def read_kinds(given: dict[str, Any]) -> tuple[ProductKind, ...] | None:
    """The kinds that are named; refuses two of the same."""
    kinds = given.get("kinds")
    if kinds and len(set(kinds)) < len(kinds):
        raise bad_request("ARGUMENT", "Name each kind once.")
    return None if kinds is None or kinds is strawberry.UNSET else tuple(kinds)


@strawberry.enum(description="Order of products.")
class ProductOrder(Enum):
    NAME = "name"
    NEWEST = "-created_at"
    RANK = "-rank,name"
    RENEWING = "renews,-rank"


@strawberry.input(description="Which products.")
class ProductFilter:
    kind: list[ProductKind] | None = lookup("kind__in", "Only products of these kinds.")
    expires_before: date | None = lookup("expires_on__lt", "Only products that expire before this day.")
    renews: bool | None = lookup("renews", "Only products that renew by themselves, or that do not.")
    name: str | None = lookup("name", "Only products of this name.")
    rank: int | None = lookup("rank", "Only products of this rank.")
    keeper: strawberry.ID | None = lookup("keeper_id", "Only products kept by this user.")
    keeper_name: str | None = lookup("keeper__name__startswith", "Only products whose keeper's name starts so.")
    never_expires: bool | None = lookup("expires_on__isnull", "Only products without an end.")
    search: str | None = lookup(
        search=("name_folded", "label_folded"), description="Only products whose name or label holds this text."
    )


@strawberry.enum(description="Order of invoices.")
class InvoiceOrder(Enum):
    NEWEST = "-issued_on,number"
    NUMBER = "number"


@strawberry.input(description="Which invoices.")
class InvoiceFilter:
    status: list[InvoiceStatus] | None = lookup("status__in", "Only invoices in these states.")
    product: strawberry.ID | None = lookup("product_id", "Only with a line for this product.", among="lines")
    products: list[strawberry.ID] | None = lookup(
        "product_id__in", "Only with a line for one of these products.", among="lines"
    )
    product_kind: list[ProductKind] | None = lookup(
        "product__kind__not_in", "Only with a line for no product of these kinds.", among="lines"
    )
    says: str | None = lookup(
        search=("text", "product__name"), description="Only with a line where one of these holds this.", among="lines"
    )


@table(models.User, prefix="usr", owner=None, seen=Q(id=VIEWER))
class User(Node):
    """A person."""

    name: str = column("Name of the person.")
    birthday: date | None = column("Day the person was born.")


@table(models.Organization, prefix="org", owner="id", seen=IsMember.allows)
class Organization(Node):
    """A customer."""

    name: str = column("Name of the organization.")
    tax_number: str | None = column("Tax number of the organization.", of="vat_id", who=MayViewBilling())
    created_at: datetime = column("Instant the organization was created.")
    wallet: links.Wallet | None = one("Wallet of the organization.", who=MayViewBilling())
    products: Connection[links.Product] | None = pages(
        "Products of the organization that you may see.", order="name", filter=ProductFilter, order_by=ProductOrder
    )
    renewing_products: list[links.Product] | None = many(
        "Products that renew.", over="products", where=Q(renews=True), order="name", first=3, order_by=ProductOrder
    )
    product_counts: list[ProductCount] = grouped("Number of products of each kind.", over="products", by="kind")
    product_count: int = count("Number of products.", over="products")
    sums: list[Sum] | None = fetched(
        "What products cost together.",
        by=sums,
        read=read_kinds,
        arguments={"kinds": (list[ProductKind] | None, "Only products of these kinds.", strawberry.UNSET)},
        who=MayViewBilling(),
    )
    invoices: Connection[links.Invoice] | None = pages(
        "Invoices of the organization.",
        order="-issued_on,number",
        filter=InvoiceFilter,
        order_by=InvoiceOrder,
        default=2,
        who=MayViewBilling(),
    )
    open_invoice_count: int | None = count(
        "Number of open invoices.", over="invoices", where=Q(status="OPEN"), who=MayViewBilling()
    )
    specimens: Connection[links.Specimen] | None = pages(
        "Specimens of the organization.", order="kind,-made_on", filter=SpecimenFilter, order_by=SpecimenOrder
    )


@table(models.Wallet, prefix="wal", seen=IsMember.allows, who=MayViewBilling())
class Wallet(Node):
    """Money kept in reserve."""

    balance: Money = value("Balance of the wallet.", amount_minor="balance_minor", currency="currency")
    bonus: Money | None = value("Bonus in the wallet.", amount_minor="bonus_minor", currency="currency")
    organization: links.Organization | None = one("Organization of the wallet.")


@table(models.Product, prefix="prd", seen=IsMember.allows | Q(id__in=GRANTED))
class Product(Node):
    """A service."""

    name: str = column("Name of the product.")
    kind: ProductKind = column("Kind of the product.")
    renews: bool = column("Whether the product renews by itself.")
    expires_on: date | None = column("Day the product expires.")
    price: Money | None = value(
        "Price of the product.", amount_minor="price_minor", currency="currency", who=MayViewBilling()
    )
    is_blocked: bool = fact("Whether the product is blocked.", Q(blocks_at__lte=NOW) & ~Q(renews=True))
    is_safe: bool = fact("Whether the product will not be blocked.", ~Q(blocks_at__lte=NOW))
    organization: links.Organization | None = one("Organization that holds the product.")
    keeper: links.User | None = one("Who looks after the product.")
    last_invoice: links.Invoice | None = one(
        "Latest invoice of the product.", over="invoices", order="-issued_on", who=MayViewBilling()
    )


@table(models.Invoice, prefix="inv", owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class Invoice(Node):
    """An amount owed."""

    number: str = column("Number of the invoice.")
    status: InvoiceStatus = column("State of the invoice.")
    issued_on: date = column("Day the invoice was issued.")
    total: Money = value("Total of the invoice.", amount_minor="total_minor", currency="currency")
    is_overdue: bool = fact("Whether the invoice is overdue.", Q(status="OPEN", overdue_at__lt=NOW))
    days_late: int = computed("Days since the invoice was issued.", by=days_late, needs=("issued_on", "status"))
    may_pay: bool = computed(
        "Whether you may pay the invoice.",
        by=may_pay,
        needs=("status", BILLED, "billed_to_id"),
    )
    organization: links.Organization | None = one("Organization that owes the invoice.", over="billed_to")
    product: links.Product | None = one("Product the invoice is for.")
    lines: list[links.InvoiceLine] | None = many("Lines of the invoice.", order="position", who=MayViewBilling())


@table(models.InvoiceLine, prefix="lin", owner="billed_to_id", seen=IsMember.allows, who=MayViewBilling())
class InvoiceLine(Node):
    """A line of an invoice."""

    position: int = column("Place of the line on the invoice.")
    text: str = column("What is charged.")
    product: links.Product | None = one("Product the line is for.")


@strawberry.type(description="What can be asked.")
class Query(SpecimenQuery):
    me: links.User | None = entry(models.User, "You.", who=Anyone(), where=Q(id=VIEWER))
    myself: links.User | None = entry(models.User, "You, if signed in.", who=IsSomebody(), where=Q(id=VIEWER))
    organization: links.Organization | None = entry(models.Organization, "An organization by its id.", who=Anyone())
    invoice: links.Invoice | None = entry(models.Invoice, "An invoice by its id.", who=MayViewBilling())
    organizations: Connection[links.Organization] | None = entry_pages(
        models.Organization, "Organizations that you belong to.", who=Anyone(), order="name"
    )
    invoices: Connection[links.Invoice] | None = entry_pages(
        models.Invoice,
        "Invoices of all organizations.",
        who=MayViewBilling(),
        where=~Q(status="VOID"),
        order="-issued_on,number",
        filter=InvoiceFilter,
        order_by=InvoiceOrder,
    )
    node: Node | None = entry_node("Whatever has this id.")
    nodes: list[Node | None] | None = entry_nodes("Whatever has these ids.")


schema = strawberry.Schema(
    Query,
    Mutation,
    types=[User, Organization, Wallet, Product, Invoice, InvoiceLine, Specimen],
    config=StrawberryConfig(scalar_map=scalar_map()),
)
