"""Every promise of a schema is checked, and each check is seen failing on a planted violation."""

from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum, StrEnum
from typing import Any

import pytest
import strawberry
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema.config import StrawberryConfig
from tortoise import Tortoise, fields
from tortoise.expressions import Q
from tortoise.models import Model

from execution import tables
from execution.declare import (
    NOW,
    Connection,
    Given,
    Node,
    column,
    computed,
    count,
    entry,
    entry_pages,
    fact,
    grouped,
    lookup,
    many,
    one,
    pages,
    table,
    value,
)
from execution.guards import Anyone, Guard
from execution.house import UnsoundSchema, check_schema, coded_fields
from execution.scalars import BigInt, scalar_map
from models.fields import Amount, IdField, Instant, NameField, SortedText
from tests.execution.sample.types import schema as sound

EVERYONE = Q()


class Colour(StrEnum):
    RED = "RED"


class House(Model):
    id = IdField(primary_key=True)
    name = SortedText(max_length=20)
    text = fields.TextField()
    nick = SortedText(max_length=20, null=True)
    second = SortedText(max_length=20)
    colour = NameField(Colour)
    built_on = fields.DateField(null=True)
    burns_at = Instant(null=True)
    worth_minor = Amount()
    currency = fields.CharField(max_length=3)
    weight = fields.FloatField()

    class Meta:
        table = "houses"


class Room(Model):
    id = IdField(primary_key=True)
    house: fields.ForeignKeyRelation[House] = fields.ForeignKeyField("house.House", related_name="rooms")
    twin: fields.OneToOneNullableRelation["Room"] = fields.OneToOneField("house.Room", related_name="other", null=True)
    name = SortedText(max_length=20)

    class Meta:
        table = "rooms"


class Cellar(Model):
    id = IdField(primary_key=True)
    house: fields.ForeignKeyRelation[House] = fields.ForeignKeyField("house.House", related_name="cellars")
    damp = fields.BooleanField(null=True)

    class Meta:
        table = "cellars"


class IsOwner(Guard):
    """Own the house."""

    allows = Q(name="mine")


class IsStranger(BasePermission):
    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return True


class Wilful(Guard):
    """Do as one likes."""

    allows = EVERYONE

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return True


class IsEarly(Guard):
    """Come early."""

    admits = Given(name="early", memory=lambda _context: True)
    allows = EVERYONE


class Wordless(Guard):
    allows = EVERYONE


@strawberry.type(description="An amount.")
class Worth:
    amount_minor: BigInt = strawberry.field(description="Amount.")
    currency: str = strawberry.field(description="Currency.")


@strawberry.type(description="A number of houses.")
class Share:
    colour: str = strawberry.field(description="Colour.")
    count: int = strawberry.field(description="Number.")


def order(**orders: str) -> type[Enum]:
    made = Enum("Orders", orders)  # type: ignore[misc]  # the members are the test's
    return strawberry.enum(made, description="Orders.")


def narrowing(kind: Any, declared: Any) -> Any:
    made = type("Narrowing", (), {"__annotations__": {"it": kind | None}, "it": declared})
    return strawberry.input(made, description="Which.")


@pytest.fixture
def fresh() -> Iterator[None]:
    """The models are shown by this test's types alone."""
    Tortoise.init_models([__name__], "house")
    before = dict(tables._tables)
    yield
    tables._tables.clear()
    tables._tables.update(before)


def type_of(model: type[Model], name: str, prefix: str, members: dict[str, tuple[Any, Any]], **declared: Any) -> Any:
    body = {"__annotations__": {key: kind for key, (kind, _) in members.items()}, "__doc__": f"{name}."}
    body |= {key: field for key, (_, field) in members.items()}
    declared = {"owner": None, "seen": EVERYONE, **declared}
    return table(model, prefix=prefix, **declared)(type(name, (Node,), body))


def of(generic: Any, shown: Any) -> Any:
    """A generic of a type that is made by a test."""
    return generic[shown]


ROOM, LIST, PAGE = "a room", "a list of rooms", "a page of rooms"
SHAPES: dict[Any, Callable[[Any], Any]] = {
    ROOM: lambda room: room | None,
    LIST: lambda room: of(list, room),
    PAGE: lambda room: of(Connection, room) | None,
}


def problems(members: dict[str, tuple[Any, Any]], room: dict[str, Any] | None = None, **declared: Any) -> str:
    """What the house says about a schema with such a type of houses, which may lead to rooms."""
    shown = type_of(Room, "Room", "roo", {"name": (str, column("Name."))}, **(room or {}))
    shaped = {
        key: (SHAPES[kind](shown) if isinstance(kind, str) else kind, field) for key, (kind, field) in members.items()
    }
    house = type_of(House, "House", "hou", shaped, **declared)
    return said(asking(house, entry(House, "A house.", who=declared.get("who")), shown))


def asking(kind: Any, field: Any, *types: Any) -> strawberry.Schema:
    """A schema with one question."""
    query = type("Query", (), {"__annotations__": {"house": kind | None}, "house": field})
    query = strawberry.type(query, description="Questions.")
    return strawberry.Schema(query, types=types, config=StrawberryConfig(scalar_map=scalar_map()))


def said(schema: strawberry.Schema) -> str:
    try:
        check_schema(schema)
    except UnsoundSchema as unsound:
        return str(unsound)
    return ""


SOUND: dict[str, tuple[Any, Any]] = {"name": (str, column("Name."))}


def test_the_small_world_is_sound() -> None:
    Tortoise.init_models(["tests.execution.sample.models"], "sample")

    check_schema(sound)

    assert coded_fields(sound) == []


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
