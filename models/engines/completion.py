"""Finishing what was begun, although the task that began it is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any

# The event loop itself keeps only weak references to its tasks.
_unfinished: set[asyncio.Task[None]] = set()


async def complete(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end: whoever waits here may be cancelled, the work may not.

    What the work raises is raised here; after a cancellation nobody is left to hear it.
    """
    task = asyncio.ensure_future(work)
    _unfinished.add(task)
    task.add_done_callback(_forget)
    await asyncio.shield(task)


def _forget(task: asyncio.Task[None]) -> None:
    _unfinished.discard(task)
    if not task.cancelled():
        task.exception()  # counts as heard, so that the event loop does not report it when it is destroyed
