"""Settings: read from the environment once, and refused by name when they cannot be used."""

from pathlib import Path

import pytest

from rules.policy import Policy
from server.databases import DatabaseUrl
from server.settings import InvalidSettings, Settings, read_settings, settings_table

SECRET = "correct-horse"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in Settings.model_fields.items():
        monkeypatch.delenv(str(field.validation_alias or name).upper(), raising=False)


def test_without_an_environment_everything_has_its_default() -> None:
    settings = read_settings()

    assert (settings.host, settings.port, settings.environment) == ("127.0.0.1", 8000, "development")
    assert settings.database_url == "sqlite:///var/manager.sqlite3"
    assert settings.address == "http://127.0.0.1:8000"
    assert settings.policy == Policy()


def test_the_environment_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("INVITATION_DAYS", "3")
    monkeypatch.setenv("LIMIT_DEPTH", "12")
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://a.example, https://b.example")

    settings = read_settings()

    assert (settings.port, settings.policy.invitation_days, settings.limits.depth) == (9000, 3, 12)
    assert settings.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("ENVIRONMENT", "staging"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgres://localhost"),
        ("PUBLIC_URL", "ftp://x.example"),
        ("ALLOWED_ORIGINS", "null"),
        ("ALLOWED_ORIGINS", "panel.example.com"),
        ("ALLOWED_ORIGINS", "https://panel.example.com/"),
        ("ALLOWED_ORIGINS", "https://*.example.com"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
        ("TRUSTED_PROXIES", "proxy.example.com"),
        ("INTROSPECTION", "perhaps"),
        ("LIMIT_DEPTH", "0"),
        ("SIGN_UP_HOURS", "-1"),
        ("LINK_TEMPLATES", "{"),
        ("SMTP_URL", "http://x.example"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(InvalidSettings) as refusal:
        read_settings()

    (problem,) = refusal.value.problems
    assert problem.startswith(f"{name}: ")
    assert "\n" not in problem


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("SESSION_DAYS", "x")

    with pytest.raises(InvalidSettings) as refusal:
        read_settings()

    assert {problem.split(":")[0] for problem in refusal.value.problems} == {"PORT", "SESSION_DAYS"}


@pytest.mark.parametrize("url", [f"postgres://me:{SECRET}@localhost", f"postgres://me:{SECRET}@localhost/x?a=b"])
def test_a_password_is_never_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(InvalidSettings) as refusal:
        read_settings()

    assert SECRET not in str(refusal.value)
    monkeypatch.setenv("DATABASE_URL", f"postgres://me:{SECRET}@localhost/x")
    assert SECRET not in repr(read_settings())
    assert SECRET not in settings_table()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://manager.example"),
        ("SMTP_URL", ""),
        ("SECRET_KEY", "too short"),
        ("ALLOWED_ORIGINS", "http://localhost:*"),
        ("LINK_TEMPLATES", '{"SIGN_UP": "http://panel.example.com/#{secret}"}'),
        ("QR_IBAN_CHF", "CH1831999000000000001"),
        ("QR_IBAN_EUR", "CH6308999000000000032"),
        ("CREDITOR_IBAN_CHF", "CH2708999000000000001"),
        ("CREDITOR_IBAN_EUR", "CH9708999000000000002"),
        ("CREDITOR_IBAN_EUR", "CH5431999000000000032"),
        ("CREDITOR_IBAN_EUR", "CH00"),
        ("CREDITOR_BIC", "SAMPCHZZXXX"),
        ("CREDITOR_BIC", "nonsense!"),
        ("PAYOUT_IBAN_CHF", "CH2708999000000000001"),
        ("PAYOUT_IBAN_EUR", "CH8131999000000000031"),
        ("PAYOUT_IBAN_EUR", "CH00"),
        ("PAYOUT_BIC", "SAMPCHZZXXX"),
        ("PAYOUT_BIC", "nonsense!"),
    ],
)
def test_production_is_stricter(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    good = {
        "ENVIRONMENT": "production",
        "PUBLIC_URL": "https://manager.example",
        "SMTP_URL": "smtp://mail.example",
        "SECRET_KEY": "0123456789" * 4,
        "QR_IBAN_CHF": "CH81 3199 9000 0000 0003 1",
        "QR_IBAN_EUR": "CH54 3199 9000 0000 0003 2",
        "CREDITOR_IBAN_CHF": "CH90 0899 9000 0000 0003 1",
        "CREDITOR_IBAN_EUR": "CH63 0899 9000 0000 0003 2",
        "CREDITOR_BIC": "OTHRCHZZXXX",
        "PAYOUT_IBAN_CHF": "CH90 0899 9000 0000 0003 1",
        "PAYOUT_IBAN_EUR": "CH63 0899 9000 0000 0003 2",
        "PAYOUT_BIC": "OTHRCHZZXXX",
    }
    for key, text in good.items():
        monkeypatch.setenv(key, text)
    assert read_settings().secure_cookies
    monkeypatch.setenv(name, value)

    with pytest.raises(InvalidSettings, match=name):
        read_settings()


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:///var/x.sqlite3", "var/x.sqlite3"), ("sqlite:////srv/x%20y.sqlite3", "/srv/x y.sqlite3")],
)
def test_three_slashes_are_relative_and_four_absolute(url: str, path: str) -> None:
    assert DatabaseUrl.parse(url).path == Path(path)


def test_a_database_url_is_taken_apart() -> None:
    parsed = DatabaseUrl.parse("postgresql://me:p%40ss@db.example:6432/manager?sslmode=verify-full")

    assert parsed.kind == "postgresql"
    assert parsed.credentials == {
        "host": "db.example",
        "port": 6432,
        "user": "me",
        "password": "p@ss",
        "database": "manager",
        "ssl": "verify-full",
    }


def test_a_socket_and_a_loopback_server_need_no_tls_and_any_other_gets_it_where_offered() -> None:
    hosts = ("/manager?host=/run/postgresql", "127.0.0.1/manager", "db.example/manager")

    assert [DatabaseUrl.parse(f"postgres://{host}").credentials["ssl"] for host in hosts] == [
        "disable",
        "disable",
        "prefer",
    ]
