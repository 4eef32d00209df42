"""Registries of VAT numbers; a real one is connected here when the provider has access to it (ORG6)."""


class NoRegistry:
    """Knows of no number: every one stays unverified, and so gives no reverse charge."""

    async def is_registered(self, vat_number: str) -> bool | None:
        """The answer of a registry that cannot be asked."""
        return None
