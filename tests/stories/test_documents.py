"""INV3, INV10, MEM5, O4: documents are asked for, fetched for a few minutes, and only by who may still see them."""

import csv
import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tortoise.expressions import Q, Subquery

from models import AuditEntry, Event, Invoice, Membership, Organization, Session, User
from resolvers import documents
from resolvers.caller import Nobody
from resolvers.credit_notes import issue_credit_note
from resolvers.documents import Choice
from resolvers.payments import pay_from_wallet
from resolvers.promotional_credit import give_credit
from resolvers.reconciliation import reconcile
from resolvers.transactions import transaction
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.locales import Locale
from rules.money import Currency
from rules.policy import Policy
from rules.rights import Role
from server.documents import printing
from server.vault import FernetVault
from tests.documents.reading import codes_on, pages_of
from tests.invoices import draft, issue
from tests.world import Answer, Client, World, id_of

pytestmark = pytest.mark.anyio

LINK = "... on {} {{ download {{ url fileName expiresAt }} }}"


@dataclass
class Office:
    """An organization with somebody who may see its money, and what they owe."""

    world: World
    organization: Organization
    user: User
    client: Client

    @classmethod
    async def open(cls, world: World, locale: Locale = Locale.EN) -> "Office":
        user = await world.add_user(locale=locale)
        return cls(world, await world.add_organization(user), user, await world.sign_in(user))

    async def owe(self, *net_minor: int, **more: Any) -> Invoice:
        return await issue(self.organization, self.world.clock.now(), *net_minor, **more)

    async def pay(self, invoice: Invoice) -> None:
        acting = Nobody(self.world.clock.now())
        async with transaction():
            payer = await Organization.get(id=self.organization.id)
            wallet = await give_credit(acting, payer, Currency.CHF, invoice.total_minor)
            await pay_from_wallet(acting, payer, wallet, [invoice], invoice.total_minor)

    async def credit(self, invoice: Invoice) -> Invoice:
        acting = await self.world.staff_at_terminal()
        return await issue_credit_note(acting, Policy(), invoice_id=invoice.id, parts=None, reason="billed twice")

    async def ask(self, mutation: str, invoice: Invoice, client: Client | None = None) -> Answer:
        selection = LINK.format(f"{mutation[0].upper()}{mutation[1:]}Success")
        return await (client or self.client).do(mutation, selection, invoiceId=public_id(Prefix.INVOICE, invoice.id))

    async def export(self, client: Client | None = None, **choice: Any) -> Answer:
        selection = LINK.format("ExportBillingSuccess")
        organization = id_of(self.organization)
        return await (client or self.client).do("exportBilling", selection, organizationId=organization, **choice)

    async def fetch(self, answer: Answer) -> httpx.Response:
        """Follow a link as a browser does that is not signed in here."""
        self.world.http.cookies.clear()
        return await self.world.http.get(answer.result()["download"]["url"])

    async def colleague(self, *, billing: bool = True) -> tuple[Membership, Client]:
        user = await self.world.add_user()
        membership = await self.world.add_member(self.organization, user, Role.COLLABORATOR, billing=billing)
        return membership, await self.world.sign_in(user)


@pytest.fixture
async def office(world: World) -> Any:
    """Books that must add up at the end of every test."""
    yield await Office.open(world)
    assert await reconcile() == []


def rows_of(response: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


async def test_a_pro_forma_is_fetched_and_its_code_can_be_paid(office: Office) -> None:
    invoice = await office.owe(10_000)

    answer = await office.ask("issueProForma", invoice)

    download = answer.result()["download"]
    assert download["fileName"] == f"{public_id(Prefix.INVOICE, invoice.id)}-pro-forma.pdf"
    assert download["expiresAt"] == "2026-03-02T09:40:00+00:00"
    response = await office.fetch(answer)
    assert response.status_code == 200
    ((_, code),) = codes_on(response.content)
    assert (code.split("\n")[18], code.split("\n")[28]) == ("108.10", invoice.payment_reference)


async def test_a_document_is_sent_as_a_file_that_nobody_keeps(office: Office) -> None:
    response = await office.fetch(await office.ask("issueProForma", invoice := await office.owe(10_000)))

    name = f"{public_id(Prefix.INVOICE, invoice.id)}-pro-forma.pdf"
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_final_invoice_exists_once_it_is_paid(office: Office) -> None:
    """INV3: INVOICE_NOT_FINAL before, INVOICE_NOT_PAYABLE after; viewerCan says it beforehand."""
    invoice = await office.owe(10_000)
    refused = await office.client.do(
        "requestInvoiceDocument",
        "... on InvoiceNotFinal { invoiceId state }",
        invoiceId=public_id(Prefix.INVOICE, invoice.id),
    )
    assert refused.refused() == "INVOICE_NOT_FINAL"
    assert refused.result()["state"] == "OPEN"

    await office.pay(invoice)

    assert (await office.ask("issueProForma", invoice)).refused() == "INVOICE_NOT_PAYABLE"
    response = await office.fetch(await office.ask("requestInvoiceDocument", invoice))
    (text,) = pages_of(response.content)
    assert f"Invoice {invoice.number}" in text
    assert "2 March 2026, Wallet pay_" in text
    assert codes_on(response.content) == []


async def test_a_pro_forma_that_was_asked_for_before_paying_is_not_handed_out_afterwards(office: Office) -> None:
    """INV3: nobody pays twice by a link from before."""
    invoice = await office.owe(10_000)
    asked = await office.ask("issueProForma", invoice)

    await office.pay(invoice)

    assert (await office.fetch(asked)).status_code == 404


async def test_documents_speak_the_language_of_the_invoice(world: World) -> None:
    """USR11: that of the customer, whoever fetches it."""
    office = await Office.open(world, Locale.FR)

    response = await office.fetch(await office.ask("issueProForma", await office.owe(10_000)))

    assert "Facture pro forma" in pages_of(response.content)[0]


async def test_a_credit_note_is_final_at_once(office: Office) -> None:
    invoice = await office.owe(10_000)
    await office.pay(invoice)
    note = await office.credit(invoice)

    response = await office.fetch(await office.ask("requestInvoiceDocument", note))

    (text,) = pages_of(response.content)
    assert f"Credit note {note.number}" in text
    assert f"Corrects invoice {invoice.number}" in text
    assert "-108.10" in text
    assert "credited to the wallet" in text


async def test_a_credit_note_of_an_open_invoice_says_that_it_need_not_be_paid(office: Office) -> None:
    """INV1."""
    note = await office.credit(await office.owe(10_000))

    (text,) = pages_of((await office.fetch(await office.ask("requestInvoiceDocument", note))).content)

    assert "need not be paid any more" in text


@pytest.mark.parametrize("lost", ["membership", "billing right", "session", "account"])
async def test_who_lost_what_the_link_needs_finds_nothing(office: Office, lost: str) -> None:
    """MEM5, MEM7, A14: the right is asked again when the link is opened."""
    invoice = await office.owe(10_000)
    membership, client = await office.colleague()
    asked = [await office.ask("issueProForma", invoice, client), await office.export(client)]
    assert [(await office.fetch(each)).status_code for each in asked] == [200, 200]

    now = office.world.clock.now()
    if lost == "membership":
        await Membership.filter(id=membership.id).delete()
    elif lost == "billing right":
        await Membership.filter(id=membership.id).update(billing=False, billing_reminders=False)
    elif lost == "session":
        await Session.filter(user_id=membership.user_id).update(ended_at=now)
    else:
        await User.filter(id=membership.user_id).update(closed_at=now)

    responses = [await office.fetch(each) for each in asked]
    assert [response.status_code for response in responses] == [404, 404]
    assert {response.text for response in responses} == {"This link does not work any more. Ask for a new one."}


async def test_a_link_works_for_minutes(office: Office) -> None:
    asked = await office.ask("issueProForma", await office.owe(10_000))

    office.world.clock.move(minutes=9, seconds=59)
    assert (await office.fetch(asked)).status_code == 200
    office.world.clock.move(seconds=1)

    assert (await office.fetch(asked)).status_code == 404


async def test_a_link_that_was_changed_or_made_by_others_opens_nothing(office: Office) -> None:
    """Also one that was sealed with a key of ours for another purpose."""
    asked = await office.ask("issueProForma", await office.owe(10_000))
    address = urlsplit(asked.result()["download"]["url"])
    (sealed,) = parse_qs(address.query)["link"]
    other_key = FernetVault("another secret", "downloads").seal("{}")
    other_purpose = FernetVault(office.world.settings.secret_key).seal("{}")

    changed = sealed[:40] + ("B" if sealed[40] == "A" else "A") + sealed[41:]
    for link in ("", "x", "é", sealed[:-2], changed, other_key, other_purpose):
        response = await office.world.http.get("/download", params={"link": link})
        assert response.status_code == 404, link
    assert (await office.world.http.get("/download")).status_code == 404
    assert (await office.world.http.post("/download", params={"link": sealed})).status_code == 405


async def test_a_link_tells_nothing_by_itself(office: Office) -> None:
    """S6: neither the invoice nor the session can be read in it."""
    invoice = await office.owe(10_000)
    session = await Session.get(user_id=office.user.id)

    url = (await office.ask("issueProForma", invoice)).result()["download"]["url"]

    assert url.startswith("http://127.0.0.1:8000/download?link=")
    assert invoice.id.hex not in url
    assert session.id.hex not in url


async def test_an_export_holds_the_organizations_own_invoices_line_by_line(office: Office) -> None:
    """INV10, ORG4."""
    first = await office.owe(10_000, 5_000)
    second = await office.owe(2_000, description="=cmd|'/c calc'!A1")
    note = await office.credit(second)
    await office.pay(first)
    await (await Office.open(office.world)).owe(77_777)

    response = await office.fetch(await office.export())

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    rows = rows_of(response)
    assert [(row["invoice_number"], row["state"], row["net"]) for row in rows] == [
        (first.number, "PAID", "100.00"),
        (first.number, "PAID", "50.00"),
        (second.number, "VOID", "20.00"),
        (note.number, "PAID", "-20.00"),
    ]
    assert rows[2]["description"] == "'=cmd|'/c calc'!A1"
    assert rows[0]["paid_on"] == "2026-03-02"


async def test_an_export_is_narrowed_by_time_and_state(office: Office) -> None:
    early = await office.owe(1_000)
    office.world.clock.move(days=40)
    client = await office.world.sign_in(office.user)
    late, paid = await office.owe(2_000), await office.owe(3_000)
    await office.pay(paid)

    async def numbers(**choice: Any) -> list[str]:
        return [row["invoice_number"] for row in rows_of(await office.fetch(await office.export(client, **choice)))]

    assert await numbers() == [early.number, late.number, paid.number]
    assert await numbers(issuedBefore="2026-04-11") == [early.number]
    assert await numbers(issuedFrom="2026-04-11") == [late.number, paid.number]
    assert await numbers(states=["OPEN"]) == [early.number, late.number]
    assert await numbers(issuedFrom="2026-04-11", states=["PAID", "VOID"]) == [paid.number]


async def test_an_export_is_read_in_parts_without_missing_an_invoice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several of the same instant, and a number that is no multiple of a part."""
    invoices = [await office.owe(1_000) for _ in range(5)]
    office.world.clock.move(minutes=1)
    invoices += [await office.owe(1_000) for _ in range(4)]
    monkeypatch.setattr(documents, "EXPORTED_TOGETHER", 2)

    rows = rows_of(await office.fetch(await office.export()))

    assert [row["invoice_number"] for row in rows] == [invoice.number for invoice in invoices]


async def test_a_right_that_is_lost_while_it_is_read_ends_an_export(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MEM7: the predicate is asked with every part."""
    for _ in range(4):
        await office.owe(1_000)
    monkeypatch.setattr(documents, "EXPORTED_TOGETHER", 2)
    membership, _ = await office.colleague()
    holders = Membership.filter(id=membership.id, billing=True).values("organization_id")
    may_see = Q(billed_to_id__in=Subquery(holders))
    reading = documents.read_exported(may_see, office.organization.id, Choice())
    read = [await anext(reading)]

    await Membership.filter(id=membership.id).update(billing=False, billing_reminders=False)

    read += [each async for each in reading]
    assert len(read) == 2


async def test_while_too_many_documents_are_made_another_waits(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = await office.ask("issueProForma", await office.owe(10_000))
    monkeypatch.setattr(printing, "WAITING", -office.world.settings.documents_at_once)

    response = await office.fetch(asked)

    assert (response.status_code, response.headers["retry-after"]) == (429, "1")


async def test_drafts_are_not_exported(office: Office) -> None:
    invoice = await office.owe(1_000)
    await draft(office.organization, office.world.clock.now(), 2_000)

    rows = rows_of(await office.fetch(await office.export(states=["DRAFT", "OPEN"])))

    assert [row["invoice_number"] for row in rows] == [invoice.number]


@pytest.mark.parametrize("mutation", ["issueProForma", "requestInvoiceDocument", "exportBilling"])
async def test_without_the_billing_right_there_is_no_document(office: Office, mutation: str) -> None:
    """MEM5, ORG4: members are told which right is missing, strangers that there is nothing."""
    invoice = await office.owe(10_000)
    _, colleague = await office.colleague(billing=False)
    stranger = (await Office.open(office.world)).client

    def ask(client: Client) -> Any:
        return office.export(client) if mutation == "exportBilling" else office.ask(mutation, invoice, client)

    assert (await ask(colleague)).codes == ["FORBIDDEN"]
    assert (await ask(stranger)).codes == ["NOT_FOUND"]
    assert (await ask(office.world.stranger())).codes == ["UNAUTHENTICATED"]


async def test_who_had_which_document_is_written_down(office: Office) -> None:
    """RES8."""
    invoice = await office.owe(10_000)
    await office.ask("issueProForma", invoice)
    await office.export(issuedFrom="2026-01-01")
    await office.pay(invoice)
    await office.ask("requestInvoiceDocument", invoice)

    kinds = [EventKind.PRO_FORMA_ISSUED, EventKind.BILLING_EXPORTED, EventKind.INVOICE_DOCUMENT_REQUESTED]
    events = await Event.filter(kind__in=kinds).order_by("position")
    assert [event.kind for event in events] == kinds
    assert {event.actor_id for event in events} == {office.user.id}
    assert await AuditEntry.filter(action__in=kinds).count() == 3


async def test_viewer_can_says_which_document_there_is(office: Office) -> None:
    open_one, paid_one = await office.owe(10_000), await office.owe(10_000)
    await office.pay(paid_one)

    answer = await office.client.ask(
        """query Q($ids: [ID!]!, $id: ID!) {
            nodes(ids: $ids) { ... on Invoice { viewerCan {
                issueProForma { allowed code } requestDocument { allowed code reason } } } }
            organization(id: $id) { viewerCan { exportBilling { allowed } } } }""",
        ids=[public_id(Prefix.INVOICE, invoice.id) for invoice in (open_one, paid_one)],
        id=id_of(office.organization),
    )

    allowed = {"allowed": True, "code": None}
    assert [each["viewerCan"] for each in answer.data["nodes"]] == [
        {
            "issueProForma": allowed,
            "requestDocument": {
                "allowed": False,
                "code": "INVOICE_NOT_FINAL",
                "reason": "The final invoice exists once it is paid.",
            },
        },
        {
            "issueProForma": {"allowed": False, "code": "INVOICE_NOT_PAYABLE"},
            "requestDocument": {**allowed, "reason": None},
        },
    ]
    assert answer.data["organization"]["viewerCan"]["exportBilling"] == {"allowed": True}
