"""What each declared field must promise, seen failing on planted violations."""

from datetime import date
from typing import Any

import pytest
import strawberry
from strawberry import ID
from strawberry.permission import PermissionExtension
from tortoise.expressions import Q

from execution.declare import (
    NOW,
    column,
    computed,
    count,
    fact,
    grouped,
    lookup,
    many,
    one,
    pages,
    value,
)
from execution.guards import Anyone
from tests.execution.unsound import (
    LIST,
    PAGE,
    ROOM,
    SOUND,
    IsStranger,
    Share,
    Wilful,
    Wordless,
    Worth,
    narrowing,
    order,
    problems,
)


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        (SOUND, ""),
        ({"nick": (str, column("Nick."))}, "House.nick: must be nullable, as nick is"),
        ({"name": (str | None, column("Name."))}, "House.name: must be non-null, as name is"),
        ({"name": (str | None, column("Name.", who=Anyone()))}, ""),
        ({"name": (str, column("Name.", who=Anyone()))}, "House.name: is guarded, so it must be nullable"),
        ({"missing": (str, column("Missing."))}, "House.missing: there is no column missing"),
        (
            {"worth": (Worth, value("Worth.", amount_minor="worth_minor", currency="currency"))},
            "",
        ),
        (
            {"worth": (Worth, value("Worth.", amount_minor="worth_minor", money="currency"))},
            "House.worth: money is no attribute of the value",
        ),
        (
            {"worth": (Worth, value("Worth.", amount_minor="worth_minor", currency="nick"))},
            "House.worth: must be nullable, as worth_minor, nick is",
        ),
        ({"burns": (bool, fact("Burns.", Q(burns_at__lt=NOW)))}, ""),
        (
            {"burns": (bool | None, fact("Burns.", Q(burns_at__lt=NOW)))},
            "House.burns: is a fact that everybody may read",
        ),
        (
            {"burns": (bool, fact("Burns.", Q(burnt_at__lt=NOW)))},
            "House.burns: burnt_at__lt: House has no column burnt_at",
        ),
        (
            {"age": (int, computed("Age.", by=lambda *_: 1, needs=("age",)))},
            "House.age: there is no column age",
        ),
        ({"rooms": (PAGE, pages("Rooms."))}, ""),
        ({"rooms": (LIST, many("Rooms.", where=Q(owner="me")))}, "belongs to no organization"),
        ({"house": (ROOM, one("House."))}, "House.house: House has no relation house"),
        ({"cellars": (ROOM, one("Cellar."))}, "House.cellars: no type shows Cellar"),
        ({"rooms": (LIST, many("Rooms."))}, ""),
        (
            {"rooms": (LIST, many("Rooms.", first=2))},
            "House.rooms: is guarded or takes arguments, so it must be nullable",
        ),
        (
            {"rooms": (LIST, many("Rooms.", order="nick"))},
            "House.rooms: the order nick names nick, which is no column",
        ),
        ({"rooms": (LIST, many("Rooms.", where=Q(colour="RED")))}, "House.rooms: colour: Room has no column colour"),
        ({"rooms": (PAGE, pages("Rooms.", order_by=order(BAD="colour")))}, "the order colour names colour"),
        ({"room_count": (int, count("Number.", over="rooms"))}, ""),
        ({"room_count": (int | None, count("Number.", over="rooms"))}, "counts for everybody, so it must be non-null"),
        (
            {"shares": (list[Share], grouped("Shares.", over="rooms", by="colour"))},
            "House.shares: there is no column colour that is never NULL to group by",
        ),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(str, lookup("colour", "Colour."))))},
            "it of the filter looks at colour, which is no column",
        ),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(str, lookup("name__like", "Name."))))},
            "it of the filter looks at name__like, which is no column",
        ),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(date, lookup("house__built_on__contains", "Built."))))},
            "it of the filter matches text, but house__built_on is none",
        ),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(str, lookup("house_id", "House."))))},
            "it of the filter must be an ID exactly if it is compared with a key",
        ),
        ({"rooms": (PAGE, pages("Rooms.", filter=narrowing(str, lookup("name", "Name.", among="other"))))}, ""),
        ({"rooms": (PAGE, pages("Rooms.", filter=narrowing(ID, lookup("twin_id", "Twin.", among="other"))))}, ""),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(str, lookup("name", "Name.", among="walls"))))},
            "it of the filter: Room has no relation walls",
        ),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(str, lookup("colour", "Colour.", among="other"))))},
            "it of the filter looks at colour, which is no column",
        ),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(ID, lookup("twin_id__not", "Not.", among="other"))))},
            "it of the filter must ask for the rows that it names, among others, not for all but them",
        ),
        (
            {"rooms": (PAGE, pages("Rooms.", filter=narrowing(ID, lookup("cellar_id", "Cellar.", among="other"))))},
            "it of the filter names a Cellar, which no type shows",
        ),
        (
            {
                "rooms": (
                    PAGE,
                    pages("Rooms.", filter=narrowing(str, strawberry.field(description="It.", default=None))),
                )
            },
            "it of the filter names no lookup",
        ),
        ({"name": (str | None, column("Name.", who=Wilful()))}, "Wilful overrides has_permission"),
        ({"name": (str | None, column("Name.", who=Wordless()))}, "Wordless has no sentence"),
        (
            {
                "name": (
                    str | None,
                    strawberry.field(description="Name.", extensions=[PermissionExtension([IsStranger()])]),
                )
            },
            "IsStranger is not a Guard",
        ),
        ({"name": (str, strawberry.field())}, "House.name: has no description"),
    ],
)
@pytest.mark.usefixtures("fresh")
def test_a_type_says_what_its_table_keeps(members: dict[str, tuple[Any, Any]], problem: str) -> None:
    found = problems(members)

    assert problem in found
    assert bool(problem) == bool(found)
