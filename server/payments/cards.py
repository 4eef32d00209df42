"""Cards, and whatever else the card provider plays for us: charged, stored and asked about at its API (INV8, INV9).

Card data never reaches us: payers give it to the provider, in their page by a client secret or on a page of its own.
A stored method is remembered as customer and method, since the provider wants both. Of each charge the provider keeps
our key, so that one whose answer was lost is found again.
"""

from collections.abc import Mapping
from typing import Any

from resolvers.payment_providers import (
    Cancelled,
    ChargeOrder,
    Declined,
    Outcome,
    Reversed,
    SetupFailed,
    SetupInstructions,
    SetupOrder,
    StoredMethod,
    Succeeded,
)
from rules.states import PaymentMethodKind
from server.payments.card_api import CardApi, CardRefusal, Found
from server.payments.card_outcomes import (
    GIVEN_UP,
    LONGEST_CODE,
    check_agreement,
    is_disputed,
    outcome_of,
    stored_method,
    was_declined,
)

NAME = "cards"
MISSING = "resource_missing"


class Cards:
    """The payment provider of cards."""

    name = NAME

    def __init__(self, api: CardApi, publishable_key: str) -> None:
        """An account at the provider, and its key for frontends."""
        self._api = api
        self._publishable_key = publishable_key

    @property
    def publishable_key(self) -> str | None:
        """What a frontend needs besides a client secret."""
        return self._publishable_key

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Charge; the same key again answers what became of the first.

        A stored method is charged without its owner unless there is an address to send them back to: then their bank
        may ask them to confirm. Without a stored one, the payer goes to the provider's page, or names their method in
        the client's own page.
        """
        try:
            made = await self._api.create_charge(order.key, await self._charge_params(order))
        except CardRefusal as refusal:
            if refusal.intent is None:
                return Declined(refusal.code[:LONGEST_CODE])
            made = await self._api.find_charge(refusal.intent)
        return await self._outcome(made, order)

    async def _charge_params(self, order: ChargeOrder) -> Mapping[str, Any]:
        kind = order.kind.lower()
        params: dict[str, Any] = {
            "amount": order.amount_minor,
            "currency": order.currency.lower(),
            "metadata": {"key": order.key},
            "payment_method_types": [kind],
        }
        if order.stored is not None:
            customer, method = _parts(order.stored)
            params |= {"customer": customer, "payment_method": method, "confirm": True}
            params |= {"return_url": order.return_address} if order.return_address else {"off_session": True}
            return params
        params["customer"] = await self._api.find_customer(order.payer)
        if order.kind is not PaymentMethodKind.CARD and order.return_address:
            params |= {"payment_method_data": {"type": kind}, "confirm": True, "return_url": order.return_address}
        return params

    async def find(self, order: ChargeOrder) -> Outcome | None:
        """What became of a charge; None when the provider never heard of it."""
        found = await self._find(order)
        return await self._outcome(found, order) if found else None

    async def cancel(self, order: ChargeOrder) -> Outcome:
        """Give a charge up that waits for its payer; answers what it has become."""
        found = await self._find(order)
        if found is None:
            return Cancelled(GIVEN_UP)
        check_agreement(found, order)
        return await self._outcome(await self._api.cancel_charge(found["id"]), order)

    async def _find(self, order: ChargeOrder) -> Found | None:
        if order.reference is None:
            customer = _parts(order.stored)[0] if order.stored else await self._api.find_customer(order.payer)
            return await self._api.find_charge_of(customer, order.key)
        try:
            return await self._api.find_charge(order.reference)
        except CardRefusal as refusal:
            if refusal.code == MISSING:
                return None
            raise

    async def _outcome(self, charge: Found, order: ChargeOrder) -> Outcome:
        """What a charge means; one that was declined is closed first, so that nothing is taken for it later."""
        check_agreement(charge, order)
        if was_declined(charge, "last_payment_error"):
            charge = await self._api.cancel_charge(charge["id"])
        outcome = outcome_of(charge)
        if isinstance(outcome, Succeeded) and is_disputed(charge) and await self._api.was_dispute_lost(charge["id"]):
            return Reversed(outcome.reference)
        return outcome

    async def prepare_method(self, order: SetupOrder) -> SetupInstructions:
        """Prepare the storing of a method, which its owner names in the client's own page."""
        params = {
            "customer": await self._api.find_customer(order.payer),
            "metadata": {"key": order.key},
            "payment_method_types": [order.kind.lower()],
            "usage": "off_session",
        }
        setup = await self._api.create_setup(order.key, params)
        return SetupInstructions(setup["id"], client_secret=setup["client_secret"])

    async def find_method(self, setup: str) -> StoredMethod | SetupFailed | None:
        """What became of a setup; None while it waits for the payer. A setup that failed once is closed."""
        try:
            found = await self._api.find_setup(setup)
            if was_declined(found, "last_setup_error"):
                found = await self._api.cancel_setup(setup)
            if found["status"] == "canceled":
                return SetupFailed()
            if found["status"] != "succeeded":
                return None
            method = await self._api.find_method(found["payment_method"])
        except CardRefusal as refusal:
            if refusal.code == MISSING:
                return SetupFailed()
            raise
        return stored_method(f"{found['customer']}/{found['payment_method']}", method)

    async def forget_method(self, reference: str) -> None:
        """Forget a stored method; one that is unknown, or forgotten, changes nothing."""
        try:
            await self._api.detach_method(_parts(reference)[1])
        except CardRefusal:
            return


def _parts(stored: str) -> tuple[str, str]:
    customer, _, method = stored.partition("/")
    return customer, method
