"""What one user may know of everything that is stored, worked out from the rules alone, row by row.

Slow and simple on purpose: it shares nothing with the predicates that it judges.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.models import Model

from execution.tables import public_id
from models import (
    AutomaticTopUp,
    Charge,
    Confirmation,
    DueItem,
    IncomingTransfer,
    Invitation,
    InvitationGrant,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    LedgerAccount,
    LedgerEntry,
    Mailbox,
    Membership,
    Organization,
    Payment,
    PaymentAllocation,
    PaymentMethod,
    PayoutFile,
    Product,
    ProductGrant,
    RecoveryCode,
    SecondFactor,
    Session,
    User,
    Withdrawal,
)
from tests.rights.answers import Knowledge

# What belongs to whoever pays (INV11).
BILLED: tuple[type[Model], ...] = (Charge, DueItem, Invoice, InvoiceLine, InvoiceTax, Payment, PaymentAllocation)
MANAGING = {"ORGANIZATION", "MEMBERS", "BILLING", "ORDER", "VIEW", "MANAGE"}
OF_ROLE = {
    "LEGAL_REPRESENTATIVE": MANAGING | {"LEGAL"},
    "ADMINISTRATOR": MANAGING,
    "COLLABORATOR": set[str](),
    "EXTERNAL": set[str](),
}
OF_LEVEL = {"VIEW": {"VIEW"}, "MANAGE": {"VIEW", "MANAGE"}}


@dataclass
class Stored:
    """All rows of all types that are shown."""

    rows: dict[type[Model], list[Any]]

    @classmethod
    async def read(cls) -> "Stored":
        shown: tuple[type[Model], ...] = (
            AutomaticTopUp,
            Charge,
            Confirmation,
            IncomingTransfer,
            DueItem,
            Invitation,
            InvitationGrant,
            Invoice,
            InvoiceLine,
            InvoiceTax,
            LedgerAccount,
            LedgerEntry,
            Mailbox,
            Membership,
            Organization,
            Payment,
            PaymentAllocation,
            PaymentMethod,
            PayoutFile,
            Product,
            ProductGrant,
            RecoveryCode,
            SecondFactor,
            Session,
            User,
            Withdrawal,
        )
        rows: dict[type[Model], list[Any]] = {model: await model.all() for model in shown}
        rows[LedgerAccount] = [row for row in rows[LedgerAccount] if row.organization_id]  # the others are ours
        return cls(rows)

    def knowledge_of(self, user_id: UUID | None) -> Knowledge:
        """What the rules let a user know (ORG4, MEM2, MEM4, MEM10); somebody who is not signed in knows nothing."""
        if user_id is None:
            return Knowledge(known=set())
        alive = {row.id for row in self.rows[Organization] if row.deleted_at is None}
        mine = {
            row.organization_id: row
            for row in self.rows[Membership]
            if row.user_id == user_id and row.organization_id in alive
        }
        rights = {
            key: OF_ROLE[row.role] | ({"BILLING", "ORDER"} if row.billing else set()) for key, row in mine.items()
        }
        on_product = self._rights_on_products(mine, rights)
        known = _named(self.rows[Organization], lambda row: row.id in mine)
        known |= self._known_people(user_id, mine)
        model: type[Any]
        for model in (Confirmation, RecoveryCode, SecondFactor, Session):
            known |= _named(self.rows[model], lambda row: row.user_id == user_id)
        known |= _named(self.rows[Invitation], lambda row: row.organization_id in mine)
        for model in (AutomaticTopUp, LedgerAccount, LedgerEntry, PaymentMethod, Withdrawal):
            known |= _named(self.rows[model], lambda row: row.organization_id in mine)
        for model in BILLED:
            known |= _named(self.rows[model], lambda row: row.billed_to_id in mine)
        known |= _named(self.rows[InvitationGrant], lambda row: "MEMBERS" in rights.get(row.organization_id, ()))
        known |= _named(
            self.rows[ProductGrant],
            lambda row: (
                "MEMBERS" in rights.get(row.organization_id, ())
                or row.membership_id in {each.id for each in mine.values()}
            ),
        )
        known |= _named(self.rows[Product], lambda row: "VIEW" in on_product[row.id])
        known |= _named(self.rows[Mailbox], lambda row: "VIEW" in on_product[row.product_id])
        is_staff = any(row.is_staff for row in self.rows[User] if row.id == user_id)
        for model in (Withdrawal, PayoutFile, IncomingTransfer) if is_staff else ():
            known |= {public_id(row) for row in self.rows[model]}
        return Knowledge(known, self._rights_by_id(rights, on_product), self._own(user_id), is_staff)

    def _rights_on_products(self, mine: dict[UUID, Any], rights: dict[UUID, set[str]]) -> dict[UUID, set[str]]:
        found: dict[UUID, set[str]] = {}
        for product in self.rows[Product]:
            held = set(rights.get(product.organization_id, ()))
            membership = mine.get(product.organization_id)
            for grant in self.rows[ProductGrant]:
                opens = grant.product_id == product.id or grant.kind == product.kind
                if membership and grant.membership_id == membership.id and opens:
                    held |= OF_LEVEL[grant.level]
            found[product.id] = held
        return found

    def _known_people(self, user_id: UUID, mine: dict[UUID, Any]) -> set[str]:
        open_to_me = {key for key, row in mine.items() if row.role != "EXTERNAL"}
        memberships = [
            row
            for row in self.rows[Membership]
            if row.organization_id in open_to_me or (row.user_id == user_id and row.organization_id in mine)
        ]
        people = {user_id} | {row.user_id for row in memberships}
        return {public_id(row) for row in memberships} | _named(self.rows[User], lambda row: row.id in people)

    def _rights_by_id(self, rights: dict[UUID, set[str]], on_product: dict[UUID, set[str]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for model, rows in self.rows.items():
            for row in rows:
                if model in (Product, Mailbox):
                    held = on_product[row.id if model is Product else row.product_id]
                else:
                    owner: Any = row.id if model is Organization else getattr(row, "organization_id", None)
                    owner = row.billed_to_id if model in BILLED else owner
                    held = rights.get(owner, set())
                found[public_id(row)] = held
        return found

    def _own(self, user_id: UUID) -> set[str]:
        own = _named(self.rows[User], lambda row: row.id == user_id)
        return own | _named(self.rows[Membership], lambda row: row.user_id == user_id)


def _named(rows: Iterable[Any], chosen: Any) -> set[str]:
    return {public_id(row) for row in rows if chosen(row)}
