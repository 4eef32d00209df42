"""How much a caller may still ask for: a bucket of points for each, refilled steadily."""

from collections import OrderedDict


class Buckets:
    """Buckets of points by caller, in this process alone; past `callers` of them the longest unused are forgotten.

    A bucket holds `capacity` points and gains `refill_per_second`. Instants are seconds and come in as values.
    """

    def __init__(self, capacity: int, refill_per_second: int, callers: int = 100_000) -> None:
        self.capacity = capacity
        self.refill_per_second = refill_per_second
        self.callers = callers
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def remaining(self, caller: str, now: float) -> int:
        """Tell the points a caller has left."""
        return max(0, int(self._level(caller, now)))

    def take(self, caller: str, points: int, now: float) -> None:
        """Take points out; the level may go below zero, and then nothing is served until it is refilled."""
        self._set(caller, self._level(caller, now) - points, now)

    def give_back(self, caller: str, points: int, now: float) -> None:
        """Put back points that were taken and not used."""
        self._set(caller, min(float(self.capacity), self._level(caller, now) + points), now)

    def wait_milliseconds(self, caller: str, points: int, now: float) -> int:
        """Tell how long until a caller has that many points."""
        missing = points - self._level(caller, now)
        return max(0, -int(-missing * 1_000 // self.refill_per_second))

    def _level(self, caller: str, now: float) -> float:
        level, at = self._levels.get(caller, (float(self.capacity), now))
        return min(float(self.capacity), level + max(0.0, now - at) * self.refill_per_second)

    def _set(self, caller: str, level: float, now: float) -> None:
        self._levels[caller] = (level, now)
        self._levels.move_to_end(caller)
        while len(self._levels) > self.callers:
            self._levels.popitem(last=False)
