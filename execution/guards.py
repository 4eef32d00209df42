"""Rights as predicates: a permission class is a sentence, the right it names, and who is allowed."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

from graphql import GraphQLError
from strawberry import Info
from strawberry.permission import BasePermission
from tortoise.expressions import Q

from execution.denials import bad_request, forbidden, not_admitted, not_found
from execution.given import Context, Given
from execution.predicates import EVERYONE, concrete, holds
from execution.tables import Table

__all__ = ["Anyone", "Guard", "Guards", "allowing", "as_guards", "bad_request", "forbidden", "not_found", "visible"]


class Guard(BasePermission):
    """Who may read a field, as a predicate over the row that the field sits on.

    A subclass is a sentence (its docstring), the `right` it names when it refuses, and `allows`. It may say what the
    schema prints beside its fields (`schema_directive`), and overrides nothing else. `admits` is a value of the request
    that must be true before any row is looked at; who is not admitted is refused with `code`.
    """

    right: ClassVar[StrEnum | None] = None
    admits: ClassVar[Given | None] = None
    code: ClassVar[str] = "FORBIDDEN"
    allows: ClassVar[Q]

    @property
    def schema_directive(self) -> object:
        """What the schema prints beside a guarded field; nothing, unless a subclass says so."""
        return None

    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        """Whether the viewer may read this field of this row."""
        return self.is_satisfied(source, info.context)

    def is_satisfied(self, row: Any, context: Any) -> bool:
        """Whether a request may read what is guarded of a row in memory."""
        return self.is_admitted(context) and holds(self.allows, row, context)

    def is_admitted(self, context: Any) -> bool:
        """Whether the request may ask at all, before any row is looked at."""
        return self.admits is None or bool(self.admits.memory(context))

    def on_unauthorized(self) -> None:
        """Refuse the field."""
        raise self.denial()

    def denial(self) -> GraphQLError:
        """The refusal: FORBIDDEN with the right that is missing, or the code of who is not admitted."""
        return forbidden(self.right) if self.code == "FORBIDDEN" else not_admitted(self.code)


class Anyone(Guard):
    """Everybody may."""

    allows = EVERYONE


Guards: TypeAlias = Guard | tuple[Guard, ...] | None


def as_guards(who: Guards) -> tuple[Guard, ...]:
    """Answer the guards of a declaration in their order; the first that refuses is the one that speaks."""
    if who is None:
        return ()
    return who if isinstance(who, tuple) else (who,)


def allowing(guards: Iterable[Guard]) -> list[Q]:
    """Answer what several guards demand together."""
    return [guard.allows for guard in guards if guard.allows]


def visible(table: Table, context: Context, *more: Q) -> list[Q]:
    """Answer what every list of a table demands of its rows: that the viewer may know of them and read them.

    A predicate that is demanded twice, such as the guard of the type that its list carries as well, stands once.
    """
    demands = {id(demand): demand for demand in (table.seen, *allowing(table.who), *more) if demand}
    return [concrete(demand, table, context) for demand in demands.values()]
