"""Links come from the settings alone, and keep their secret out of what servers see (MSG3, O5)."""

from urllib.parse import urlsplit

import pytest

from server.mail.links import LinkKind, Links, default_template, problem_of_template


def test_the_secret_stands_in_the_fragment_which_no_server_is_sent() -> None:
    """MSG3"""
    link = urlsplit(Links("https://manager.example").to(LinkKind.SIGN_UP, "abc-_"))
    assert (link.scheme, link.netloc, link.path, link.query) == ("https", "manager.example", "/links/sign-up", "")
    assert link.fragment == "abc-_"


def test_a_template_leads_below_the_public_url_or_to_a_frontend_elsewhere() -> None:
    """MSG3"""
    links = Links(
        "https://example.org/manager/",
        {LinkKind.INVITATION: "/join?code={secret}", LinkKind.SIGN_UP: "https://app.example/welcome#{secret}"},
    )
    assert links.to(LinkKind.INVITATION, "s") == "https://example.org/manager/join?code=s"
    assert links.to(LinkKind.SIGN_UP, "s") == "https://app.example/welcome#s"
    assert links.to(LinkKind.LOG_IN) == "https://example.org/manager/links/log-in"


def test_a_secret_cannot_change_the_link_around_it() -> None:
    assert (
        Links("https://a.example").to(LinkKind.SIGN_UP, "a/b?c#d e")
        == "https://a.example/links/sign-up#a%2Fb%3Fc%23d%20e"
    )


@pytest.mark.parametrize("kind", LinkKind)
def test_the_default_templates_are_accepted(kind: LinkKind) -> None:
    assert problem_of_template(kind, default_template(kind)) is None
    assert problem_of_template(kind, "https://app.example" + default_template(kind)) is None


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("/join", "must hold {secret} once"),
        ("/{secret}/{secret}", "must hold {secret} once"),
        ("//elsewhere.example/{secret}", "must not begin with two slashes"),
        ("javascript:alert('{secret}')", "must begin with / or https://"),
        ("join/{secret}", "must begin with / or https://"),
        ("https:///{secret}", "must begin with / or https://"),
        ("/a b{secret}", "must be printable ASCII without spaces"),
        ("/a\r\n{secret}", "must be printable ASCII without spaces"),
        ("/é{secret}", "must be printable ASCII without spaces"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(template: str, problem: str) -> None:
    assert problem_of_template(LinkKind.INVITATION, template) == problem


def test_the_log_in_page_takes_no_secret() -> None:
    assert problem_of_template(LinkKind.LOG_IN, "/log-in#{secret}") == "must not hold {secret}"
