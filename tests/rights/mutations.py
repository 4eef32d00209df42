"""A valid input for every mutation, and who may call it, written by hand from the rules.

`may` says who is not denied: the call succeeds, or meets a rule that refuses it as data. Everybody else is denied, and
nothing changes. A mutation with `@requires` in the schema must name the same callers as the right does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.rights.scene import CONFIRMATION_SECRET, INVITATION_SECRET, Scene
from tests.rights.table import ALL_RIGHTS, EVERYBODY, MEMBERS, SIGNED_IN, Who
from tests.world import PASSWORD, id_of

NEW_PASSWORD = "another walk, around the other lake"
ADDRESS = {"street": "Rue du Lac 2", "postalCode": "1003", "city": "Lausanne", "country": "CH"}


@dataclass(frozen=True)
class Call:
    """One mutation: who may call it, and an input for it; None for a mutation without input."""

    may: frozenset[Who]
    values: Callable[[Scene], dict[str, Any]] | None


def member_of(scene: Scene, who: Who) -> str:
    """The id of somebody's membership."""
    return id_of(scene.memberships[who])


CALLS: dict[str, Call] = {
    # USR: one's own account; whoever is signed in, and what needs no session.
    "signUp": Call(
        EVERYBODY,
        lambda _: {"email": "new@example.org", "password": NEW_PASSWORD, "firstName": "New", "lastName": "Person"},
    ),
    "confirmSignUp": Call(EVERYBODY, lambda _: {"secret": "unknown"}),
    "logIn": Call(EVERYBODY, lambda _: {"email": "nobody@example.org", "password": PASSWORD}),
    "logOut": Call(SIGNED_IN, None),
    "reauthenticate": Call(SIGNED_IN, lambda _: {"password": PASSWORD}),
    "updateProfile": Call(SIGNED_IN, lambda _: {"firstName": "Renamed"}),
    "requestLoginChange": Call(SIGNED_IN, lambda _: {"newEmail": "changed@example.org", "currentPassword": PASSWORD}),
    "confirmLoginChange": Call(SIGNED_IN, lambda _: {"secret": CONFIRMATION_SECRET}),
    "withdrawLoginChange": Call(SIGNED_IN, None),
    "changeRecoveryEmail": Call(SIGNED_IN, lambda _: {"email": "recovery@example.org"}),
    "confirmRecoveryEmail": Call(SIGNED_IN, lambda _: {"secret": "unknown"}),
    "changePassword": Call(SIGNED_IN, lambda _: {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}),
    "requestPasswordReset": Call(EVERYBODY, lambda _: {"email": "nobody@example.org"}),
    "resetPassword": Call(EVERYBODY, lambda _: {"secret": "unknown", "newPassword": NEW_PASSWORD}),
    "endSession": Call(frozenset({Who.LEGAL}), lambda scene: {"sessionId": scene.id("Session")}),
    "endSessions": Call(SIGNED_IN, lambda _: {}),
    "closeAccount": Call(SIGNED_IN, lambda _: {"password": PASSWORD}),
    # USR8: MANAGE on the product of the mailbox.
    "changeMailboxPassword": Call(
        ALL_RIGHTS | {Who.PRODUCTS}, lambda scene: {"mailboxId": scene.id("Mailbox"), "newPassword": NEW_PASSWORD}
    ),
    # ORG3, ORG7
    "createOrganization": Call(SIGNED_IN, lambda _: {"kind": "COMPANY", "name": "New company", **ADDRESS}),
    "updateOrganization": Call(
        ALL_RIGHTS, lambda scene: {"organizationId": scene.id("Organization"), "name": "Renamed"}
    ),
    # MEM6; the links are the right of whoever holds them.
    "inviteMember": Call(
        ALL_RIGHTS,
        lambda scene: {
            "organizationId": scene.id("Organization"),
            "email": "another@example.org",
            "role": "COLLABORATOR",
            "grants": [{"kind": "WEB_HOSTING", "level": "VIEW"}],
            "idempotencyKey": "key",
        },
    ),
    "resendInvitation": Call(
        ALL_RIGHTS, lambda scene: {"invitationId": scene.id("Invitation"), "idempotencyKey": "key"}
    ),
    "acceptInvitation": Call(EVERYBODY, lambda _: {"secret": INVITATION_SECRET}),
    "declineInvitation": Call(EVERYBODY, lambda _: {"secret": "unknown"}),
    "revokeInvitation": Call(ALL_RIGHTS, lambda scene: {"invitationId": scene.id("Invitation")}),
    # MEM2, MEM3, MEM8, ORG8
    "updateMembership": Call(
        ALL_RIGHTS, lambda scene: {"membershipId": member_of(scene, Who.BILLING), "billing": False}
    ),
    "updateContactPreferences": Call(
        frozenset({Who.PRODUCTS}),
        lambda scene: {"membershipId": member_of(scene, Who.PRODUCTS), "productEvents": False},
    ),
    "removeMember": Call(ALL_RIGHTS, lambda scene: {"membershipId": member_of(scene, Who.EXTERNAL)}),
    "leaveOrganization": Call(MEMBERS, lambda scene: {"organizationId": scene.id("Organization")}),
    # MEM10: MANAGE on the product.
    "updateProduct": Call(
        ALL_RIGHTS | {Who.PRODUCTS}, lambda scene: {"productId": scene.id("Product"), "label": "Ours"}
    ),
}
