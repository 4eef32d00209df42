"""Which addresses are taken, and when two are the same (USR4)."""

import pytest

from resolvers.email_addresses import read_email_address


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Anna.Keller@Example.COM", "anna.keller@example.com"),
        ("  anna@example.com. ", "anna@example.com"),
        ("anna@bücher.example.com", "ANNA@xn--bcher-kva.example.com"),
        ("\uff41nn\uff41@example.com", "anna@example.com"),
    ],
)
def test_one_mailbox_has_one_key(text: str, same: str) -> None:
    """USR4."""
    one, other = read_email_address(text), read_email_address(same)

    assert one is not None
    assert other is not None
    assert one.key == other.key


def test_a_tag_makes_another_address() -> None:
    tagged, plain = read_email_address("anna+news@example.com"), read_email_address("anna@example.com")

    assert tagged is not None
    assert plain is not None
    assert tagged.key != plain.key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "@example.com",
        "anna@",
        "anna@example",
        "anna@example.com\r\nBcc: all@example.com",
        "anna@example.com\0",
        "a" * 250 + "@example.com",
        "anna@" + "example." * 40 + "com",
        "\ufdfa" * 20 + "@example.com",  # one letter that folds into eighteen
    ],
)
def test_what_no_mail_reaches_is_no_address(text: str) -> None:
    assert read_email_address(text) is None
