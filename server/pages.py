"""The pages behind the links in mails, for installations without a frontend of their own (MSG3).

Each is a small page whose button sends the mutation; fetching it, as mail scanners do, changes nothing. The secret
stands in the fragment of the address, where only the page's script sees it, so that no server, proxy or log does: a
page without script could not have that, and says so to whoever has switched scripts off. Where a session is needed the
page asks to log in, and the session is kept in the cookie that scripts cannot read.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from server.authentication import preferred_locale
from server.mail.links import LinkKind
from server.mail.writing import LANGUAGES as MAIL_LANGUAGES
from server.settings import Settings
from server.words import read_words, words_in

FOLDER = Path(__file__).parent / "assets" / "pages"
LANGUAGES = read_words(FOLDER / "words")
PAGES = frozenset(kind.page for kind in LinkKind)
FILES = {"page.css": "text/css", "page.js": "text/javascript"}
HEADERS = {
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    ),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "vary": "accept-language",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_templates = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def routes(settings: Settings) -> list[Route]:
    """The routes of all pages of links, and of the two files they share; everything else there is not found."""
    template = _templates.get_template("page.html")

    async def show_page(request: Request) -> Response:
        page = request.path_params["page"]
        if page not in PAGES:
            raise HTTPException(404)
        locale, words = words_in(LANGUAGES, preferred_locale(request.headers.get("accept-language", "")))
        text = template.render(
            page=page,
            language=locale.lower(),
            common=words["common"],
            own=words[page],
            weaknesses=words["weaknesses"],
            roles=words_in(MAIL_LANGUAGES, locale)[1]["roles"],
            minimum=settings.policy.password_minimum,
        )
        return Response(text, media_type="text/html", headers=HEADERS)

    async def send_file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            raise HTTPException(404)
        headers = {**HEADERS, "cache-control": "no-cache"}
        return FileResponse(FOLDER / name, media_type=FILES[name], headers=headers)

    return [Route("/links/{page}", show_page), Route("/assets/pages/{name}", send_file)]
