"""Lets the types refer to each other."""

from typing import TYPE_CHECKING

from strawberry.types.lazy_type import LazyType

__all__ = ["Invoice", "InvoiceLine", "Organization", "Product", "User", "Wallet"]

if TYPE_CHECKING:
    from tests.execution.sample.types import Invoice, InvoiceLine, Organization, Product, User, Wallet
else:
    for name in __all__:
        globals()[name] = LazyType(name, "tests.execution.sample.types")
