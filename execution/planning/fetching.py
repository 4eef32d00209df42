"""Values that a function looks up: a statement prints the keys of the rows, and Python asks once for all of them."""

from typing import TYPE_CHECKING, Any

from graphql import GraphQLField

from execution.planning.arguments import arguments_reader
from execution.planning.dialects import Piece
from execution.planning.leaves import at, read_back
from execution.planning.requests import Request
from execution.planning.selecting import Selected
from execution.planning.shapes import shape_of
from execution.planning.statement import Filling, Hole
from execution.plans import Fetched
from execution.tables import Table

if TYPE_CHECKING:
    from execution.planning.objects import Objects


def fetching(
    objects: "Objects", plan: Fetched, definition: GraphQLField, selected: Selected, alias: str, table: Table
) -> str:
    """The place of a value that is looked up for the row of an alias, as JSON."""
    declared: Any = definition.extensions["strawberry-definition"]
    arguments = arguments_reader(objects.schema, definition, declared, selected.nodes[0])
    shape = shape_of(definition.type, selected.below, objects.selections)
    key, name = table.model._meta.pk, str(table.model._meta.pk_attr)

    def asked(request: Request) -> Any:
        return plan.read(request.read(arguments))

    def learn(filling: Filling, printed: dict[str, Any]) -> None:
        filling.want(plan, filling.request.read(asked), read_back(key, printed["key"]))

    def fill(filling: Filling, printed: dict[str, Any], _path: list[Any]) -> Any:
        found = filling.fetched(plan, filling.request.read(asked), read_back(key, printed["key"]))
        return shape(found, filling.context)

    objects.builder.checks.append(asked)
    number = objects.builder.number_of(Hole(fill, learn))
    carried = objects.dialect.leaf("String", at(alias, table.model, name))
    return objects.dialect.here([Piece("!", objects.dialect.number(str(number))), Piece("key", carried)])
