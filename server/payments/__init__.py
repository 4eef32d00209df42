"""Payment providers, and what else money is paid by."""
