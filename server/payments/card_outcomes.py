"""What the card provider's answers mean to us. Pure: the answers come in as they were read."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from resolvers.payment_providers import (
    ActionRequired,
    Cancelled,
    ChargeOrder,
    Declined,
    Outcome,
    Pending,
    ProviderUnreachable,
    Reversed,
    StoredMethod,
    Succeeded,
)

GIVEN_UP = "given_up"
LONGEST_CODE = 60
LONGEST_LABEL = 100
BRANDS = {"amex": "American Express", "jcb": "JCB", "mastercard": "Mastercard", "visa": "Visa"}


def check_agreement(charge: Mapping[str, Any], order: ChargeOrder) -> None:
    """Refuse with ProviderUnreachable a charge whose key, amount or currency are not the ordered ones (M22)."""
    found = (charge["metadata"].get("key"), charge["amount"], str(charge["currency"]).upper())
    if found != (order.key, order.amount_minor, order.currency):
        raise ProviderUnreachable


def was_declined(intent: Mapping[str, Any], error: str) -> bool:
    """Whether the payer's method was tried and refused; another could still be tried for the same."""
    return intent["status"] == "requires_payment_method" and bool(intent.get(error))


def outcome_of(charge: Mapping[str, Any]) -> Outcome:
    """What a charge has become; a dispute is another question."""
    reference = str(charge["id"])
    match charge["status"]:
        case "succeeded":
            taken = charge.get("latest_charge") or {}
            return Reversed(reference) if taken.get("refunded") else Succeeded(reference)
        case "requires_action" | "requires_confirmation" | "requires_payment_method":
            return _action(charge, reference)
        case "canceled" if error := charge.get("last_payment_error"):
            return Declined(code_of(error), reference)
        case "canceled":
            return Cancelled(str(charge.get("cancellation_reason") or GIVEN_UP))
        case _:
            return Pending(reference)


def _action(charge: Mapping[str, Any], reference: str) -> ActionRequired:
    url = ((charge.get("next_action") or {}).get("redirect_to_url") or {}).get("url")
    return ActionRequired(reference, url=url, client_secret=None if url else charge["client_secret"])


def code_of(error: Mapping[str, Any]) -> str:
    """Why something was declined, in the provider's words."""
    return str(error.get("decline_code") or error.get("code") or "declined")[:LONGEST_CODE]


def is_disputed(charge: Mapping[str, Any]) -> bool:
    """Whether the payer has ever contested a charge at their bank."""
    return bool((charge.get("latest_charge") or {}).get("disputed"))


def stored_method(reference: str, method: Mapping[str, Any]) -> StoredMethod:
    """How a method is remembered: a card by brand and last digits, to the end of its last month."""
    kind = str(method["type"])
    if kind != "card":
        details = method.get(kind) or {}
        label = str(details.get("payer_email") or kind.capitalize())
        return StoredMethod(reference, label[:LONGEST_LABEL])
    card = method["card"]
    year, month = int(card["exp_year"]), int(card["exp_month"])
    brand = BRANDS.get(str(card["brand"]), str(card["brand"]).capitalize())
    label = f"{brand} •••• {card['last4']}"
    return StoredMethod(reference, label[:LONGEST_LABEL], date(year, month, monthrange(year, month)[1]))
