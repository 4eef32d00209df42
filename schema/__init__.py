"""The surface: what clients see. No query, no arithmetic, no business decision."""

from schema import enums

__all__ = ["enums"]  # first of all, so that every type finds the enumerations described
