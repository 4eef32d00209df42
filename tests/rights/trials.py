"""One valid input for every mutation, of a row of the scene: written by hand, as is whom each mutation is open to.

Where a mutation ends something, every caller gets a thing of their own to end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from execution.tables import public_id
from models import Membership, Session
from resolvers.secrets import hash_secret
from rules.rights import Role
from tests.paying import add_method, begin_transfer
from tests.rights.scene import HOUSE_WORD, Scene, add_invitation
from tests.rights.table import MEMBERS, Person
from tests.withdrawals import add_incoming_transfer, add_withdrawal, hand_over
from tests.world import PASSWORD

Values = dict[str, Any]
NEW_PASSWORD = "seven quiet lanterns"
NOTHING = "no such link"


@dataclass(frozen=True)
class Trial:
    """What is asked of a mutation: its input for one caller, and the row of the table that it is about."""

    values: Callable[[Scene, Person], Awaitable[Values]]
    subject: str | None = None
    own_row_only: bool = False


def _always(**values: Any) -> Callable[[Scene, Person], Awaitable[Values]]:
    async def build(scene: Scene, person: Person) -> Values:
        return dict(values)

    return build


def _of(field: str, name: str, **values: Any) -> Trial:
    async def build(scene: Scene, person: Person) -> Values:
        return {field: scene.id(name), **values}

    return Trial(build, subject=name)


async def _fresh_member(scene: Scene, person: Person) -> Values:
    house = scene.rows["house"]
    user = await scene.world.add_user()
    return {"membershipId": public_id(await scene.world.add_member(house, user, Role.EXTERNAL))}


async def _changed_member(scene: Scene, person: Person) -> Values:
    return {**await _fresh_member(scene, person), "role": "COLLABORATOR"}


async def _fresh_invitation(scene: Scene, person: Person) -> Values:
    house, legal = scene.rows["house"], scene.rows[f"user of {Person.LEGAL}"]
    invitation = await add_invitation(
        scene.world, house, legal, f"{person.value.replace(' ', '-')}@elsewhere-{HOUSE_WORD}.example"
    )
    return {"invitationId": public_id(invitation)}


async def _resent_invitation(scene: Scene, person: Person) -> Values:
    return {**await _fresh_invitation(scene, person), "idempotencyKey": f"resend {person}"}


async def _invited(scene: Scene, person: Person) -> Values:
    return {
        "organizationId": scene.id("house"),
        "email": f"{person.value.replace(' ', '-')}@new.example",
        "role": "EXTERNAL",
        "grants": [{"kind": "MAIL_SERVICE", "level": "VIEW"}],
        "idempotencyKey": f"invite {person}",
    }


async def _accepted(scene: Scene, person: Person) -> Values:
    """Strangers are invited to the house, its members elsewhere, whoever has no account gets one."""
    secret = f"accept as {person}"
    house, owner = ("foreign house", Person.STRANGER) if person in MEMBERS else ("house", Person.LEGAL)
    user = scene.rows.get(f"user of {person}")
    address = user.login if user else "newcomer@new.example"
    inviter = scene.rows[f"user of {owner}"]
    await add_invitation(scene.world, scene.rows[house], inviter, address, secret=hash_secret(secret))
    account = {"password": NEW_PASSWORD, "firstName": "New", "lastName": "Comer"}
    return {"secret": secret, **({} if user else {"newAccount": account})}


async def _declined(scene: Scene, person: Person) -> Values:
    secret = f"decline as {person}"
    inviter = scene.rows[f"user of {Person.LEGAL}"]
    address = f"{person.value.replace(' ', '-')}@declining.example"
    await add_invitation(scene.world, scene.rows["house"], inviter, address, secret=hash_secret(secret))
    return {"secret": secret}


async def _logged_in(scene: Scene, person: Person) -> Values:
    user = scene.rows.get(f"user of {person}") or scene.rows[f"user of {Person.LEGAL}"]
    return {"email": user.login, "password": PASSWORD}


async def _second_session(scene: Scene, person: Person) -> Values:
    user = scene.rows.get(f"user of {person}") or scene.rows[f"user of {Person.LEGAL}"]
    await scene.world.sign_in(user)
    session = await Session.filter(user_id=user.id).order_by("-id").first()
    assert session is not None
    return {"sessionId": public_id(session)}


async def _paid(scene: Scene, person: Person) -> Values:
    return {
        "organizationId": scene.id("house"),
        "invoiceIds": [scene.id("invoice")],
        "expectedAmountMinor": str(scene.rows["invoice"].total_minor),
        "idempotencyKey": f"pay {person}",
    }


async def _topped_up(scene: Scene, person: Person) -> Values:
    return {
        "walletId": scene.id("wallet"),
        "amountMinor": "5000",
        "payWith": {"methodKind": "CARD"},
        "idempotencyKey": f"top up {person}",
    }


async def _waiting_transfer(scene: Scene, person: Person) -> Values:
    house, wallet = scene.rows["house"], scene.rows["wallet"]
    payment = await begin_transfer(scene.world, house, wallet)
    return {"paymentId": public_id(payment), "idempotencyKey": f"cancel {person}"}


async def _fresh_method(scene: Scene, person: Person) -> Values:
    return {"paymentMethodId": public_id(await add_method(scene.world, scene.rows["house"], "Card"))}


async def _withdrawn(scene: Scene, person: Person) -> Values:
    return {
        "walletId": scene.id("wallet"),
        "amountMinor": "1000",
        "iban": {"iban": "CH9300762011623852957", "holder": "Ada Meier"},
        "idempotencyKey": f"withdraw {person}",
    }


async def _fresh_withdrawal(scene: Scene, person: Person) -> Values:
    withdrawal = await add_withdrawal(scene.world, scene.rows["house"], 100)
    return {"withdrawalId": public_id(withdrawal), "idempotencyKey": f"cancel {person}"}


async def _settled(scene: Scene, person: Person) -> Values:
    values = await _fresh_withdrawal(scene, person)
    await hand_over(scene.world)
    return {**values, "outcome": "FAILED", "reason": "The bank said so."}


async def _assigned(scene: Scene, person: Person) -> Values:
    return {
        "incomingTransferId": public_id(await add_incoming_transfer(scene.world, f"found by {person}")),
        "organizationId": scene.id("house"),
        "reason": "The payer called.",
        "idempotencyKey": f"assign {person}",
    }


async def _paid_due(scene: Scene, person: Person) -> Values:
    return {
        "organizationId": scene.id("house"),
        "dueItemIds": [scene.id("due charge")],
        "expectedAmountMinor": "2162",
        "idempotencyKey": f"pay {person}",
    }


CHARGED = {
    "kind": "FEE",
    "description": "Fee",
    "currency": "CHF",
    "quantity": "1",
    "unitNetMinor": "100",
    "periodStart": "2026-03-01",
    "periodEnd": "2026-04-01",
    "sourceReference": "by hand",
}


def _for_staff(field: str, name: str, **values: Any) -> Trial:
    """A row of any organization, which staff reaches without knowing of it otherwise."""
    return Trial(_of(field, name, reason="because", idempotencyKey="key", **values).values)


async def _own_membership(scene: Scene, person: Person) -> Values:
    if person is Person.STAFF:
        user = scene.rows[f"user of {person}"]
        organization = await scene.world.add_organization(user)
        membership = await Membership.get(organization_id=organization.id, user_id=user.id)
        return {"membershipId": public_id(membership), "productEvents": False}
    own = "foreign membership" if person is Person.STRANGER else f"membership of {person}"
    return {"membershipId": scene.id(own if own in scene.rows else "foreign membership"), "productEvents": False}


async def _own_address(scene: Scene, person: Person) -> Values:
    return {"email": f"{person.value.replace(' ', '-')}@recovery.example"}


async def _own_login(scene: Scene, person: Person) -> Values:
    return {"newEmail": f"{person.value.replace(' ', '-')}@moved.example", "currentPassword": PASSWORD}


ADDRESS = {"street": "Rue du Lac 2", "postalCode": "1003", "city": "Lausanne", "country": "CH"}
ANYBODY = {"email": "anybody@new.example", "password": NEW_PASSWORD, "firstName": "Any", "lastName": "Body"}

TRIALS: dict[str, tuple[Trial, ...]] = {
    "signUp": (Trial(_always(**ANYBODY)),),
    "confirmSignUp": (Trial(_always(secret=NOTHING)),),
    "logIn": (Trial(_logged_in),),
    "logOut": (Trial(_always()),),
    "reauthenticate": (Trial(_always(password=PASSWORD)),),
    "updateProfile": (Trial(_always(firstName="Renamed")),),
    "requestLoginChange": (Trial(_own_login),),
    "confirmLoginChange": (Trial(_always(secret=NOTHING)),),
    "withdrawLoginChange": (Trial(_always()),),
    "changeRecoveryEmail": (Trial(_own_address),),
    "confirmRecoveryEmail": (Trial(_always(secret=NOTHING)),),
    "changePassword": (Trial(_always(currentPassword=PASSWORD, newPassword=NEW_PASSWORD)),),
    "requestPasswordReset": (Trial(_always(email="anybody@new.example")),),
    "resetPassword": (Trial(_always(secret=NOTHING, newPassword=NEW_PASSWORD)),),
    "enableSecondFactor": (Trial(_always()),),
    "confirmSecondFactor": (Trial(_always(code="000000")),),
    "disableSecondFactor": (Trial(_always(code="000000")),),
    "regenerateRecoveryCodes": (Trial(_always(code="000000")),),
    "endSession": (Trial(_second_session), _of("sessionId", f"session of {Person.LEGAL}")),
    "endSessions": (Trial(_always()),),
    "closeAccount": (Trial(_always(password=PASSWORD)),),
    "changeMailboxPassword": (
        _of("mailboxId", "mailbox", newPassword=NEW_PASSWORD),
        _of("mailboxId", "hidden mailbox", newPassword=NEW_PASSWORD),
    ),
    "createOrganization": (Trial(_always(kind="COMPANY", name="A new one", **ADDRESS)),),
    "updateOrganization": (_of("organizationId", "house", city="Geneva"),),
    "setLowBalanceAlert": (_of("walletId", "wallet", amountMinor="5000"),),
    "inviteMember": (Trial(_invited, subject="house"),),
    "resendInvitation": (Trial(_resent_invitation, subject="invitation"),),
    "acceptInvitation": (Trial(_accepted),),
    "declineInvitation": (Trial(_declined),),
    "revokeInvitation": (Trial(_fresh_invitation, subject="invitation"),),
    "updateMembership": (Trial(_changed_member, subject=f"membership of {Person.BILLING_ONLY}"),),
    "updateContactPreferences": (
        Trial(_own_membership),
        Trial(
            _of("membershipId", f"membership of {Person.ADMINISTRATOR}", productEvents=False).values,
            subject=f"membership of {Person.ADMINISTRATOR}",
            own_row_only=True,
        ),
    ),
    "removeMember": (Trial(_fresh_member, subject=f"membership of {Person.BILLING_ONLY}"),),
    "leaveOrganization": (_of("organizationId", "house"),),
    "payInvoices": (Trial(_paid, subject="house"),),
    "cancelPayment": (Trial(_waiting_transfer, subject="transfer under way"),),
    "addPaymentMethod": (_of("organizationId", "house", kind="CARD"),),
    "setDefaultPaymentMethod": (Trial(_fresh_method, subject="payment method"),),
    "removePaymentMethod": (Trial(_fresh_method, subject="payment method"),),
    "topUpWallet": (Trial(_topped_up, subject="wallet"),),
    "setAutomaticTopUp": (_of("walletId", "wallet", rule=None),),
    "requestWithdrawal": (Trial(_withdrawn, subject="wallet"),),
    "cancelWithdrawal": (Trial(_fresh_withdrawal, subject="withdrawal"),),
    "staffSettleWithdrawal": (Trial(_settled),),
    "staffAssignIncomingTransfer": (Trial(_assigned),),
    "payDueItems": (Trial(_paid_due, subject="house"),),
    "staffRecordCharge": (_for_staff("productId", "product", **CHARGED),),
    "staffCancelCharge": (_for_staff("chargeId", "charge"),),
    "staffIssueCreditNote": (_for_staff("invoiceId", "paid invoice"),),
    "staffGivePromotionalCredit": (_for_staff("organizationId", "house", amountMinor="100"),),
    "issueProForma": (_of("invoiceId", "invoice"),),
    "requestInvoiceDocument": (_of("invoiceId", "paid invoice"),),
    "exportBilling": (_of("organizationId", "house"),),
    "updateProduct": (
        _of("productId", "product", label="Renamed"),
        _of("productId", "hidden product", label="Renamed"),
    ),
}

# Open to everybody, since they are how one gets in.
WITHOUT_SIGN_IN = {
    "signUp",
    "confirmSignUp",
    "logIn",
    "requestPasswordReset",
    "resetPassword",
    "acceptInvitation",
    "declineInvitation",
}
# Open to the provider's own people alone, of any organization (STA1).
FOR_STAFF = {name for name in TRIALS if name.startswith("staff")}
# What asks for a proof of the password within the last quarter of an hour (USR13).
WITH_RECENT_PROOF = {
    "changeRecoveryEmail",
    "enableSecondFactor",
    "confirmSecondFactor",
    "disableSecondFactor",
    "regenerateRecoveryCodes",
    "requestWithdrawal",
}
