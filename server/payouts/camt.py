"""Statements and notifications of the bank: ISO 20022 camt.053 and camt.054, versions 04 and 08 (STA2, INV7).

Only what is booked on an account of ours counts. A payment that both a statement and a notification report has one name
in both, so that it is taken in once: the bank's reference of the entry, or of its part where there are several.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from resolvers.bank_statements import Movement, PaidOut, Returned, Unreadable
from resolvers.incoming_transfers import Credit
from rules.money import Currency
from rules.references import is_reference
from server.payouts.amounts import read_minor

LARGEST_BYTES = 20_000_000
NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.05[34]\.001\.0[48]\}")
STATEMENTS = ("BkToCstmrStmt/Stmt", "BkToCstmrDbtCdtNtfctn/Ntfctn")
NO_REASON = "no reason was given"


class UnreadableFile(Exception):
    """A file that is no statement of an account of ours; the message says why."""


@dataclass(frozen=True)
class _Entry:
    """What all parts of an entry share."""

    account: str
    name: str
    currency: Currency
    amount_minor: int
    is_credit: bool
    is_reversal: bool
    booked_on: date


def read_statements(content: bytes, own_ibans: frozenset[str]) -> list[Movement]:
    """The booked entries of all statements in a file, in their order.

    Refuses with UnreadableFile what is larger than 20 MB, no such file, or of an account that is not ours.
    """
    if len(content) > LARGEST_BYTES:
        raise UnreadableFile("the file is too large")
    try:
        document: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, ValueError):  # entities and the like are a ValueError
        raise UnreadableFile("the file is no XML that is accepted") from None
    namespace = NAMESPACE.match(document.tag)
    if namespace is None:
        raise UnreadableFile("the file is neither camt.053 nor camt.054, version 04 or 08")
    for element in document.iter():
        element.tag = element.tag.removeprefix(namespace[0])
    return [
        movement
        for path in STATEMENTS
        for statement in document.iterfind(path)
        for movement in _read_statement(statement, own_ibans)
    ]


def _read_statement(statement: Element, own_ibans: frozenset[str]) -> Iterator[Movement]:
    account = _text(statement, "Acct/Id/IBAN")
    if account not in own_ibans:
        raise UnreadableFile("the file is about an account that is not ours")
    for number, element in enumerate(statement.iterfind("Ntry"), 1):
        if (_text(element, "Sts/Cd") or _text(element, "Sts")) != "BOOK":
            continue
        name = _text(element, "AcctSvcrRef")
        if not name and statement.tag == "Stmt":
            # A statement comes once; its number and the entry's place tell the entry from all others.
            name = f"{_text(statement, 'Id')}/{number}"
        yield from _read_entry(element, account, name)


def _read_entry(element: Element, account: str, name: str) -> Iterator[Movement]:
    amount = element.find("Amt")
    currency = "" if amount is None else amount.get("Ccy", "")
    amount_minor = read_minor(_text(element, "Amt"))
    if not name:
        yield Unreadable("a notification without the bank's reference: it comes again in the statement")
        return
    if currency not in set(Currency) or not amount_minor:
        yield Unreadable(f"{name}: no amount of a currency of ours")
        return
    try:
        booked_on = date.fromisoformat((_text(element, "BookgDt/Dt") or _text(element, "BookgDt/DtTm"))[:10])
    except ValueError:
        yield Unreadable(f"{name}: no day of booking")
        return
    entry = _Entry(
        account,
        name,
        Currency(currency),
        amount_minor,
        is_credit=_text(element, "CdtDbtInd") == "CRDT",
        is_reversal=_text(element, "RvslInd") in {"true", "1"},
        booked_on=booked_on,
    )
    yield from _read_parts(element, entry)


def _read_parts(element: Element, entry: _Entry) -> Iterator[Movement]:
    parts = element.findall("NtryDtls/TxDtls")
    if len(parts) < 2:
        if not parts and _text(element, "NtryDtls/Btch/NbOfTxs") not in {"", "1"}:
            yield Unreadable(f"{entry.name}: its payments are named in the detailed notification alone")
        else:
            yield _read_movement(parts[0] if parts else element, entry, entry.name, entry.amount_minor)
        return
    amounts = [_amount_of(part, entry) for part in parts]
    if None in amounts or sum(each or 0 for each in amounts) != entry.amount_minor:
        yield Unreadable(f"{entry.name}: its parts do not sum to it")
        return
    for number, (part, amount_minor) in enumerate(zip(parts, amounts, strict=True), 1):
        own = _text(part, "Refs/AcctSvcrRef")
        name = own if own and own != entry.name else f"{entry.name}/{number}"
        yield _read_movement(part, entry, name, amount_minor or 0)


def _amount_of(part: Element, entry: _Entry) -> int | None:
    """What a part of an entry comes to; None where it is said in another currency, or goes the other way."""
    if _text(part, "CdtDbtInd") not in {"", "CRDT" if entry.is_credit else "DBIT"}:
        return None
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = part.find(path)
        if found is not None and found.get("Ccy") == entry.currency:
            return read_minor((found.text or "").strip()) or None
    return None


def _read_movement(part: Element, entry: _Entry, name: str, amount_minor: int) -> Movement:
    end_to_end = _text(part, "Refs/EndToEndId")
    is_returned = entry.is_reversal or part.find("RtrInf") is not None
    if not entry.is_credit:
        if is_returned:
            return Unreadable(f"{name}: money that had arrived was taken back")
        return PaidOut(end_to_end, entry.currency, amount_minor)
    credit = Credit(
        bank_reference=f"{entry.account}:{name}",
        currency=entry.currency,
        amount_minor=amount_minor,
        payment_reference=_reference_of(part),
        payer_name=_text(part, "RltdPties/Dbtr/Pty/Nm") or _text(part, "RltdPties/Dbtr/Nm"),
        payer_iban=_text(part, "RltdPties/DbtrAcct/Id/IBAN"),
        message=_message_of(part),
        booked_on=entry.booked_on,
    )
    if not is_returned:
        return credit
    why = [_text(part, "RtrInf/Rsn/Cd") or _text(part, "RtrInf/Rsn/Prtry"), _text(part, "RtrInf/AddtlInf")]
    reason = " ".join(each for each in why if each) or NO_REASON
    return Returned(end_to_end, entry.currency, amount_minor, reason, credit)


def _reference_of(part: Element) -> str:
    """The structured reference of a payment, or a text that is nothing but one: banks abroad know no other place."""
    structured = _text(part, "RmtInf/Strd/CdtrRefInf/Ref")
    message = _message_of(part)
    return structured or (message if is_reference(message) else "")


def _message_of(part: Element) -> str:
    return " ".join((each.text or "").strip() for each in part.iterfind("RmtInf/Ustrd"))


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
