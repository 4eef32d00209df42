"""The statements that declared fields need, each for many rows at once.

Tortoise has no words for "the first of each", so this module alone takes its statement apart.
"""

from collections.abc import Collection, Sequence
from typing import Any

from pypika_tortoise.analytics import RowNumber
from pypika_tortoise.enums import Order as Direction
from pypika_tortoise.terms import Field as Term
from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.models import Model
from tortoise.queryset import QuerySet

from execution.orders import Order

PLACE = "place_in_list"
NUMBER = "number_of_rows"


async def rows_by(
    model: type[Model], far: str, keys: Collection[Any], demands: Sequence[Q], order: Order, limit: int | None
) -> dict[Any, list[Model]]:
    """Answer the rows whose column `far` is one of the keys, by that key, in order; the first `limit` of each."""
    chosen = model.filter(*demands, **{f"{far}__in": list(keys)})
    rows = await (first_of_each(chosen, far, order, limit) if limit is not None else ordered(chosen, order))
    answer: dict[Any, list[Model]] = {}
    for row in rows:
        answer.setdefault(getattr(row, far), []).append(row)
    return answer


def ordered(chosen: QuerySet[Model], order: Order) -> QuerySet[Model]:
    """Put rows in order."""
    return chosen.order_by(*map(str, order))


async def first_of_each(chosen: QuerySet[Model], far: str, order: Order, limit: int) -> list[Model]:
    """Answer, of the chosen rows, the first `limit` of each group of equal `far`, in one statement."""
    model = chosen.model
    table, columns = model._meta.basetable, model._meta.fields_db_projection
    place = RowNumber().over(table[columns[far]])
    for step in order:
        direction = Direction.desc if step.descending else Direction.asc
        place = place.orderby(table[columns[step.column]], order=direction)
    chosen._make_query()
    numbered = chosen.query.select(place.as_(PLACE)).as_("numbered")
    connection = model._meta.db
    first = connection.query_class.from_(numbered).select("*").where(numbered.field(PLACE) <= limit)
    found = await connection.execute_query_dict(*first.orderby(Term(PLACE)).get_parameterized_sql())
    return [model._init_from_db(**values) for values in found]


async def count_by(model: type[Model], columns: Sequence[str], keys: Collection[Any], demands: Sequence[Q]) -> Any:
    """Answer how many rows there are for each combination of values, the first column's being one of the keys."""
    chosen = model.filter(*demands, **{f"{columns[0]}__in": list(keys)})
    counted = chosen.annotate(**{NUMBER: Count(str(model._meta.pk_attr))}).group_by(*columns)
    return [tuple(values) for values in await counted.values_list(*columns, NUMBER)]
