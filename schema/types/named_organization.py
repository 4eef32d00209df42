"""An organization by its name alone, as refusals speak of it and the provider's own people see it."""

from typing import Self

import strawberry

from rules import refusals
from rules.identifiers import Prefix, public_id


@strawberry.type(description="An organization by its name, where nothing else of it is to be seen.")
class NamedOrganization:
    """A name and an id, readable although an operation was refused, or the organization is hidden."""

    id: strawberry.ID = strawberry.field(description="Id of the organization.")
    name: str = strawberry.field(description="Name of the organization.")

    @classmethod
    def of(cls, named: refusals.NamedOrganization) -> Self:
        """Show a name and its key."""
        return cls(id=strawberry.ID(public_id(Prefix.ORGANIZATION, named.id)), name=named.name)
