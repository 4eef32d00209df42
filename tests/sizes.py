"""Tests that need long runs have one code and two sizes: small in the suite, full in `make soak`."""

import os


def sized(small: int, full: int) -> int:
    """Answer `small`, or `full` when SOAK is set; such a test is marked with `soak`."""
    return full if os.environ.get("SOAK") else small
