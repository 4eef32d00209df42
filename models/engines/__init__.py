"""The two databases as this product uses them: what Tortoise's own engines leave open is closed here."""
