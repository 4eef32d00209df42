"""A server process that is killed at any moment, while many clients use one wallet: nothing is half done.

Whoever was cut off says the same again under the same key, as programs do.
"""

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

KILLS, CLIENTS = sized(2, 20), sized(6, 20)
MOST_ANSWERS = 5 * CLIENTS
LONGEST_MOMENT_SECONDS = 0.1


async def be_killed(server: Server, crowd: Crowd, chance: Random) -> None:
    """Give some answers, or none, and be killed a moment later, in the midst of others."""
    with ExitStack() as running:
        crowd.serve(await server.start(running))
        await crowd.hear(chance.randint(0, MOST_ANSWERS))
        await asyncio.sleep(chance.uniform(0, LONGEST_MOMENT_SECONDS))
        crowd.serve()
        server.kill()


@pytest.mark.parametrize("seed", range(sized(1, 3)))
async def test_a_process_killed_at_any_moment_leaves_nothing_half_done(
    world: World, database: Database, tmp_path: Path, seed: int
) -> None:
    """WAL5, INV1, INV6, INV9, MSG2: the books add up, numbers have no gaps, and mails tell only of what happened."""
    chance = Random(seed)  # noqa: S311 -- the same choices for the same seed
    crowd = await Crowd.gather(world, chance, CLIENTS, may_break=True)
    server = Server(database.url, tmp_path, "server")

    busy = asyncio.create_task(crowd.act_until_told())
    for _ in range(KILLS):
        await be_killed(server, crowd, chance)
    crowd.is_over = True
    with ExitStack() as running:
        crowd.serve(await server.start(running))
        await busy

    assert crowd.broken, "nobody was cut off"
    assert "incident" not in server.log
    settings = settings_of(database.url, tmp_path)
    await settle_what_waits(world.clock, settings)
    await check_effects(crowd, settings)
    await check_papers(settings)
