"""Loaders: what many fields of one level ask for becomes one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from aiodataloader import DataLoader

from execution.given import Context

LARGEST_BATCH = 5_000


class Loader(DataLoader[Any, Any]):
    """Fetch for many keys at once.

    A field that is cancelled because its neighbour failed must not take the shared answer away from all others,
    so every `load` is shielded.
    """

    max_batch_size = LARGEST_BATCH

    def load(self, key: Any) -> asyncio.Future[Any]:
        """Answer the value of one key, together with all keys asked for meanwhile."""
        return asyncio.shield(super().load(key))


def loader(
    context: Context, identity: Hashable, fetch: Callable[[list[Any]], Awaitable[dict[Any, Any]]], missing: Any = None
) -> Loader:
    """Answer the loader of this operation for one kind of question; a key that is not fetched answers `missing`.

    Whoever is equal in `identity` must mean the same `fetch`.
    """
    found = context.loaders.get(identity)
    if not isinstance(found, Loader):

        async def fetch_batch(keys: list[Any]) -> list[Any]:
            answers = await fetch(keys)
            return [answers.get(key, missing) for key in keys]

        found = context.loaders[identity] = Loader(fetch_batch)
    return found
