"""What the card provider tells by itself: signed messages, of which only what they are about is read (M22)."""

from collections.abc import Mapping
from typing import Any

import orjson
import stripe

from resolvers.payment_providers import Told

CHARGES, SETUPS = "payment_intent", "setup_intent"


class ForgedMessage(Exception):
    """A message that the provider did not sign, or signed too long ago, or that cannot be read."""


def read_message(provider: str, body: bytes, signature: str, secret: str) -> Told | None:
    """What a message is about; None when it is nothing of ours. Refuses with ForgedMessage."""
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, stripe.Webhook.DEFAULT_TOLERANCE)
        event = orjson.loads(body)
        return _told(provider, event, event["data"]["object"])
    except (stripe.SignatureVerificationError, ValueError, LookupError, TypeError, AttributeError):
        raise ForgedMessage from None


def _told(provider: str, event: Mapping[str, Any], about: Mapping[str, Any]) -> Told | None:
    name, kind, key = str(event["id"]), str(event["type"]), (about.get("metadata") or {}).get("key")
    if about.get("object") == CHARGES:
        return Told(provider, name, kind, key=key, charge=about["id"])
    if about.get("object") == SETUPS:
        return Told(provider, name, kind, setup=about["id"])
    # Disputes and what was taken or given back name the charge that they belong to.
    return Told(provider, name, kind, charge=about[CHARGES]) if about.get(CHARGES) else None
