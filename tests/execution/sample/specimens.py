"""A type with every combination of declarations that two executors could read differently."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from tortoise.expressions import Q

from execution.declare import (
    NOW,
    Connection,
    Node,
    column,
    computed,
    count,
    entry,
    entry_pages,
    fact,
    gate,
    grouped,
    lookup,
    many,
    one,
    pages,
    scaled,
    table,
    value,
)
from execution.denials import bad_request
from execution.guards import Anyone, Guard
from execution.predicates import Given
from execution.scalars import BigInt
from tests.execution.sample import links, models
from tests.execution.sample.models import Mood, ProductKind
from tests.execution.sample.rights import BILLED, GRANTED, VIEWER, Billed, IsMember, IsSomebody, MayViewBilling

strawberry.enum(ProductKind, description="Kind of a product.")
strawberry.enum(Mood, description="Mood of a specimen.")
QUOTED = 'it\'s "quoted" \\ {"!":0}'
SIGNED_IN = Given(name="signed in", memory=lambda context: context.viewer is not None)
NOT_SIGNED_IN = Given(name="not signed in", memory=lambda context: context.viewer is None)


class KeepsIt(Guard):
    """Look after the specimen, or see the money of its organization."""

    allows = Q(keeper_id=VIEWER) | Q(owner__in=BILLED)


class KeepsItNot(Guard):
    """Let somebody else look after the specimen."""

    allows = ~Q(keeper_id=VIEWER)


class SeesCheerfulMoney(Guard):
    """See the money of the organization, unless the specimen is sad."""

    allows = Q(owner__in=BILLED) & ~Q(mood="SAD")


class ComesInTime(Guard):
    """Come once the specimen is blocked, and find it in a mood that lasts."""

    allows = ~(Q(blocks_at__gte=NOW) | ~Q(mood__not_in=["WILD", "SAD"]))


class IsNeverAllowed(Guard):
    """Be of a kind that does not exist."""

    allows = Q(kind__in=[])


class IsGranted(Guard):
    """Have been granted nothing of this name, whatever its nickname."""

    allows = Q(id__not_in=GRANTED) & (Q(nickname__isnull=NOT_SIGNED_IN) | Q(nickname__not="Rex"))


@strawberry.type(description="An amount of money in several spellings.")
class Worth:
    amount_minor: BigInt = strawberry.field(description="Amount in minor units.")
    currency: str = strawberry.field(description="Currency of the amount.")
    amount: Decimal = scaled("Amount with two places.", of="amount_minor")
    whole: Decimal = scaled("Amount without places.", of="amount_minor", places=0)
    fine: Decimal = scaled("Amount with five places.", of="amount_minor", places=5)


@strawberry.type(description="Parts that may all be missing, of every kind.")
class Parts:
    until: date = strawberry.field(description="A day.")
    blocked: datetime = strawberry.field(description="An instant.")
    mood: Mood = strawberry.field(description="A mood.")
    renews: bool = strawberry.field(description="A truth.")
    size: int = strawberry.field(description="A number.")


@strawberry.type(description="What a function makes of a specimen.")
class Advice:
    kind: ProductKind = strawberry.field(description="Kind of the specimen.")
    at: datetime | None = strawberry.field(description="An instant, or none.")
    worth: Worth | None = strawberry.field(description="An amount, or none.")
    words: list[str] = strawberry.field(description="Words.")
    length: int = computed("Number of the words.", by=lambda _context, words: len(words), needs=("words",))
    others: list["Advice"] | None = strawberry.field(description="More of it.", default=None)


@strawberry.type(description="Number of specimens of a kind.")
class KindCount:
    kind: ProductKind = strawberry.field(description="The kind.")
    count: int = strawberry.field(description="Number of specimens.")


@strawberry.type(description="Number of specimens of a rank.")
class RankCount:
    rank: int = strawberry.field(description="The rank.")
    count: int = strawberry.field(description="Number of specimens.")


@strawberry.type(description="Number of specimens of a day.")
class DayCount:
    made_on: date = strawberry.field(description="The day.")
    count: int = strawberry.field(description="Number of specimens.")


@strawberry.type(description="Number of specimens of a truth.")
class TruthCount:
    renews: bool = strawberry.field(description="The truth.")
    count: int = strawberry.field(description="Number of specimens.")


@strawberry.type(description="Number of specimens of an instant.")
class InstantCount:
    made_at: datetime = strawberry.field(description="The instant.")
    count: int = strawberry.field(description="Number of specimens.")


@strawberry.enum(description="Order of specimens.")
class SpecimenOrder(Enum):
    NAME = "name"
    NAME_DOWN = "-name"
    KIND = "kind,-made_on"
    RANK = "-rank,name"
    TRUTH = "renews,-rank"
    OLDEST = "made_at"
    NEWEST = "-made_at,rank,-worth_minor"
    DAY = "-made_on"
    WORTH = "worth_minor,-made_at"
    KEY = "-id"


@strawberry.input(description="Which specimens.")
class SpecimenFilter:
    kind: list[ProductKind] | None = lookup("kind__in", "Only of these kinds.")
    other_kind: list[ProductKind] | None = lookup("kind__not_in", "Only of other kinds.")
    mood: Mood | None = lookup("mood", "Only of this mood.")
    other_mood: Mood | None = lookup("mood__not", "Only of another mood.")
    other_moods: list[Mood] | None = lookup("mood__not_in", "Only of none of these moods.")
    nickname: str | None = lookup("nickname__not", "Only of another nickname.")
    nicknames: list[str] | None = lookup("nickname__in", "Only of these nicknames.")
    contains: str | None = lookup("name__contains", "Only whose name holds this.")
    begins: str | None = lookup("nickname__istartswith", "Only whose nickname begins so.")
    says: str | None = lookup("name__icontains", "Only whose name holds this in any case.")
    rank: int | None = lookup("rank__gte", "Only of at least this rank.")
    ranks: list[int] | None = lookup("rank__in", "Only of these ranks.")
    other_size: int | None = lookup("size__not", "Only of another size.")
    worth_to: BigInt | None = lookup("worth_minor__lte", "Only worth at most this.")
    bonus_from: BigInt | None = lookup("bonus_minor__gt", "Only with more bonus than this.")
    renews: bool | None = lookup("renews__not", "Only others.")
    renewing: list[bool] | None = lookup("renews__in", "Only of these truths.")
    expires_before: date | None = lookup("expires_on__lt", "Only that expire before this day.")
    not_made_on: date | None = lookup("made_on__not", "Only made on another day.")
    made_before: datetime | None = lookup("made_at__lt", "Only made before this instant.")
    made_at: list[datetime] | None = lookup("made_at__in", "Only made at these instants.")
    not_blocked_at: datetime | None = lookup("blocks_at__not", "Only blocked at another instant.")
    endless: bool | None = lookup("expires_on__isnull", "Only without an end, or with one.")
    keeper: strawberry.ID | None = lookup("keeper_id", "Only kept by this user.")
    keepers: list[strawberry.ID] | None = lookup("keeper_id__not_in", "Only kept by none of these users.")
    keeper_name: str | None = lookup("keeper__name__not", "Only kept by somebody of another name.")
    keeper_names: list[str] | None = lookup("keeper__name__in", "Only kept by somebody of these names.")
    keeper_born: bool | None = lookup("keeper__birthday__isnull", "Only whose keeper's birthday is unknown.")
    parent_keeper: str | None = lookup("parent__keeper__name__contains", "Only whose parent's keeper is called so.")
    parent_nickname: list[str] | None = lookup("parent__nickname__not_in", "Only whose parent is called otherwise.")
    parent_worth: BigInt | None = lookup("parent__worth_minor__lt", "Only whose parent is worth less.")
    child_keeper: strawberry.ID | None = lookup("keeper_id", "Only with a child kept by this user.", among="children")
    child_keepers: list[strawberry.ID] | None = lookup(
        "keeper_id__in", "Only with a child kept by one of these users.", among="children"
    )
    child_nickname: str | None = lookup("nickname__not", "Only with a child of another nickname.", among="children")
    child_endless: bool | None = lookup("expires_on__isnull", "Only with a child of no end, or one.", among="children")
    search: str | None = lookup(
        search=("name", "nickname", "keeper__name"), description="Only where one of these holds this text."
    )


def told(_context: Any, *needs: Any) -> str:
    return " | ".join(map(repr, needs))


def advise(context: Any, kind: ProductKind, made_at: datetime, worth_minor: int, nickname: str | None) -> Advice | None:
    if nickname is None:
        return None
    worth = Worth(amount_minor=BigInt(worth_minor), currency="CHF") if worth_minor else None
    late = made_at if made_at < context.now else None
    return Advice(kind=kind, at=late, worth=worth, words=[nickname, '{"!":1}', QUOTED])


def advise_twice(context: Any, *needs: Any) -> list[Advice]:
    given = advise(context, *needs)
    if given is None:
        return []
    return [given, Advice(kind=given.kind, at=None, worth=None, words=[], others=[given, given])]


def complain(_context: Any, rank: int, name: str) -> str:
    if rank == 0:
        raise ValueError(name)
    if rank == 1:
        raise bad_request("ARGUMENT", "It is of no use.")
    return name


def may_feed(_context: Any, billed: Billed, owner: Any, now: datetime, made_at: datetime) -> bool:
    return owner in billed and made_at < now


ADVISED = ("kind", "made_at", "worth_minor", "nickname")


@table(models.Specimen, prefix="spc", seen=IsMember.allows | Q(keeper_id=VIEWER))
class Specimen(Node):
    """Something of every kind."""

    name: str = column("Name.")
    nickname: str | None = column("Nickname.")
    note: str = column("Any text.")
    kind: ProductKind = column("Kind.")
    mood: Mood | None = column("Mood.")
    renews: bool = column("Whether it renews.")
    rank: int = column("Rank.")
    size: int | None = column("Size.")
    worth_minor: BigInt = column("Worth in minor units.")
    bonus_minor: BigInt | None = column("Bonus in minor units.")
    made_on: date = column("Day it was made.")
    expires_on: date | None = column("Day it expires.")
    made_at: datetime = column("Instant it was made.")
    blocks_at: datetime | None = column("Instant it is blocked.")
    secret: str | None = column("What its keeper may read.", of="note", who=KeepsIt())
    hidden_on: date | None = column("What others may read.", of="made_on", who=KeepsItNot())
    mood_in_time: Mood | None = column("What one may read in time.", of="mood", who=ComesInTime())
    never: int | None = column("What nobody may read.", of="rank", who=IsNeverAllowed())
    ungranted: datetime | None = column("What may be read without a grant.", of="made_at", who=IsGranted())
    thrice: BigInt | None = column(
        "Under three guards.", of="worth_minor", who=(IsSomebody(), MayViewBilling(), KeepsItNot())
    )
    worth: Worth = value("Worth.", amount_minor="worth_minor", currency="currency")
    bonus: Worth | None = value("Bonus.", amount_minor="bonus_minor", currency="bonus_currency")
    guarded_bonus: Worth | None = value(
        "Bonus for few.", amount_minor="bonus_minor", currency="currency", who=SeesCheerfulMoney()
    )
    parts: Parts | None = value(
        "Parts.", until="expires_on", blocked="blocks_at", mood="mood", renews="renews", size="size"
    )
    is_nameless: bool = fact("Whether it has no nickname.", Q(nickname__isnull=True))
    is_not_rex: bool = fact("Whether it is known not to be Rex.", ~Q(nickname="Rex"))
    differs_from_rex: bool = fact("Whether it is not called Rex.", Q(nickname__not="Rex"))
    is_neither: bool = fact("Whether it is known to be neither.", ~Q(nickname__in=["Rex", "O'Bo"]))
    is_none_of_them: bool = fact("Whether it is none of them.", Q(nickname__not_in=["Rex", "O'Bo"]))
    is_anything: bool = fact("Always.", Q(nickname__not_in=[]))
    is_nothing: bool = fact("Never.", ~Q(nickname__not_in=[]) | Q(kind__in=[]))
    is_deep: bool = fact(
        "Nested.", ~(Q(blocks_at__lte=NOW) | ~Q(expires_on__isnull=True)) | ~(~Q(mood="CALM") & Q(size__gt=3))
    )
    is_mine: bool = fact("Whether you keep it.", Q(keeper_id=VIEWER))
    is_not_mine: bool = fact("Whether it is known that you do not keep it.", ~Q(keeper_id=VIEWER))
    is_others: bool = fact(
        "Whether others keep it, or nobody.", Q(keeper_id__not=VIEWER) & Q(keeper_id__isnull=NOT_SIGNED_IN)
    )
    is_quoted: bool = fact("Whether its note is that text.", Q(note=QUOTED) | ~Q(worth_minor__gt=-(2**62)))
    is_old: bool = fact(
        "Whether it is old.",
        Q(made_at__lt=datetime(2026, 6, 1, 12, tzinfo=UTC)) & Q(made_on__lte=date(2026, 5, 20)) & Q(renews=True),
    )
    is_granted: bool | None = fact(
        "Whether it was granted.", Q(id__in=GRANTED) | Q(parent_id__not_in=GRANTED), who=KeepsIt()
    )
    told: str = computed(
        "All that it is.",
        by=told,
        needs=(
            "made_at",
            "blocks_at",
            "made_on",
            "expires_on",
            "rank",
            "size",
            "worth_minor",
            "bonus_minor",
            "renews",
            "keeper_id",
            "id",
            "mood",
            "kind",
            "note",
            "nickname",
        ),
    )
    advice: Advice | None = computed("Advice.", by=advise, needs=ADVISED)
    advices: list[Advice] = computed("Advice twice.", by=advise_twice, needs=ADVISED)
    guarded_advice: Advice | None = computed("Advice for few.", by=advise, needs=ADVISED, who=SeesCheerfulMoney())
    may_feed: bool = computed(
        "Whether you may feed it.", by=may_feed, needs=(BILLED, "organization_id", NOW, "made_at")
    )
    complaint: str | None = computed(
        "What it complains of; some do not even want to.", by=complain, needs=("rank", "name")
    )
    is_unknown: bool = fact("Whether it is like what is missing.", Q(nickname=None) | ~Q(mood=None))
    organization: links.Organization | None = one("Organization.")
    keeper: links.User | None = one("Keeper.")
    parent: links.Specimen | None = one("Parent.")
    guarded_parent: links.Specimen | None = one("Parent for few.", over="parent", who=ComesInTime())
    calm_parent: links.Specimen | None = one("Parent, if calm.", over="parent", where=~Q(mood="WILD"))
    eldest: links.Specimen | None = one("Eldest child.", over="children", order="made_at")
    dearest: links.Specimen | None = one(
        "Dearest calm child.", over="children", order="-worth_minor,name", where=Q(mood__not="WILD")
    )
    litter: list[links.Specimen] = many("All children.", over="children", order="-rank,name")
    young: list[links.Specimen] | None = many(
        "First children.",
        over="children",
        order="made_on",
        first=2,
        filter=SpecimenFilter,
        order_by=SpecimenOrder,
        where=Q(renews=True) | Q(nickname__isnull=True),
        who=KeepsIt(),
    )
    children: Connection[links.Specimen] | None = pages(
        "Children.", order="name", filter=SpecimenFilter, order_by=SpecimenOrder, default=3
    )
    quiet: Connection[links.Specimen] | None = pages(
        "Children that are not wild.", over="children", where=~Q(mood="WILD"), order="-made_at", who=SeesCheerfulMoney()
    )
    child_count: int = count("Number of children.", over="children")
    few: int | None = count("Number of children.", over="children", where=~Q(size__lt=4), who=KeepsItNot())
    kinds: list[KindCount] = grouped("Kinds.", over="children", by="kind")
    ranks: list[RankCount] = grouped("Ranks.", over="children", by="rank", where=Q(nickname__not="Rex"))
    days: list[DayCount] = grouped("Days.", over="children", by="made_on")
    truths: list[TruthCount] | None = grouped("Truths.", over="children", by="renews", who=KeepsIt())
    instants: list[InstantCount] = grouped("Instants.", over="children", by="made_at")


@strawberry.type(description="What only those who are signed in can open.")
class Cabinet:
    specimen: links.Specimen | None = entry(models.Specimen, "A specimen by its id.", who=KeepsIt())
    favourite: links.Specimen | None = entry(
        models.Specimen, "The one you keep.", who=(IsSomebody(), SeesCheerfulMoney()), where=Q(keeper_id=VIEWER)
    )
    specimens: Connection[links.Specimen] | None = entry_pages(
        models.Specimen,
        "Specimens.",
        who=KeepsIt(),
        where=~Q(mood="WILD"),
        order="-made_at,rank,-worth_minor",
        filter=SpecimenFilter,
        order_by=SpecimenOrder,
        default=4,
    )


@strawberry.type(description="What can be asked of specimens.")
class SpecimenQuery:
    cabinet: Cabinet | None = gate(Cabinet, "The cabinet, if you are signed in.", when=SIGNED_IN)
    specimen: links.Specimen | None = entry(models.Specimen, "A specimen by its id.", who=Anyone())
    signed: links.Specimen | None = entry(models.Specimen, "A specimen.", who=(IsSomebody(), MayViewBilling()))
    specimens: Connection[links.Specimen] | None = entry_pages(
        models.Specimen, "Specimens.", who=Anyone(), order="rank", filter=SpecimenFilter, order_by=SpecimenOrder
    )
