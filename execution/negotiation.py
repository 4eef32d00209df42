"""Which media type an answer has, by what the client accepts."""

from collections.abc import Iterator
from functools import lru_cache

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"

_UTF_8 = ("utf-8", "utf8")


@lru_cache(maxsize=128)
def negotiate(accept: str | None) -> str | None:
    """Choose between the two media types of an answer; None when the client accepts neither.

    The higher quality wins, then the more exact range; `application/json` is meant by `*/*` and by silence.
    """
    if not accept:
        return JSON
    best_quality, _, _, best = max((*quality(accept, each), each == GRAPHQL, each) for each in (JSON, GRAPHQL))
    if best_quality == 0:
        return None
    if quality(accept, JSON) == quality(accept, GRAPHQL) and quality(accept, JSON)[1] < 2:
        return JSON
    return best


@lru_cache(maxsize=128)
def wants_page(accept: str | None) -> bool:
    """Tell whether the client asks for a page to look at, at least as much as for an answer of the API."""
    if not accept:
        return False
    html, exactness = quality(accept, HTML)
    return exactness == 2 and html > 0 and html >= max(_exact(accept, JSON), _exact(accept, GRAPHQL))


def quality(accept: str, media_type: str) -> tuple[float, int]:
    """Tell how much a media type is accepted (0 to 1) and how exactly it is named (0 to 2)."""
    family = media_type.partition("/")[0] + "/*"
    exactness = {"*/*": 0, family: 1, media_type: 2}
    found = [(exactness[name], value) for name, value in _ranges(accept) if name in exactness]
    if not found:
        return 0.0, -1
    exact, value = max(found)
    return value, exact


def _exact(accept: str, media_type: str) -> float:
    value, exactness = quality(accept, media_type)
    return value if exactness == 2 else 0.0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        values = dict(each.partition("=")[::2] for each in parameters)
        if values.get("charset", "utf-8").strip('"') in _UTF_8:
            yield name, _number(values.get("q", "1"))


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 <= number <= 1 else 0.0


def is_json(content_types: list[str]) -> bool:
    """Tell whether a request says, once and clearly, that its body is JSON in UTF-8."""
    if len(content_types) != 1:
        return False
    name, *parameters = (each.strip().lower() for each in content_types[0].split(";"))
    charsets = [each.partition("=")[2].strip('"') for each in parameters if each.startswith("charset=")]
    return name == JSON and all(charset in _UTF_8 for charset in charsets)
