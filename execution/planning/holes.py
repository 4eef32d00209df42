"""Filling holes: what a statement printed is parsed once, and every hole in it becomes its value or its error."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from execution.planning.requests import Request
from execution.planning.statement import Filling, Statement

MARK = b'{"!":'
"""How a hole is printed. No name of GraphQL begins with its sign, and quotes inside of texts are escaped, so that no
stored text can look like one."""


async def fill_holes(
    printed: bytes, statement: Statement, request: Request, coded: Mapping[str, Any]
) -> tuple[Any, Filling]:
    """The answer with its holes filled, and what was met on the way; `coded` is what roots' own code answered."""
    answer, filling = orjson.loads(printed), Filling(request, coded)
    walk = Walk(statement, filling)
    walk.learn(answer)
    await filling.learn()
    return walk.fill(answer), filling


class Walk:
    """A way through what was printed, with its holes; `path` is where in the answer it begins, and where it is."""

    def __init__(self, statement: Statement, filling: Filling, path: Sequence[str | int] = ()) -> None:
        self._holes = statement.holes
        self.filling = filling
        self.path = list(path)

    def learn(self, value: Any) -> None:
        """Note what must be asked of rows before their holes can be filled."""
        if type(value) is dict:
            number = value.get("!")
            if number is None:
                for inner in value.values():
                    if type(inner) in (dict, list):
                        self.learn(inner)
            elif (hole := self._holes[int(number)]).learn is not None:
                hole.learn(self.filling, value)
        elif type(value) is list:
            for inner in value:
                self.learn(inner)

    def fill(self, value: Any) -> Any:
        """Fill the holes of a value, in the order of the document."""
        if type(value) is dict:
            number = value.get("!")
            if number is not None:
                return self._holes[int(number)].fill(self.filling, value, self.path)
            self._fill_each(value, value.items())
        elif type(value) is list:
            self._fill_each(value, enumerate(value))
        return value

    def _fill_each(self, whole: Any, entries: Any) -> None:
        for place, inner in entries:
            if type(inner) in (dict, list):
                self.path.append(place)
                whole[place] = self.fill(inner)
                self.path.pop()
