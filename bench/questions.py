"""What the servers are asked: the same question in each one's own words."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.data import RESELLER, SECRET, Size, key, organization_key
from bench.servers import ROOT, Speech

DOCUMENTS = Path(__file__).parent / "documents"
READ = ("q1", "q2", "q3", "q4", "q5", "q6")
QUESTIONS = (*READ, "m1")
TITLES = {
    "q1": "viewer, 6 fields",
    "q2": "20 organizations with wallet and counts",
    "q3": "organization → 50 products, 9 fields each",
    "q4": "50 invoices → lines → products",
    "q5": "reseller: 20 organizations → expiring products, wallet, unpaid invoices",
    "q6": "invoices, keyset page of 100",
    "m1": "pay an invoice from the wallet",
}
USERS_ASKING = 20  # Q1 is asked by so many in turn
EXPIRES_BEFORE = "2027-03-01"
CURSOR_PAGES = 10  # Q6 begins so many pages from the start, or in the middle of fewer

Ask = Callable[[str, dict[str, Any]], Any]


@dataclass(frozen=True)
class Sent:
    """One request: whose, and what."""

    secret: str
    body: str


@dataclass(frozen=True)
class Payable:
    """An open invoice, the organization that pays it, and the user who owns that."""

    invoice: UUID
    organization: UUID
    total_minor: int
    user: int


def document(question: str, speech: Speech) -> str:
    """The text that a server is sent as `query`."""
    if speech == "name":
        return question
    folder = ROOT / "bench" / "peers" / "postgraphile" / "documents" if speech == "postgraphile" else DOCUMENTS
    return _without_remarks(folder / f"{question}.graphql")


def own_document(name: str) -> str:
    """The text of a document that only this server is asked."""
    return _without_remarks(DOCUMENTS / "own" / f"{name}.graphql")


def _without_remarks(file: Path) -> str:
    return "\n".join(line for line in file.read_text("utf-8").splitlines() if not line.startswith("#"))


def spelled(prefix: str, digits: str, speech: Speech) -> str:
    """An id in a server's own spelling."""
    return f"{prefix}_{digits}" if speech == "ours" else str(UUID(digits))


def reading(question: str, speech: Speech, size: Size, ask: Ask) -> list[Sent]:
    """The requests of a question that only reads, sent in turn; `ask` asks the server once, as the reseller."""
    text = document(question, speech)

    def sent(secret: str, user: int, **variables: Any) -> Sent:
        if speech == "postgraphile" and "$viewer" in text:
            variables["viewer"] = str(UUID(key(1, user)))
        return Sent(secret, json.dumps({"query": text, "variables": variables}))

    if question == "q1":
        return [sent(f"{SECRET}{user}", user) for user in range(1, min(USERS_ASKING, size.users) + 1)]
    if question == "q2":
        return [sent(RESELLER, 1)]
    if question == "q5":
        return [sent(RESELLER, 1, before=EXPIRES_BEFORE)]
    organizations = [
        spelled("org", organization_key(size.organizations - place), speech) for place in range(size.large)
    ]
    if question in ("q3", "q4"):
        return [sent(RESELLER, 1, organization=each) for each in organizations]
    pages = max(1, min(CURSOR_PAGES, size.invoices // 4 // size.large // 200))
    return [sent(RESELLER, 1, organization=each, after=_cursor(ask, text, each, pages)) for each in organizations]


def _cursor(ask: Ask, text: str, organization: str, pages: int) -> str:
    after: str | None = None
    for _ in range(pages):
        answer = json.dumps(ask(text, {"organization": organization, "after": after}))
        after = str(json.loads(answer.partition('"endCursor": ')[2].partition("}")[0]))
    return str(after)


def paying(speech: Speech, payable: list[Payable]) -> list[Sent]:
    """A request for each invoice: its organization's owner pays it."""
    text = document("m1", speech)
    return [
        Sent(f"{SECRET}{each.user}", json.dumps({"query": text, "variables": {"input": _payment(speech, each, place)}}))
        for place, each in enumerate(payable)
    ]


def _payment(speech: Speech, each: Payable, place: int) -> dict[str, Any]:
    invoices = [spelled("inv", each.invoice.hex, speech)]
    given = {"invoiceIds": invoices, "expectedAmountMinor": str(each.total_minor), "idempotencyKey": f"key {place}"}
    if speech != "postgraphile":
        return {"organizationId": spelled("org", each.organization.hex, speech), **given}
    who = {"viewer": str(UUID(key(1, each.user))), "session": str(UUID(key(2, each.user)))}
    return {"payer": str(each.organization), **given, **who}
