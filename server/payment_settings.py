"""How payments are made here: by a card provider's account, or played for trying out."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from rules.states import PaymentMethodKind

# What the card provider can play at most; which of it an account offers is agreed with the provider.
CARD_KINDS = (PaymentMethodKind.CARD, PaymentMethodKind.TWINT, PaymentMethodKind.PAYPAL)
TEST_KEY = "_test_"


class PaymentSettings(BaseSettings):
    """The part of the settings that says how payments are made."""

    card_api_key_secret: SecretStr | None = Field(
        default=None,
        validation_alias="CARD_API_KEY",
        description="secret key of our account at the card provider; without it no card is charged",
    )
    card_publishable_key: str = Field(default="", description="the account's key for frontends")
    card_webhook_secret_secret: SecretStr | None = Field(
        default=None,
        validation_alias="CARD_WEBHOOK_SECRET",
        description="what the card provider signs its messages with, see docs/payments.md",
    )
    card_api_address: str = Field(default="", description="where the card provider is asked; empty: its own address")
    card_kinds: Annotated[tuple[PaymentMethodKind, ...], NoDecode] = Field(
        default=(PaymentMethodKind.CARD,), description="what the account offers of CARD, TWINT and PAYPAL, with commas"
    )
    payment_sandbox: bool | None = Field(
        default=None, description="whether payments are played, without any money; empty: in development they are"
    )
    sandbox_file: Path = Field(default=Path("var/sandbox.sqlite3"), description="what the played payments remember")

    @field_validator("card_kinds", mode="before")
    @classmethod
    def _split_kinds(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("card_kinds")
    @classmethod
    def _are_played_by_cards(cls, value: tuple[PaymentMethodKind, ...]) -> tuple[PaymentMethodKind, ...]:
        if not set(value) <= set(CARD_KINDS):
            raise ValueError("must hold CARD, TWINT or PAYPAL")
        return value

    @field_validator("card_api_address")
    @classmethod
    def _is_api_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
            raise ValueError("must be an http or https address without query")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _is_whole(self) -> "PaymentSettings":
        if self.card_api_key and not (self.card_publishable_key and self.card_webhook_secret):
            raise ValueError("CARD_API_KEY needs CARD_PUBLISHABLE_KEY and CARD_WEBHOOK_SECRET beside it")
        return self

    @property
    def card_api_key(self) -> str:
        """The secret key of the account at the card provider; empty where there is none."""
        return self.card_api_key_secret.get_secret_value() if self.card_api_key_secret else ""

    @property
    def card_webhook_secret(self) -> str:
        """What the card provider signs its messages with."""
        return self.card_webhook_secret_secret.get_secret_value() if self.card_webhook_secret_secret else ""

    def check_real_payments(self) -> None:
        """Refuse with ValueError whatever plays with money; for production."""
        if self.payment_sandbox:
            raise ValueError("PAYMENT_SANDBOX plays payments, and is not for production")
        if TEST_KEY in self.card_api_key or TEST_KEY in self.card_publishable_key:
            raise ValueError("CARD_API_KEY and CARD_PUBLISHABLE_KEY must not be keys for tests in production")
        if self.card_api_address.startswith("http:"):
            raise ValueError("CARD_API_ADDRESS must be an https address in production")
