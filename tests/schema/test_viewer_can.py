"""What viewerCan says, and what the mutation then answers: the same, for every kind of caller."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from models import Invitation, InvitationState, Invoice, Mailbox, Membership, Organization, Product, Withdrawal
from resolvers.caller import Nobody
from resolvers.ledger import lock_wallet
from resolvers.transactions import transaction
from rules.identifiers import Prefix, public_id
from rules.kinds import ProductKind
from rules.money import Currency
from rules.rights import AccessLevel, Role
from rules.states import WithdrawalState
from tests.charging import charge_something
from tests.invoices import issue
from tests.withdrawals import add_withdrawal, fill_wallet
from tests.world import Answer, Client, World, id_of

pytestmark = pytest.mark.anyio


@dataclass
class Scene:
    """One organization with everybody in it, and things to act on."""

    organization: Organization
    members: dict[str, Membership]
    clients: dict[str, Client]
    product: Product
    mailbox: Mailbox
    invitations: dict[str, Invitation]
    invoices: dict[str, Invoice]
    withdrawals: dict[str, Withdrawal]
    due: dict[str, UUID]


@dataclass(frozen=True)
class Action:
    """A question to viewerCan, and the mutation that it is about; both of the same thing."""

    field: str
    subject: Callable[[Scene], str]
    mutation: str
    arguments: Callable[[Scene], dict[str, Any]]


def _on_member(name: str, field: str, mutation: str, **values: Any) -> Action:
    def subject(scene: Scene) -> str:
        return id_of(scene.members[name])

    return Action(field, subject, mutation, lambda scene: {"membershipId": subject(scene), **values})


def _on_invitation(name: str, field: str, mutation: str, **values: Any) -> Action:
    def subject(scene: Scene) -> str:
        return public_id(Prefix.INVITATION, scene.invitations[name].id)

    return Action(field, subject, mutation, lambda scene: {"invitationId": subject(scene), **values})


def _on_invoice(name: str, field: str, mutation: str) -> Action:
    def subject(scene: Scene) -> str:
        return public_id(Prefix.INVOICE, scene.invoices[name].id)

    return Action(field, subject, mutation, lambda scene: {"invoiceId": subject(scene)})


def _on_withdrawal(name: str) -> Action:
    def subject(scene: Scene) -> str:
        return public_id(Prefix.WITHDRAWAL, scene.withdrawals[name].id)

    def arguments(scene: Scene) -> dict[str, Any]:
        return {"withdrawalId": subject(scene), "idempotencyKey": "key"}

    return Action("cancel", subject, "cancelWithdrawal", arguments)


def _wallet_of(scene: Scene) -> str:
    return public_id(Prefix.WALLET, scene.withdrawals["requested"].account_id)


def _withdrawal(scene: Scene) -> dict[str, Any]:
    account = {"iban": "CH9300762011623852957", "holder": "Ada Meier"}
    return {"walletId": _wallet_of(scene), "iban": account, "idempotencyKey": "key"}


def _on_due(name: str) -> Action:
    """What comes to 10.81 with VAT, or was paid."""

    def arguments(scene: Scene) -> dict[str, Any]:
        ids = [public_id(Prefix.DUE_ITEM, scene.due[name])]
        organization = id_of(scene.organization)
        return {
            "organizationId": organization,
            "dueItemIds": ids,
            "expectedAmountMinor": "1081",
            "payWith": {"methodKind": "BANK_TRANSFER"},
            "idempotencyKey": "key",
        }

    return Action("pay", lambda scene: public_id(Prefix.DUE_ITEM, scene.due[name]), "payDueItems", arguments)


def _on_organization(field: str, mutation: str, **values: Any) -> Action:
    def subject(scene: Scene) -> str:
        return id_of(scene.organization)

    return Action(field, subject, mutation, lambda scene: {"organizationId": subject(scene), **values})


CALLERS = ("legal", "administrator", "billing", "reader", "manager", "external", "stranger")
INVITATION = {"email": "new@example.org", "role": "EXTERNAL", "idempotencyKey": "key"}
ACTIONS = {
    "update organization": _on_organization("update", "updateOrganization", name="Renamed"),
    "invite": _on_organization("inviteMembers", "inviteMember", **INVITATION),
    "leave": _on_organization("leave", "leaveOrganization"),
    "demote legal": _on_member("legal", "changeRole", "updateMembership", role="ADMINISTRATOR"),
    "demote administrator": _on_member("administrator", "changeRole", "updateMembership", role="EXTERNAL"),
    "promote external": _on_member("external", "changeRole", "updateMembership", role="COLLABORATOR"),
    "remove legal": _on_member("legal", "remove", "removeMember"),
    "remove administrator": _on_member("administrator", "remove", "removeMember"),
    "remove billing": _on_member("billing", "remove", "removeMember"),
    "prefer for billing": _on_member(
        "billing", "updateContactPreferences", "updateContactPreferences", productEvents=False
    ),
    "prefer for external": _on_member(
        "external", "updateContactPreferences", "updateContactPreferences", productEvents=False
    ),
    "revoke pending": _on_invitation("pending", "revoke", "revokeInvitation"),
    "revoke declined": _on_invitation("declined", "revoke", "revokeInvitation"),
    "resend pending": _on_invitation("pending", "resend", "resendInvitation", idempotencyKey="key"),
    "resend declined": _on_invitation("declined", "resend", "resendInvitation", idempotencyKey="key"),
    "resend legal": _on_invitation("legal", "resend", "resendInvitation", idempotencyKey="key"),
    "export billing": _on_organization("exportBilling", "exportBilling"),
    "pro forma of open": _on_invoice("open", "issueProForma", "issueProForma"),
    "pro forma of paid": _on_invoice("paid", "issueProForma", "issueProForma"),
    "document of open": _on_invoice("open", "requestDocument", "requestInvoiceDocument"),
    "document of paid": _on_invoice("paid", "requestDocument", "requestInvoiceDocument"),
    "withdraw": Action("withdraw", _wallet_of, "requestWithdrawal", _withdrawal),
    "cancel requested": _on_withdrawal("requested"),
    "cancel cancelled": _on_withdrawal("cancelled"),
    "pay due invoice": _on_due("open"),
    "pay due charge": _on_due("charge"),
    "pay what was paid": _on_due("paid"),
    "update product": Action(
        "update",
        lambda scene: id_of(scene.product),
        "updateProduct",
        lambda scene: {"productId": id_of(scene.product), "label": "Ours"},
    ),
    "change mailbox password": Action(
        "changePassword",
        lambda scene: id_of(scene.mailbox),
        "changeMailboxPassword",
        lambda scene: {"mailboxId": id_of(scene.mailbox), "newPassword": "seven quiet lanterns"},
    ),
}
QUESTION = (
    """query Q($id: ID!) {{ node(id: $id) {{ ... on {type} {{ viewerCan {{ {field} {{ allowed code }} }} }} }} }}"""
)
TYPES = {
    "due": "DueItem",
    "inv": "Invoice",
    "ivt": "Invitation",
    "mbx": "Mailbox",
    "mem": "Membership",
    "org": "Organization",
    "prd": "Product",
    "wal": "Wallet",
    "wdr": "Withdrawal",
}


async def arrange(world: World) -> Scene:
    people = {name: await world.add_user() for name in CALLERS}
    organization = await world.add_organization(people["legal"])
    product = await world.add_product(organization, ProductKind.MAIL_SERVICE)
    mailbox = await world.add_mailbox(product, "post@example.org")
    members = {
        "legal": await Membership.get(user_id=people["legal"].id),
        "administrator": await world.add_member(organization, people["administrator"], Role.ADMINISTRATOR),
        "billing": await world.add_member(organization, people["billing"], Role.COLLABORATOR, billing=True),
        "reader": await world.add_member(
            organization, people["reader"], Role.COLLABORATOR, products={product: AccessLevel.VIEW}
        ),
        "manager": await world.add_member(
            organization, people["manager"], Role.COLLABORATOR, kinds={product.kind: AccessLevel.MANAGE}
        ),
        "external": await world.add_member(organization, people["external"], Role.EXTERNAL),
    }
    await world.add_organization(people["stranger"])
    invitations = {
        name: await Invitation.create(
            organization_id=organization.id,
            address=f"{name}@example.org",
            address_key=f"{name}@example.org",
            role=Role.LEGAL_REPRESENTATIVE if name == "legal" else Role.EXTERNAL,
            billing=name == "legal",
            billing_reminders=True,
            product_events=True,
            state=InvitationState.DECLINED if name == "declined" else InvitationState.PENDING,
            secret_hash=name,
            inviter_id=people["legal"].id,
            created_at=world.clock.now(),
            expires_at=world.clock.now().replace(year=2027),
        )
        for name in ("pending", "declined", "legal")
    }
    clients = {name: await world.sign_in(user) for name, user in people.items()}
    now = world.clock.now()
    # An invoice over nothing is paid at once.
    invoices = {"open": await issue(organization, now, 1_000), "paid": await issue(organization, now, 0)}
    withdrawals = await _withdrawals(world, organization)
    charge = await charge_something(world, product)
    due = {**{name: invoice.id for name, invoice in invoices.items()}, "charge": charge.id}
    return Scene(organization, members, clients, product, mailbox, invitations, invoices, withdrawals, due)


async def _withdrawals(world: World, organization: Organization) -> dict[str, Withdrawal]:
    acting = Nobody(world.clock.now())
    async with transaction():
        await fill_wallet(acting, await lock_wallet(acting, organization.id, Currency.CHF), 10_000)
    names = ("requested", "cancelled")
    withdrawals = {name: await add_withdrawal(world, organization, 1_000) for name in names}
    await Withdrawal.filter(id=withdrawals["cancelled"].id).update(state=WithdrawalState.CANCELLED)
    return withdrawals


def outcome(answer: Answer) -> str | None:
    """The code that a mutation ended with; None for a success."""
    return answer.codes[0] if answer.codes else answer.result().get("code")


# What can succeed for one caller and be asked of the next as if nothing had happened.
REPEATABLE = {
    "changeMailboxPassword",
    "exportBilling",
    "issueProForma",
    "requestInvoiceDocument",
    "leaveOrganization",
    "updateContactPreferences",
    "updateOrganization",
    "updateProduct",
}
# Whoever may do less is asked first, so that what is done later has not changed what was asked before.
UPWARDS, AT_THE_TOP = CALLERS[::-1], ("legal",)


@pytest.mark.parametrize("callers", [UPWARDS, AT_THE_TOP], ids=["upwards", "at the top"])
@pytest.mark.parametrize("name", ACTIONS)
async def test_viewer_can_says_what_the_mutation_answers(world: World, name: str, callers: tuple[str, ...]) -> None:
    """MEM3, MEM6, MEM8, MEM10, ORG4, ORG8: for legal representatives, everybody below them, and strangers."""
    action, scene = ACTIONS[name], await arrange(world)
    subject = action.subject(scene)
    question = QUESTION.format(type=TYPES[subject[:3]], field=action.field)

    said, done = {}, {}
    for caller in callers:
        asked = await scene.clients[caller].ask(question, id=subject)
        can = (asked.body.get("data") or {}).get("node")
        said[caller] = can["viewerCan"][action.field]["code"] if can else asked.codes[0]
        assert not can or can["viewerCan"][action.field]["allowed"] is (said[caller] is None)
        done[caller] = outcome(await scene.clients[caller].do(action.mutation, **action.arguments(scene)))
        if done[caller] is None and action.mutation not in REPEATABLE:
            break

    assert said == done
    assert said.get("stranger", "NOT_FOUND") == "NOT_FOUND"


@pytest.mark.parametrize(
    ("caller", "roles"),
    [
        ("legal", ["LEGAL_REPRESENTATIVE", "ADMINISTRATOR", "COLLABORATOR", "EXTERNAL"]),
        ("administrator", ["ADMINISTRATOR", "COLLABORATOR", "EXTERNAL"]),
        ("billing", []),
        ("external", []),
    ],
)
async def test_the_roles_that_may_be_given_are_known_beforehand(world: World, caller: str, roles: list[str]) -> None:
    """MEM3, MEM6: the very ones that an invitation is not refused for."""
    scene = await arrange(world)
    client = scene.clients[caller]

    asked = await client.ask(
        "query Q($id: ID!) { organization(id: $id) { viewerCan { grantableRoles } } }", id=id_of(scene.organization)
    )
    invited = []
    for role in Role:
        arguments = {**INVITATION, "role": role, "email": f"{role.lower()}@example.org", "idempotencyKey": role}
        answer = await client.do("inviteMember", organizationId=id_of(scene.organization), **arguments)
        if outcome(answer) is None:
            invited.append(role.value)

    assert asked.data["organization"]["viewerCan"]["grantableRoles"] == roles
    assert sorted(invited) == sorted(roles)
