"""The schema as one object, checked against the rules of the house before it is used."""

from contextvars import copy_context

import strawberry
from strawberry.schema.config import StrawberryConfig
from tortoise import Tortoise

from execution.house import check_schema
from execution.scalars import scalar_map
from schema.mutation import Mutation
from schema.query import Query

# Relations get their columns now and not with the first connection: the check below looks at them. In a context of its
# own, for Tortoise would leave one behind that knows no database.
copy_context().run(Tortoise.init_models, ["models"], "models")

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    config=StrawberryConfig(scalar_map=scalar_map()),
)
check_schema(schema)


def print_document() -> str:
    """The schema in the language of schemas: what schema.graphql holds."""
    return schema.as_str() + "\n"
