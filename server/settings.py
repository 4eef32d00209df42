"""Every setting, with its default and its bounds: read from the environment once, when the process starts.

A setting is named in the environment as it is here, in upper case. The numbers of the business rules stand in
rules.policy and the limits of requests in execution.limits; all are settings too, the limits with LIMIT_ before them.
"""

import re
from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, create_model, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from execution.limits import Limits
from rules.policy import Policy
from server.callback_settings import CallbackSettings
from server.databases import DatabaseUrl
from server.databases import Limits as DatabaseLimits
from server.documents.creditor import SAMPLE_BIC, SAMPLE_IBANS, SAMPLE_QR_IBANS
from server.mail.delivery import MailServer
from server.mail.links import LinkKind, Links, problem_of_template
from server.mail.writing import Sender
from server.passwords import HashingCost
from server.payment_settings import PaymentSettings
from server.payouts.debtor import PayoutSettings

LIMIT_PREFIX = "limit_"
ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::(?:\d{1,5}|\*))?")
DEFAULT_PORTS = {"http": 80, "https": 443}
DEVELOPMENT_KEY = "known to everybody: for development only"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LOCAL_PAGES = ("http://localhost:*", "http://127.0.0.1:*")

# Mutations that guess at a secret or send mail: repeated within one request they would be a way around the throttle.
ONCE_A_REQUEST = frozenset(
    {
        "acceptInvitation",
        "changePassword",
        "closeAccount",
        "confirmSignUp",
        "inviteMember",
        "logIn",
        "reauthenticate",
        "requestLoginChange",
        "requestPasswordReset",
        "resetPassword",
        "signUp",
    }
)

Texts = Annotated[tuple[str, ...], NoDecode]


class InvalidSettings(Exception):
    """Settings that cannot be used; each of `problems` is a line that names a variable, and never its value."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the lines for whoever prints them."""
        super().__init__("\n".join(problems))
        self.problems = problems


def _numbers(prefix: str, source: type[Any]) -> dict[str, Any]:
    """A setting for each number of a dataclass, with its default; none may be zero or less."""
    return {
        f"{prefix}{each.name}": (
            each.type,
            Field(default=each.default, gt=0, description=each.metadata["meaning"]),
        )
        for each in fields(source)
        if each.type in (int, float)
    }


Numbers: Any = create_model("Numbers", __base__=BaseSettings, **_numbers("", Policy), **_numbers(LIMIT_PREFIX, Limits))


class Settings(CallbackSettings, PaymentSettings, PayoutSettings, Numbers):  # type: ignore[misc] # a base is made of the numbers of rules and limits
    """What a process is told by its environment."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    environment: Literal["development", "production"] = Field(
        default="development", description="production refuses whatever is for trying out"
    )
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=1, le=65535, description="port to listen on")
    database_url_secret: SecretStr = Field(
        default=SecretStr("sqlite:///var/manager.sqlite3"),
        validation_alias="DATABASE_URL",
        description="sqlite:///file or postgres://user:password@host:port/name",
    )
    database_pool_minimum: int = Field(default=2, ge=1, description="connections a process keeps to PostgreSQL")
    database_pool_maximum: int = Field(default=10, ge=1, description="connections a process may open to PostgreSQL")
    public_url: str = Field(default="", description="where people reach this server; empty: http://HOST:PORT")
    allowed_origins: Texts = Field(
        default=(), description="origins of web pages that may call, with commas; in development all of localhost"
    )
    trusted_proxies: Texts = Field(default=(), description="addresses whose X-Forwarded-For is believed, with commas")
    introspection: bool = Field(default=True, description="whether clients may ask for the schema by a query")
    worker_inside: bool = Field(
        default=True, description="whether server processes also send mails and end what expires, see manager worker"
    )
    smtp_url_secret: SecretStr | None = Field(
        default=None,
        validation_alias="SMTP_URL",
        description="smtp://, smtp+starttls:// or smtps://user:password@host:port; in development mails land in "
        "MAIL_FOLDER without it",
    )
    secret_key_secret: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_KEY),
        validation_alias="SECRET_KEY",
        description="32 characters or more, the same for all processes: seals second factors and signs links",
    )
    mail_from: str = Field(default="Manager <no-reply@manager.example>", description="sender of mails")
    mail_folder: Path = Field(default=Path("var/mails"), description="folder for mails while there is no SMTP_URL")
    link_templates: dict[LinkKind, str] = Field(
        default_factory=dict,
        description="JSON object from the kind of a link to the path or address of your own page, with {secret}",
    )
    password_hash_memory_kibibytes: int = Field(default=19_456, ge=8, description="memory of one password hash")
    password_hash_iterations: int = Field(default=2, ge=1, description="passes of one password hash")
    documents_at_once: int = Field(default=2, ge=1, le=32, description="documents printed at the same time")
    password_hashes_at_once: int = Field(default=2, ge=1, le=32, description="password hashes made at the same time")

    @field_validator("allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(ORIGIN.fullmatch(each) for each in value):
            raise ValueError("must hold origins as browsers spell them: https://panel.example.com, no slash at the end")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(ip_address(each)) for each in value)
        except ValueError:
            raise ValueError("must hold network addresses such as 10.0.0.1, neither names nor ranges") from None

    @field_validator("database_url_secret")
    @classmethod
    def _readable(cls, value: SecretStr) -> SecretStr:
        DatabaseUrl.parse(value.get_secret_value())
        return value

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
            raise ValueError("must be an http or https address without query")
        return value.rstrip("/")

    @field_validator("smtp_url_secret")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            MailServer.parse(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        return Sender(value, Links("")).address

    @field_validator("link_templates")
    @classmethod
    def _usable(cls, value: dict[LinkKind, str]) -> dict[LinkKind, str]:
        problems = [f"{kind} {problem}" for kind, text in value.items() if (problem := problem_of_template(kind, text))]
        if problems:
            raise ValueError("; ".join(problems))
        return value

    @model_validator(mode="after")
    def _fits(self) -> "Settings":
        if self.database_pool_minimum > self.database_pool_maximum:
            raise ValueError("DATABASE_POOL_MINIMUM is above DATABASE_POOL_MAXIMUM")
        if self.password_minimum > self.password_maximum:
            raise ValueError("PASSWORD_MINIMUM is above PASSWORD_MAXIMUM")
        return self

    @model_validator(mode="after")
    def _is_fit_for_production(self) -> "Settings":
        if self.environment == "development":
            return self
        if not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL must be an https address in production")
        if len(self.secret_key) < 32 or self.secret_key == DEVELOPMENT_KEY:
            raise ValueError("SECRET_KEY of 32 characters or more is needed in production")
        if self.smtp_url_secret is None:
            raise ValueError("SMTP_URL is needed in production")
        if set(self.creditor.qr_ibans.values()) & set(SAMPLE_QR_IBANS.values()):
            raise ValueError("QR_IBAN_CHF and QR_IBAN_EUR of your own are needed in production, and CREDITOR_NAME")
        if set(self.creditor.ibans.values()) & set(SAMPLE_IBANS.values()) or self.creditor_bic == SAMPLE_BIC:
            raise ValueError(
                "CREDITOR_IBAN_CHF, CREDITOR_IBAN_EUR and CREDITOR_BIC of your own are needed in production"
            )
        if set(self.debtor.ibans.values()) & set(SAMPLE_IBANS.values()) or self.payout_bic == SAMPLE_BIC:
            raise ValueError("PAYOUT_IBAN_CHF, PAYOUT_IBAN_EUR and PAYOUT_BIC of your own are needed in production")
        if any("*" in origin for origin in self.allowed_origins):
            raise ValueError("ALLOWED_ORIGINS must name every origin in production")
        if any(template.startswith("http:") for template in self.link_templates.values()):
            raise ValueError("LINK_TEMPLATES must lead to https addresses in production")
        self.check_real_payments()
        return self

    @property
    def database_url(self) -> str:
        """The database, its password included."""
        return self.database_url_secret.get_secret_value()

    @property
    def secret_key(self) -> str:
        """The one secret of the installation; keys are derived from it for each purpose."""
        return self.secret_key_secret.get_secret_value()

    @property
    def smtp_url(self) -> str | None:
        """The mail server, its password included; None while mails land in a folder."""
        return self.smtp_url_secret.get_secret_value() if self.smtp_url_secret else None

    @property
    def address(self) -> str:
        """Where people reach this server, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of pages that may call: this server's own, as browsers see it, and those that were named."""
        local = LOCAL_PAGES if self.environment == "development" else ()
        return (self.own_origin, *self.allowed_origins, *local)

    @property
    def own_origin(self) -> str:
        """The origin of the pages that this server offers itself; the proxy that speaks TLS for it changes nothing."""
        parts = urlsplit(self.address)
        host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
        port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
        return f"{parts.scheme}://{host}{port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether the session cookie keeps off unencrypted connections: everywhere but on loopback."""
        return urlsplit(self.address).hostname not in LOOPBACK

    @property
    def policy(self) -> Policy:
        """The numbers of the business rules."""
        return Policy(**{each.name: getattr(self, each.name) for each in fields(Policy)})

    @property
    def plays_payments(self) -> bool:
        """Whether payments can be played, without any money."""
        return self.environment == "development" if self.payment_sandbox is None else self.payment_sandbox

    @property
    def limits(self) -> Limits:
        """The limits of requests."""
        numbers = {name: getattr(self, f"{LIMIT_PREFIX}{name}") for name in _numbers("", Limits)}
        return Limits(**numbers, single_mutations=ONCE_A_REQUEST)

    @property
    def database_limits(self) -> DatabaseLimits:
        """What one process may ask of the database."""
        return DatabaseLimits(pool_minimum=self.database_pool_minimum, pool_maximum=self.database_pool_maximum)

    @property
    def hashing_cost(self) -> HashingCost:
        """What one password hash costs."""
        return HashingCost(
            memory_kibibytes=self.password_hash_memory_kibibytes,
            iterations=self.password_hash_iterations,
            at_once=self.password_hashes_at_once,
        )


def read_settings() -> Settings:
    """Read the environment; refuses with InvalidSettings, which names every variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidSettings([_line(problem) for problem in error.errors()]) from None
    except SettingsError:
        raise InvalidSettings(["LINK_TEMPLATES: is not the JSON that it must be"]) from None


def _line(problem: Any) -> str:
    message = problem["msg"].removeprefix("Value error, ")
    return f"{str(problem['loc'][0]).upper()}: {message}" if problem["loc"] else message


def settings_table() -> str:
    """All settings as a Markdown table: name, default, meaning."""
    lines = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, each in Settings.model_fields.items():
        default = each.get_default(call_default_factory=True)
        shown = default.get_secret_value() if isinstance(default, SecretStr) else default
        shown = ",".join(shown) if isinstance(shown, tuple) else shown or ""
        variable = str(each.validation_alias or name).upper()
        lines.append(f"| `{variable}` | {shown} | {each.description} |")
    return "\n".join(lines) + "\n"
