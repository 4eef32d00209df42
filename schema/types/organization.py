"""The organization as clients see it."""

from datetime import datetime
from enum import Enum

import strawberry
from tortoise.expressions import Q

import models
from execution.declare import Connection, Node, column, computed, count, grouped, lookup, one, pages, table, value
from permissions.guards import IsMember, MayManageMembers, MayViewBilling, MayViewWithdrawals
from permissions.held import ME, STANDINGS
from rules.identifiers import Prefix
from rules.kinds import ProductFamily, ProductKind
from rules.money import Currency
from rules.names import fold
from rules.organizations import OrganizationKind, VatStatus
from rules.states import InvoiceState, PaymentMethodKind, PaymentMethodState
from schema.context import Context
from schema.types import links
from schema.types.charge import ChargeFilter, ChargeOrder
from schema.types.due_item import LAST_DAY_AHEAD, DueItemFilter, DueItemOrder, DueTotal, due_totals
from schema.types.invitation import InvitationFilter, InvitationOrder
from schema.types.invoice import InvoiceFilter, InvoiceOrder
from schema.types.membership import MembershipFilter, MembershipOrder
from schema.types.product import ProductFilter, ProductOrder
from schema.types.viewer_can import OrganizationViewerCan, on_organization
from schema.types.withdrawal import WithdrawalFilter, WithdrawalOrder


@strawberry.type(description="A postal address.")
class PostalAddress:
    """Where an organization gets its post."""

    street: str = strawberry.field(description="Street and number of the address.")
    postal_code: str = strawberry.field(description="Postal code of the address.")
    city: str = strawberry.field(description="City of the address.")
    country: str = strawberry.field(description="Country of the address, as a two-letter code of ISO 3166-1.")


@strawberry.type(description="Number of the products of one kind.")
class ProductKindCount:
    """How many products there are of one kind."""

    kind: ProductKind = strawberry.field(description="Kind of the products.")
    count: int = strawberry.field(description="Number of products of the kind that you may see.")


@strawberry.type(description="Number of the products of one family.")
class ProductFamilyCount:
    """How many products there are of one family."""

    family: ProductFamily = strawberry.field(description="Family of the products.")
    count: int = strawberry.field(description="Number of products of the family that you may see.")


@strawberry.input(description="Which organizations to list.")
class OrganizationFilter:
    """Lookups of a list of organizations."""

    search: str | None = lookup(
        search=("name_sort",),
        fold=fold,
        description="Only organizations whose name contains this text, without case and accents.",
    )
    kind: list[OrganizationKind] | None = lookup("kind__in", "Only organizations of these kinds.")
    country: list[str] | None = lookup("country__in", "Only organizations in these countries, as two-letter codes.")


@strawberry.enum(description="Orders of a list of organizations.")
class OrganizationOrder(Enum):
    """Orders of a list of organizations."""

    NAME = strawberry.enum_value("name_sort", description="By name, from A to Z.")
    NAME_DESCENDING = strawberry.enum_value("-name_sort", description="By name, from Z to A.")
    OLDEST = strawberry.enum_value("created_at", description="Those created first, first.")
    NEWEST = strawberry.enum_value("-created_at", description="Those created last, first.")


def _storable(context: Context, currency: Currency) -> list[PaymentMethodKind]:
    return list(context.caller.payments.storable_in(currency))


@table(models.Organization, prefix=Prefix.ORGANIZATION, owner="id", seen=IsMember.allows)
class Organization(Node):
    """A customer: it has its own people, products, invoices and wallet. You see those you belong to."""

    kind: OrganizationKind = column("Kind of the organization.")
    name: str = column("Name of the organization.")
    address: PostalAddress = value(
        "Postal address of the organization.",
        street="street",
        postal_code="postal_code",
        city="city",
        country="country",
    )
    currency: Currency = column("Currency of the organization's future invoices; it follows from the postal address.")
    time_zone: str = column("Time zone that the organization's days are counted in, as an IANA name.")
    vat_number: str | None = column("VAT number of the organization; null when there is none.")
    vat_status: VatStatus | None = column("What is known of the VAT number; null when there is none.")
    created_at: datetime = column("Instant at which the organization was created.")
    viewer_membership: links.Membership | None = one(
        "Your own membership in the organization.", over="memberships", where=Q(user_id=ME)
    )
    members: Connection[links.Membership] | None = pages(
        "Members of the organization. An external member sees themselves only.",
        over="memberships",
        order="created_at",
        filter=MembershipFilter,
        order_by=MembershipOrder,
    )
    invitations: Connection[links.Invitation] | None = pages(
        "Invitations of the organization, the newest first.",
        order="-created_at",
        filter=InvitationFilter,
        order_by=InvitationOrder,
        who=MayManageMembers(),
    )
    products: Connection[links.Product] | None = pages(
        "Products of the organization that you may see.",
        order="name_sort",
        filter=ProductFilter,
        order_by=ProductOrder,
    )
    wallet: links.Wallet | None = one(
        "Wallet in the currency of the organization's future invoices.",
        over="wallets",
        where=Q(is_current=True),
        who=MayViewBilling(),
    )
    wallets: Connection[links.Wallet] | None = pages(
        "Wallets of the organization, one for each currency that it had money in, or has invoices in from now on.",
        order="currency",
        who=MayViewBilling(),
    )
    invoices: Connection[links.Invoice] | None = pages(
        "Invoices that the organization pays, the latest first.",
        order="-created_at",
        filter=InvoiceFilter,
        order_by=InvoiceOrder,
        who=MayViewBilling(),
    )
    open_invoice_count: int | None = count(
        "Number of invoices that are to be paid.",
        over="invoices",
        where=Q(state=InvoiceState.OPEN),
        who=MayViewBilling(),
    )
    charges: Connection[links.Charge] | None = pages(
        "Charges that the organization pays, the latest first.",
        order="-created_at",
        filter=ChargeFilter,
        order_by=ChargeOrder,
        who=MayViewBilling(),
    )
    due_items: Connection[links.DueItem] | None = pages(
        "What the organization has to pay within about two months, what is overdue first.",
        where=Q(is_due=True, due_on__lte=LAST_DAY_AHEAD),
        order="due_on",
        filter=DueItemFilter,
        order_by=DueItemOrder,
        who=MayViewBilling(),
    )
    all_due_items: Connection[links.DueItem] | None = pages(
        "What the organization has to pay, however far ahead.",
        over="due_items",
        where=Q(is_due=True),
        order="due_on",
        filter=DueItemFilter,
        order_by=DueItemOrder,
        who=MayViewBilling(),
    )
    due_totals: list[DueTotal] | None = due_totals
    payments: Connection[links.Payment] | None = pages(
        "Payments of the organization, the latest first.", order="-created_at", who=MayViewBilling()
    )
    storable_payment_methods: list[PaymentMethodKind] = computed(
        "Kinds of payment methods that the organization can store: addPaymentMethod.",
        by=_storable,
        needs=("currency",),
    )
    payment_methods: Connection[links.PaymentMethod] | None = pages(
        "Stored payment methods of the organization, those that wait for their owner included.",
        order="created_at",
        where=Q(state__in=(PaymentMethodState.ACTIVE, PaymentMethodState.PENDING)),
        who=MayViewBilling(),
    )
    withdrawals: Connection[links.Withdrawal] | None = pages(
        "Withdrawals of the organization, the last requested first.",
        order="-requested_at",
        filter=WithdrawalFilter,
        order_by=WithdrawalOrder,
        who=MayViewWithdrawals(),
    )
    product_counts: list[ProductKindCount] = grouped(
        "Number of the products that you may see, kind by kind.", over="products", by="kind"
    )
    product_family_counts: list[ProductFamilyCount] = grouped(
        "Number of the products that you may see, family by family.", over="products", by="family"
    )
    viewer_can: OrganizationViewerCan = computed(
        "What you may do with the organization now.", by=on_organization, needs=("id", STANDINGS)
    )
