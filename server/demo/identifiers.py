"""Ids of demo data: the same ones each time, in the order in which they are made."""

from datetime import UTC, datetime
from uuid import UUID

FIRST_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)


class Identifiers:
    """Counts up from a fixed instant and answers UUIDs of version 7 without any chance in them."""

    def __init__(self, series: int = 0) -> None:
        """Start a series of its own; two series never meet."""
        self._series = series
        self._count = 0

    def next(self) -> UUID:
        """The next id of the series."""
        self._count += 1
        milliseconds = int(FIRST_MOMENT.timestamp() * 1000) + self._count
        return UUID(int=(milliseconds << 80) | (0x7 << 76) | (self._series << 64) | (0b10 << 62) | self._count)
