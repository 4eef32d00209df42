"""What a schema must promise as a whole, seen failing on planted violations."""

from enum import Enum

import pytest
import strawberry
from tortoise import Tortoise
from tortoise.expressions import Q

from execution import tables
from execution.declare import (
    Connection,
    column,
    computed,
    count,
    entry,
    entry_pages,
    lookup,
    many,
    one,
    pages,
)
from execution.guards import Anyone
from execution.house import check_schema, coded_fields
from tests.execution.sample.types import schema as sound
from tests.execution.unsound import (
    PAGE,
    SHAPES,
    SOUND,
    Cellar,
    House,
    IsEarly,
    IsOwner,
    Room,
    asking,
    narrowing,
    of,
    problems,
    said,
    type_of,
)


def test_the_small_world_is_sound() -> None:
    Tortoise.init_models(["tests.execution.sample.models"], "sample")

    check_schema(sound)

    assert [name for name in coded_fields(sound) if not name.startswith("Mutation.")] == []


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ("name,second", "more than one free text"),
        ("nick", "which may be NULL"),
        ("-text", "not collated by code points"),
        ("weight", "of no kind that a cursor can hold"),
        ("rooms", "which is no column"),
        ("worth_minor,name", ""),
    ],
)
@pytest.mark.usefixtures("fresh")
def test_an_order_can_be_held_by_a_cursor(order: str, problem: str) -> None:
    built = type_of(House, "House", "hou", SOUND)
    listed = entry_pages(House, "Houses.", who=Anyone(), order=order)

    found = said(asking(of(Connection, built), listed))

    assert problem in found
    assert bool(problem) == bool(found)


@pytest.mark.usefixtures("fresh")
def test_an_edge_to_a_row_that_may_be_hidden_is_nullable() -> None:
    house = type_of(House, "House", "hou", SOUND, seen=Q(name="mine"))
    members = {"name": (str, column("Name.")), "house": (house, one("House."))}
    type_of(Room, "Room", "roo", members)
    shown = tables.table_of(Room).type

    found = said(asking(house, entry(House, "It.", who=None), shown))

    assert "Room.house: leads to a row that may be hidden or missing, so it must be nullable" in found


@pytest.mark.usefixtures("fresh")
def test_an_edge_carries_the_guard_of_its_type() -> None:
    found = problems({"rooms": (PAGE, pages("Rooms."))}, room={"who": IsOwner()})

    assert "House.rooms: leads to Room, so it must carry IsOwner" in found


@pytest.mark.usefixtures("fresh")
def test_an_entry_carries_the_guard_of_its_type() -> None:
    house = type_of(House, "House", "hou", SOUND, who=IsOwner())

    assert said(asking(house, entry(House, "A house.", who=IsOwner()))) == ""
    assert "Query.house: leads to House, so it must carry IsOwner" in said(
        asking(house, entry(House, "A house.", who=Anyone()))
    )


@pytest.mark.usefixtures("fresh")
def test_what_a_guard_hides_cannot_be_guessed() -> None:
    type_of(Room, "Room", "roo", {"name": (str | None, column("Name.", who=IsOwner()))})
    page = SHAPES[PAGE](tables.table_of(Room).type)
    house = type_of(
        House,
        "House",
        "hou",
        {
            "sorted_rooms": (page, pages("Rooms.", over="rooms", order="name")),
            "rooms": (page, pages("Rooms.", filter=narrowing(str, lookup("name", "Name.")))),
            "guarded": (
                page,
                pages("Rooms.", over="rooms", order="name", who=IsOwner()),
            ),
        },
    )

    found = said(asking(house, entry(House, "It.", who=None)))

    assert "House.sortedRooms: lets name be guessed, which IsOwner hides" in found
    assert "House.rooms: lets name be guessed, which IsOwner hides" in found
    assert "House.guarded" not in found


@pytest.mark.usefixtures("fresh")
def test_a_connection_is_nullable_and_a_single_row_is_no_list() -> None:
    room = type_of(Room, "Room", "roo", {"name": (str, column("Name."))})
    members = {
        "name": (str, column("Name.")),
        "rooms": (of(Connection, room), pages("Rooms.")),
    }
    house = type_of(House, "House", "hou", members)

    found = said(asking(house, entry(House, "It.", who=None)))

    assert "House.rooms: is a connection, whose arguments may be wrong, so it must be nullable" in found


@pytest.mark.usefixtures("fresh")
def test_a_relation_to_one_row_is_no_list() -> None:
    house = type_of(House, "House", "hou", SOUND)
    members = {
        "houses": (of(list, house), many("Houses.", over="house")),
        "number": (int, count("Number.", over="other")),
    }
    room = type_of(Room, "Room", "roo", members)

    found = said(asking(room, entry(Room, "It.", who=None)))

    for field in ("houses", "number"):
        assert f"Room.{field}: leads to one row at most, so it must be declared with `one`" in found


@pytest.mark.usefixtures("fresh")
def test_a_guard_of_rows_asks_rows() -> None:
    found = problems({"name": (str, column("Name."))}, who=IsEarly())

    assert "House: IsEarly admits requests, but guards rows; that is for `seen`" in found


@pytest.mark.usefixtures("fresh")
def test_an_entry_leads_to_a_table_that_is_shown() -> None:
    house = type_of(House, "House", "hou", SOUND)

    assert "Query.house: no type shows Cellar" in said(asking(house, entry(Cellar, "It.", who=None)))


@pytest.mark.usefixtures("fresh")
def test_a_truth_value_is_never_null() -> None:
    cellar = type_of(Cellar, "Cellar", "cel", {"damp": (bool | None, column("Damp."))})

    found = said(asking(cellar, entry(Cellar, "It.", who=None)))

    assert "Cellar: the column damp is a truth value that may be NULL" in found


@pytest.mark.usefixtures("fresh")
def test_two_tables_of_one_prefix_are_refused() -> None:
    rooms = type_of(Room, "Room", "hou", {"name": (str, column("Name."))})
    house = type_of(House, "House", "hou", SOUND)

    with pytest.raises(TypeError, match="two tables share the prefix hou"):
        check_schema(asking(house, entry(House, "It.", who=None), rooms))


@strawberry.enum
class Shade(Enum):
    DARK = "d"


@strawberry.type
class Bare:
    shade: Shade
    name: str = column("A column without a table.")
    guarded: str | None = computed("A guard without a row.", by=lambda _: "", who=IsOwner())

    @strawberry.field
    def coded(self, argument: int) -> str:
        return str(argument)


def test_what_is_not_declared_is_described_and_listed_all_the_same() -> None:
    schema = strawberry.Schema(Bare)

    found = said(schema)

    for problem in (
        "Bare: has no description",
        "Bare.shade: has no description",
        "Bare.coded: the argument argument has no description",
        "Bare.name: needs a row, but its type shows no table",
        "Bare.guarded: IsOwner asks a row, but the type shows no table",
        "Shade.DARK: its value d differs from its name",
    ):
        assert problem in found
    assert coded_fields(schema) == ["Bare.coded"]
