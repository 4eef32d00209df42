"""The cost of an answer that is printed already, told by counting keys in its bytes instead of reading it.

A text within JSON escapes its quotes, so `"key":` in the bytes is always a key. Of every selection the rows that were
found are counted by a key that no other selection has, or by one whose other selections are counted already.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from execution.cost import Charge

_Selection = frozenset[str]


@dataclass(frozen=True, slots=True)
class Tally:
    """What an answer costs: `constant` points, and so many for each time that a key stands in it."""

    constant: int
    points: Sequence[tuple[bytes, int]]

    def count(self, printed: bytes) -> int:
        """Tell the cost of a printed answer without errors."""
        return self.constant + sum(points * printed.count(key) for key, points in self.points)


def tally_of(charges: Sequence["Charge"]) -> Tally | None:
    """The tally of an operation; None where its keys do not tell how many rows of a selection were found."""
    everything = [each for charge in charges for each in _with_parts(charge)]
    if any(charge.is_uncertain for charge in everything) or _repeats(charges):
        return None
    weights: dict[_Selection, int] = {}
    for charge in everything:
        if charge.keys and weights.setdefault(frozenset(charge.keys), _weight(charge)) != _weight(charge):
            return None
    points: Counter[str] = Counter()
    counts = _counts(weights)
    for selection, weight in weights.items():
        if weight and selection not in counts:
            return None
        for key, times in counts.get(selection, {}).items():
            points[key] += weight * times
    told = [(f'"{key}":'.encode(), each) for key, each in points.items() if each]
    return Tally(sum(charge.once for charge in charges), told)


def _with_parts(charge: "Charge") -> Iterator["Charge"]:
    yield charge
    for part in charge.parts:
        yield from _with_parts(part)


def _repeats(charges: Sequence["Charge"]) -> bool:
    """Whether one entry of an answer is selected in several places of the document."""
    keys = [charge.key for charge in charges]
    return len(set(keys)) < len(keys) or any(_repeats(charge.parts) for charge in charges)


def _weight(charge: "Charge") -> int:
    """What each object costs that is found there."""
    return charge.each + sum(part.once for part in charge.parts)


def _counts(selections: Sequence[_Selection] | dict[_Selection, int]) -> dict[_Selection, Counter[str]]:
    """How often each selection is found, as a sum of the numbers of times that keys are; of those it can be told of."""
    found: dict[_Selection, Counter[str]] = {}
    # Long keys first: the longer it is, the faster it is looked for.
    keys = sorted({key for selection in selections for key in selection}, key=lambda key: (-len(key), key))
    while True:
        for key in keys:
            having = [selection for selection in selections if key in selection]
            unknown = [selection for selection in having if selection not in found]
            if len(unknown) == 1:
                count = Counter({key: 1})
                for selection in having:
                    if selection in found:
                        count.subtract(found[selection])
                found[unknown[0]] = count
                break
        else:
            return found
