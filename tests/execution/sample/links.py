"""Lets the types refer to each other."""

from typing import TYPE_CHECKING

from strawberry.types.lazy_type import LazyType

__all__ = ["Invoice", "InvoiceLine", "Organization", "Product", "Specimen", "User", "Wallet"]

if TYPE_CHECKING:
    from tests.execution.sample.specimens import Specimen
    from tests.execution.sample.types import Invoice, InvoiceLine, Organization, Product, User, Wallet
else:
    for name in __all__:
        module = "specimens" if name == "Specimen" else "types"
        globals()[name] = LazyType(name, f"tests.execution.sample.{module}")
