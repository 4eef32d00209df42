"""One organization with a caller of every kind and a row of every type, and another organization beside it.

Every text of the two holds a word that occurs nowhere else, so that what leaks is recognised.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tortoise.models import Model

import models
from execution.tables import public_id
from models import (
    AutomaticTopUp,
    Confirmation,
    ConfirmationKind,
    DueItem,
    Invitation,
    InvitationGrant,
    InvitationState,
    InvoiceLine,
    InvoiceTax,
    LedgerEntry,
    Membership,
    Organization,
    PaymentAllocation,
    PayoutFile,
    Product,
    ProductGrant,
    RecoveryCode,
    SecondFactor,
    Session,
    User,
)
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.payments import pay_from_wallet
from resolvers.promotional_credit import give_credit
from resolvers.transactions import transaction
from rules.invoicing import Line
from rules.kinds import ProductKind
from rules.money import Currency
from rules.policy import Policy
from rules.rights import AccessLevel, Role
from rules.states import WithdrawalTarget
from server.vault import FernetVault
from tests.charging import charge_something
from tests.paying import add_method, begin_transfer
from tests.rights.table import KNOWN_TO, MEMBERS, SIGNED_IN, Person
from tests.withdrawals import add_incoming_transfer, add_withdrawal, fill_wallet
from tests.world import Client, World

HOUSE_WORD, FOREIGN_WORD = "kookaburra", "wombat"
WORDS = {Person.STRANGER: FOREIGN_WORD, Person.STAFF: "provider"}
LINK = "a link that was mailed to "


@dataclass
class Scene:
    """The rows by their names in the table, and a client for every caller."""

    world: World
    rows: dict[str, Any] = field(default_factory=dict)
    clients: dict[Person, Client] = field(default_factory=dict)

    def id(self, name: str) -> str:
        return public_id(self.rows[name])

    def ids(self) -> dict[str, str]:
        """The names of the rows by their public ids."""
        return {public_id(row): name for name, row in self.rows.items()}

    def known_to(self, person: Person) -> set[str]:
        """The public ids of all rows that a caller may know of."""
        return {self.id(name) for name, persons in KNOWN_TO.items() if person in persons}


async def arrange(world: World) -> Scene:
    """Build the scene; whatever is needed once more during a test is added by the test."""
    scene = Scene(world, clients={Person.ANONYMOUS: world.stranger()})
    for person in SIGNED_IN:
        word = WORDS.get(person, HOUSE_WORD)
        await _add_person(scene, person, word)
    await _make_staff(scene)
    await _add_house(scene)
    await _add_foreign(scene)
    await _add_bank(scene)
    return scene


async def _add_person(scene: Scene, person: Person, word: str) -> None:
    login = f"{person.value.replace(' ', '-')}@{word}.example"
    user = await scene.world.add_user(login, first_name=person.value.title(), last_name=word.title())
    client = await scene.world.sign_in(user)
    scene.rows[f"user of {person}"] = user
    scene.rows[f"session of {person}"] = await Session.get(user_id=user.id)
    scene.rows[f"confirmation of {person}"] = await Confirmation.create(
        kind=ConfirmationKind.RECOVERY_EMAIL,
        user_id=user.id,
        secret_hash=f"confirmation of {person}",
        address=f"new-{login}",
        address_key=f"new-{login}",
        bound_to="",
        details="{}",
        created_at=scene.world.clock.now(),
        expires_at=scene.world.clock.now() + timedelta(hours=1),
    )
    scene.rows[f"second factor of {person}"] = await SecondFactor.create(
        user_id=user.id,
        secret_encrypted=FernetVault(scene.world.settings.secret_key).seal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        created_at=scene.world.clock.now(),
    )
    scene.rows[f"recovery code of {person}"] = await RecoveryCode.create(
        user_id=user.id, code_hash=f"recovery code of {person}", created_at=scene.world.clock.now()
    )
    scene.clients[person] = client


async def _make_staff(scene: Scene) -> None:
    """One who works for the provider, in a session that proved a second factor."""
    user = scene.rows[f"user of {Person.STAFF}"]
    user.is_staff = True
    await user.save()
    await Session.filter(user_id=user.id).update(second_factor_at=scene.world.clock.now())


async def _add_bank(scene: Scene) -> None:
    """What is no customer's: a file of payments, and money whose owner nobody knows."""
    world, rows = scene.world, scene.rows
    rows["payout file"] = await PayoutFile.create(
        target=WithdrawalTarget.IBAN,
        currency=Currency.CHF,
        message_reference="M1",
        withdrawal_count=0,
        total_minor=0,
        content="",
        created_at=world.clock.now(),
    )
    rows["incoming transfer"] = await add_incoming_transfer(world, "B1")


async def _add_house(scene: Scene) -> None:
    rows, world = scene.rows, scene.world
    legal = rows[f"user of {Person.LEGAL}"]
    house = rows["house"] = await world.add_organization(legal, f"House {HOUSE_WORD}")
    rows["product"] = await _add_product(world, house, HOUSE_WORD)
    rows["hidden product"] = await _add_product(world, house, f"hidden-{HOUSE_WORD}", ProductKind.KSUITE)
    rows["mailbox"] = await world.add_mailbox(rows["product"], f"post@{HOUSE_WORD}.example")
    rows["hidden mailbox"] = await world.add_mailbox(rows["hidden product"], f"hidden@{HOUSE_WORD}.example")
    standing: dict[Person, tuple[Role, dict[str, Any]]] = {
        Person.EXTERNAL: (Role.EXTERNAL, {"products": {rows["product"]: AccessLevel.VIEW}}),
        Person.PRODUCT_ONLY: (Role.COLLABORATOR, {"products": {rows["product"]: AccessLevel.MANAGE}}),
        Person.BILLING_ONLY: (Role.COLLABORATOR, {"billing": True}),
        Person.ADMINISTRATOR: (Role.ADMINISTRATOR, {}),
    }
    for person, (role, more) in standing.items():
        membership = await world.add_member(house, rows[f"user of {person}"], role, **more)
        rows[f"membership of {person}"] = membership
        if "products" in more:
            rows[f"grant of {person}"] = await ProductGrant.get(membership_id=membership.id)
    rows[f"membership of {Person.LEGAL}"] = await Membership.get(organization_id=house.id, user_id=legal.id)
    await _add_money(rows, house, "", HOUSE_WORD, world)
    rows["invitation"] = await add_invitation(world, house, legal, f"invited@{HOUSE_WORD}.example")
    rows["invitation grant"] = await _add_invitation_grant(rows["invitation"], rows["product"])
    assert {f"membership of {person}" for person in MEMBERS} <= rows.keys()


async def _add_foreign(scene: Scene) -> None:
    rows, world = scene.rows, scene.world
    owner = rows[f"user of {Person.STRANGER}"]
    foreign = rows["foreign house"] = await world.add_organization(owner, f"House {FOREIGN_WORD}")
    rows["foreign product"] = await _add_product(world, foreign, FOREIGN_WORD)
    rows["foreign mailbox"] = await world.add_mailbox(rows["foreign product"], f"post@{FOREIGN_WORD}.example")
    rows["foreign user"] = await world.add_user(f"other@{FOREIGN_WORD}.example", last_name=FOREIGN_WORD.title())
    rows["foreign member"] = await world.add_member(
        foreign, rows["foreign user"], Role.EXTERNAL, products={rows["foreign product"]: AccessLevel.VIEW}
    )
    rows["foreign grant"] = await ProductGrant.get(membership_id=rows["foreign member"].id)
    rows["foreign membership"] = await Membership.get(organization_id=foreign.id, user_id=owner.id)
    await _add_money(rows, foreign, "foreign ", FOREIGN_WORD, world)
    rows["foreign invitation"] = await add_invitation(world, foreign, owner, f"invited@{FOREIGN_WORD}.example")
    rows["foreign invitation grant"] = await _add_invitation_grant(rows["foreign invitation"], rows["foreign product"])


async def _add_money(rows: dict[str, Any], payer: Organization, prefix: str, word: str, world: World) -> None:
    """A wallet with a line, an invoice that was paid from it, one that is open, and a charge of the product."""
    acting = Nobody(world.clock.now())
    async with transaction():
        await payer.refresh_from_db()
        wallet = await give_credit(acting, payer, Currency.CHF, 40_000)
        invoices = []
        for _ in range(2):
            lines = [Line(f"Service {word}", 1, 10_000, 810)]
            draft = await draft_invoice(acting, payer=payer, concerned=payer, lines=lines)
            invoices.append(await issue_invoice(acting, Policy(), draft, payer))
        payment = await pay_from_wallet(acting, payer, wallet, invoices[:1], invoices[0].total_minor)
        await fill_wallet(acting, wallet, 10_000)
    more = {"description": f"Fee {word}", "unit_net_minor": 2_000}
    rows[f"{prefix}charge"] = charge = await charge_something(world, rows[f"{prefix}product"], **more)
    rows[f"{prefix}due charge"] = await DueItem.get(id=charge.id)
    rows[f"{prefix}due invoice"] = await DueItem.get(id=invoices[1].id)
    rows[f"{prefix}wallet"] = wallet
    rows[f"{prefix}withdrawal"] = await add_withdrawal(world, payer, 2_000, holder=f"Holder {word}")
    entries = await LedgerEntry.filter(account_id=wallet.id).order_by("position")
    for name, entry in zip(("credit", "debit", "top-up"), entries, strict=True):
        rows[f"{prefix}wallet {name}"] = entry
    for name, invoice in zip(("paid invoice", "invoice"), invoices, strict=True):
        rows[f"{prefix}{name}"] = invoice
        rows[f"{prefix}line of {name}"] = await InvoiceLine.get(invoice_id=invoice.id)
        rows[f"{prefix}tax of {name}"] = await InvoiceTax.get(invoice_id=invoice.id)
    rows[f"{prefix}payment"] = payment
    rows[f"{prefix}transfer under way"] = await begin_transfer(world, payer, wallet)
    method = rows[f"{prefix}payment method"] = await add_method(world, payer, f"Card {word}", is_default=True)
    rows[f"{prefix}automatic top-up"] = await AutomaticTopUp.create(
        organization_id=payer.id,
        account_id=wallet.id,
        method_id=method.id,
        currency=wallet.currency,
        threshold_minor=1_000,
        amount_minor=5_000,
        created_at=world.clock.now(),
    )
    rows[f"{prefix}payment allocation"] = await PaymentAllocation.get(payment_id=payment.id)


async def _add_product(
    world: World, organization: Organization, word: str, kind: ProductKind = ProductKind.MAIL_SERVICE
) -> Product:
    return await world.add_product(organization, kind, f"{word}.example", label=f"Label {word}")


async def add_invitation(
    world: World, organization: Organization, inviter: User, address: str, role: Role = Role.EXTERNAL, secret: str = ""
) -> Invitation:
    """An invitation that waits for its answer; `secret` is that of its link."""
    return await Invitation.create(
        organization_id=organization.id,
        address=address,
        address_key=address,
        role=role,
        billing=False,
        billing_reminders=True,
        product_events=True,
        state=InvitationState.PENDING,
        secret_hash=secret or f"invitation of {address}",
        inviter_id=inviter.id,
        created_at=world.clock.now(),
        expires_at=world.clock.now() + timedelta(days=7),
    )


async def _add_invitation_grant(invitation: Invitation, product: Product) -> InvitationGrant:
    return await InvitationGrant.create(
        organization_id=invitation.organization_id,
        invitation_id=invitation.id,
        product_id=product.id,
        level=AccessLevel.VIEW,
    )


async def dump() -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored, table by table, but for the counters of attempts."""
    tables: list[type[Model]] = [table for table in models.__models__ if table is not models.ThrottleCounter]
    return {table.__name__: await table.all().order_by(table._meta.pk_attr).values() for table in tables}
