"""STA2, INV7: statements and notifications of the bank are read, in both versions, and nothing else is."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from resolvers.bank_statements import Movement, PaidOut, Returned, Unreadable
from resolvers.incoming_transfers import Credit
from rules.money import Currency
from rules.references import make_reference
from server.payouts.camt import UnreadableFile, read_statements
from tests.bank_files import OWN_IBAN, Entry, Part, notification, statement

OURS = frozenset({OWN_IBAN})
REFERENCE = make_reference(UUID(int=2026))


def read(content: bytes) -> list[Movement]:
    return read_statements(content, OURS)


@pytest.mark.parametrize("version", ["04", "08"])
@pytest.mark.parametrize("file", [statement, notification])
def test_money_that_arrived_is_read(version: str, file: Callable[..., bytes]) -> None:
    part = Part(reference=REFERENCE, message="for March")

    (movement,) = read(file(Entry("12.5", "B1", (part,)), version=version))

    assert movement == Credit(
        bank_reference=f"{OWN_IBAN}:B1",
        currency=Currency.CHF,
        amount_minor=1_250,
        payment_reference=REFERENCE,
        payer_name="Grace Moser",
        payer_iban="CH5604835012345678009",
        message="for March",
        booked_on=date(2026, 3, 3),
    )


def test_a_text_that_is_nothing_but_a_reference_is_one() -> None:
    spaced = f"{REFERENCE[:2]} {REFERENCE[2:7]} {REFERENCE[7:]}"

    first, second = read(
        statement(Entry("1", "B1", (Part(message=spaced),)), Entry("1", "B2", (Part(message="for March 2026"),)))
    )

    assert isinstance(first, Credit)
    assert isinstance(second, Credit)
    assert (first.payment_reference, second.payment_reference) == (spaced, "")


def test_a_collective_entry_is_its_parts_and_the_same_ones_in_both_kinds_of_files() -> None:
    parts = (Part("10.00", reference=REFERENCE, bank_reference="P1"), Part("2.50", message="x"))
    entry = Entry("12.50", "B1", parts, batch=2)

    told = [read(file) for file in (statement(entry), notification(entry))]

    assert told[0] == told[1]
    names = [(each.bank_reference, each.amount_minor) for each in told[0] if isinstance(each, Credit)]
    assert names == [(f"{OWN_IBAN}:P1", 1_000), (f"{OWN_IBAN}:B1/2", 250)]


@pytest.mark.parametrize(
    "entry",
    [
        Entry("12.50", "B1", (Part("10.00"), Part("2.49"))),
        Entry("12.50", "B1", (Part("10.00"), Part())),
        Entry("12.50", "B1", (Part("10.00"), Part("2.50", currency="EUR"))),
        Entry("12.50", "B1", (), batch=2),
        Entry("12.505", "B1"),
        Entry("0.00", "B1"),
        Entry("-1.00", "B1"),
        Entry("1.00", "B1", currency="USD"),
        Entry("1.00", "B1", credit=False, reversal=True),
    ],
    ids=[
        "parts do not sum",
        "a part without amount",
        "a part in another currency",
        "a batch without parts",
        "less than a cent",
        "nothing",
        "below nothing",
        "another currency",
        "taken back",
    ],
)
def test_what_a_person_must_look_at_is_neither_guessed_nor_lost(entry: Entry) -> None:
    (movement,) = read(statement(entry))

    assert isinstance(movement, Unreadable)
    assert "B1" in movement.why


def test_what_is_not_booked_yet_does_not_count() -> None:
    assert read(statement(Entry("12.50", "B1", status="PDNG"))) == []


def test_an_entry_without_the_banks_name_is_named_by_its_place_in_the_statement_alone() -> None:
    (in_statement,) = read(statement(Entry("12.50"), number="2026-61"))
    (in_notification,) = read(notification(Entry("12.50")))

    assert isinstance(in_statement, Credit)
    assert in_statement.bank_reference == f"{OWN_IBAN}:2026-61/1"
    assert isinstance(in_notification, Unreadable)


def test_payments_of_ours_are_told_when_they_left_and_when_they_came_back() -> None:
    """WAL3."""
    left, returned, reversed_ = read(
        statement(
            Entry("200.00", "B1", (Part(end_to_end="W1"),), credit=False),
            Entry("200.00", "B2", (Part(end_to_end="W1", returned="AC04"),)),
            Entry("200.00", "B3", (Part(end_to_end="W2"),), reversal=True),
        )
    )

    assert left == PaidOut("W1", Currency.CHF, 20_000)
    assert isinstance(returned, Returned)
    assert (returned.end_to_end_reference, returned.amount_minor, returned.reason) == ("W1", 20_000, "AC04")
    assert isinstance(reversed_, Returned)
    assert (reversed_.end_to_end_reference, reversed_.reason) == ("W2", "no reason was given")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&b;</Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&a;</Document>"""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<Document",
        b"\xff\xfe",
        BOMB,
        OUTSIDE,
        b"<Document/>",
        statement(Entry("1.00", "B1")).replace(b"camt.053", b"camt.052"),
        statement(Entry("1.00", "B1")).replace(b"001.08", b"001.02"),
        statement(Entry("1.00", "B1"), iban="CH9300762011623852957"),
        b" " * 20_000_001,
    ],
    ids=["empty", "cut", "no text", "bomb", "outside", "bare", "report", "old", "another account", "too large"],
)
def test_other_files_are_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(content)
