"""Two migrations of an invented shop: its first tables, and every kind of change to them."""
