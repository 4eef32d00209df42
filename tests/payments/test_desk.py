"""Which providers there are: as the settings say, and never one that only plays in production (INV8)."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from resolvers.payment_providers import PaymentDesk
from rules.states import PaymentMethodKind
from server.payments.desk import open_desk
from server.settings import Settings
from tests.world import MovableClock

CARD, POSTFINANCE, TWINT, PAYPAL = (
    PaymentMethodKind.CARD,
    PaymentMethodKind.POSTFINANCE,
    PaymentMethodKind.TWINT,
    PaymentMethodKind.PAYPAL,
)
ACCOUNT: dict[str, Any] = {
    "CARD_API_KEY": SecretStr("sk_live_secret"),
    "card_publishable_key": "pk_live_public",
    "CARD_WEBHOOK_SECRET": SecretStr("whsec_secret"),
}
PRODUCTION = {
    "environment": "production",
    "public_url": "https://manager.example",
    "SMTP_URL": SecretStr("smtp://mail.example"),
    "SECRET_KEY": SecretStr("0123456789" * 4),
    "qr_iban_chf": "CH8131999000000000031",
    "qr_iban_eur": "CH5431999000000000032",
    "creditor_iban_chf": "CH9008999000000000031",
    "creditor_iban_eur": "CH6308999000000000032",
    "creditor_bic": "MANACHZZXXX",
    "payout_iban_chf": "CH9008999000000000031",
    "payout_iban_eur": "CH6308999000000000032",
    "payout_bic": "MANACHZZXXX",
}


def desk_of(**values: Any) -> PaymentDesk:
    return open_desk(Settings(**values), MovableClock())


def test_in_development_everything_is_played() -> None:
    assert desk_of().provider_of == dict.fromkeys((CARD, POSTFINANCE, TWINT, PAYPAL), "sandbox")


def test_in_production_nothing_is_played() -> None:
    desk = desk_of(**PRODUCTION)

    assert (dict(desk.providers), dict(desk.provider_of)) == ({}, {})


def test_an_account_plays_what_it_offers() -> None:
    assert desk_of(**PRODUCTION, **ACCOUNT).provider_of == {CARD: "cards"}
    assert desk_of(**ACCOUNT, card_kinds="CARD, TWINT").provider_of == {CARD: "cards", TWINT: "cards"}


def test_beside_an_account_the_sandbox_only_answers_for_what_it_played() -> None:
    desk = desk_of(**ACCOUNT)

    assert (set(desk.providers), dict(desk.provider_of)) == ({"cards", "sandbox"}, {CARD: "cards"})


@pytest.mark.parametrize(
    "values",
    [
        {"payment_sandbox": True},
        {**ACCOUNT, "CARD_API_KEY": SecretStr("sk_test_secret")},
        {**ACCOUNT, "card_publishable_key": "pk_test_public"},
        {**ACCOUNT, "card_api_address": "http://cards.example"},
    ],
)
def test_production_plays_with_no_money(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(**{**PRODUCTION, **values})

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "values",
    [
        {"CARD_API_KEY": SecretStr("sk_live_secret")},
        {**ACCOUNT, "card_publishable_key": ""},
        {**ACCOUNT, "CARD_WEBHOOK_SECRET": None},
        {"card_kinds": "POSTFINANCE"},
        {"card_kinds": "WALLET"},
        {"card_api_address": "cards.example"},
    ],
)
def test_half_an_account_is_none(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)


def test_no_secret_is_repeated() -> None:
    shown = repr(Settings(**ACCOUNT))

    assert "sk_live_secret" not in shown
    assert "whsec_secret" not in shown
