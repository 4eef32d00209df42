"""What can be done in the small world: nothing is changed, but rows are answered that the viewer may see in part."""

from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry import Info
from tortoise.models import Model

from execution.predicates import prepare
from execution.tables import read_id
from tests.execution.sample import links, models
from tests.execution.sample.models import ProductKind
from tests.execution.sample.specimens import Advice, Cabinet, Worth
from tests.execution.sample.world import ANNA


@strawberry.type(description="Rows of every kind.")
class Found:
    organization: links.Organization | None = strawberry.field(description="An organization.")
    product: links.Product | None = strawberry.field(description="A product.")
    invoice: links.Invoice | None = strawberry.field(description="An invoice.")
    it: links.Specimen = strawberry.field(description="A specimen.")
    cabinet: Cabinet | None = strawberry.field(description="The cabinet.")
    note: str | None = strawberry.field(description="A note.")


@strawberry.type(description="What no plan asks for where it stands in a list.")
class Pair:
    row: links.Specimen = strawberry.field(description="A specimen.")
    cabinet: Cabinet | None = strawberry.field(description="The cabinet.")


@strawberry.type(description="Rows in lists.")
class Listed:
    pairs: list[Pair] | None = strawberry.field(description="Values with rows.")
    specimens: list[links.Specimen] = strawberry.field(description="Specimens.")
    products: list[links.Product] | None = strawberry.field(description="Products.")
    advices: list[Advice] = strawberry.field(description="Values.")
    worth: Worth | None = strawberry.field(description="An amount.")


@strawberry.interface(description="Why nothing was done.")
class Refusal:
    code: str = strawberry.field(description="Code.")
    path: list[str] | None = strawberry.field(description="Path.")


@strawberry.type(description="There is nothing.")
class Nothing(Refusal):
    instead: links.Specimen | None = strawberry.field(description="What there is instead.")


Outcome = Annotated[Found | Listed | Nothing, strawberry.union("Outcome", description="What was found.")]


@strawberry.input(description="What to find.")
class FindInput:
    organization: strawberry.ID | None = strawberry.field(description="An organization.", default=None)
    product: strawberry.ID | None = strawberry.field(description="A product.", default=None)
    invoice: strawberry.ID | None = strawberry.field(description="An invoice.", default=None)
    specimen: strawberry.ID = strawberry.field(description="A specimen.")


Which = Annotated[strawberry.ID | None, strawberry.argument(description="A specimen.")]
What = Annotated[FindInput, strawberry.argument(description="What to find.")]
Number = Annotated[int | None, strawberry.argument(description="How many.")]


def _noted(info: Info) -> None:
    info.context.answered.append(info.path.key)


async def _rows(info: Info, **ids: str | None) -> dict[str, Any]:
    """Rows by their ids, whoever may see them: a mutation has asked for rights before."""
    found: dict[str, Any] = {}
    for name, text in ids.items():
        model: type[Model] = getattr(models, name.capitalize())
        found[name] = None if text is None else await model.get_or_none(pk=read_id(text, model))
    await prepare([row for row in found.values() if row is not None], info.context)
    return found


@strawberry.type(description="What can be done.")
class Mutation:
    @strawberry.mutation(description="Find rows.")
    async def find(self, info: Info, input: What) -> Outcome | None:
        _noted(info)
        rows = await _rows(info, **vars(input))
        it = rows.pop("specimen")
        if it is None:
            return Nothing(code="NOTHING", path=["input", "specimen"], instead=None)
        cabinet = Cabinet() if info.context.viewer else None
        return Found(**rows, it=it, cabinet=cabinet, note=it.note)

    @strawberry.mutation(description="List rows.")
    async def list_them(self, info: Info, first: Number = 2) -> Outcome | None:
        _noted(info)
        specimens: list[Any] = await models.Specimen.all().order_by("id").limit(abs(first or 0) % 25)
        products: list[Any] = [] if first is None else await models.Product.all().order_by("-id").limit(2)
        await prepare([*specimens, *products], info.context)
        worth = Worth(amount_minor=specimens[0].worth_minor, currency="CHF") if specimens else None
        advices = [Advice(kind=ProductKind.MAIL, at=row.made_at, worth=worth, words=[row.name]) for row in specimens]
        pairs = [Pair(row=row, cabinet=Cabinet()) for row in specimens]
        return Listed(specimens=specimens, products=products or None, advices=advices, worth=worth, pairs=pairs)

    @strawberry.mutation(description="Refuse, with or without a row; or fail altogether.")
    async def refuse(self, info: Info, specimen: Which = None) -> Outcome | None:
        _noted(info)
        if specimen is None:
            raise GraphQLError("No.", extensions={"code": "FORBIDDEN"})
        rows = await _rows(info, specimen=specimen)
        return Nothing(code="NO", path=None, instead=rows["specimen"])

    @strawberry.mutation(description="Answer a row that is not stored, or none where one is promised.")
    async def lose(self, info: Info, specimen: Which = None) -> Outcome | None:
        _noted(info)
        row: Any = (await _rows(info, specimen=specimen))["specimen"]
        if specimen is None:
            return Found(organization=None, product=None, invoice=None, it=row, cabinet=None, note="")
        if row is not None:
            row.id = ANNA
        return Nothing(code="LOST", path=None, instead=row)
