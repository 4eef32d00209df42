"""Many clients on one wallet at once, over HTTP and through two processes: each effect once, and no error of ours."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from tests.databases import Database
from tests.money.aftermath import check_effects, check_papers, settle_what_waits
from tests.money.crowd import Crowd
from tests.money.served import Server, settings_of
from tests.sizes import sized
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

CLIENTS, CALLS = sized(12, 50), sized(4, 20)


@pytest.mark.parametrize("seed", range(sized(1, 5)))
async def test_many_clients_at_once_have_each_effect_once(
    world: World, database: Database, tmp_path: Path, seed: int
) -> None:
    """WAL5, INV6: with repeated and conflicting idempotency keys; no lost update, no negative balance, no 5xx."""
    crowd = await Crowd.gather(world, Random(seed), CLIENTS)  # noqa: S311 -- the same choices for the same seed
    servers = [Server(database.url, tmp_path, name) for name in ("first", "second")]

    with ExitStack() as running:
        crowd.serve(*await asyncio.gather(*(server.start(running) for server in servers)))
        await crowd.act(CALLS)

    settings = settings_of(database.url, tmp_path)
    await settle_what_waits(world.clock, settings)
    await check_effects(crowd, settings)
    await check_papers(settings)
    assert not any("trouble" in server.log or "incident" in server.log for server in servers)
