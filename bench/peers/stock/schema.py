"""The schema: types with resolvers, which ask data loaders."""

import base64
from datetime import date, datetime
from enum import Enum
from typing import Any, NewType, Self
from uuid import UUID

import strawberry
from strawberry.schema.config import StrawberryConfig

from bench.peers.stock import models
from bench.peers.stock.loading import number, organizations_of, row, rows
from bench.peers.stock.pay import pay_invoices

BigInt = NewType("BigInt", int)
Info = strawberry.Info[dict[str, Any], None]


@strawberry.type
class Money:
    amount_minor: BigInt
    currency: str


@strawberry.enum
class InvoiceState(Enum):
    OPEN = "OPEN"
    PAID = "PAID"


@strawberry.type
class User:
    id: strawberry.ID
    login: str
    first_name: str
    last_name: str
    locale: str
    created_at: datetime | None


@strawberry.type
class Product:
    id: strawberry.ID
    kind: str
    family: str
    state: str
    name: str
    label: str
    expires_on: date | None
    created_at: datetime

    @classmethod
    def of(cls, stored: Any) -> Self:
        return cls(
            id=stored.id,
            kind=stored.kind,
            family=stored.family,
            state=stored.state,
            name=stored.name,
            label=stored.label,
            expires_on=stored.expires_on,
            created_at=stored.created_at,
        )


@strawberry.type
class InvoiceLine:
    id: strawberry.ID
    description: str
    quantity: BigInt
    net: Money
    product_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, stored: Any) -> Self:
        net = Money(amount_minor=stored.net_minor, currency=stored.currency)
        return cls(
            id=stored.id,
            description=stored.description,
            quantity=stored.quantity,
            net=net,
            product_id=stored.product_id,
        )

    @strawberry.field
    async def product(self, info: Info) -> Product | None:
        if self.product_id is None:
            return None
        loaded = await info.context["loaders"].load("product", row(models.Product.all(), "id"), self.product_id)
        return Product.of(loaded) if loaded else None


@strawberry.type
class Invoice:
    id: strawberry.ID
    number: str
    state: str
    issued_on: date | None
    due_on: date | None
    total: Money
    created_at: strawberry.Private[datetime]

    @classmethod
    def of(cls, stored: Any) -> Self:
        total = Money(amount_minor=stored.total_minor, currency=stored.currency)
        return cls(
            id=stored.id,
            number=stored.number,
            state=stored.state,
            issued_on=stored.issued_on,
            due_on=stored.due_on,
            total=total,
            created_at=stored.created_at,
        )

    @strawberry.field
    async def lines(self, info: Info) -> list[InvoiceLine] | None:
        by = rows(models.InvoiceLine.all().order_by("position"), "invoice_id")
        return [InvoiceLine.of(each) for each in await info.context["loaders"].load("lines", by, self.id)]

    @property
    def cursor(self) -> str:
        return base64.b64encode(f"{self.created_at.isoformat()} {self.id}".encode()).decode()


@strawberry.input
class ProductFilter:
    expires_before: date | None = None


@strawberry.input
class InvoiceFilter:
    state: list[InvoiceState] | None = None


@strawberry.type
class ProductConnection:
    organization_id: strawberry.Private[UUID]
    first: strawberry.Private[int]
    expires_before: strawberry.Private[date | None]

    @strawberry.field
    async def nodes(self, info: Info) -> list[Product]:
        query = models.Product.all().order_by("name_sort", "id")
        if self.expires_before is not None:
            query = query.filter(expires_on__lt=self.expires_before)
        by = rows(query, "organization_id", self.first)
        name = ("products", self.first, self.expires_before)
        return [Product.of(each) for each in await info.context["loaders"].load(name, by, self.organization_id)]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        by = number(models.Product.all(), "organization_id")
        count: int = await info.context["loaders"].load("product count", by, self.organization_id)
        return count


@strawberry.type
class InvoiceEdge:
    cursor: str
    node: Invoice


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class InvoiceConnection:
    found: strawberry.Private[list[Invoice]]
    first: strawberry.Private[int]

    @strawberry.field
    def nodes(self) -> list[Invoice]:
        return self.found[: self.first]

    @strawberry.field
    def edges(self) -> list[InvoiceEdge]:
        return [InvoiceEdge(cursor=each.cursor, node=each) for each in self.found[: self.first]]

    @strawberry.field
    def page_info(self) -> PageInfo:
        page = self.found[: self.first]
        return PageInfo(has_next_page=len(self.found) > self.first, end_cursor=page[-1].cursor if page else None)


@strawberry.type
class MembershipConnection:
    organization_id: strawberry.Private[UUID]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        by = number(models.Membership.all(), "organization_id")
        count: int = await info.context["loaders"].load("member count", by, self.organization_id)
        return count


@strawberry.type
class Wallet:
    id: strawberry.ID
    balance: Money


@strawberry.type
class Organization:
    id: strawberry.ID
    name: str

    @classmethod
    def of(cls, stored: Any) -> Self:
        return cls(id=stored.id, name=stored.name)

    @strawberry.field
    async def wallet(self, info: Info) -> Wallet | None:
        by = row(models.Wallet.filter(is_current=True), "organization_id")
        wallet = await info.context["loaders"].load("wallet", by, self.id)
        balance = Money(amount_minor=wallet.balance_minor, currency=wallet.currency)
        return Wallet(id=wallet.id, balance=balance)

    @strawberry.field
    def members(self) -> MembershipConnection | None:
        return MembershipConnection(organization_id=self.id)  # type: ignore[arg-type] # an ID is a key here

    @strawberry.field
    def products(self, first: int = 20, filter: ProductFilter | None = None) -> ProductConnection | None:
        before = filter.expires_before if filter else None
        return ProductConnection(organization_id=self.id, first=first, expires_before=before)  # type: ignore[arg-type] # as above

    @strawberry.field
    async def invoices(
        self, info: Info, first: int = 20, after: str | None = None, filter: InvoiceFilter | None = None
    ) -> InvoiceConnection | None:
        query = models.Invoice.all().order_by("-created_at", "-id")
        if filter and filter.state:
            query = query.filter(state__in=[each.value for each in filter.state])
        if after:
            created_at, _ = base64.b64decode(after).decode().split(" ")
            query = query.filter(created_at__lt=datetime.fromisoformat(created_at))
        states = tuple(filter.state or ()) if filter else ()
        by = rows(query, "billed_to_id", first + 1)
        found = await info.context["loaders"].load(("invoices", first, after, states), by, self.id)
        return InvoiceConnection(found=[Invoice.of(each) for each in found], first=first)

    @strawberry.field
    async def open_invoice_count(self, info: Info) -> int | None:
        by = number(models.Invoice.filter(state="OPEN"), "billed_to_id")
        count: int = await info.context["loaders"].load("open invoices", by, self.id)
        return count


@strawberry.type
class OrganizationConnection:
    nodes: list[Organization]


@strawberry.type
class Viewer:
    user_id: strawberry.Private[UUID]

    @strawberry.field
    async def user(self) -> User | None:
        stored = await models.User.get(id=self.user_id)
        return User(
            id=stored.id,  # type: ignore[arg-type] # a key is an ID here
            login=stored.login,
            first_name=stored.first_name,
            last_name=stored.last_name,
            locale=stored.locale,
            created_at=stored.created_at,
        )

    @strawberry.field
    async def organizations(self, info: Info, first: int = 20) -> OrganizationConnection | None:
        found = await info.context["loaders"].load("organizations", organizations_of, self.user_id)
        return OrganizationConnection(nodes=[Organization.of(each) for each in found[:first]])


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self, info: Info) -> Viewer | None:
        return Viewer(user_id=info.context["session"].user_id)

    @strawberry.field
    async def organization(self, id: strawberry.ID) -> Organization | None:
        found = await models.Organization.get_or_none(id=UUID(id))
        return Organization.of(found) if found else None


@strawberry.input
class PayInvoicesInput:
    organization_id: strawberry.ID
    invoice_ids: list[strawberry.ID]
    expected_amount_minor: BigInt
    idempotency_key: str


@strawberry.type
class Payment:
    id: strawberry.ID
    state: str
    amount: Money
    settled_at: datetime | None


@strawberry.type
class PayInvoicesSuccess:
    payment: Payment


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def pay_invoices(self, info: Info, input: PayInvoicesInput) -> PayInvoicesSuccess | None:
        paid = await pay_invoices(
            info.context["session"],
            UUID(input.organization_id),
            [UUID(each) for each in input.invoice_ids],
            input.expected_amount_minor,
            input.idempotency_key,
        )
        amount = Money(amount_minor=paid.amount_minor, currency=paid.currency)
        payment = Payment(id=paid.id, state=paid.state, amount=amount, settled_at=paid.settled_at)
        return PayInvoicesSuccess(payment=payment)


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    config=StrawberryConfig(scalar_map={BigInt: strawberry.scalar(name="BigInt", serialize=str, parse_value=int)}),
)
