"""Ids in inputs: each says what it is the id of, so that it can be resolved to its owner before anything runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import strawberry
from strawberry.types import has_object_definition
from tortoise.models import Model

import models
from execution.denials import bad_request
from execution.leaves import unwrapped
from execution.tables import split_id
from rules.identifiers import Prefix

MODELS: dict[Prefix, type[Model]] = {
    Prefix.USER: models.User,
    Prefix.SESSION: models.Session,
    Prefix.ORGANIZATION: models.Organization,
    Prefix.MEMBERSHIP: models.Membership,
    Prefix.INVITATION: models.Invitation,
    Prefix.PRODUCT: models.Product,
    Prefix.MAILBOX: models.Mailbox,
    Prefix.WALLET: models.LedgerAccount,
    Prefix.INVOICE: models.Invoice,
    Prefix.PAYMENT: models.Payment,
    Prefix.PAYMENT_METHOD: models.PaymentMethod,
    Prefix.DUE_ITEM: models.DueItem,
    Prefix.CHARGE: models.Charge,
    Prefix.WITHDRAWAL: models.Withdrawal,
    Prefix.INCOMING_TRANSFER: models.IncomingTransfer,
}


@dataclass(frozen=True)
class Reference:
    """An id found in an input: what it must be the id of, and the row's key."""

    model: type[Model]
    key: UUID


def reference(prefix: Prefix, description: str, **options: Any) -> Any:
    """Declare an input field as the id of a row; `prefix` says of which table."""
    return strawberry.field(description=description, metadata={"reference": prefix}, **options)


def key(text: strawberry.ID) -> UUID:
    """The key in an id that was resolved already."""
    return split_id(text)[1]


def optional_key(text: strawberry.ID | None) -> UUID | None:
    """The key in an id that may be left out."""
    return None if text is None or text is strawberry.UNSET else key(text)


def read_reference(text: str, prefix: Prefix) -> Reference:
    """Read an id; BAD_REQUEST (reason ID) when it is malformed or the id of something else."""
    found, row_key = split_id(text)
    if found != prefix:
        raise bad_request("ID", "This id belongs to something else.")
    return Reference(MODELS[prefix], row_key)


def references_in(value: Any) -> Iterator[Reference]:
    """All ids of an input, in the order of their declaration, nested inputs included."""
    if isinstance(value, list):
        for item in value:
            yield from references_in(item)
        return
    value = value.value if isinstance(value, strawberry.Some) else value
    definition = getattr(type(value), "__strawberry_definition__", None)
    for field in getattr(definition, "fields", ()):  # values of enumerations are defined too, and have no fields
        content = getattr(value, field.python_name)
        content = content.value if isinstance(content, strawberry.Some) else content
        prefix = field.metadata.get("reference")
        if prefix is None:
            yield from references_in(content)
        elif content is not None and content is not strawberry.UNSET:
            for text in content if isinstance(content, list) else [content]:
                yield read_reference(text, prefix)


def unresolved_ids(input_type: type[Any]) -> Iterator[str]:
    """The fields of an input, nested ones included, that hold an id of nobody knows what: no right would be asked."""
    for field in input_type.__strawberry_definition__.fields:
        content = unwrapped(field.type)
        if content is strawberry.ID and "reference" not in field.metadata:
            yield f"{input_type.__name__}.{field.python_name}"
        elif has_object_definition(content):
            yield from unresolved_ids(content)


def names_its_subject(input_type: type[Any] | None) -> bool:
    """Whether the first id of an input is always given, so that there is a row of which the right can be asked."""
    definition = getattr(input_type, "__strawberry_definition__", None)
    for field in getattr(definition, "fields", ()):
        content = unwrapped(field.type)
        if content is strawberry.ID or has_object_definition(content):
            return field.type is strawberry.ID and "reference" in field.metadata
    return False
