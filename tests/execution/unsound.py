"""Houses and rooms, and ways to declare them wrongly."""

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Any

import strawberry
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig
from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from execution.declare import (
    Connection,
    Given,
    Node,
    column,
    entry,
    table,
)
from execution.guards import Guard
from execution.house import UnsoundSchema, check_schema
from execution.scalars import BigInt, scalar_map
from models.fields import Amount, IdField, Instant, NameField, SortedText

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
    cellar: fields.ForeignKeyNullableRelation["Cellar"] = fields.ForeignKeyField(
        "house.Cellar", related_name="doors", null=True
    )
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
