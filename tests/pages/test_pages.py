"""The pages behind the links in mails: one for each kind, strict, in two languages, and harmless to fetch (MSG3)."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from rules.locales import Locale
from server import pages
from server.mail.links import LinkKind, Links
from server.settings import Settings

pytestmark = pytest.mark.anyio

ADDRESS = "https://manager.example"
EVERY_PAGE = pytest.mark.parametrize("kind", LinkKind)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=pages.routes(Settings(password_minimum=14)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        yield client


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.all if each == tag]


@EVERY_PAGE
async def test_every_link_of_a_mail_leads_to_a_page(browser: httpx.AsyncClient, kind: LinkKind) -> None:
    """MSG3"""
    answer = await browser.get(Links(ADDRESS).to(kind, "s3cret"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "s3cret" not in str(answer.request.url.copy_with(fragment=None))
    assert "s3cret" not in answer.text


@EVERY_PAGE
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_page_speaks_the_language_of_the_browser(
    browser: httpx.AsyncClient, kind: LinkKind, language: str
) -> None:
    answer = await browser.get(f"/links/{kind.page}", headers={"accept-language": f"{language}-CH, de;q=0.5"})
    elements = Elements(answer.text)
    assert elements.named("html") == [{"lang": language}]
    assert answer.headers["vary"] == "accept-language"
    assert pages.LANGUAGES[Locale(language.upper())][kind.page]["title"] in answer.text


@EVERY_PAGE
async def test_a_page_holds_nothing_from_elsewhere_and_nothing_that_runs_in_place(
    browser: httpx.AsyncClient, kind: LinkKind
) -> None:
    answer = await browser.get(f"/links/{kind.page}")
    elements = Elements(answer.text)
    for _, attributes in elements.all:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action"):
            address = urljoin(f"{ADDRESS}/links/x", attributes.get(name) or "")
            assert urlsplit(address).netloc == "manager.example" or address == "data:,"
    assert [script["src"] for script in elements.named("script")] == ["../assets/pages/page.js"]
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


@EVERY_PAGE
async def test_every_field_has_a_label_and_says_what_belongs_there(browser: httpx.AsyncClient, kind: LinkKind) -> None:
    elements = Elements((await browser.get(f"/links/{kind.page}")).text)
    labelled = {label["for"] for label in elements.named("label")}
    described = {attributes.get("id") for _, attributes in elements.all}
    for entry in elements.named("input"):
        assert entry["id"] in labelled
        assert entry["autocomplete"]
        assert entry.get("aria-describedby") in described | {None}
    ids = [attributes["id"] for _, attributes in elements.all if "id" in attributes]
    assert len(ids) == len(set(ids))


async def test_a_new_password_is_asked_as_the_policy_wants_it(browser: httpx.AsyncClient) -> None:
    """USR6"""
    page = (await browser.get("/links/password-reset")).text
    assert 'minlength="14"' in page
    assert "At least 14 characters" in page


@EVERY_PAGE
async def test_whoever_switched_scripts_off_is_told_why_one_is_needed(
    browser: httpx.AsyncClient, kind: LinkKind
) -> None:
    """MSG3"""
    page = (await browser.get(f"/links/{kind.page}")).text
    assert re.search(r"<noscript>.*JavaScript.*</noscript>", page, re.DOTALL)


async def test_every_sentence_that_the_script_asks_for_is_in_the_pages(browser: httpx.AsyncClient) -> None:
    script = (await browser.get("/assets/pages/page.js")).text
    asked = set(re.findall(r'\btext\("(\w+)"\)', script)) | set(re.findall(r'\bfinish\("(\w+)"\)', script))
    told = {"invitation": set[str](), "log-in": set[str]()}
    for page, names in told.items():
        names.update(re.findall(r'data-text="(\w+)"', (await browser.get(f"/links/{page}")).text))
    assert asked - (told["invitation"] | told["log-in"]) == set()
    assert {"COLLABORATOR", "TOO_COMMON"} <= told["invitation"]


@pytest.mark.parametrize("name", pages.FILES)
async def test_the_files_of_the_pages_are_served(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/assets/pages/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(pages.FILES[name])
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/links/nothing", "/links/", "/assets/pages/page.html", "/assets/pages/..%2fpages.py"]
)
async def test_nothing_else_is_there(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


@EVERY_PAGE
async def test_pages_can_only_be_read(browser: httpx.AsyncClient, kind: LinkKind) -> None:
    """MSG3"""
    assert (await browser.post(f"/links/{kind.page}")).status_code == 405
    assert (await browser.head(f"/links/{kind.page}")).status_code == 200
