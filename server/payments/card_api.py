"""Asking the card provider: the calls that are needed, each within a time limit, with two ways of going wrong.

What the provider surely refused is a CardRefusal; whatever else goes wrong leaves open what it did. Nothing is asked
twice here: whoever asks knows better what to do. Errors carry neither keys nor what the provider wrote.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from ssl import SSLContext
from typing import Any, TypeVar

import httpx
import stripe

from resolvers.payment_providers import ProviderUnreachable

REPLAYED = "idempotent-replayed"
PAGE = 100

_log = logging.getLogger("manager.payments")

T = TypeVar("T")
Found = dict[str, Any]


class CardRefusal(ProviderUnreachable):
    """The provider refused, and says why by a code; `intent` is the charge it speaks of, where there already is one.

    Whoever expects no refusal has learned nothing by it: it counts as no answer.
    """

    def __init__(self, code: str, intent: str | None = None) -> None:
        """Keep the code and the charge."""
        super().__init__(code)
        self.code = code
        self.intent = intent


class CardApi:
    """One account at the card provider."""

    def __init__(self, key: str, address: str, seconds: float) -> None:
        """An account by its secret key, at an address or the provider's own; each call may take so many seconds."""
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": address} if address else None,
            http_client=_Transport(httpx.create_ssl_context(), seconds),
            max_network_retries=0,
        )

    async def create_charge(self, key: str, params: Any) -> Found:
        """Create a charge under a key; asked again under it, the charge as it is by now."""
        made = await _ask(self._client.v1.payment_intents.create_async(_whole(params), {"idempotency_key": key}))
        # A repeated answer shows the charge as it was when it was new.
        return await self.find_charge(made.id) if _was_repeated(made) else made.to_dict()

    async def find_charge(self, reference: str) -> Found:
        """A charge by the provider's name for it."""
        return (await _ask(self._client.v1.payment_intents.retrieve_async(reference, _whole({})))).to_dict()

    async def find_charge_of(self, customer: str, key: str) -> Found | None:
        """The charge of a customer that was made under a key; None when there is none."""
        params: Any = {"customer": customer, "limit": PAGE}
        while True:
            page = await _ask(self._client.v1.payment_intents.list_async(params))
            charges = [each.to_dict() for each in page.data]
            for charge in charges:
                if charge["metadata"].get("key") == key:
                    return await self.find_charge(charge["id"])
            if not page.has_more or not charges:
                return None
            params["starting_after"] = charges[-1]["id"]

    async def cancel_charge(self, reference: str) -> Found:
        """Cancel a charge that nothing was taken for yet; answers the charge as it is by now."""
        try:
            return (await _ask(self._client.v1.payment_intents.cancel_async(reference, _whole({})))).to_dict()
        except CardRefusal:
            return await self.find_charge(reference)

    async def was_dispute_lost(self, reference: str) -> bool:
        """Whether the payer's bank has taken a charge back for good."""
        disputes = await _ask(self._client.v1.disputes.list_async({"payment_intent": reference, "limit": PAGE}))
        return any(each.status == "lost" for each in disputes.data)

    async def find_customer(self, payer: str) -> str:
        """The customer that stands for a payer, made if there is none.

        A new customer is found by a search only after a while; until then its key answers it again.
        """
        customers = self._client.v1.customers
        query = f"metadata['organization']:'{payer}'"
        try:
            found = (await _ask(customers.search_async({"query": query, "limit": 1}))).data
        except CardRefusal:  # not every account may search
            found = []
        if found:
            return found[0].id
        key = f"customer {payer}"
        made = await _ask(customers.create_async({"metadata": {"organization": payer}}, {"idempotency_key": key}))
        return made.id

    async def create_setup(self, key: str, params: Any) -> Found:
        """Create a setup under a key."""
        return (await _ask(self._client.v1.setup_intents.create_async(params, {"idempotency_key": key}))).to_dict()

    async def find_setup(self, reference: str) -> Found:
        """A setup by its reference."""
        return (await _ask(self._client.v1.setup_intents.retrieve_async(reference))).to_dict()

    async def cancel_setup(self, reference: str) -> Found:
        """Cancel a setup that is not over; answers the setup as it is by now."""
        try:
            return (await _ask(self._client.v1.setup_intents.cancel_async(reference))).to_dict()
        except CardRefusal:
            return await self.find_setup(reference)

    async def find_method(self, reference: str) -> Found:
        """A stored method by its reference."""
        return (await _ask(self._client.v1.payment_methods.retrieve_async(reference))).to_dict()

    async def detach_method(self, reference: str) -> None:
        """Take a stored method from its customer."""
        await _ask(self._client.v1.payment_methods.detach_async(reference))


def _whole(params: Any) -> Any:
    """With what the money became of, not only its name."""
    return {**params, "expand": ["latest_charge"]}


def _was_repeated(made: stripe.StripeObject) -> bool:
    response = made.last_response
    return response is not None and response.headers.get(REPLAYED) == "true"


async def _ask(answer: Awaitable[T]) -> T:
    """Wait for an answer; refuses with CardRefusal what surely did nothing, with ProviderUnreachable all else."""
    try:
        return await answer
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        refusal = (error.json_body or {}).get("error", {}) if isinstance(error.json_body, dict) else {}
        raise CardRefusal(_code_of(refusal), (refusal.get("payment_intent") or {}).get("id")) from None
    except (stripe.AuthenticationError, stripe.PermissionError):
        _log.error("the card provider does not accept CARD_API_KEY")
        raise ProviderUnreachable from None
    except stripe.StripeError:
        raise ProviderUnreachable from None


def _code_of(refusal: Mapping[str, Any]) -> str:
    return str(refusal.get("decline_code") or refusal.get("code") or "refused")


class _NoAnswer(stripe.APIConnectionError):
    """The library's word for it, without the words of the network."""

    def __init__(self) -> None:
        super().__init__("no answer")  # type: ignore[no-untyped-call] # the library left this one without types


class _Transport(stripe.HTTPClient):
    """How the library reaches the provider: a new connection for each call, for one that idles may be half closed."""

    name = "httpx"

    def __init__(self, tls: SSLContext, seconds: float) -> None:
        super().__init__()
        self._tls = tls
        self._seconds = seconds

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send a request and wait for the whole answer, but not longer than the time limit."""
        client = httpx.AsyncClient(verify=self._tls, timeout=self._seconds)
        try:
            # The library's limit is for each step on the way, ours for all of them.
            async with asyncio.timeout(self._seconds), client:
                answer = await client.request(method, url, headers=headers, content=post_data)
        except (httpx.HTTPError, TimeoutError):
            raise _NoAnswer from None
        return answer.content, answer.status_code, answer.headers
