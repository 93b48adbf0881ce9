"""A group that is rewound handles its topics once more: what its database lacks comes back."""

from datetime import UTC, datetime

import asyncpg
import pytest

from integration.catalogue import movies
from integration.system import RunningSystem
from integration.users import User

LOSE = "DELETE FROM messages WHERE user_id = $1"
FORGET = "DELETE FROM inbox WHERE received_at >= $1"


@pytest.mark.real_kafka
async def test_lost_messages_are_made_again_of_the_topics(system: RunningSystem, user: User) -> None:
    since = datetime.now(UTC)
    made = await user.create("Told of", movies(3))
    await user.mirrored(made.id)
    before = await user.told("Created list 'Told of' on Trakt", "Synced to Trakt: +3 -0")
    await system.records.caught_up()
    rewind = f"chassis.offsets rewind --group notifier --since {since.isoformat()}"
    assert (await system.once(rewind, like="notifier consume"))[0] == 2  # its consumer is there

    await system.stop_processes("notifier consume")
    connection = await asyncpg.connect(system.database("notifier"))
    await connection.execute(LOSE, user.name)
    await connection.execute(FORGET, since)
    await connection.close()
    assert await user.texts() == []
    status, said = await system.once(rewind, like="notifier consume")
    assert status == 0, said
    await system.start_processes("notifier consume")

    assert sorted(await user.told(*before)) == sorted(before)
    await system.records.caught_up()
    assert sorted(await user.texts()) == sorted(before)
