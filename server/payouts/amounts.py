"""Amounts as files spell them."""

import re

PLAIN = re.compile(r"(\d{1,15})(?:\.(\d{1,5}))?")


def read_minor(text: str) -> int | None:
    """An amount with a dot in minor units; None for what is no amount, or has less than a minor unit in it."""
    match = PLAIN.fullmatch(text)
    if match is None:
        return None
    whole, parts = match[1], (match[2] or "").ljust(2, "0")
    return None if parts[2:].strip("0") else int(whole) * 100 + int(parts[:2])
