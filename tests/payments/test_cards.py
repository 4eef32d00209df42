"""What the card provider is asked, and what its trouble means: nothing is charged twice (INV9)."""

import logging
from dataclasses import replace

import pytest

from resolvers.payment_providers import (
    ActionRequired,
    Cancelled,
    ChargeOrder,
    Declined,
    ProviderUnreachable,
    Reversed,
    SetupOrder,
    Succeeded,
)
from rules.states import PaymentMethodKind
from server.payments.card_api import CardApi
from server.payments.cards import Cards
from tests.payments.conftest import HURRIED_SECONDS, PUBLISHABLE_KEY
from tests.payments.played_cards import API_KEY, ASKS, DECLINED, HANG, LATER, PAYS, PlayedCards
from tests.payments.rigs import BACK, CUSTOMER, PAYER, order

pytestmark = pytest.mark.anyio

CHARGES = "/v1/payment_intents"


def stored(method: str = PAYS, back: str | None = None) -> ChargeOrder:
    return order(f"{CUSTOMER}/{method}", back=back)


async def test_a_charge_carries_our_key_twice_and_asks_for_the_money_at_once(cards: Cards, played: PlayedCards) -> None:
    asked = stored()
    await cards.charge(asked)

    (request,) = played.requests_to(CHARGES)
    assert request.key == request.params["metadata[key]"] == asked.key
    assert (request.params["amount"], request.params["currency"]) == ("12300", "chf")
    assert request.params["payment_method_types[0]"] == "card"
    assert request.params["confirm"] == "true"


async def test_a_stored_method_is_charged_without_its_owner_unless_they_can_be_sent_back(
    cards: Cards, played: PlayedCards
) -> None:
    await cards.charge(stored())
    await cards.charge(stored(back=BACK))

    absent, present = played.requests_to(CHARGES)
    assert (absent.params.get("off_session"), absent.params.get("return_url")) == ("true", None)
    assert (present.params.get("off_session"), present.params.get("return_url")) == (None, BACK)


async def test_a_bank_that_wants_a_confirmation_gets_it_on_its_page(cards: Cards) -> None:
    waiting = await cards.charge(stored(ASKS, BACK))

    assert isinstance(waiting, ActionRequired)
    assert (waiting.url, waiting.client_secret) == ("https://bank.example/confirm", None)


async def test_a_card_that_is_not_stored_is_named_in_the_clients_own_page(cards: Cards, played: PlayedCards) -> None:
    waiting = await cards.charge(order(back=BACK))

    assert isinstance(waiting, ActionRequired)
    assert (waiting.url, waiting.client_secret) == (None, "pi_secret_of_the_payer")
    assert cards.publishable_key == PUBLISHABLE_KEY
    assert "confirm" not in played.requests_to(CHARGES)[0].params


@pytest.mark.parametrize("kind", [PaymentMethodKind.TWINT, PaymentMethodKind.PAYPAL])
async def test_other_kinds_are_confirmed_on_a_page(cards: Cards, played: PlayedCards, kind: PaymentMethodKind) -> None:
    waiting = await cards.charge(replace(order(back=BACK), kind=kind))

    assert isinstance(waiting, ActionRequired)
    assert waiting.url == "https://bank.example/confirm"
    params = played.requests_to(CHARGES)[0].params
    assert params["payment_method_types[0]"] == params["payment_method_data[type]"] == kind.lower()


async def test_an_organization_is_one_customer(cards: Cards, played: PlayedCards) -> None:
    await cards.charge(order())
    await cards.charge(order())
    await cards.prepare_method(SetupOrder("pm_1", PAYER, PaymentMethodKind.CARD))

    (request,) = played.requests_to("/v1/customers")
    assert request.params["metadata[organization]"] == PAYER
    assert PAYER in str(request.key)


async def test_an_organization_is_one_customer_where_customers_cannot_be_searched(
    cards: Cards, played: PlayedCards
) -> None:
    played.searchable = False
    await cards.charge(order())
    await cards.charge(order())

    assert len([each for each in played.objects.values() if each["object"] == "customer"]) == 1


@pytest.mark.parametrize("trouble", [500, 502, 429, 409, 401, 403, HANG])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_trouble_leaves_open_what_happened_and_a_retry_under_the_key_charges_once(
    cards: Cards, hurried_cards: Cards, played: PlayedCards, trouble: int | str, after: bool
) -> None:
    """INV9"""
    asked = stored()
    played.trouble(CHARGES, trouble, after=after)
    with pytest.raises(ProviderUnreachable):
        await (hurried_cards if trouble == HANG else cards).charge(asked)
    assert len(played.requests_to(CHARGES)) == 1  # nothing is asked twice behind our back

    assert isinstance(await cards.find(asked), Succeeded if after else type(None))
    assert isinstance(await cards.charge(asked), Succeeded)

    assert played.taken() == [(asked.key, 12_300, "CHF")]
    assert {request.key for request in played.requests_to(CHARGES)} == {asked.key}


async def test_nobody_listening_leaves_open_what_happened() -> None:
    nowhere = Cards(CardApi(API_KEY, "http://127.0.0.1:1", HURRIED_SECONDS), PUBLISHABLE_KEY)

    with pytest.raises(ProviderUnreachable):
        await nowhere.charge(stored())
    with pytest.raises(ProviderUnreachable):
        await nowhere.find(stored())
    with pytest.raises(ProviderUnreachable):
        await nowhere.forget_method(f"{CUSTOMER}/{PAYS}")


async def test_neither_key_nor_words_of_the_provider_stand_in_errors_and_logs(
    cards: Cards, played: PlayedCards, caplog: pytest.LogCaptureFixture
) -> None:
    """O1, O2"""
    caplog.set_level(logging.WARNING)
    for status in (500, 401):
        played.trouble(CHARGES, status)
        with pytest.raises(ProviderUnreachable) as trouble:
            await cards.charge(stored())
        assert (str(trouble.value), trouble.value.__cause__) == ("", None)

    assert played.asked[0].authorization == f"Bearer {API_KEY}"
    assert API_KEY not in caplog.text
    assert "CARD_API_KEY" in caplog.text


async def test_a_decline_while_charging_closes_the_charge(cards: Cards, played: PlayedCards) -> None:
    """Nothing can be taken for it any more."""
    outcome = await cards.charge(stored(DECLINED))

    (charge,) = played.charges()
    assert outcome == Declined("insufficient_funds", charge["id"])
    assert charge["status"] == "canceled"


async def test_a_decline_that_was_paid_before_it_was_closed_is_paid(
    cards: Cards, played: PlayedCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payer may try another card in the very moment."""
    asked = order()
    waiting = await cards.charge(asked)
    assert isinstance(waiting, ActionRequired)
    played.decline(waiting.reference)
    closing = played._cancel

    def paid_first(reference: str) -> dict[str, object]:
        played.succeed(reference)
        return closing(reference)

    monkeypatch.setattr(played, "_cancel", paid_first)

    assert await cards.find(asked) == Succeeded(waiting.reference)


async def test_what_the_provider_will_not_do_is_a_decline(cards: Cards, played: PlayedCards) -> None:
    """A kind that the account does not offer, an amount too small: surely nothing was taken."""
    played.refuse_charges_with("amount_too_small")

    assert await cards.charge(stored()) == Declined("amount_too_small")


async def test_the_same_key_for_another_charge_is_no_answer(cards: Cards, played: PlayedCards) -> None:
    asked = stored()
    await cards.charge(asked)

    with pytest.raises(ProviderUnreachable):
        await cards.charge(replace(asked, amount_minor=1))
    assert played.taken() == [(asked.key, 12_300, "CHF")]


async def test_a_charge_under_another_key_is_no_answer(cards: Cards) -> None:
    """M22"""
    paid = await cards.charge(stored())
    assert isinstance(paid, Succeeded)

    with pytest.raises(ProviderUnreachable):
        await cards.find(replace(stored(), reference=paid.reference))


async def test_a_charge_is_found_behind_many_others(cards: Cards, played: PlayedCards) -> None:
    asked = stored(LATER)
    await cards.charge(asked)
    (first,) = played.charges()
    for number in range(130):
        played.objects[f"pi_other_{number}"] = first | {"id": f"pi_other_{number}", "metadata": {"key": "another"}}

    found = await cards.find(asked)

    assert found is not None
    assert len(played.requests_to(CHARGES, "GET")) == 2


@pytest.mark.parametrize(
    ("status", "is_reversed"),
    [("lost", True), ("won", False), ("under_review", False), ("needs_response", False), ("warning_closed", False)],
)
async def test_a_dispute_counts_once_it_is_lost(
    cards: Cards, played: PlayedCards, status: str, is_reversed: bool
) -> None:
    asked = stored()
    paid = await cards.charge(asked)
    assert isinstance(paid, Succeeded)
    played.dispute(paid.reference, status)

    assert await cards.find(asked) == (Reversed(paid.reference) if is_reversed else paid)


async def test_a_charge_that_was_given_back_whole_is_reversed(cards: Cards, played: PlayedCards) -> None:
    asked = stored()
    paid = await cards.charge(asked)
    assert isinstance(paid, Succeeded)
    played.objects[paid.reference]["latest_charge"]["refunded"] = True

    assert await cards.find(asked) == Reversed(paid.reference)


async def test_a_reference_that_the_provider_does_not_know_is_none(cards: Cards) -> None:
    assert await cards.find(replace(stored(), reference="pi_unknown")) is None
    assert isinstance(await cards.cancel(replace(stored(), reference="pi_unknown")), Cancelled)


async def test_a_setup_that_cannot_be_made_is_no_answer(cards: Cards, played: PlayedCards) -> None:
    played.trouble("/v1/setup_intents", 500)

    with pytest.raises(ProviderUnreachable):
        await cards.prepare_method(SetupOrder("pm_1", PAYER, PaymentMethodKind.CARD))


async def test_a_stored_method_is_remembered_as_customer_and_method(cards: Cards, played: PlayedCards) -> None:
    setup = await cards.prepare_method(SetupOrder("pm_1", PAYER, PaymentMethodKind.CARD))
    played.confirm_setup(setup.reference)

    stored = await cards.find_method(setup.reference)

    assert stored is not None
    customer, method = stored.reference.split("/")  # type: ignore[union-attr] # it was confirmed
    assert (played.objects[customer]["object"], played.objects[method]["object"]) == ("customer", "payment_method")
    await cards.forget_method(f"{customer}/{method}")
    assert len(played.requests_to(f"/v1/payment_methods/{method}/detach")) == 1
